import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import type { ApiViewer } from '../../platform/web/api.js';
import { JsonId, Money, Person, personOrNull, showTime, showTimeOrNull, Time } from '../../platform/web/api-fields.js';
import { MEANINGS } from '../board/columns.js';
import type { Meaning } from '../board/rules.js';
import { JobJson, jobJson, LineJson, lineJson, type MoneyOf } from '../jobs/json.js';
import { LabelJson } from '../labels/json.js';
import { audienceOf, forAudience } from './audiences.js';
import { BLOCK_REASONS, type BlockReason } from './blocks.js';
import { getWorkOrder, type WorkOrderDetails } from './details.js';
import type { ListedOrder } from './list.js';

const keysOf = <Key extends string>(table: Record<Key, unknown>) => Object.keys(table) as [Key, ...Key[]];
const Column = z.strictObject({ id: JsonId, name: z.string(), meaning: z.enum(keysOf<Meaning>(MEANINGS)) });
const Document = z
  .enum(['estimate', 'repair-order', 'invoice', 'posted'])
  .meta({ description: 'What it is by now; nothing of a posted one changes.' });
const BlockReasonJson = z.enum(keysOf<BlockReason>(BLOCK_REASONS));
const PRICES = 'Null for who may not see prices.';

export const ListedOrderJson = z
  .strictObject({
    number: JsonId,
    concern: z.string(),
    created_at: Time,
    promised_at: Time.nullable(),
    handed_over_at: Time.nullable(),
    column: Column.meta({ description: 'Where its card is, or was when the vehicle was handed over.' }),
    vehicle: z.strictObject({ id: JsonId, description: z.string(), plate: z.string() }),
    customer: z.strictObject({ id: JsonId, name: z.string(), company: z.string() }),
    mechanic: Person.nullable(),
    advisor: Person.nullable(),
    blocked: BlockReasonJson.nullable(),
    document: Document,
    total: Money.nullable().meta({ description: PRICES }),
    due: Money.nullable().meta({ description: PRICES }),
  })
  .meta({ id: 'WorkOrderInList' });

const Sums = z.strictObject({
  ...{ subtotal: Money, tax: Money, total: Money, paid: Money, due: Money.meta({ description: 'Negative: the shop owes it.' }) },
  ...{ labor: Money, parts: Money, sublet: Money, fees: Money, cores: Money, supplies: Money, discount: Money },
  authorized: Money.nullable().meta({ description: 'What the customer has agreed to, tax included; null before the first answer.' }),
  taxes: z.array(z.strictObject({ id: z.int(), name: z.string(), ppm: z.int(), base: Money, amount: Money })),
});

const Vehicle = z.strictObject({
  ...{ id: JsonId, description: z.string(), plate: z.string(), vin: z.string(), make: z.string(), model: z.string() },
  ...{ year: z.int().nullable(), engine: z.string(), color: z.string(), unit_number: z.string(), serial: z.string() },
});
const Customer = z.strictObject({ id: JsonId, name: z.string(), company: z.string(), phone: z.string(), email: z.string() });

export const WorkOrderJson = z
  .strictObject({
    ...{ number: JsonId, concern: z.string(), created_at: Time, promised_at: Time.nullable(), handed_over_at: Time.nullable() },
    ...{ column: Column, in_column_since: Time, vehicle: Vehicle, customer: Customer },
    bill_to: Customer.nullable().meta({ description: 'Who pays, when it is not the customer.' }),
    ...{ mechanic: Person.nullable(), advisor: Person.nullable() },
    blocked: z.strictObject({ reason: BlockReasonJson, note: z.string(), since: Time }).nullable(),
    labels: z.array(LabelJson),
    ...{ document: Document, invoice_number: z.int().nullable(), invoiced_at: Time.nullable(), posted_at: Time.nullable() },
    ...{ po_number: z.string(), tag: z.string(), internal_note: z.string().meta({ description: 'Never shown to a customer.' }) },
    jobs: z.array(JobJson),
    lines: z.array(LineJson).meta({ description: 'Of the order as a whole: fees and discounts.' }),
    totals: Sums.nullable().meta({ description: PRICES }),
  })
  .meta({ id: 'WorkOrder' });

