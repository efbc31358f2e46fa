import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Invalid } from '../../platform/errors.js';
import { check, item, JURISDICTION, kind, number, type Order, order, ppm, taxes, terms } from '../../testing/random-orders.js';
import { ceiling, extend, type Jurisdiction, type MoneyJob, overCeiling, type Tax, type Terms, totals } from './rules.js';

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);

/** The jobs that are in the sums. */
const paid = ({ jobs }: Order) => jobs.filter((job) => job.counts && job.payType === 'customer');

/** What the lines in the sums come to, each as it is shown. */
function shown(given: Order): number {
  const { lines } = totals(given);
  const ids = paid(given).map(({ id }) => id);
  return sum(given.lines.filter(({ job }) => job === null || ids.includes(job)).map(({ id }) => lines.get(id) as number));
}

test('the parts make the whole, to the cent, however it is taxed', () => {
  check([order()], (given) => {
    const all = totals(given);
    const parts = [...paid(given).map(({ id }) => all.jobs.get(id)), all.outside] as (typeof all.outside)[];
    for (const key of ['subtotalCents', 'taxCents', 'totalCents'] as const) expect(sum(parts.map((part) => part[key]))).toBe(all[key]);
    expect(sum(paid(given).map(({ id }) => all.jobs.get(id)?.suppliesCents as number))).toBe(all.suppliesCents);
    expect(sum(all.taxes.map(({ cents }) => cents))).toBe(all.taxCents);
    expect(all.subtotalCents + all.taxCents).toBe(all.totalCents);
    const whole = given.terms.pricesIncludeTax ? all.totalCents : all.subtotalCents;
    expect(shown(given) + all.suppliesCents).toBe(whole);
    const kinds = all.laborCents + all.partsCents + all.subletCents + all.feesCents + all.coresCents + all.suppliesCents;
    expect(kinds - all.discountCents).toBe(whole);
    expect(all.lines.size).toBe(given.lines.length);
    expect(all.jobs.size).toBe(given.jobs.length);
    for (const job of all.jobs.values()) expect(job.subtotalCents + job.taxCents).toBe(job.totalCents);
  });
});

test('in whatever order jobs and lines come, everything comes to the same', () => {
  const shuffled = order().chain((given) => {
    const all = <T>(list: T[]) => fc.shuffledSubarray(list, { minLength: list.length });
    return fc.tuple(fc.constant(given), fc.record({ jobs: all(given.jobs), lines: all(given.lines), terms: fc.constant(given.terms) }));
  });
  check([shuffled], ([given, other]) => expect(totals(other)).toEqual(totals(given)));
});

test('in whatever order jobs and lines were entered, the sums, the taxes and what the jobs come to are the same', () => {
  const entered = order().chain((given) => {
    const jobIds = fc.shuffledSubarray([1, 2, 3, 4], { minLength: 4 });
    const lineIds = fc.shuffledSubarray(
      given.lines.map(({ id }) => id),
      { minLength: given.lines.length },
    );
    return fc.tuple(fc.constant(given), jobIds, lineIds);
  });
  check([entered], ([given, jobIds, lineIds]) => {
    const other = {
      ...given,
      jobs: given.jobs.map((job) => ({ ...job, id: jobIds[job.id - 1] as number })),
      lines: given.lines.map((line, index) => ({
        ...line,
        id: lineIds[index] as number,
        job: line.job === null ? null : (jobIds[line.job - 1] as number),
      })),
    };
    const [one, two] = [totals(given), totals(other)].map(({ lines, jobs, ...sums }) => ({
      ...sums,
      lines: [...lines.values()].sort((a, b) => a - b),
      jobs: [...jobs.values()].map((job) => JSON.stringify(job)).sort(),
    }));
    expect(two).toEqual(one);
  });
});

test('a discount never makes a job or an order negative', () => {
  check([order(0, 6)], (given) => {
    const all = totals(given);
    for (const one of [all, all.outside, ...all.jobs.values()]) {
      expect(one.subtotalCents).toBeGreaterThanOrEqual(0);
      expect(one.taxCents).toBeGreaterThanOrEqual(0);
    }
  });
});

