// All that is arithmetic about money. Integers only: cents, hundredths of a quantity or an hour, parts per million of a rate.
//
// The rounding rule, the same everywhere: half away from zero, to the cent, once for each line (quantity × price), and once
// for each tax rate on the sum of what it taxes on the whole order (a seller may choose line or invoice: Streamlined Sales
// and Use Tax Agreement, section 324; VAT Notice 700, section 17.5). What was rounded once is dealt out to jobs and lines by
// largest remainder (Hamilton's method), so that the parts always make the whole, in whatever order they were entered.

export type LineKind = 'labor' | 'part' | 'tire' | 'sublet' | 'fee' | 'core' | 'discount';

/** What tax rates tell apart. Discounts have no category: they lower what they stand under. */
export type Category = Exclude<LineKind, 'discount'> | 'supplies';

export type PayType = 'customer' | 'warranty' | 'internal' | 'comeback';
export type Consent = 'proposed' | 'approved' | 'declined' | 'deferred' | 'revised';

/** A rate as it was when the line was written. `ppm`: parts per million, 7.25 % is 72,500. */
export interface Tax {
  id: number;
  name: string;
  ppm: number;
}

export interface SuppliesTerms {
  name: string;
  base: 'none' | 'labor' | 'part' | 'both';
  ppm: number;
  flatCents: number;
  capCents: number | null;
  taxes: Tax[];
  /** The sentence that the law wants beside them. */
  text: string;
}

export interface Jurisdiction {
  name: string;
  threshold: 'none' | 'percent' | 'greater' | 'lesser';
  ppm: number;
  minCents: number;
  capCents: number | null;
  beforeTax: boolean;
}

/** What a shop's settings say on the day the first line of an order is written; kept with the order, and never changed by them again. */
export interface Terms {
  currency: string;
  pricesIncludeTax: boolean;
  /** No tax is collected, and paper shows one price a job (Texas lump sum, 34 TAC 3.290). */
  lumpSum: boolean;
  /** The customer's certificate; then nothing is taxed. */
  exempt: { certificate: string } | null;
  supplies: SuppliesTerms;
  jurisdiction: Jurisdiction;
}

/** A line as far as sums need it. */
export interface MoneyLine {
  id: number;
  /** Null: of the order as a whole. */
  job: number | null;
  kind: LineKind;
  /** Hundredths. */
  quantity: number;
  priceCents: number;
  /** Of a discount: a share of what it stands under; then priceCents is not looked at. */
  discountPpm: number | null;
  costCents: number;
  taxes: Tax[];
}

export interface MoneyJob {
  id: number;
  payType: PayType;
  /** Whether it counts towards the customer's sums: not declined or deferred, and of alternatives the picked one. */
  counts: boolean;
  /** Whether shop supplies are charged on it. */
  supplies: boolean;
}

export interface Sums {
  /** Before tax, after discounts. With prices that include tax: the total less that tax. */
  subtotalCents: number;
  taxCents: number;
  totalCents: number;
}

export interface JobSums extends Sums {
  /** What its lines cost the shop. */
  costCents: number;
  /** Its share of the shop supplies, inside the subtotal. */
  suppliesCents: number;
}

export interface Totals extends Sums {
  /** Of the line alone: quantity × price, rounded; negative for a discount (what it really took off). */
  lines: Map<number, number>;
  /** What each job comes to for whoever pays for it, alone; also jobs that do not count. */
  jobs: Map<number, JobSums>;
  laborCents: number;
  partsCents: number;
  suppliesCents: number;
  discountCents: number;
  /** Each rate with what it was taken on, by name. */
  taxes: (Tax & { baseCents: number; cents: number })[];
}
