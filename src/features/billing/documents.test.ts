import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Conflict, Invalid } from '../../platform/errors.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, addLine, approve, consentForm, moneyOf, openEmpty, reprice } from '../../testing/money.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { bringJob } from '../jobs/deferred.js';
import { createWorkOrder } from '../work-orders/create.js';
import { getWorkOrder } from '../work-orders/details.js';
import { recordConsent } from './authorizations.js';
import { makeInvoice, postInvoice, unpostInvoice } from './documents.js';
import { takePayment } from './payments.js';
import { readSnapshot } from './revisions.js';

let database: TestDatabase;
let shop: TestShop;
let number: number;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase(10);
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  [number] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
});
afterAll(() => database.close());

const who = () => shop.staff.advisor;
const money = (order = number) => moneyOf(database.db, shop.id, order);
const invoice = (cents: number, order = number) => makeInvoice(database.db, who(), order, cents);
const post = (cents: number, order = number) => postInvoice(database.db, who(), order, cents);
const pay = (cents: number, order = number) =>
  takePayment(database.db, who(), order, { method: 'card', cents, tenderedCents: null, reference: '', note: '', deposit: false });
const setCustomer = (values: object) => database.db.updateTable('customers').set(values).where('shop_id', '=', shop.id).execute();
const setJurisdiction = (values: object) => database.db.updateTable('jurisdictions').set(values).where('shop_id', '=', shop.id).execute();

/** An order with one approved, complete job. */
async function approved(order = number, cents = 10_000): Promise<number> {
  const job = await addJob(database.db, who(), order, { lines: [{ cents }] });
  await approve(database.db, who(), order, job);
  return job;
}

describe('an invoice', () => {
  test('needs lines, answers, finished work, and the number that the customer wants on it', async () => {
    await expect(invoice(0)).rejects.toThrow(`WO-${number} has no lines yet`);
    const job = await addJob(database.db, who(), number, { name: 'Brakes', progress: 'in-progress' });
    await expect(invoice(10_000)).rejects.toThrow('The customer has not answered about Brakes yet. Record the answer first.');
    await approve(database.db, who(), number, job);
    await expect(invoice(10_000)).rejects.toThrow('Brakes is not complete yet.');
    await database.db.updateTable('jobs').set({ progress: 'complete' }).where('id', '=', job).execute();
    await setCustomer({ company: 'Fleet Co', po_required: true });
    await expect(invoice(10_000)).rejects.toThrow('Fleet Co wants a purchase order number');
    await database.db.updateTable('work_orders').set({ po_number: 'PO-7' }).where('number', '=', number).execute();
    await expect(invoice(9_999)).rejects.toThrow('it came to $99.99 then, and comes to $100.00 now');
    expect((await invoice(10_000)).result.invoice).toBe(1001);
    expect((await money()).document).toBe('invoice');
    expect((await invoice(10_000)).result.invoice).toBe(1001);
  });

  test('leaves out what was declined', async () => {
    await approved();
    const no = await addJob(database.db, who(), number, { lines: [{ cents: 70_000 }] });
    await database.db.updateTable('jobs').set({ consent: 'declined' }).where('id', '=', no).execute();
    await addLine(database.db, who(), number, no, { cents: 1 });
    await invoice(10_000);
  });

  test('W5: numbers have no gap, also when 20 are made at once and some fail', async () => {
    const numbers = await openEmpty(database.db, who(), 20);
    for (const [index, order] of numbers.entries()) if (index % 3 !== 0) await approved(order);
    const made = await Promise.allSettled(numbers.map((order) => invoice(10_000, order)));
    const taken = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.result.invoice] : [])).sort();
    expect(taken).toEqual(Array.from({ length: 13 }, (_, index) => 1001 + index));
    for (const one of made) if (one.status === 'rejected') expect(one.reason).toBeInstanceOf(Conflict);
    const again = await Promise.all([1, 2, 3].map(() => invoice(10_000, numbers[1] as number)));
    expect(new Set(again.map((one) => one.result.invoice)).size).toBe(1);
    await approved();
    expect((await invoice(10_000)).result.invoice).toBe(1014);
  });
});

