import { z } from 'zod';
import type { ApiViewer } from '../../platform/web/api.js';
import { JsonId, Money, Person, showTime, Time } from '../../platform/web/api-fields.js';
import type { LineKind } from '../billing/rules.js';
import type { Job, WorkOrderDetails } from '../work-orders/details.js';
import type { Line } from '../work-orders/whole.js';
import { PAY_TYPES, PROGRESS } from './inputs.js';
import { CONDITIONS, CORE_STATES, KIND_NAMES } from './line-fields.js';

export const keysOf = <Key extends string>(table: Record<Key, unknown>) => Object.keys(table) as [Key, ...Key[]];
/** Null for who may not see it. */
export type MoneyOf = (cents: number) => z.input<typeof Money> | null;

const Hundredths = z.int().meta({ description: 'Hundredths: 150 is one and a half.' });
const Price = Money.nullable().meta({ description: 'Null for who may not see prices.' });

export const LineJson = z
  .strictObject({
    id: JsonId,
    job: JsonId.nullable().meta({ description: 'Null: of the order as a whole.' }),
    kind: z.enum(keysOf<LineKind>(KIND_NAMES)),
    ...{ description: z.string(), part_number: z.string(), quantity_hundredths: Hundredths },
    price: Price,
    price_by_hand: z.boolean().meta({ description: 'False: the rates or the price matrix made it.' }),
    discount_ppm: z.int().nullable().meta({ description: 'Of a discount: parts per million of what it stands under.' }),
    ...{ amount: Price, cost: Price },
    tax: z.enum(['taxed', 'untaxed']).nullable().meta({ description: 'What somebody said of it; null: as its kind.' }),
    taxes: z.array(z.strictObject({ id: z.int(), name: z.string(), ppm: z.int() })),
    condition: z.enum(keysOf(CONDITIONS)).nullable(),
    flat_hundredths: z.int().nullable().meta({ description: 'Of labor: the book’s hours, hundredths.' }),
    ...{ labor_rate: JsonId.nullable(), vendor: z.string(), vendor_invoice: z.string(), fee: JsonId.nullable() },
    core_of: JsonId.nullable().meta({ description: 'Of a core: the part that it belongs to.' }),
    core_state: z.enum(keysOf(CORE_STATES)).nullable(),
  })
  .meta({ id: 'Line' });

export const JobJson = z
  .strictObject({
    ...{ id: JsonId, name: z.string(), concern: z.string(), cause: z.string(), correction: z.string() },
    internal_note: z.string().meta({ description: 'Never shown to a customer.' }),
    ...{ pay_type: z.enum(keysOf(PAY_TYPES)), mechanic: Person.nullable(), progress: z.enum(keysOf(PROGRESS)) },
    consent: z
      .enum(['proposed', 'approved', 'declined', 'deferred', 'revised'])
      .meta({ description: 'What the customer has said; `revised`: it has grown since.' }),
    ...{ consent_reason: z.string(), consent_at: Time.nullable() },
    approved: Price,
    choice: z.int().nullable().meta({ description: 'Jobs of the same number are alternatives, of which one is picked.' }),
    ...{ choice_name: z.string(), picked: z.boolean() },
    supplies: z.boolean().meta({ description: 'Whether shop supplies are charged on it.' }),
    clocked_hundredths: Hundredths,
    ...{ subtotal: Price, tax: Price, total: Price, cost: Price },
    lines: z.array(LineJson),
  })
  .meta({ id: 'Job' });

type Order = Pick<WorkOrderDetails, 'totals'>;

export function jobJson(job: Job, order: Order, money: MoneyOf, viewer: ApiViewer): z.input<typeof JobJson> {
  const { id, name, concern, cause, correction, mechanic, progress, consent, choice, picked, supplies } = job;
  const sums = order.totals.jobs.get(id);
  return {
    ...{ id, name, concern, cause, correction, mechanic, progress, consent, choice, picked, supplies },
    ...{ internal_note: job.internalNote, pay_type: job.payType, consent_reason: job.consentReason, choice_name: job.choiceName },
    consent_at: job.consentAt && showTime(new Date(job.consentAt), viewer),
    approved: job.approvedCents === null ? null : money(job.approvedCents),
    clocked_hundredths: job.clockedHundredths,
    ...{ subtotal: money(sums?.subtotalCents ?? 0), tax: money(sums?.taxCents ?? 0), total: money(sums?.totalCents ?? 0) },
    cost: money(sums?.costCents ?? 0),
    lines: job.lines.map((line) => lineJson(line, order, money)),
  };
}

export function lineJson(line: Line, { totals }: Order, money: MoneyOf): z.input<typeof LineJson> {
  const { id, job, kind, description, taxes, condition, vendor } = line;
  return {
    ...{ id, job, kind, description, condition, vendor, part_number: line.partNumber, quantity_hundredths: line.quantity },
    ...{ price: money(line.priceCents), price_by_hand: line.priceByHand, discount_ppm: line.discountPpm },
    ...{ amount: money(totals.lines.get(id) ?? 0), cost: money(line.costCents), tax: line.taxOverride },
    taxes: taxes.map(({ id: rate, name, ppm }) => ({ id: rate, name, ppm })),
    ...{ flat_hundredths: line.flatQuantity, labor_rate: line.laborRateId, vendor_invoice: line.vendorInvoice, fee: line.feeId },
    ...{ core_of: line.coreOfId, core_state: line.coreState },
  };
}
