import type { Tax } from './money.js';
import { add, compare, deal, divide, MILLION } from './rounding.js';

/** Something that is charged, with what taxes it. */
export interface Charge {
  /** Which of the order's owners (jobs, and the order as a whole) it belongs to, by place. */
  owner: number;
  cents: bigint;
  taxes: Tax[];
}

export interface Taxed {
  /** Each rate with what it was taken on, by name. */
  rates: (Tax & { base: bigint; cents: bigint })[];
  /** The tax of each owner; together they are the tax of all rates. */
  owners: bigint[];
}

/**
 * The tax on what is charged. On top of the prices: each rate is taken on the sum of all that it taxes and rounded once.
 * Inside the prices: what carries the same rates is summed up, all its tax is taken out together and rounded once, and is
 * then split between the rates. Either is dealt out to the owners by largest remainder.
 * @param inside whether prices include tax
 */
export function taxCharges(charges: Charge[], owners: number, inside: boolean): Taxed {
  const found = new Map<string, Taxed['rates'][number]>();
  const owned = Array.from({ length: owners }, () => 0n);
  for (const { rates, charged } of group(charges, inside)) {
    const whole = MILLION + (inside ? add(rates.map((rate) => BigInt(rate.ppm))) : 0n);
    const ppm = add(rates.map((rate) => BigInt(rate.ppm)));
    const amounts = owned.map((_, owner) => add(charged.filter((charge) => charge.owner === owner).map((charge) => charge.cents)));
    const sum = add(amounts);
    const tax = divide(sum * ppm, whole);
    const shares = deal(
      tax,
      amounts.map((amount) => amount * ppm),
      whole,
    );
    for (const [owner, share] of shares.entries()) owned[owner] = (owned[owner] as bigint) + share;
    const split = deal(
      tax,
      rates.map((rate) => sum * BigInt(rate.ppm)),
      whole,
    );
    for (const [index, rate] of rates.entries()) {
      const before = found.get(identify(rate)) ?? { ...rate, base: 0n, cents: 0n };
      const base = before.base + sum - (inside ? tax : 0n);
      found.set(identify(rate), { ...before, base, cents: before.cents + (split[index] as bigint) });
    }
  }
  return { rates: [...found.values()].sort(byName), owners: owned };
}

interface Group {
  rates: Tax[];
  charged: Charge[];
}

/** What is taxed together: by rate, or, where the tax is inside the price, by the set of rates. */
function group(charges: Charge[], inside: boolean): Group[] {
  const groups = new Map<string, Group>();
  for (const charge of charges) {
    const taxes = [...charge.taxes].sort(byName);
    for (const rates of inside ? [taxes] : taxes.map((tax) => [tax])) {
      const key = rates.map(identify).join('\n');
      const same = groups.get(key) ?? { rates, charged: [] };
      same.charged.push(charge);
      groups.set(key, same);
    }
  }
  return [...groups.values()].filter(({ rates }) => rates.length > 0);
}

/** A rate that was changed between two lines is two rates. */
function identify({ name, ppm, id }: Tax): string {
  return JSON.stringify([name, ppm, id]);
}

function byName(one: Tax, other: Tax): number {
  return compare(one.name, other.name) || one.ppm - other.ppm || one.id - other.id;
}