test('W5: work orders have numbers without gaps, also when 20 are opened at once and some fail', async () => {
  const orders = Array.from({ length: 20 }, (_, index) =>
    newOrder(index % 3 === 0 ? { vehicle: 999_999 } : { customerName: `Customer ${index}` }),
  );
  const made = await Promise.allSettled(orders.map((order) => createWorkOrder(database.db, who(), order)));
  const taken = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value.result.number] : []));
  expect(taken.sort()).toEqual(Array.from({ length: 13 }, (_, index) => number + 1 + index));
});

describe('A6: an invoice above the ceiling of the shop’s jurisdiction', () => {
  /** Approved for $100.00, and then dearer by this much, without anybody being asked. */
  const dearer = async (cents: number) => {
    await approved();
    await addLine(database.db, who(), number, null, { cents });
  };

  test('is refused by the rule, with both sums', async () => {
    await dearer(1);
    await expect(invoice(10_001)).rejects.toThrow('WO-1001 comes to $100.01, but the customer has authorized $100.00.');
  });

  test('may go as far as the law lets it: Florida, 10 % or $10, whichever is greater, at most $50', async () => {
    await setJurisdiction({ threshold: 'greater', ppm: 100_000, min_cents: 1_000, cap_cents: 5_000 });
    await dearer(1_000);
    await invoice(11_000);
    await addLine(database.db, who(), number, null, { cents: 1 });
    await expect(invoice(11_001)).rejects.toThrow('has authorized $100.00, which allows up to $110.00 here.');
  });

  test('what is left out of a job does not pay for what is added to the whole order', async () => {
    const job = await approved();
    const { id } = await database.db.selectFrom('lines').select('id').where('job_id', '=', job).executeTakeFirstOrThrow();
    const kept = await addLine(database.db, who(), number, null, { cents: 500 });
    await approve(database.db, who(), number);
    await reprice(database.db, who(), number, id, 9_000);
    await invoice(9_500);
    await addLine(database.db, who(), number, null, { cents: 1_000 });
    await expect(invoice(10_500)).rejects.toThrow('What was added to the whole of WO-1001, $10.00, has not been approved yet.');
    await approve(database.db, who(), number);
    await invoice(10_500);
    await reprice(database.db, who(), number, kept, 501);
    await reprice(database.db, who(), number, id, 8_999);
    await expect(invoice(10_500)).rejects.toThrow('What was added to the whole of WO-1001, $0.01,');
  });

  test('nor does a job that became warranty work, and posting looks as well', async () => {
    await approved();
    const other = await approved();
    await invoice(20_000);
    await setCustomer({ on_account: true });
    await database.db.updateTable('jobs').set({ pay_type: 'warranty' }).where('id', '=', other).execute();
    const fee = { shop_id: shop.id, work_order_id: (await money()).id, position: 1, kind: 'fee' as const, description: 'Towing' };
    await database.db
      .insertInto('lines')
      .values({ ...fee, price_cents: 10_000 })
      .execute();
    await expect(post(20_000)).rejects.toThrow('What was added to the whole of WO-1001, $100.00, has not been approved yet.');
  });

  test('is refused by the database itself, whatever the program says', async () => {
    await approved();
    await invoice(10_000);
    await setCustomer({ on_account: true });
    const raw = sql`update work_orders set total_cents = 10001, document = 'posted', posted_at = now() where number = ${number} and shop_id = ${shop.id}`;
    await expect(raw.execute(database.db)).rejects.toMatchObject({ code: '23514', constraint: 'authorized' });
    await sql`update work_orders set total_cents = 10001 where number = ${number} and shop_id = ${shop.id}`.execute(database.db);
    const silent = sql`update work_orders set document = 'posted', posted_at = now() where number = ${number} and shop_id = ${shop.id}`;
    await expect(silent.execute(database.db)).rejects.toMatchObject({ constraint: 'authorized' });
    expect((await money()).document).toBe('invoice');
  });

  test('what only the database sees is said in words', async () => {
    await approved();
    await invoice(10_000);
    await setCustomer({ on_account: true });
    await sql`update work_orders set total_cents = 20000 where number = ${number} and shop_id = ${shop.id}`.execute(database.db);
    await expect(post(10_000)).rejects.toThrow('is above what its customer has authorized. Record the consent first.');
  });
});

