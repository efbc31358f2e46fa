// All that is arithmetic about money. Integers only: cents, hundredths of a quantity or an hour, parts per million of a rate.
//
// The rounding rule, the same everywhere: half away from zero, to the cent, once for each line (quantity × price), and once
// for each tax rate on the sum of what it taxes on the whole order (a seller may choose line or invoice: Streamlined Sales
// and Use Tax Agreement, section 324; VAT Notice 700, section 17.5). What was rounded once is dealt out to jobs and lines by
// largest remainder (Hamilton's method), so that the parts always make the whole, in whatever order they were entered.

import { discount, spread } from './lowering.js';
import type { JobSums, Jurisdiction, MoneyJob, MoneyLine, Sums, SuppliesTerms, Terms, Totals } from './money.js';
import { add, compare, divide, MILLION, toCents } from './rounding.js';
import { type Charge, type Taxed, taxCharges } from './tax.js';

export type {
  Category,
  Consent,
  JobSums,
  Jurisdiction,
  LineKind,
  MoneyJob,
  MoneyLine,
  PayType,
  Sums,
  SuppliesTerms,
  Tax,
  Terms,
  Totals,
} from './money.js';

/** Quantity (hundredths) × price, to the cent. */
export function extend(quantity: number, priceCents: number): number {
  return toCents(divide(BigInt(quantity) * BigInt(priceCents), 100n));
}

/** A job with its lines while it is being worked out. */
interface Sheet {
  job: MoneyJob;
  /** All but discounts, with what is left of each after them. */
  items: { line: MoneyLine; net: bigint }[];
  discounts: MoneyLine[];
}

/**
 * What an order comes to.
 *
 * Discounts of a job lower its lines in proportion, so that what is taxed falls with them; those of the whole order lower the
 * customer's jobs that count, after the jobs' own. Cores are deposits and fees of the whole order are not the shop's: neither is
 * lowered. Lines with a negative quantity (a part that is taken back, a core that is credited) lower the job, its tax, and the
 * order; then a job can be negative, but never because of a discount.
 */
export function totals(order: { jobs: MoneyJob[]; lines: MoneyLine[]; terms: Terms }): Totals {
  const sheets = lay(order.jobs, order.lines);
  const outside = inOrder(order.lines.filter((line) => line.job === null)).map(({ line }) => line);
  const all = work(sheets.filter(enters), outside, order.terms);
  const others = sheets.filter((sheet) => !enters(sheet)).map((sheet) => work([sheet], [], order.terms));
  return {
    ...all,
    lines: new Map([all, ...others].flatMap((one) => [...one.lines])),
    jobs: new Map([all, ...others].flatMap((one) => [...one.jobs])),
  };
}

/** Whether a job is in the sums of the order: the customer pays it, and it was not declined. */
function enters({ job }: Sheet): boolean {
  return job.counts && job.payType === 'customer';
}

/** Jobs with their lines, in an order that what is in them makes, not who was first: cents that are left over go by it. */
function lay(jobs: MoneyJob[], lines: MoneyLine[]): Sheet[] {
  const keyed = inOrder(lines);
  const sheets = jobs.map((job) => {
    const own = keyed.filter(({ line }) => line.job === job.id);
    const items = own.filter(({ line }) => line.kind !== 'discount').map(({ line }) => ({ line, net: worth(line) }));
    const discounts = own.filter(({ line }) => line.kind === 'discount').map(({ line }) => line);
    return { job, items, discounts, key: [job.supplies, ...own.map(({ key }) => key)].join('\n') };
  });
  return sheets.sort((one, other) => compare(one.key, other.key) || one.job.id - other.job.id);
}

function inOrder(lines: MoneyLine[]): { line: MoneyLine; key: string }[] {
  const keyed = lines.map((line) => ({ line, key: describe(line) }));
  return keyed.sort((one, other) => compare(one.key, other.key) || one.line.id - other.line.id);
}

