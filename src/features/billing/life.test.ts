import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../platform/database/pool.js';
import { RequestError } from '../../platform/errors.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, addLine, consentForm, moneyOf, openEmpty } from '../../testing/money.js';
import { SEED } from '../../testing/seed.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { recordConsent } from './authorizations.js';
import { makeInvoice, postInvoice, unpostInvoice } from './documents.js';
import { refundPayment, takePayment } from './payments.js';
import { ceiling } from './rules.js';
import { readState, totalsOf } from './state.js';
import { closeTill, readTill } from './till.js';

let database: TestDatabase;
let shop: TestShop;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase(8);
});
afterAll(() => database.close());

type Deed = (db: Database, number: number) => Promise<unknown>;

const cents = fc.integer({ min: 0, max: 30_000 });
const advisor = () => shop.staff.advisor;
const total = async (db: Database, number: number) => (await moneyOf(db, shop.id, number)).total_cents;
const TAX = { id: 1, name: 'Sales tax', ppm: 72_500 };

/** Which job is meant, by a number that any list of jobs has an answer to. */
async function pickJob(db: Database, number: number, nth: number): Promise<number | null> {
  const { id } = await moneyOf(db, shop.id, number);
  const jobs = await db.selectFrom('jobs').select('id').where('work_order_id', '=', id).orderBy('id').execute();
  return jobs[nth % (jobs.length || 1)]?.id ?? null;
}

const answer = (nth: number, decision: 'approve' | 'decline' | 'defer'): Deed => {
  return async (db, number) => {
    const job = await pickJob(db, number, nth);
    const answers = job === null ? [] : [{ job, decision, reason: '' }];
    return recordConsent(db, advisor(), number, await consentForm(db, advisor(), number, answers));
  };
};

const DEEDS: fc.Arbitrary<Deed> = fc.oneof(
  cents.map(
    (price): Deed =>
      (db, number) =>
        addJob(db, advisor(), number, { lines: [{ kind: 'part', cents: price, taxes: [TAX] }] }),
  ),
  fc.tuple(fc.nat(5), cents).map(
    ([nth, price]): Deed =>
      async (db, number) =>
        addLine(db, advisor(), number, await pickJob(db, number, nth), { cents: price }),
  ),
  cents.map(
    (price): Deed =>
      (db, number) =>
        addLine(db, advisor(), number, null, { kind: 'discount', cents: price }),
  ),
  fc
    .tuple(fc.nat(5), fc.constantFrom('approve', 'approve', 'decline', 'defer'))
    .map(([nth, decision]) => answer(nth, decision as 'approve')),
  fc.nat(5).map((nth) => answer(nth, 'approve')),
  fc.tuple(cents, fc.boolean()).map(
    ([sum, deposit]): Deed =>
      (db, number) =>
        takePayment(db, advisor(), number, { method: 'cash', cents: sum, tenderedCents: null, reference: '', note: '', deposit }),
  ),
  fc.constant<Deed>(async (db, number) => {
    const { total_cents, paid_cents } = await moneyOf(db, shop.id, number);
    const input = {
      method: 'card' as const,
      cents: total_cents - paid_cents,
      tenderedCents: null,
      reference: '',
      note: '',
      deposit: false,
    };
    return takePayment(db, advisor(), number, input);
  }),
  cents.map(
    (sum): Deed =>
      (db, number) =>
        refundPayment(db, shop.staff.manager, number, { method: 'cash', cents: sum, reference: '', reason: 'Goodwill', payment: null }),
  ),
  fc.constant<Deed>(async (db, number) => makeInvoice(db, advisor(), number, await total(db, number))),
  fc.constant<Deed>(async (db, number) => makeInvoice(db, advisor(), number, await total(db, number))),
  fc.constant<Deed>(async (db, number) => postInvoice(db, advisor(), number, await total(db, number))),
  fc.constant<Deed>((db, number) => unpostInvoice(db, shop.staff.manager, number, 'Typing error')),
);

/** What is true of an order at every moment. */
async function expectWhole(number: number): Promise<void> {
  const { db } = database;
  const row = await moneyOf(db, shop.id, number);
  const state = await readState(db, shop.id, row.id);
  const totals = totalsOf(state);
  expect({ ...row }).toMatchObject({ subtotal_cents: totals.subtotalCents, tax_cents: totals.taxCents, total_cents: totals.totalCents });
  const paid = await db
    .selectFrom('payments')
    .select((eb) => eb.fn.coalesce(eb.fn.sum<number>('cents'), eb.lit(0)).as('sum'))
    .where('work_order_id', '=', row.id)
    .executeTakeFirstOrThrow();
  expect(row.paid_cents).toBe(Number(paid.sum));
  expect(row.paid_cents).toBeGreaterThanOrEqual(0);
  if (row.document === 'posted' || row.document === 'invoice') {
    expect(row.invoice_number).not.toBeNull();
    expect(state.jobs.filter((job) => job.consent === 'proposed' || job.consent === 'revised')).toEqual([]);
  }
  if (row.document === 'posted' && state.terms)
    expect(row.total_cents).toBeLessThanOrEqual(ceiling(state.authorized?.cents ?? 0, state.terms.jurisdiction));
}

