// What the arithmetic of money is about. The rules themselves are in rules.ts, which is also where the others take these from.

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

/** The sums are those of the customer's jobs that count and of what stands outside jobs. */
export interface Totals extends Sums {
  /** Of the line alone: quantity × price, rounded; negative for a discount (what it really took off). */
  lines: Map<number, number>;
  /**
   * What each job comes to. Those that the customer pays and that count: their part of the sums, so that they and `outside` make
   * the total. All others: what they would come to if the customer had this job alone.
   */
  jobs: Map<number, JobSums>;
  /** What belongs to no job: the fees of the order as a whole. */
  outside: Sums;
  /**
   * The same by kind, as it stands on the lines (with prices that include tax: including it): labor, parts with tires, sublet, fees,
   * cores and supplies, less discountCents, are the subtotal (the total, with prices that include tax).
   */
  laborCents: number;
  partsCents: number;
  subletCents: number;
  feesCents: number;
  coresCents: number;
  suppliesCents: number;
  /** What discounts took off; not negative. */
  discountCents: number;
  /** Each rate with what it was taken on, by name. */
  taxes: (Tax & { baseCents: number; cents: number })[];
}
