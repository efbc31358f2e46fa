import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import type { Signature } from '../approvals/signatures.js';
import type { Consent, LineKind, PayType, Tax, Terms } from '../billing/rules.js';
import type { Decision } from '../billing/state.js';
import type { Meaning } from '../board/rules.js';
import type { Colleague } from '../notices/mentions.js';
import type { BlockReason } from './blocks.js';
import { VISIT, type Visit } from './visit.js';

export interface Line {
  id: number;
  /** Null: of the order as a whole. */
  job: number | null;
  position: number;
  kind: LineKind;
  description: string;
  /** Hours of labor, pieces, litres: hundredths. */
  quantity: number;
  /** For one; of a discount: what it takes off, when it is no percentage. */
  priceCents: number;
  costCents: number;
  priceByHand: boolean;
  discountPpm: number | null;
  /** As they were when the line was written. */
  taxes: Tax[];
  taxOverride: 'taxed' | 'untaxed' | null;
  partNumber: string;
  condition: 'new' | 'used' | 'rebuilt' | 'reconditioned' | 'oem-crash' | 'non-oem' | null;
  /** Of labor: the book's hours, hundredths. */
  flatQuantity: number | null;
  laborRateId: number | null;
  vendor: string;
  vendorInvoice: string;
  feeId: number | null;
  legalText: string;
  /** Of a core: the part that it belongs to. */
  coreOfId: number | null;
  coreState: 'owed' | 'received' | 'not-returnable' | 'returned' | 'credited' | null;
}

export interface JobRow {
  id: number;
  position: number;
  name: string;
  concern: string;
  cause: string;
  correction: string;
  /** Never shown to a customer. */
  internalNote: string;
  payType: PayType;
  mechanic: { id: number; name: string } | null;
  progress: 'pending' | 'in-progress' | 'on-hold' | 'complete';
  consent: Consent;
  consentReason: string;
  consentAt: string | null;
  approvedCents: number | null;
  /** Jobs of the same number are alternatives: good, better, best. */
  choice: number | null;
  choiceName: string;
  picked: boolean;
  supplies: boolean;
  clockedHundredths: number;
  broughtFrom: { number: number; at: string } | null;
}

export interface Customer {
  id: number;
  kind: 'person' | 'company';
  name: string;
  company: string;
  phone: string;
  email: string;
  address: string;
  billingAddress: string;
  poRequired: boolean;
  onAccount: boolean;
  taxExempt: boolean;
  taxCertificate: string;
}

export interface Meter {
  id: number;
  name: string;
  unit: 'mi' | 'km' | 'h';
  /** Of this visit, tenths of the unit. */
  inTenths: number | null;
  outTenths: number | null;
  /** The last reading of another visit before this one. */
  last: { tenths: number; at: string; number: number } | null;
}

export interface Payment {
  id: number;
  kind: 'deposit' | 'payment' | 'refund';
  method: 'cash' | 'card' | 'check' | 'transfer' | 'other';
  cents: number;
  tenderedCents: number | null;
  reference: string;
  note: string;
  refundOfId: number | null;
  takenBy: string;
  at: string;
}

export interface Authorization {
  id: number;
  /** Number of the revision that was shown. */
  revision: number;
  method: 'in-person' | 'phone' | 'email' | 'text' | 'link';
  givenBy: string;
  phone: string;
  note: string;
  /** Null when the customer gave it by their link. */
  takenBy: string | null;
  at: string;
  decisions: Decision[];
  authorizedCents: number;
  authorizedBeforeTaxCents: number;
  /** Of the customer, by their link; null when somebody of the shop took it down. */
  signature: Signature | null;
}

export interface Revision {
  number: number;
  at: string;
  why: 'sent' | 'approved' | 'posted';
  totalCents: number;
  madeBy: string | null;
}