test('with parts taken back, a job is below zero only where it is without discounts, and then not further', () => {
  check([order(-900, 6)], (given) => {
    const supplies = { ...given.terms.supplies, base: 'none' as const };
    const plain = { ...given, terms: { ...given.terms, supplies, pricesIncludeTax: false } };
    const without = totals({ ...plain, lines: given.lines.filter((line) => line.kind !== 'discount') });
    for (const [id, { subtotalCents }] of totals(plain).jobs) {
      const cores = sum(
        given.lines.filter((line) => line.job === id && line.kind === 'core').map((line) => extend(line.quantity, line.priceCents)),
      );
      const before = (without.jobs.get(id)?.subtotalCents as number) - cores;
      expect(subtotalCents - cores).toBeGreaterThanOrEqual(Math.min(0, before));
      expect(subtotalCents - cores).toBeLessThanOrEqual(Math.max(0, before));
    }
  });
});

test('a discount takes off no more than it says, and one alone exactly that, where there is as much', () => {
  check([order()], (given) => {
    const { lines } = totals(given);
    for (const line of given.lines) {
      if (line.kind !== 'discount') continue;
      expect(lines.get(line.id)).toBeLessThanOrEqual(0);
      if (line.discountPpm === null) expect(lines.get(line.id)).toBeGreaterThanOrEqual(-line.priceCents);
    }
  });
  check([fc.integer({ min: 0, max: 10_000 }), ppm, fc.integer({ min: 0, max: 10_000 })], (priceCents, discountPpm, off) => {
    const base = { job: 1, quantity: 100, costCents: 0, taxes: [] };
    const share = { ...base, kind: 'discount' as const, priceCents: 0, discountPpm };
    const lines = number([
      { ...base, kind: 'part', priceCents, discountPpm: null },
      share,
      { ...share, priceCents: off, discountPpm: null },
    ]);
    const all = totals({ jobs: [{ id: 1, payType: 'customer', counts: true, supplies: true }], lines, terms: PLAIN });
    const first = Math.round((priceCents * discountPpm) / 1_000_000);
    expect([all.lines.get(2), all.lines.get(3)]).toEqual([0 - first, 0 - Math.min(off, priceCents - first)]);
  });
});

const PLAIN: Terms = {
  ...{ currency: 'USD', pricesIncludeTax: false, lumpSum: false, exempt: null, jurisdiction: JURISDICTION },
  supplies: { name: '', base: 'none', ppm: 0, flatCents: 0, capCents: null, taxes: [], text: '' },
};

test('one more line never makes an order cheaper', () => {
  // With discounts, the cents of supplies can shift with what is left of the lines they are taken on; hence the lines alone.
  check([order(0), item(0)], (given, more) => {
    const longer = { ...given, lines: [...given.lines, { ...more, id: 99 }] };
    expect(shown(longer)).toBeGreaterThanOrEqual(shown(given));
  });
  check([order(-900, 0), item(0)], (given, more) => {
    const longer = { ...given, lines: [...given.lines, { ...more, id: 99 }] };
    expect(totals(longer).subtotalCents).toBeGreaterThanOrEqual(totals(given).subtotalCents);
  });
});

test('each rate is rounded once, on the sum of what it taxes', () => {
  check([order(-900, 0)], (given) => {
    const all = totals({ ...given, terms: { ...given.terms, pricesIncludeTax: false, lumpSum: false, exempt: null } });
    const ids = paid(given).map(({ id }) => id);
    for (const tax of all.taxes) {
      const taxed = (list: Tax[]) => list.some(({ id, ppm }) => id === tax.id && ppm === tax.ppm);
      const lines = given.lines.filter((line) => (line.job === null || ids.includes(line.job)) && taxed(line.taxes));
      const supplies = taxed(given.terms.supplies.taxes) ? all.suppliesCents : 0;
      expect(tax.baseCents).toBe(sum(lines.map((line) => all.lines.get(line.id) as number)) + supplies);
      const exact = BigInt(Math.abs(tax.baseCents)) * BigInt(tax.ppm);
      const size = Number((exact * 2n + 1_000_000n) / 2_000_000n);
      expect(tax.cents).toBe(tax.baseCents < 0 ? 0 - size : size);
    }
  });
});

test('tax that is inside the prices is taken out of them: net and tax are the price, and the tax on the net is the tax', () => {
  check([order()], (given) => {
    const all = totals({ ...given, terms: { ...given.terms, pricesIncludeTax: true } });
    expect(all.subtotalCents + all.taxCents).toBe(shown(given) + all.suppliesCents);
    // Each set of rates on the order is rounded for itself, hence a cent for each of the sets there can be.
    const sets = new Set([given.terms.supplies, ...given.lines].map((one) => JSON.stringify(one.taxes))).size;
    for (const tax of all.taxes) {
      const exact = Number((BigInt(tax.baseCents) * BigInt(tax.ppm)) / 1_000_000n);
      expect(Math.abs(exact - tax.cents)).toBeLessThanOrEqual(1 + 2 * sets);
    }
  });
});

