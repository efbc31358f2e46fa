import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, approve, moneyOf, openEmpty, postedBefore } from '../../testing/money.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { getWorkOrder } from '../work-orders/details.js';
import { makeInvoice, postInvoice } from './documents.js';
import { toPanel } from './panel.js';
import { dealOldest, type PaymentInput, payOldest, type RefundInput, refundPayment, takePayment } from './payments.js';
import { ageOf, getStatement, listReceivables } from './receivables.js';
import { closeTill, listCloses, readTill } from './till.js';

let database: TestDatabase;
let shop: TestShop;
let number: number;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  [number] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
});
afterAll(() => database.close());

const who = () => shop.staff.advisor;
const money = (order = number) => moneyOf(database.db, shop.id, order);
const pay = (cents: number, more: Partial<PaymentInput> = {}, requestId?: string) =>
  takePayment(
    database.db,
    who(),
    number,
    { method: 'card', cents, tenderedCents: null, reference: '', note: '', deposit: false, ...more },
    requestId,
  );
const refund = (cents: number, more: Partial<RefundInput> = {}) =>
  refundPayment(database.db, shop.staff.manager, number, {
    method: 'cash',
    cents,
    reference: '',
    reason: 'Part came back',
    payment: null,
    ...more,
  });
const payments = () =>
  database.db
    .selectFrom('payments')
    .select(['id', 'kind', 'method', 'cents', 'tendered_cents', 'note'])
    .where('shop_id', '=', shop.id)
    .orderBy('id')
    .execute();

/** Posts an order of this much on account, so many days ago. */
async function owe(cents: number, days: number, order: number): Promise<void> {
  const job = await addJob(database.db, who(), order, { lines: [{ cents }] });
  await approve(database.db, who(), order, job);
  await makeInvoice(database.db, who(), order, cents);
  await database.db.updateTable('customers').set({ on_account: true }).where('shop_id', '=', shop.id).execute();
  await postInvoice(database.db, who(), order, cents);
  await postedBefore(database.db, shop.id, days, order);
}

