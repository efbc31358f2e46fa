import { z } from 'zod';
import { Invalid } from '../../platform/errors.js';
import { Id, OptionalId, optional, required } from '../../platform/web/forms.js';
import { Money, orEmpty, Percent, Quantity, showAmount, showPercent, showQuantity } from '../billing/amounts.js';
import type { LineKind } from '../billing/rules.js';
import type { Line } from '../work-orders/whole.js';

/** What a person can add; a core comes with its part. */
export const ADDABLE = ['labor', 'part', 'tire', 'sublet', 'fee', 'discount'] as const;
export type Addable = (typeof ADDABLE)[number];

export const KIND_NAMES: Record<LineKind, string> = {
  ...{ labor: 'Labor', part: 'Part', tire: 'Tire', sublet: 'Sublet', fee: 'Fee', discount: 'Discount', core: 'Core' },
};

export const CONDITIONS = {
  ...{ new: 'New', used: 'Used', rebuilt: 'Rebuilt', reconditioned: 'Reconditioned' },
  ...{ 'oem-crash': 'OEM crash part', 'non-oem': 'Non-OEM crash part' },
} as const;

export const CORE_STATES = {
  ...{ owed: 'Owed to us', received: 'Received', 'not-returnable': 'Not returnable', returned: 'Returned to the vendor' },
  credited: 'Credited by the vendor',
} as const;

export const TAX_CHOICES = { taxed: 'Taxed', untaxed: 'Not taxed' } as const;

/** Every field that the form of a line can have, as text. */
export const LINE_FIELDS = [
  ...(['description', 'partNumber', 'quantity', 'laborRate', 'price', 'flat', 'cost', 'condition'] as const),
  ...(['vendor', 'vendorInvoice', 'coreState', 'tax'] as const),
];
export type LineField = (typeof LINE_FIELDS)[number];
export type LineFields = Partial<Record<LineField, string>>;

/** What the form of each kind asks for. */
export const FIELDS_OF: Record<LineKind, LineField[]> = {
  labor: ['description', 'quantity', 'laborRate', 'price', 'flat', 'tax'],
  part: ['partNumber', 'description', 'quantity', 'cost', 'price', 'condition', 'tax'],
  tire: ['partNumber', 'description', 'quantity', 'cost', 'price', 'condition', 'tax'],
  sublet: ['description', 'vendor', 'vendorInvoice', 'quantity', 'cost', 'price', 'tax'],
  fee: ['description', 'quantity', 'price', 'tax'],
  core: ['description', 'quantity', 'price', 'coreState', 'tax'],
  discount: ['description', 'price'],
};

/** What was typed, read. A price of null is worked out: by the labor rate, or by the price matrix. */
export interface LineValues {
  description: string;
  quantity: number;
  priceCents: number | null;
  discountPpm: number | null;
  costCents: number;
  taxOverride: Line['taxOverride'];
  partNumber: string;
  condition: Line['condition'];
  flatQuantity: number | null;
  laborRateId: number | null;
  vendor: string;
  vendorInvoice: string;
  coreState: Line['coreState'];
}

// Ten million for one and a hundred thousand of it: the product of the two, and the sum of many of them, is still a whole number.
export const MOST_CENTS = 1_000_000_000;
const MOST_QUANTITY = 10_000_000;

const Description = required('What it is', 500);
const Price = Money('The price', { max: MOST_CENTS });
const Cost = orEmpty(Money('The cost', { max: MOST_CENTS })).transform((cents) => cents ?? 0);
const Count = (label: string) => Quantity(label, { min: 1, max: MOST_QUANTITY });
const Tax = choice(['taxed', 'untaxed']);
const Condition = choice(Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[]);

function choice<Value extends string>(values: Value[]) {
  return z.enum(['', ...values] as ['', ...Value[]], 'That is not one of the choices.').optional();
}

const goods = {
  ...{ description: Description, partNumber: optional('The part number', 60), quantity: Count('The quantity') },
  ...{ cost: Cost, price: orEmpty(Price), condition: Condition, tax: Tax },
};