function describe({ kind, quantity, priceCents, discountPpm, costCents, taxes }: MoneyLine): string {
  const rates = taxes.map(({ id, name, ppm }) => JSON.stringify([name, ppm, id])).sort();
  return JSON.stringify([kind, quantity, priceCents, discountPpm, costCents, rates]);
}

function worth(line: MoneyLine): bigint {
  return BigInt(extend(line.quantity, line.priceCents));
}

/** Works out jobs that are paid together, with the lines that belong to none of them. */
function work(sheets: Sheet[], outside: MoneyLine[], terms: Terms): Totals {
  const taken = lower(sheets, outside);
  const supplies = chargeSupplies(sheets, terms.supplies);
  const fees = outside.filter((line) => line.kind !== 'discount');
  const charges: Charge[] = sheets.flatMap(({ items }, owner) => [
    ...items.map(({ line, net }) => ({ owner, cents: net, taxes: line.taxes })),
    { owner, cents: supplies[owner] as bigint, taxes: terms.supplies.taxes },
  ]);
  charges.push(...fees.map((line) => ({ owner: sheets.length, cents: worth(line), taxes: line.taxes })));
  const untaxed = terms.lumpSum || terms.exempt !== null;
  const taxed = taxCharges(untaxed ? [] : charges, sheets.length + 1, terms.pricesIncludeTax);
  const sums = addUp(charges, taxed, terms.pricesIncludeTax);

  const lines = [...sheets.flatMap(({ items }) => items.map(({ line }) => line)), ...fees];
  const kinds = (...wanted: MoneyLine['kind'][]) => toCents(add(lines.filter(({ kind }) => wanted.includes(kind)).map(worth)));
  return {
    ...(sums.all as Sums),
    lines: new Map([...lines.map((line): [number, number] => [line.id, Number(worth(line))]), ...taken]),
    jobs: new Map(sheets.map((sheet, owner) => [sheet.job.id, sumJob(sheet, sums.owners[owner] as Sums, supplies[owner] as bigint)])),
    outside: sums.owners[sheets.length] as Sums,
    laborCents: kinds('labor'),
    partsCents: kinds('part', 'tire'),
    subletCents: kinds('sublet'),
    feesCents: kinds('fee'),
    coresCents: kinds('core'),
    suppliesCents: toCents(add(supplies)),
    discountCents: [...taken.values()].reduce((sum, cents) => sum - cents, 0),
    taxes: taxed.rates.map(({ base, cents, ...tax }) => ({ ...tax, baseCents: toCents(base), cents: toCents(cents) })),
  };
}

/** Lets the discounts lower what they stand under. @returns what each took off, negative, by line */
function lower(sheets: Sheet[], outside: MoneyLine[]): Map<number, number> {
  const taken = new Map<number, number>();
  const note = (discounts: MoneyLine[], cents: bigint[]) => {
    for (const [index, line] of discounts.entries()) taken.set(line.id, 0 - Number(cents[index]));
    return add(cents);
  };
  for (const sheet of sheets) lowerItems(sheet, note(sheet.discounts, discount(standing(sheet), sheet.discounts)));
  const discounts = outside.filter((line) => line.kind === 'discount');
  const left = sheets.map(standing);
  const shares = spread(note(discounts, discount(add(left), discounts)), left);
  for (const [index, sheet] of sheets.entries()) lowerItems(sheet, shares[index] as bigint);
  return taken;
}

/** What of a job discounts are taken from. */
function standing({ items }: Sheet): bigint {
  return add(items.filter(({ line }) => line.kind !== 'core').map(({ net }) => net));
}

function lowerItems({ items }: Sheet, cents: bigint): void {
  const lowered = items.filter(({ line }) => line.kind !== 'core');
  const shares = spread(
    cents,
    lowered.map(({ net }) => net),
  );
  for (const [index, item] of lowered.entries()) item.net -= shares[index] as bigint;
}