describe('M7: deposits, split and partial payments, refunds, change', () => {
  test('money is in the shop’s currency, also before the first line', async () => {
    await database.db.updateTable('billing_settings').set({ currency: 'GBP' }).where('shop_id', '=', shop.id).execute();
    expect((await pay(5_000, { deposit: true })).result.currency).toBe('GBP');
    await expect(refund(6_000)).rejects.toThrow('At most £50.00');
    expect(toPanel(await getWorkOrder(database.db, shop.id, number))).toMatchObject({ total: '£0.00', paid: '£50.00' });
  });

  test('a deposit comes before there is a total, and counts towards it', async () => {
    await expect(pay(5_000)).rejects.toThrow('Nothing is due on WO-1001. Money that comes ahead of the bill is a deposit.');
    await pay(5_000, { deposit: true, method: 'cash' });
    const job = await addJob(database.db, who(), number);
    await approve(database.db, who(), number, job);
    await makeInvoice(database.db, who(), number, 10_000);
    await expect(pay(1, { deposit: true })).rejects.toThrow('is invoiced already');
    await pay(5_000);
    await postInvoice(database.db, who(), number, 10_000);
    expect(await payments()).toMatchObject([
      { kind: 'deposit', method: 'cash', cents: 5_000 },
      { kind: 'payment', method: 'card', cents: 5_000 },
    ]);
  });

  test('split by method and in parts; never more than is due', async () => {
    await addJob(database.db, who(), number);
    await pay(4_000, { method: 'check', reference: '1187' });
    await expect(pay(6_001)).rejects.toThrow('Only $60.00 is due. Take that, and give the rest back as change.');
    await pay(2_000);
    await pay(4_000, { method: 'transfer' });
    expect(await money()).toMatchObject({ paid_cents: 10_000, total_cents: 10_000 });
    await expect(pay(1)).rejects.toThrow('Nothing is due');
  });

  test('change is worked out for cash', async () => {
    await addJob(database.db, who(), number, { lines: [{ cents: 4_321 }] });
    await expect(pay(4_321, { method: 'cash', tenderedCents: 4_000 })).rejects.toThrow(
      new Invalid({ tendered: 'That is less than $43.21.' }),
    );
    await expect(pay(4_321, { tenderedCents: 5_000 })).rejects.toThrow('Change is given for cash only.');
    expect((await pay(4_321, { method: 'cash', tenderedCents: 5_000 })).result.changeCents).toBe(679);
  });

  test.each([0, -1, -100_000])('%i cents are no payment and no refund', async (cents) => {
    await expect(pay(cents)).rejects.toThrow(Invalid);
    await expect(pay(cents, { deposit: true })).rejects.toThrow(Invalid);
    await expect(refund(cents)).rejects.toThrow(Invalid);
    expect(await payments()).toEqual([]);
  });

  test('a refund has a reason, is at most what was paid, and of one payment at most that one', async () => {
    await pay(3_000, { deposit: true });
    await pay(2_000, { deposit: true });
    const first = (await payments())[0] as { id: number };
    await expect(refund(1_000, { reason: '' })).rejects.toThrow(Invalid);
    await expect(refund(5_001)).rejects.toThrow('At most $50.00 can be given back.');
    await expect(refund(3_001, { payment: first.id })).rejects.toThrow('At most $30.00');
    await refund(2_500, { payment: first.id });
    await expect(refund(501, { payment: first.id })).rejects.toThrow('At most $5.00');
    await expect(refund(1, { payment: first.id + 1_000 })).rejects.toThrow(NotFound);
    await refund(2_500);
    await expect(refund(1)).rejects.toThrow('Nothing is left to give back.');
    expect((await money()).paid_cents).toBe(0);
    expect((await payments()).at(-1)).toMatchObject({ kind: 'refund', cents: -2_500, note: 'Part came back' });
  });

  test('what was taken back on the bill beyond what is on it is given back, too', async () => {
    await addJob(database.db, who(), number, { lines: [{ kind: 'part', cents: 4_500, quantity: -100 }] });
    expect(await money()).toMatchObject({ total_cents: -4_500 });
    await expect(refund(4_501)).rejects.toThrow('At most $45.00');
    await refund(4_500);
    expect(await money()).toMatchObject({ paid_cents: -4_500 });
  });

  test('the same form sent twice takes the money once', async () => {
    const replies = await Promise.all([1, 2, 3].map(() => pay(1_000, { deposit: true }, 'the-same-form')));
    expect(replies.filter((one) => !one.repeated)).toHaveLength(1);
    expect((await money()).paid_cents).toBe(1_000);
  });

  test('of an order of another shop is not found', async () => {
    const other = await makeShop(database.db, `other${shops}`);
    await expect(
      takePayment(database.db, other.staff.advisor, number, {
        method: 'card',
        cents: 1,
        tenderedCents: null,
        reference: '',
        note: '',
        deposit: true,
      }),
    ).rejects.toThrow(NotFound);
  });
});

describe('M7: the till', () => {
  const counted = (cash: number, card: number) => ({ cash, card, check: 0, transfer: 0, other: 0 });

  test('is expected by method since it was closed last, counted, and closed', async () => {
    await pay(5_000, { deposit: true, method: 'cash' });
    await pay(7_000, { deposit: true });
    await refund(1_500);
    expect(await readTill(database.db, shop.id)).toMatchObject([
      { method: 'cash', expectedCents: 3_500, count: 2 },
      { method: 'card', expectedCents: 7_000, count: 1 },
      { method: 'check', expectedCents: 0, count: 0 },
      { method: 'transfer' },
      { method: 'other' },
    ]);
    const close = { counted: counted(3_450, 7_000), expected: counted(3_500, 7_000), note: 'Coffee' };
    const { result } = await closeTill(database.db, who(), close);
    expect(result.differenceCents).toBe(-50);
    expect((await readTill(database.db, shop.id)).every((sum) => sum.count === 0)).toBe(true);
    const { closes } = await listCloses(database.db, shop.id, null);
    expect(closes).toMatchObject([
      { note: 'Coffee', sums: { cash: { expected: 3_500, counted: 3_450 }, card: { expected: 7_000, counted: 7_000 } } },
    ]);
    await expect(closeTill(database.db, who(), close)).rejects.toThrow(Conflict);
    await pay(100, { deposit: true });
    expect((await readTill(database.db, shop.id))[1]).toMatchObject({ expectedCents: 100, count: 1 });
  });

  test('is not closed over a payment that came while it was counted', async () => {
    await pay(5_000, { deposit: true, method: 'cash' });
    const shown = { counted: counted(5_000, 0), expected: counted(5_000, 0), note: '' };
    await pay(100, { deposit: true, method: 'cash' });
    await expect(closeTill(database.db, who(), shown)).rejects.toThrow('cash should be $51.00 now');
    const other = await makeShop(database.db, `other${shops}`);
    expect((await readTill(database.db, other.id)).every((sum) => sum.count === 0)).toBe(true);
  });
});