/** One work order with all that hangs on it, as the database holds it. Times inside of lists are text, in UTC. */
export interface WholeRow {
  id: number;
  number: number;
  version: number;
  time_zone: string;
  concern: string;
  created_at: Date;
  handed_over_at: Date | null;
  column_id: number;
  column_name: string;
  meaning: Meaning;
  column_since: Date;
  promised_at: Date | null;
  vehicle_id: number;
  vehicle: string;
  vehicle_kind: 'road' | 'equipment';
  make: string;
  model: string;
  year: number | null;
  engine: string;
  color: string;
  unit_number: string;
  serial: string;
  plate: string;
  vin: string;
  mechanic_id: number | null;
  mechanic: string | null;
  advisor_id: number | null;
  advisor: string | null;
  blocked_reason: BlockReason | null;
  blocked_note: string;
  blocked_since: Date | null;
  document: 'estimate' | 'repair-order' | 'invoice' | 'posted';
  invoice_number: number | null;
  invoiced_at: Date | null;
  posted_at: Date | null;
  po_number: string;
  tag: string;
  internal_note: string;
  terms: Terms | null;
  paid_cents: number;
  /** That of its terms; before its first line, the shop's. */
  currency: string;
  customer: Customer;
  bill_to: Customer | null;
  labels: { id: number; name: string; color: string }[];
  jobs: JobRow[];
  lines: Line[];
  meters: Meter[];
  payments: Payment[];
  authorizations: Authorization[];
  revisions: Revision[];
  visit: Visit;
  comments: { id: number; authorId: number; author: string; text: string; at: string; editedAt: string | null }[];
  /** Who can be mentioned in a comment. */
  people: Colleague[];
  history: { kind: string; data: unknown; at: string; name: string | null }[];
}

/** @param c the name that the customer's row has in the query */
const customer = (c: 'c' | 'payer') => {
  const of = (column: string) => sql.ref(`${c}.${column}`);
  return sql`json_build_object('id', ${of('id')}, 'kind', ${of('kind')}, 'name', ${of('name')}, 'company', ${of('company')},
    'phone', ${of('phone')}, 'email', ${of('email')}, 'address', ${of('address')}, 'billingAddress', ${of('billing_address')},
    'poRequired', ${of('po_required')}, 'onAccount', ${of('on_account')}, 'taxExempt', ${of('tax_exempt')},
    'taxCertificate', ${of('tax_certificate')})`;
};

/** Who pays, when it is not the customer. Of a posted order it stays who it was. */
const billTo = sql`case when w.document = 'posted' then w.bill_to_id else coalesce(w.bill_to_id, c.bill_to_id) end`;

/** The rows of a subselect as one list. */
const list = (rows: ReturnType<typeof sql>) => sql`coalesce((select json_agg(x) from (${rows}) x), '[]')`;

const labels = list(sql`
  select l.id, l.name, l.color from work_order_labels wl join labels l on l.shop_id = wl.shop_id and l.id = wl.label_id
  where wl.shop_id = w.shop_id and wl.work_order_id = w.id order by l.name`);

const jobs = list(sql`
  select j.id, j.position, j.name, j.concern, j.cause, j.correction, j.internal_note as "internalNote", j.pay_type as "payType",
    case when s.id is not null then json_build_object('id', s.id, 'name', s.name) end as mechanic, j.progress, j.consent,
    j.consent_reason as "consentReason", j.consent_at as "consentAt", j.approved_cents as "approvedCents", j.choice,
    j.choice_name as "choiceName", j.picked, j.supplies, j.clocked_hundredths as "clockedHundredths",
    case when f.number is not null then json_build_object('number', f.number, 'at', b.created_at) end as "broughtFrom"
  from jobs j
  left join staff s on s.id = j.mechanic_id
  left join jobs b on b.shop_id = j.shop_id and b.id = j.brought_from_id
  left join work_orders f on f.shop_id = b.shop_id and f.id = b.work_order_id
  where j.shop_id = w.shop_id and j.work_order_id = w.id order by j.position`);

const lines = list(sql`
  select l.id, l.job_id as job, l.position, l.kind, l.description, l.quantity, l.price_cents as "priceCents", l.cost_cents as "costCents",
    l.price_by_hand as "priceByHand", l.discount_ppm as "discountPpm", l.taxes, l.tax_override as "taxOverride",
    l.part_number as "partNumber", l.condition, l.flat_quantity as "flatQuantity", l.labor_rate_id as "laborRateId", l.vendor,
    l.vendor_invoice as "vendorInvoice", l.fee_id as "feeId", l.legal_text as "legalText", l.core_of_id as "coreOfId",
    l.core_state as "coreState"
  from lines l where l.shop_id = w.shop_id and l.work_order_id = w.id order by l.position, l.id`);