test('nobody who is exempt, and no lump sum, is taxed', () => {
  check([order(), fc.boolean()], (given, lump) => {
    const free = totals({ ...given, terms: { ...given.terms, lumpSum: lump, exempt: lump ? null : { certificate: 'GOV-17' } } });
    expect(free).toMatchObject({ taxCents: 0, taxes: [], totalCents: free.subtotalCents });
    for (const job of free.jobs.values()) expect(job.taxCents).toBe(0);
  });
});

test('shop supplies are never above their cap, and there are none where none are allowed', () => {
  check([order()], (given) => {
    const { suppliesCents, jobs: sums } = totals(given);
    const { base, capCents } = given.terms.supplies;
    expect(suppliesCents).toBeGreaterThanOrEqual(0);
    if (base === 'none') expect(suppliesCents).toBe(0);
    if (capCents !== null) expect(suppliesCents).toBeLessThanOrEqual(capCents);
    for (const job of given.jobs) if (!job.supplies) expect(sums.get(job.id)?.suppliesCents).toBe(0);
  });
});

test('what is all taken back is what was charged, with the sign turned', () => {
  check([order(-900, 0)], (given) => {
    const one = { ...given, terms: { ...given.terms, supplies: PLAIN.supplies } };
    const back = totals({ ...one, lines: given.lines.map((line) => ({ ...line, quantity: -line.quantity })) });
    const there = totals(one);
    expect([back.subtotalCents + there.subtotalCents, back.taxCents + there.taxCents]).toEqual([0, 0]);
  });
});

test('over the whole range of quantities and prices there are exact whole cents, or a sentence', () => {
  const lines = fc.array(
    fc.record({
      ...{ job: fc.constant(1), kind, costCents: fc.integer({ min: 0, max: 100_000_000_000 }), taxes },
      quantity: fc.integer({ min: -100_000_000, max: 100_000_000 }),
      priceCents: fc.oneof(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 0, max: 100_000_000_000 })),
      discountPpm: fc.constant(null),
    }),
    { maxLength: 3 },
  );
  check([lines, terms], (some, given) => {
    try {
      const {
        lines: amounts,
        jobs: sums,
        taxes: rates,
        outside,
        ...all
      } = totals({ jobs: [{ ...JOB }], lines: number(some), terms: given });
      const every = [...Object.values(all), ...amounts.values(), ...[...sums.values(), outside].flatMap((one) => Object.values(one))];
      for (const cents of [...every, ...rates.flatMap(({ baseCents, cents }) => [baseCents, cents])]) {
        expect(Number.isSafeInteger(cents)).toBe(true);
        expect(Object.is(cents, -0)).toBe(false);
      }
    } catch (error) {
      expect(error).toBeInstanceOf(Invalid);
    }
  });
  check([fc.integer({ min: -100_000_000, max: 100_000_000 }), fc.integer({ min: 0, max: 100_000 })], (hundredths, cents) => {
    const exact = BigInt(hundredths) * BigInt(cents);
    const off = BigInt(extend(hundredths, cents)) * 100n - exact;
    expect(off >= -50n && off <= 50n && (off !== 50n || exact > 0n) && (off !== -50n || exact < 0n)).toBe(true);
  });
});

const JOB: MoneyJob = { id: 1, payType: 'customer', counts: true, supplies: true };

test('a ceiling is never below what was authorized, and just what is above it is over', () => {
  const jurisdiction = fc.record({
    ...{ name: fc.constant(''), threshold: fc.constantFrom<Jurisdiction['threshold']>('none', 'percent', 'greater', 'lesser') },
    ...{ ppm, minCents: fc.nat(5000), capCents: fc.option(fc.nat(5000)), beforeTax: fc.boolean() },
  });
  check([jurisdiction, fc.nat(1_000_000), fc.nat(10_000)], (rule, cents, tax) => {
    const most = ceiling(cents, rule);
    expect(most).toBeGreaterThanOrEqual(cents);
    const charge = (charged: number) =>
      rule.beforeTax
        ? { subtotalCents: charged, taxCents: tax, totalCents: charged + tax }
        : { subtotalCents: charged - tax, taxCents: tax, totalCents: charged };
    const authorized = rule.beforeTax ? { cents: 0, beforeTaxCents: cents } : { cents, beforeTaxCents: 0 };
    expect(overCeiling(charge(most), authorized, rule)).toBeNull();
    expect(overCeiling(charge(most + 1), authorized, rule)).toEqual({ ceilingCents: most, overCents: 1 });
  });
});