describe('M10: receivables by age, and a statement', () => {
  test.each([
    [0, 0],
    [30, 0],
    [31, 1],
    [60, 1],
    [61, 2],
    [90, 2],
    [91, 3],
  ] as const)('%i days are in the band %i', (days, band) => expect(ageOf(days)).toBe(band));

  test('each payer’s debts by age; the statement says the same, the oldest first', async () => {
    const orders = [number, ...(await openEmpty(database.db, who(), 3))] as [number, number, number, number];
    const { customer_id: payer } = await database.db
      .selectFrom('work_orders')
      .select('customer_id')
      .where('number', '=', number)
      .where('shop_id', '=', shop.id)
      .executeTakeFirstOrThrow();
    await database.db.updateTable('work_orders').set({ customer_id: payer }).where('shop_id', '=', shop.id).execute();
    for (const [index, days] of [100, 75, 40, 3].entries()) await owe(1_000 * (index + 1), days, orders[index] as number);
    await pay(400);
    const found = await listReceivables(database.db, shop.id, null);
    expect(found).toMatchObject({ ages: [4_000, 3_000, 2_000, 600], dueCents: 9_600, next: null });
    expect(found.debtors).toMatchObject([
      { customer: payer, name: 'Dana Whitfield', invoices: 4, ages: [4_000, 3_000, 2_000, 600], dueCents: 9_600 },
    ]);
    const statement = await getStatement(database.db, shop.id, payer);
    expect(statement).toMatchObject({ ages: [4_000, 3_000, 2_000, 600], dueCents: 9_600 });
    expect(statement.invoices.map((one) => [one.number, one.days, one.dueCents])).toEqual([
      [orders[0], 100, 600],
      [orders[1], 75, 2_000],
      [orders[2], 40, 3_000],
      [orders[3], 3, 4_000],
    ]);
    const other = await makeShop(database.db, `other${shops}`);
    expect((await listReceivables(database.db, other.id, null)).debtors).toEqual([]);
    await expect(getStatement(database.db, other.id, payer)).rejects.toThrow(NotFound);
  });

  test('one payment pays several invoices, the oldest first', async () => {
    const orders = [number, ...(await openEmpty(database.db, who(), 1))] as [number, number];
    const { customer_id: payer } = await database.db
      .selectFrom('work_orders')
      .select('customer_id')
      .where('number', '=', number)
      .where('shop_id', '=', shop.id)
      .executeTakeFirstOrThrow();
    await database.db.updateTable('work_orders').set({ customer_id: payer }).where('shop_id', '=', shop.id).execute();
    await owe(5_000, 2, orders[0]);
    await owe(3_000, 50, orders[1]);
    const several = (cents: number, expectedCents: number) =>
      payOldest(database.db, who(), payer, { method: 'check', cents, tenderedCents: null, reference: '88', note: '', expectedCents });
    await expect(several(4_000, 7_999)).rejects.toThrow(Conflict);
    await expect(several(8_001, 8_000)).rejects.toThrow('Only $80.00 is due in all.');
    expect((await several(4_000, 8_000)).result.numbers).toEqual([orders[1], orders[0]]);
    expect(await money(orders[1])).toMatchObject({ paid_cents: 3_000 });
    expect(await money(orders[0])).toMatchObject({ paid_cents: 1_000 });
  });

  test('a sum is dealt out to the last cent', () => {
    const orders = [3, 2, 5].map((total_cents) => ({ total_cents, paid_cents: 0 }));
    expect(dealOldest(orders, 4).map(({ cents }) => cents)).toEqual([3, 1]);
    expect(dealOldest(orders, 10).map(({ cents }) => cents)).toEqual([3, 2, 5]);
  });
});