/** Shop supplies of each job: a share and a flat sum of what the jobs with supplies come to after discounts, once for all of them, capped. */
function chargeSupplies(sheets: Sheet[], { base, ppm, flatCents, capCents }: SuppliesTerms): bigint[] {
  const labor = base === 'labor' || base === 'both';
  const parts = base === 'part' || base === 'both';
  const bases = sheets.map(({ job, items }) => {
    const counted = items.filter(({ line: { kind } }) => (kind === 'labor' ? labor : (kind === 'part' || kind === 'tire') && parts));
    const sum = job.supplies ? add(counted.map(({ net }) => net)) : 0n;
    return sum > 0n ? sum : 0n;
  });
  const sum = add(bases);
  if (sum === 0n) return bases;
  const cents = divide(sum * BigInt(ppm), MILLION) + BigInt(flatCents);
  return spread(capCents !== null && cents > BigInt(capCents) ? BigInt(capCents) : cents, bases);
}

/** The sums of each owner, and of all. */
function addUp(charges: Charge[], taxed: Taxed, inside: boolean): { owners: Sums[]; all: Sums } {
  const sum = (cents: bigint, tax: bigint): Sums => ({
    subtotalCents: toCents(inside ? cents - tax : cents),
    taxCents: toCents(tax),
    totalCents: toCents(inside ? cents : cents + tax),
  });
  const charged = taxed.owners.map((_, owner) => add(charges.filter((charge) => charge.owner === owner).map(({ cents }) => cents)));
  return { owners: charged.map((cents, owner) => sum(cents, taxed.owners[owner] as bigint)), all: sum(add(charged), add(taxed.owners)) };
}

function sumJob({ items }: Sheet, sums: Sums, supplies: bigint): JobSums {
  const costs = items.map(({ line }) => BigInt(extend(line.quantity, line.costCents)));
  return { ...sums, costCents: toCents(add(costs)), suppliesCents: toCents(supplies) };
}

/** The labor rate of a line: that of the vehicle, else the customer's, else the one chosen for the order, else the shop's (as Omnique's labor matrix). */
export function laborRate(rates: Record<'vehicle' | 'customer' | 'order' | 'shop', number | null>): number | null {
  return rates.vehicle ?? rates.customer ?? rates.order ?? rates.shop;
}

/** The most that can be charged without asking again. The database has the same rule: `authorization_ceiling` in migrations/0002_work_and_money.sql. */
export function ceiling(authorizedCents: number, { threshold, ppm, minCents, capCents }: Jurisdiction): number {
  const share = Number((BigInt(authorizedCents) * BigInt(ppm)) / MILLION);
  const over = { none: 0, percent: share, greater: Math.max(share, minCents), lesser: Math.min(share, minCents) }[threshold];
  return authorizedCents + Math.min(over, capCents ?? over);
}

/**
 * By how much an order is above what its jurisdiction allows, or null.
 * @param authorized what the customer has authorized, with tax and before it; zeros if nothing was
 */
export function overCeiling(
  sums: Sums,
  authorized: { cents: number; beforeTaxCents: number },
  jurisdiction: Jurisdiction,
): { ceilingCents: number; overCents: number } | null {
  const ceilingCents = ceiling(jurisdiction.beforeTax ? authorized.beforeTaxCents : authorized.cents, jurisdiction);
  const overCents = (jurisdiction.beforeTax ? sums.totalCents - sums.taxCents : sums.totalCents) - ceilingCents;
  return overCents > 0 ? { ceilingCents, overCents } : null;
}

/** Gross profit of a job: what it brings before tax, less what its lines cost the shop, and as a share of what it brings. */
export function margin({ subtotalCents, costCents }: JobSums): { cents: number; ppm: number | null } {
  const cents = subtotalCents - costCents;
  return { cents, ppm: subtotalCents > 0 ? Number(divide(BigInt(cents) * MILLION, BigInt(subtotalCents))) : null };
}
