import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import type { Item, Plan } from './rows.js';

interface Customer {
  name: string;
  company: string;
  kind: string;
  phone: string;
  email: string;
  address: string;
  billing_address: string;
  notes: string;
  po_required: boolean;
  on_account: boolean;
  tax_exempt: boolean;
  tax_certificate: string;
}

/** The same name with the same phone number; without one, with the same e-mail address or else the same address. */
function keyOf({ name, company, phone, email, address }: Pick<Customer, 'name' | 'company' | 'phone' | 'email' | 'address'>): string {
  const digits = phone.replace(/\D/g, '').slice(-10);
  return JSON.stringify([(company || name).toLowerCase(), digits || email.toLowerCase() || address.toLowerCase()]);
}

/** Customers that are not in the shop yet. */
export async function matchCustomers(db: Database, shop: number, items: Item[]): Promise<Plan> {
  const customers = items.map(({ row, values }) => ({ row, customer: toCustomer(values) }));
  const named = customers.filter(({ customer }) => customer.name !== '');
  const problems = customers
    .filter(({ customer }) => customer.name === '')
    .map(({ row }) => ({ row, sentence: 'There is neither a name nor a company.' }));
  const seen = new Set(
    (
      await listNamed(
        db,
        shop,
        named.map(({ customer }) => customer.company || customer.name),
      )
    ).map(keyOf),
  );
  const [fresh, known]: [Record<string, unknown>[], number[]] = [[], []];
  for (const { row, customer } of named) {
    const key = keyOf(customer);
    if (seen.has(key)) known.push(row);
    else fresh.push({ ...customer });
    seen.add(key);
  }
  return { fresh, known, problems };
}

function toCustomer(values: Record<string, unknown>): Customer {
  const text = (name: string) => String(values[name] ?? '');
  const company = text('company');
  const person = text('name') || [text('firstName'), text('lastName')].filter(Boolean).join(' ');
  const isCompany = values.kind ? values.kind === 'company' : company !== '';
  return {
    name: person || company,
    company: isCompany && !company ? person : company,
    kind: isCompany ? 'company' : 'person',
    ...{
      phone: text('phone'),
      email: text('email'),
      address: text('address'),
      billing_address: text('billingAddress'),
      notes: text('notes'),
    },
    ...{ po_required: Boolean(values.poRequired), on_account: Boolean(values.onAccount) },
    ...{ tax_exempt: text('taxCertificate') !== '', tax_certificate: text('taxCertificate') },
  };
}

async function listNamed(db: Database, shop: number, names: string[]): Promise<Omit<Customer, 'kind'>[]> {
  // Lowered by the database on both sides: it does not know the same letters as we do.
  const { rows } = await sql<Customer>`
    select name, company, phone, email, address from customers
    where shop_id = ${shop} and merged_into_id is null
      and lower(case when company <> '' then company else name end) in (select lower(n) from unnest(${names}::text[]) n)`.execute(db);
  return rows;
}

export async function insertCustomers(tx: Change, rows: string): Promise<void> {
  await sql`
    insert into customers (shop_id, created_at, name, company, kind, phone, email, address, billing_address, notes, po_required, on_account,
      tax_exempt, tax_certificate)
    select ${tx.shop}, ${tx.now}::timestamptz, name, company, kind, phone, email, address, billing_address, notes, po_required, on_account,
      tax_exempt, tax_certificate
    from jsonb_to_recordset(${rows}::jsonb) as r(name text, company text, kind text, phone text, email text, address text,
      billing_address text, notes text, po_required boolean, on_account boolean, tax_exempt boolean, tax_certificate text)`.execute(tx.db);
}