/** The work order as its GET answers it. @throws NotFound when the shop has no such number */
export async function readWorkOrder(db: Database, viewer: ApiViewer, { number }: { number: number }) {
  return workOrderJson(await getWorkOrder(db, viewer.shop, number), viewer);
}

/** A work order as this person may see it. Nothing in it depends on when it is read: its ETag changes only with it. */
function workOrderJson(whole: WorkOrderDetails, viewer: ApiViewer): z.input<typeof WorkOrderJson> {
  const audience = audienceOf(viewer.role);
  const order = forAudience(whole, audience);
  const money: MoneyOf = (cents) => (audience === 'desk' ? { cents, currency: order.currency } : null);
  const { number, concern, customer, mechanic, advisor, document, tag, blocked, column } = order;
  return {
    ...{ number, concern, mechanic, advisor, document, tag },
    created_at: showTime(order.createdAt, viewer),
    promised_at: order.promise && showTime(new Date(order.promise.iso), viewer),
    handed_over_at: showTimeOrNull(order.handedOverAt, viewer),
    column: { id: column.id, name: column.name, meaning: column.meaning },
    in_column_since: showTime(new Date(column.since.iso), viewer),
    vehicle: vehicleJson(order.vehicle),
    customer: customerJson(customer),
    bill_to: order.billTo && customerJson(order.billTo),
    blocked: blocked && { reason: blocked.kind, note: blocked.note, since: showTime(new Date(blocked.iso), viewer) },
    labels: order.labels as z.input<typeof LabelJson>[],
    invoice_number: order.invoiceNumber,
    invoiced_at: showTimeOrNull(order.invoicedAt, viewer),
    posted_at: showTimeOrNull(order.postedAt, viewer),
    ...{ po_number: order.poNumber, internal_note: order.internalNote },
    jobs: order.jobs.map((job) => jobJson(job, order, money, viewer)),
    lines: order.orderLines.map((line) => lineJson(line, order, money)),
    totals: audience === 'desk' ? totalsJson(order) : null,
  };
}

function customerJson({ id, name, company, phone, email }: z.input<typeof Customer>) {
  return { id, name, company, phone, email };
}

function vehicleJson({ kind: _, unitNumber, ...vehicle }: WorkOrderDetails['vehicle']) {
  return { ...vehicle, unit_number: unitNumber };
}

function totalsJson({ totals, paidCents, authorizations, currency }: WorkOrderDetails): z.input<typeof Sums> {
  const money = (cents: number) => ({ cents, currency });
  const last = authorizations.at(-1);
  return {
    ...{ subtotal: money(totals.subtotalCents), tax: money(totals.taxCents), total: money(totals.totalCents) },
    ...{
      paid: money(paidCents),
      due: money(totals.totalCents - paidCents),
      labor: money(totals.laborCents),
      parts: money(totals.partsCents),
    },
    ...{ sublet: money(totals.subletCents), fees: money(totals.feesCents), cores: money(totals.coresCents) },
    ...{ supplies: money(totals.suppliesCents), discount: money(totals.discountCents) },
    authorized: last ? money(last.authorizedCents) : null,
    taxes: totals.taxes.map(({ baseCents, cents, ...tax }) => ({ ...tax, base: money(baseCents), amount: money(cents) })),
  };
}

export function listedOrderJson(row: ListedOrder, viewer: ApiViewer): z.input<typeof ListedOrderJson> {
  const desk = audienceOf(viewer.role) === 'desk';
  const money = (cents: number) => (desk ? { cents, currency: row.currency } : null);
  return {
    ...{ number: row.number, concern: row.concern, blocked: row.blocked, document: row.document },
    created_at: showTime(row.createdAt, viewer),
    promised_at: showTimeOrNull(row.promisedAt, viewer),
    handed_over_at: showTimeOrNull(row.handedOverAt, viewer),
    column: { id: row.columnId, name: row.column, meaning: row.meaning },
    vehicle: { id: row.vehicleId, description: row.vehicle, plate: row.plate },
    customer: { id: row.customerId, name: row.name, company: row.company },
    mechanic: personOrNull(row.mechanicId, row.mechanic),
    advisor: personOrNull(row.advisorId, row.advisor),
    total: money(row.totalCents),
    due: money(row.totalCents - row.paidCents),
  };
}
