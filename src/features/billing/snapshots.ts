import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import { canonicalJson } from '../../platform/database/events.js';
import type { Database } from '../../platform/database/pool.js';
import { counts, type Document } from './consent.js';
import type { Consent, LineKind, PayType, Tax, Terms, Totals } from './rules.js';
import { type OrderState, readState, totalsOf } from './state.js';

/** A line as a customer may see it: what it cost the shop is not in it. */
export interface SnapshotLine {
  id: number;
  kind: LineKind;
  description: string;
  /** Hundredths. */
  quantity: number;
  priceCents: number;
  discountPpm: number | null;
  amountCents: number;
  taxes: Tax[];
  partNumber: string;
  condition: string | null;
  legalText: string;
  coreOf: number | null;
}

export interface SnapshotJob {
  id: number;
  name: string;
  concern: string;
  cause: string;
  correction: string;
  payType: PayType;
  mechanic: string | null;
  consent: Consent;
  consentReason: string;
  choice: number | null;
  choiceName: string;
  /** Whether it is in the sums of the order. */
  counts: boolean;
  subtotalCents: number;
  taxCents: number;
  totalCents: number;
  suppliesCents: number;
  lines: SnapshotLine[];
}

export interface SnapshotCustomer {
  id: number;
  name: string;
  company: string;
  phone: string;
  email: string;
  address: string;
  billingAddress: string;
}

export interface SnapshotVehicle
  extends Record<'description' | 'plate' | 'vin' | 'make' | 'model' | 'engine' | 'color' | 'unitNumber' | 'serial', string> {
  id: number;
  kind: string;
  year: number | null;
  /** Readings in tenths of the unit. */
  meters: { name: string; unit: string; in: number | null; out: number | null }[];
}

/** Everything that paper says of an order, as it was at one moment. Internal notes and costs are not in it. */
export interface Snapshot {
  format: 1;
  document: Document;
  number: number;
  invoiceNumber: number | null;
  /** ISO time, or null. */
  invoicedAt: string | null;
  createdAt: string;
  promisedAt: string | null;
  concern: string;
  poNumber: string;
  tag: string;
  advisor: string | null;
  shop: Record<'name' | 'timeZone' | 'address' | 'phone' | 'email' | 'website' | 'registration' | 'invoicePrefix', string>;
  texts: Record<'estimate' | 'repairOrder' | 'invoice' | 'estimateLaw' | 'invoiceLaw', string>;
  customer: SnapshotCustomer;
  /** Who pays, when somebody else does. */
  billTo: SnapshotCustomer | null;
  vehicle: SnapshotVehicle;
  terms: Terms | null;
  jobs: SnapshotJob[];
  /** Lines of the order as a whole. */
  lines: SnapshotLine[];
  totals: Omit<Totals, 'lines' | 'jobs'>;
}

type TextsOfLine = Omit<SnapshotLine, 'kind' | 'quantity' | 'priceCents' | 'discountPpm' | 'amountCents' | 'taxes'>;
type TextsOfJob = Pick<SnapshotJob, 'id' | 'concern' | 'cause' | 'correction' | 'mechanic' | 'consentReason' | 'choiceName'>;
type Row = Omit<Snapshot, 'format' | 'terms' | 'jobs' | 'lines' | 'totals'> & { jobTexts: TextsOfJob[]; lineTexts: TextsOfLine[] };

/** What paper would say of an order now. In two queries. */
export async function takeSnapshot(db: Database, shop: number, workOrder: number, known?: OrderState): Promise<Snapshot> {
  const state = known ?? (await readState(db, shop, workOrder));
  const { jobTexts, lineTexts, ...head } = await readTexts(db, shop, workOrder);
  const totals = totalsOf(state);
  const texts = new Map(lineTexts.map((line) => [line.id, line]));
  const linesOf = (job: number | null): SnapshotLine[] =>
    state.lines
      .filter((line) => line.job === job)
      .map(({ kind, quantity, priceCents, discountPpm, taxes, id }) => ({
        ...(texts.get(id) as TextsOfLine),
        ...{ kind, quantity, priceCents, discountPpm, taxes, amountCents: totals.lines.get(id) ?? 0 },
      }));
  const jobs = state.jobs.map((job, index): SnapshotJob => {
    const { costCents: _, ...sums } = totals.jobs.get(job.id) ?? NO_SUMS;
    const { name, payType, consent, choice } = job;
    return { ...(jobTexts[index] as TextsOfJob), name, payType, consent, choice, counts: counts(job), ...sums, lines: linesOf(job.id) };
  });
  const { lines: _lines, jobs: _jobs, ...sums } = totals;
  // Through JSON, so that it is the same now and when it is read back.
  // Its times are text in it: canonical JSON knows no Date.
  return JSON.parse(
    canonicalJson({ format: 1, ...JSON.parse(JSON.stringify(head)), terms: state.terms, jobs, lines: linesOf(null), totals: sums }),
  );
}