/** All that a posted invoice says, lines and sums. */
async function paperOf(number: number): Promise<string | null> {
  const { db } = database;
  const row = await moneyOf(db, shop.id, number);
  if (row.document !== 'posted') return null;
  const lines = await db
    .selectFrom('lines')
    .select(['id', 'kind', 'description', 'quantity', 'price_cents', 'discount_ppm', 'taxes', 'job_id'])
    .where('work_order_id', '=', row.id)
    .orderBy('id')
    .execute();
  return JSON.stringify([row.subtotal_cents, row.tax_cents, row.total_cents, row.invoice_number, lines]);
}

test('whatever people do, in whatever order: sums, payments and consent fit, and what is posted stays', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(DEEDS, { minLength: 5, maxLength: 25 }), async (deeds) => {
      shop = await makeShop(database.db, `life${++shops}`);
      const [number] = (await openEmpty(database.db, advisor(), 1)) as [number];
      let invoice: number | null = null;
      for (const deed of deeds) {
        const before = await paperOf(number);
        await deed(database.db, number).catch(expectRefusal);
        await expectWhole(number);
        const row = await moneyOf(database.db, shop.id, number);
        if (before !== null && row.document === 'posted') expect(await paperOf(number)).toBe(before);
        if (invoice !== null) expect(row.invoice_number).toBe(invoice);
        invoice = row.invoice_number;
      }
    }),
    { seed: SEED, numRuns: 25 },
  );
});

test('twenty people at once, on three orders and one till', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(DEEDS, fc.nat(2)), { minLength: 40, maxLength: 60 }), async (deeds) => {
      shop = await makeShop(database.db, `many${++shops}`);
      const numbers = await openEmpty(database.db, advisor(), 3);
      for (const number of numbers) await addJob(database.db, advisor(), number, { lines: [{ cents: 10_000 }] });
      const run = deeds.map(([deed, order]) => deed(database.db, numbers[order] as number).catch(expectRefusal));
      await Promise.all([...run, closeAsItIs().catch(expectRefusal)]);
      for (const number of numbers) await expectWhole(number);
      const { next_invoice_number: next } = await database.db
        .selectFrom('shops')
        .select('next_invoice_number')
        .where('id', '=', shop.id)
        .executeTakeFirstOrThrow();
      const rows = await database.db.selectFrom('work_orders').select('invoice_number').where('shop_id', '=', shop.id).execute();
      const taken = rows.flatMap((row) => (row.invoice_number === null ? [] : [row.invoice_number])).sort();
      expect(taken).toEqual(Array.from({ length: next - 1001 }, (_, index) => 1001 + index));
      await expectTill();
    }),
    { seed: SEED, numRuns: 5 },
  );
});

async function closeAsItIs(): Promise<void> {
  const sums = Object.fromEntries((await readTill(database.db, shop.id)).map((sum) => [sum.method, sum.expectedCents]));
  const all = sums as Record<'cash' | 'card' | 'check' | 'transfer' | 'other', number>;
  await closeTill(database.db, advisor(), { counted: all, expected: all, note: '' });
}

/** What was counted, and what is still to be counted, is all that was paid. */
async function expectTill(): Promise<void> {
  const { db } = database;
  const open = (await readTill(db, shop.id)).reduce((sum, one) => sum + one.expectedCents, 0);
  const closes = await db.selectFrom('till_closes').select('sums').where('shop_id', '=', shop.id).execute();
  const counted = closes
    .flatMap((close) => Object.values(close.sums as Record<string, { expected: number }>))
    .reduce((sum, one) => sum + one.expected, 0);
  const paid = await db
    .selectFrom('work_orders')
    .select((eb) => eb.fn.sum<number>('paid_cents').as('sum'))
    .where('shop_id', '=', shop.id)
    .executeTakeFirstOrThrow();
  expect(open + counted).toBe(Number(paid.sum));
}

/** A refusal is a sentence; anything else is a fault. */
function expectRefusal(error: unknown): void {
  expect(error, String((error as Error).stack)).toBeInstanceOf(RequestError);
}
