import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { type Read, short } from './cells.js';
import type { Item } from './rows.js';

interface Owner {
  id: number;
  name: string;
  company: string;
  digits: string;
  email: string;
}

/** The customers that a file may mean, by what it says of them. */
interface Owners {
  byPhone: Map<string, Owner[]>;
  byEmail: Map<string, Owner[]>;
  byName: Map<string, Owner[]>;
}

/** A number with a country code is the same as without: the last ten digits count. */
const digitsOf = (phone: unknown) =>
  String(phone ?? '')
    .replace(/\D/g, '')
    .slice(-10);
const low = (text: unknown) => String(text ?? '').toLowerCase();

/** Everybody whom the rows may mean, in one query. */
export async function listOwners(db: Database, shop: number, items: Item[]): Promise<Owners> {
  const all = (name: string, as: (value: unknown) => string) => [...new Set(items.map(({ values }) => as(values[name])).filter(Boolean))];
  const names = all('ownerName', String);
  const { rows } = await sql<Owner>`
    select id, name, company, right(phone_digits, 10) as digits, email from customers
    where shop_id = ${shop} and merged_into_id is null and (
      right(phone_digits, 10) in (select unnest(${all('ownerPhone', digitsOf)}::text[]))
      or lower(email) in (select lower(e) from unnest(${all('ownerEmail', String)}::text[]) e)
      or lower(name) in (select lower(n) from unnest(${names}::text[]) n)
      or lower(company) in (select lower(n) from unnest(${names}::text[]) n))
    order by id`.execute(db);
  const owners: Owners = { byPhone: new Map(), byEmail: new Map(), byName: new Map() };
  for (const owner of rows) {
    add(owners.byPhone, owner.digits, owner);
    add(owners.byEmail, low(owner.email), owner);
    for (const name of new Set([low(owner.name), low(owner.company)])) add(owners.byName, name, owner);
  }
  return owners;
}

function add(map: Map<string, Owner[]>, key: string, owner: Owner): void {
  if (!key) return;
  const found = map.get(key);
  if (found) found.push(owner);
  else map.set(key, [owner]);
}

/** Whose vehicle it is: by phone, else by e-mail, else by name; what else is said decides between several. */
export function findOwner(owners: Owners, values: Record<string, unknown>): Read<number> {
  const said = [
    ['phone', values.ownerPhone, owners.byPhone.get(digitsOf(values.ownerPhone))],
    ['e-mail', values.ownerEmail, owners.byEmail.get(low(values.ownerEmail))],
    ['name', values.ownerName, owners.byName.get(low(values.ownerName))],
  ] as const;
  const given = said.filter(([, value]) => value);
  if (given.length === 0) return { problem: 'Whose is it? There is no phone number, no e-mail address and no name of an owner.' };
  const hits = given.filter(([, , found]) => found);
  const first = hits[0]?.[2];
  if (!first)
    return {
      problem: `There is no customer with the ${given.map(([what, value]) => `${what} “${short(String(value))}”`).join(' or the ')}.`,
    };
  const both = hits.reduce<readonly Owner[]>((left, [, , found]) => {
    if (left.length === 1) return left;
    const ids = new Set(found?.map(({ id }) => id));
    const narrowed = left.filter(({ id }) => ids.has(id));
    return narrowed.length > 0 ? narrowed : left;
  }, first);
  if (both.length === 1) return { value: (both[0] as Owner).id };
  return {
    problem: `${both.length} customers have the ${hits[0]?.[0]} “${short(String(hits[0]?.[1]))}”. Say more of the one that is meant.`,
  };
}