describe('M8: a posted invoice', () => {
  beforeEach(async () => {
    await approved();
    await invoice(10_000);
  });

  test('is paid, or its payer may pay on account', async () => {
    await expect(post(10_000)).rejects.toThrow(
      '$100.00 of WO-1001 is not paid. Take the payment first, or allow Dana Whitfield to pay on account.',
    );
    await setCustomer({ on_account: true });
    await post(10_000);
    expect(await money()).toMatchObject({ document: 'posted', posted_at: expect.any(Date) });
    expect((await post(10_000)).result.invoice).toBe(1001);
  });

  test('cannot change: not by the program, and not by the database', async () => {
    await pay(10_000);
    await post(10_000);
    await expect(addLine(database.db, who(), number, null, { cents: 1 })).rejects.toThrow(`WO-${number} is posted. Open it again first.`);
    await expect(addJob(database.db, who(), number)).rejects.toThrow(Conflict);
    await expect(approve(database.db, who(), number)).rejects.toThrow(Conflict);
    await expect(invoice(10_000)).rejects.toThrow(Conflict);
    const line = await database.db
      .selectFrom('lines')
      .select(['id', 'work_order_id', 'job_id'])
      .where('shop_id', '=', shop.id)
      .executeTakeFirstOrThrow();
    const job = line.job_id;
    const [other] = (await openEmpty(database.db, who(), 1)) as [number];
    await addJob(database.db, who(), other);
    const open = await money(other);
    for (const attempt of [
      sql`update lines set price_cents = 1 where id = ${line.id}`,
      sql`update lines set work_order_id = work_order_id where id = ${line.id}`,
      sql`delete from lines where id = ${line.id}`,
      sql`insert into lines (shop_id, work_order_id, position, kind, description) values (${shop.id}, ${line.work_order_id}, 9, 'fee', 'Late')`,
      ...['name', 'concern', 'cause', 'correction'].map((text) => sql`update jobs set ${sql.ref(text)} = 'Other' where id = ${job}`),
      ...["pay_type = 'warranty'", "consent = 'declined'", 'approved_cents = 1', 'choice = 1', 'picked = false', 'supplies = false'].map(
        (set) => sql`update jobs set ${sql.raw(set)} where id = ${job}`,
      ),
      sql`update jobs set work_order_id = ${open.id} where id = ${job}`,
      sql`update jobs set work_order_id = ${line.work_order_id}, position = 9 where work_order_id = ${open.id}`,
      sql`insert into jobs (shop_id, work_order_id, position, name) values (${shop.id}, ${line.work_order_id}, 9, 'Late')`,
      sql`delete from jobs where id = ${job}`,
      sql`update work_orders set total_cents = 1 where number = ${number} and shop_id = ${shop.id}`,
      sql`update work_orders set invoice_number = 5 where number = ${number} and shop_id = ${shop.id}`,
      sql`update work_orders set terms = '{}' where number = ${number} and shop_id = ${shop.id}`,
    ])
      await expect(attempt.execute(database.db)).rejects.toMatchObject({ code: '23514', constraint: 'posted' });
    expect(await money()).toMatchObject({ total_cents: 10_000, invoice_number: 1001 });
  });

  test('leaves its jobs alone, but who worked on them, and what is put off may be brought to a later visit', async () => {
    const left = await addJob(database.db, who(), number, { name: 'Wipers' });
    const later = [{ job: left, decision: 'defer' as const, reason: '' }];
    await recordConsent(database.db, who(), number, await consentForm(database.db, who(), number, later));
    await invoice(10_000);
    await pay(10_000);
    await post(10_000);
    await sql`update jobs set internal_note = 'Asked twice', clocked_hundredths = 50 where id = ${left}`.execute(database.db);
    const [next] = (await openEmpty(database.db, who(), 1)) as [number];
    const { vehicle_id } = await database.db
      .selectFrom('work_orders')
      .select('vehicle_id')
      .where('number', '=', number)
      .where('shop_id', '=', shop.id)
      .executeTakeFirstOrThrow();
    await database.db.updateTable('work_orders').set({ vehicle_id }).where('number', '=', next).where('shop_id', '=', shop.id).execute();
    await bringJob(database.db, who(), next, left);
    await unpostInvoice(database.db, shop.staff.manager, number, 'Wrong mileage');
    await sql`update jobs set correction = 'Put right' where id = ${left}`.execute(database.db);
  });

  test('says on paper what it said when it was posted', async () => {
    await pay(10_000);
    await post(10_000);
    await setCustomer({ name: 'Somebody Else' });
    const paper = await readSnapshot(database.db, shop.id, number, 'posted');
    expect(paper).toMatchObject({
      document: 'posted',
      invoiceNumber: 1001,
      customer: { name: 'Dana Whitfield' },
      totals: { totalCents: 10_000 },
    });
  });

  test('is opened again with a reason, and payments stay', async () => {
    await pay(10_000);
    await post(10_000);
    await expect(unpostInvoice(database.db, shop.staff.manager, number, '')).rejects.toThrow(Invalid);
    await unpostInvoice(database.db, shop.staff.manager, number, 'Wrong mileage');
    expect(await money()).toMatchObject({ document: 'invoice', posted_at: null, paid_cents: 10_000, invoice_number: 1001 });
    await expect(readSnapshot(database.db, shop.id, number, 'posted')).rejects.toThrow();
    await post(10_000);
    expect(await money()).toMatchObject({ document: 'posted', invoice_number: 1001 });
    const event = await database.db
      .selectFrom('events')
      .select('data')
      .where('kind', '=', 'invoice.unposted')
      .where('shop_id', '=', shop.id)
      .executeTakeFirstOrThrow();
    expect(event.data).toMatchObject({ reason: 'Wrong mileage' });
  });

  test('of somebody whose bills another one pays stays with that one', async () => {
    const fleet = await database.db
      .insertInto('customers')
      .values({ shop_id: shop.id, name: 'Fleet', company: 'Fleet Co', on_account: true })
      .returning('id')
      .executeTakeFirstOrThrow();
    await setCustomer({ bill_to_id: fleet.id });
    await post(10_000);
    expect((await money()).bill_to_id).toBe(fleet.id);
  });

  test('stays with its customer when another one pays for them later', async () => {
    await setCustomer({ on_account: true });
    await post(10_000);
    const fleet = await database.db
      .insertInto('customers')
      .values({ shop_id: shop.id, name: 'Fleet', company: 'Fleet Co', on_account: true })
      .returning('id')
      .executeTakeFirstOrThrow();
    await setCustomer({ bill_to_id: fleet.id });
    expect((await getWorkOrder(database.db, shop.id, number)).billTo).toBeNull();
  });

  test('is not posted while more was paid than it comes to', async () => {
    await pay(10_000);
    const { id } = await database.db.selectFrom('jobs').select('id').where('shop_id', '=', shop.id).executeTakeFirstOrThrow();
    await addLine(database.db, who(), number, id, { kind: 'discount', cents: 2_500 });
    await invoice(7_500);
    await expect(post(7_500)).rejects.toThrow('The shop owes Dana Whitfield $25.00 on WO-1001. Give it back first.');
  });
});