const SCHEMAS = {
  labor: z.object({
    ...{ description: Description, quantity: Count('The hours'), laborRate: OptionalId },
    ...{
      price: orEmpty(Money('The price of an hour', { max: MOST_CENTS })),
      flat: orEmpty(Quantity('Book hours', { max: MOST_QUANTITY })),
      tax: Tax,
    },
  }),
  part: z.object(goods),
  tire: z.object(goods),
  sublet: z.object({
    ...{ description: Description, vendor: optional('The vendor', 100), vendorInvoice: optional('Their invoice number', 60) },
    ...{ quantity: Count('The quantity'), cost: Cost, price: Price, tax: Tax },
  }),
  fee: z.object({ description: Description, quantity: Count('The quantity'), price: Price, tax: Tax }),
  core: z.object({
    ...{ description: Description, quantity: Count('The quantity'), price: Price, tax: Tax },
    coreState: z.enum(Object.keys(CORE_STATES) as [keyof typeof CORE_STATES], 'That is not one of the choices.'),
  }),
  discount: z.object({ description: Description, price: z.string().default('') }),
};

const NOTHING: LineValues = {
  ...{ description: '', quantity: 100, priceCents: null, discountPpm: null, costCents: 0, taxOverride: null, partNumber: '' },
  ...{ condition: null, flatQuantity: null, laborRateId: null, vendor: '', vendorInvoice: '', coreState: null },
};

/** Reads what was typed for a line of a kind. @throws Invalid with a sentence for each field */
export function readLine(kind: LineKind, fields: LineFields): LineValues {
  const { price, quantity, tax, cost, condition, flat, laborRate, ...rest } = parse(SCHEMAS[kind], fields) as z.output<
    typeof SCHEMAS.labor
  > &
    z.output<typeof SCHEMAS.part> &
    Pick<LineValues, 'vendor' | 'vendorInvoice' | 'coreState'>;
  if (kind === 'discount') return { ...NOTHING, description: rest.description, ...readDiscount(String(price)) };
  const values = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...{ ...NOTHING, ...values, quantity, priceCents: price, costCents: cost ?? 0 },
    ...{ taxOverride: tax || null, condition: condition || null, flatQuantity: flat ?? null, laborRateId: laborRate ?? null },
  };
}

/** "10 %" or "25.00": what a discount takes off. */
function readDiscount(text: string): Pick<LineValues, 'priceCents' | 'discountPpm'> {
  if (!/%\s*$/.test(text))
    return {
      priceCents: parse(z.object({ price: Money('The discount', { min: 1, max: MOST_CENTS }) }), { price: text }).price,
      discountPpm: null,
    };
  return { priceCents: 0, discountPpm: parse(z.object({ price: Percent('The discount', { min: 1 }) }), { price: text }).price };
}

function parse<Schema extends z.ZodType>(schema: Schema, fields: object): z.output<Schema> {
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  throw new Invalid(Object.fromEntries(parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message]).reverse()));
}

/** A line as its form shows it. A price that was worked out is left empty: it is worked out again. */
export function toFields(line: Line): Record<string, string> {
  const all: Record<LineField, string> = {
    ...{ description: line.description, partNumber: line.partNumber, quantity: showQuantity(line.quantity) },
    laborRate: line.laborRateId === null ? '' : String(line.laborRateId),
    price: line.discountPpm !== null ? showPercent(line.discountPpm) : isWorkedOut(line) ? '' : showAmount(line.priceCents),
    flat: line.flatQuantity === null ? '' : showQuantity(line.flatQuantity),
    cost: line.costCents === 0 ? '' : showAmount(line.costCents),
    ...{ condition: line.condition ?? '', vendor: line.vendor, vendorInvoice: line.vendorInvoice },
    ...{ coreState: line.coreState ?? '', tax: line.taxOverride ?? '' },
  };
  return Object.fromEntries(FIELDS_OF[line.kind].map((field) => [field, all[field]]));
}

/** Whether the rates and the matrix made its price, and may make it again. */
export function isWorkedOut(line: Pick<Line, 'kind' | 'priceByHand'>): boolean {
  return !line.priceByHand && (line.kind === 'labor' || line.kind === 'part' || line.kind === 'tire');
}

/** What comes with a new line. */
export const NewLineExtras = {
  job: OptionalId,
  kind: z.enum(ADDABLE, 'That is not one of the choices.'),
  /** Of a part or a tire: what is charged until the old one comes back. */
  core: orEmpty(Money('The core charge', { max: MOST_CENTS })),
  /** One of the shop's fees, instead of one that is typed. */
  fee: z.union([z.literal('').transform(() => null), Id]).default(null),
};