const meters = list(sql`
  select m.id, m.name, m.unit,
    (select r.tenths from meter_readings r where r.shop_id = m.shop_id and r.meter_id = m.id and r.work_order_id = w.id and r.moment = 'in') as "inTenths",
    (select r.tenths from meter_readings r where r.shop_id = m.shop_id and r.meter_id = m.id and r.work_order_id = w.id and r.moment = 'out') as "outTenths",
    (select json_build_object('tenths', r.tenths, 'at', r.at, 'number', o.number)
      from meter_readings r join work_orders o on o.shop_id = r.shop_id and o.id = r.work_order_id
      where r.shop_id = m.shop_id and r.meter_id = m.id and o.id < w.id order by o.id desc, r.moment desc limit 1) as last
  from meters m where m.shop_id = w.shop_id and m.vehicle_id = w.vehicle_id order by m.position, m.id`);

const payments = list(sql`
  select p.id, p.kind, p.method, p.cents, p.tendered_cents as "tenderedCents", p.reference, p.note, p.refund_of_id as "refundOfId",
    s.name as "takenBy", p.at
  from payments p join staff s on s.id = p.taken_by where p.shop_id = w.shop_id and p.work_order_id = w.id order by p.id`);

const authorizations = list(sql`
  select a.id, r.number as revision, a.method, a.given_by as "givenBy", a.phone, a.note, s.name as "takenBy", a.at, a.decisions,
    a.authorized_cents as "authorizedCents", a.authorized_before_tax_cents as "authorizedBeforeTaxCents", a.signature
  from authorizations a
  join estimate_revisions r on r.shop_id = a.shop_id and r.id = a.revision_id
  left join staff s on s.id = a.taken_by
  where a.shop_id = w.shop_id and a.work_order_id = w.id order by a.id`);

const revisions = list(sql`
  select r.number, r.at, r.why, r.total_cents as "totalCents", s.name as "madeBy"
  from estimate_revisions r left join staff s on s.id = r.made_by
  where r.shop_id = w.shop_id and r.work_order_id = w.id order by r.number`);

const comments = list(sql`
  select o.id, o.author_id as "authorId", s.name as author, o.text, o.created_at as at, o.edited_at as "editedAt"
  from comments o join staff s on s.id = o.author_id where o.shop_id = w.shop_id and o.work_order_id = w.id order by o.id`);

const people = list(sql`
  select p.id, p.name from memberships m join staff p on p.id = m.staff_id
  where m.shop_id = w.shop_id and m.disabled_at is null order by p.name`);

const history = list(sql`
  select e.kind, e.data, e.at, s.name from events e left join staff s on s.id = e.actor_id
  where e.shop_id = w.shop_id and e.work_order_id = w.id order by e.version desc, e.seq desc limit 500`);

/** Reads a work order with all that hangs on it, in one query. @returns null when the shop has no such number */
export async function findWhole(db: Database, shop: number, number: number): Promise<WholeRow | null> {
  const { rows } = await sql<WholeRow>`
    select w.id, w.number, s.version, s.time_zone, w.concern, w.created_at, w.handed_over_at, w.column_id, k.name as column_name, k.meaning,
      w.column_since, w.promised_at, w.vehicle_id, v.description as vehicle, v.kind as vehicle_kind, v.make, v.model, v.year, v.engine, v.color,
      v.unit_number, v.serial, v.plate, v.vin, w.mechanic_id, m.name as mechanic, w.advisor_id, a.name as advisor, w.blocked_reason, w.blocked_note,
      w.blocked_since, w.document, w.invoice_number, w.invoiced_at, w.posted_at, w.po_number, w.tag, w.internal_note, w.terms, w.paid_cents,
      coalesce(w.terms ->> 'currency', b.currency) as currency,
      ${customer('c')} as customer,
      (select ${customer('payer')} from customers payer where payer.shop_id = w.shop_id and payer.id = ${billTo}) as bill_to,
      ${labels} as labels, ${jobs} as jobs, ${lines} as lines, ${meters} as meters, ${payments} as payments,
      ${authorizations} as authorizations, ${revisions} as revisions, ${comments} as comments, ${people} as people, ${history} as history,
      ${VISIT} as visit
    from work_orders w
    join shops s on s.id = w.shop_id
    join billing_settings b on b.shop_id = w.shop_id
    join columns k on k.shop_id = w.shop_id and k.id = w.column_id
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    left join staff m on m.id = w.mechanic_id
    left join staff a on a.id = w.advisor_id
    where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  return rows[0] ?? null;
}