const NO_SUMS = { subtotalCents: 0, taxCents: 0, totalCents: 0, costCents: 0, suppliesCents: 0 };

/** What a revision is told apart by. @returns sha256 of its canonical JSON */
export function hashOf(snapshot: Snapshot): Buffer {
  return createHash('sha256').update(canonicalJson(snapshot)).digest();
}

/**
 * The mark of what a customer is asked about: names, lines and sums, and what was answered before. What a mechanic
 * writes meanwhile does not change it.
 */
export function offerOf(snapshot: Snapshot): string {
  const jobs = snapshot.jobs.map(({ id, name, payType, consent, choice, choiceName, counts: counted, totalCents, lines }) => [
    ...[id, name, payType, consent, choice, choiceName, counted, totalCents],
    lines,
  ]);
  return createHash('sha256')
    .update(canonicalJson([jobs, snapshot.lines, snapshot.totals]))
    .digest('hex');
}

async function readTexts(db: Database, shop: number, workOrder: number): Promise<Row> {
  const customer = (alias: string) => sql`jsonb_build_object('id', ${sql.ref(`${alias}.id`)}, 'name', ${sql.ref(`${alias}.name`)},
    'company', ${sql.ref(`${alias}.company`)}, 'phone', ${sql.ref(`${alias}.phone`)}, 'email', ${sql.ref(`${alias}.email`)},
    'address', ${sql.ref(`${alias}.address`)}, 'billingAddress', ${sql.ref(`${alias}.billing_address`)})`;
  const { rows } = await sql<Row>`
    select w.document, w.number, w.invoice_number as "invoiceNumber", w.invoiced_at as "invoicedAt", w.created_at as "createdAt",
      w.promised_at as "promisedAt", w.concern, w.po_number as "poNumber", w.tag, a.name as advisor,
      jsonb_build_object('name', s.name, 'timeZone', s.time_zone, 'address', b.address, 'phone', b.phone, 'email', b.email,
        'website', b.website, 'registration', b.registration, 'invoicePrefix', b.invoice_prefix) as shop,
      jsonb_build_object('estimate', b.estimate_text, 'repairOrder', b.repair_order_text, 'invoice', b.invoice_text,
        'estimateLaw', k.estimate_text, 'invoiceLaw', k.invoice_text) as texts,
      ${customer('c')} as customer, case when p.id is not null then ${customer('p')} end as "billTo",
      jsonb_build_object('id', v.id, 'kind', v.kind, 'description', v.description, 'plate', v.plate, 'vin', v.vin, 'make', v.make,
        'model', v.model, 'year', v.year, 'engine', v.engine, 'color', v.color, 'unitNumber', v.unit_number, 'serial', v.serial,
        'meters', coalesce((select jsonb_agg(jsonb_build_object('name', m.name, 'unit', m.unit, 'in', i.tenths, 'out', o.tenths)
            order by m.position, m.id)
          from meters m
          left join meter_readings i on i.shop_id = m.shop_id and i.meter_id = m.id and i.work_order_id = w.id and i.moment = 'in'
          left join meter_readings o on o.shop_id = m.shop_id and o.meter_id = m.id and o.work_order_id = w.id and o.moment = 'out'
          where m.shop_id = w.shop_id and m.vehicle_id = v.id), '[]')) as vehicle,
      coalesce((select jsonb_agg(jsonb_build_object('id', j.id, 'concern', j.concern, 'cause', j.cause, 'correction', j.correction,
          'mechanic', t.name, 'consentReason', j.consent_reason, 'choiceName', j.choice_name) order by j.position)
        from jobs j left join staff t on t.id = j.mechanic_id where j.shop_id = w.shop_id and j.work_order_id = w.id), '[]') as "jobTexts",
      coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'description', l.description, 'partNumber', l.part_number,
          'condition', l.condition, 'legalText', l.legal_text, 'coreOf', l.core_of_id))
        from lines l where l.shop_id = w.shop_id and l.work_order_id = w.id), '[]') as "lineTexts"
    from work_orders w
    join shops s on s.id = w.shop_id
    join billing_settings b on b.shop_id = w.shop_id
    join jurisdictions k on k.shop_id = w.shop_id and k.is_active
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    left join customers p on p.shop_id = w.shop_id and p.id = coalesce(w.bill_to_id, c.bill_to_id) and p.id <> c.id
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    left join staff a on a.id = w.advisor_id
    where w.shop_id = ${shop} and w.id = ${workOrder}`.execute(db);
  return rows[0] as Row;
}
