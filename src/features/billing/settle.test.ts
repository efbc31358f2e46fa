import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, addLine, approve, moneyOf, openEmpty, reprice } from '../../testing/money.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { makeInvoice, postInvoice } from './documents.js';
import { takePayment } from './payments.js';
import { lockOrder, settle } from './settle.js';

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
const money = () => moneyOf(database.db, shop.id, number);
const consents = async () =>
  (await database.db.selectFrom('jobs').select(['consent', 'name']).where('shop_id', '=', shop.id).orderBy('position').execute()).map(
    (job) => job.consent,
  );
const kinds = async () =>
  (await database.db.selectFrom('events').select('kind').where('shop_id', '=', shop.id).orderBy('version').orderBy('seq').execute()).map(
    (event) => event.kind,
  );
const TAX = { id: 1, name: 'Sales tax', ppm: 82_500 };

describe('W3: one record goes from estimate to repair order to invoice to posted', () => {
  test('it is an estimate until something is approved, and its sums follow its lines', async () => {
    const job = await addJob(database.db, who(), number, {
      lines: [
        { kind: 'part', cents: 10_000, taxes: [TAX] },
        { cents: 5_000, quantity: 150 },
      ],
    });
    expect(await money()).toMatchObject({ document: 'estimate', subtotal_cents: 17_500, tax_cents: 825, total_cents: 18_325 });
    await approve(database.db, who(), number, job);
    expect(await money()).toMatchObject({ document: 'repair-order', total_cents: 18_325 });
    const { result } = await makeInvoice(database.db, who(), number, 18_325);
    expect(await money()).toMatchObject({ document: 'invoice', invoice_number: result.invoice });
    await takePayment(database.db, who(), number, {
      ...{ method: 'card', cents: 18_325, tenderedCents: null, reference: '', note: '', deposit: false },
    });
    await postInvoice(database.db, who(), number, 18_325);
    expect(await money()).toMatchObject({ document: 'posted', invoice_number: result.invoice, total_cents: 18_325 });
  });

  test('a changed invoice falls back to a repair order and keeps its number', async () => {
    const job = await addJob(database.db, who(), number);
    await approve(database.db, who(), number, job);
    const { result } = await makeInvoice(database.db, who(), number, 10_000);
    await addLine(database.db, who(), number, job, { kind: 'discount', cents: 1_000 });
    expect(await money()).toMatchObject({ document: 'repair-order', invoice_number: result.invoice, total_cents: 9_000 });
    expect(await kinds()).toContain('invoice.withdrawn');
    expect((await makeInvoice(database.db, who(), number, 9_000)).result.invoice).toBe(result.invoice);
  });

  test('work that somebody else pays for needs no customer’s consent', async () => {
    await addJob(database.db, who(), number, { payType: 'warranty' });
    expect(await consents()).toEqual(['approved']);
    expect(await money()).toMatchObject({ document: 'repair-order', total_cents: 0 });
  });
});

describe('W4: adding or raising a line after approval flags it revised and needs consent again', () => {
  test('a raised price, and a new line even if it costs nothing', async () => {
    const [one, two] = [await addJob(database.db, who(), number), await addJob(database.db, who(), number)];
    await approve(database.db, who(), number, one, two);
    const line = await addLine(database.db, who(), number, one, { kind: 'part', cents: 0 });
    expect(await consents()).toEqual(['revised', 'approved']);
    const { id } = await database.db.selectFrom('lines').select('id').where('job_id', '=', two).executeTakeFirstOrThrow();
    await reprice(database.db, who(), number, id, 10_001);
    expect(await consents()).toEqual(['revised', 'revised']);
    await approve(database.db, who(), number, one, two);
    await reprice(database.db, who(), number, line, 1);
    expect(await consents()).toEqual(['revised', 'approved']);
    expect((await kinds()).filter((kind) => kind === 'job.revised')).toHaveLength(3);
  });

  test('lowering keeps it approved, a discount too; back at what was approved it is approved again', async () => {
    const job = await addJob(database.db, who(), number);
    await approve(database.db, who(), number, job);
    const { id } = await database.db.selectFrom('lines').select('id').where('job_id', '=', job).executeTakeFirstOrThrow();
    await reprice(database.db, who(), number, id, 9_000);
    await addLine(database.db, who(), number, job, { kind: 'discount', cents: 500 });
    expect(await consents()).toEqual(['approved']);
    await reprice(database.db, who(), number, id, 20_000);
    expect(await consents()).toEqual(['revised']);
    await reprice(database.db, who(), number, id, 10_000);
    expect(await consents()).toEqual(['approved']);
  });

  test('another job that changes what the tax rounds to does not revise this one', async () => {
    const odd = { kind: 'part' as const, cents: 1_033, taxes: [TAX] };
    const jobs = [await addJob(database.db, who(), number, { lines: [odd] }), await addJob(database.db, who(), number, { lines: [odd] })];
    await approve(database.db, who(), number, ...jobs);
    for (let more = 0; more < 5; more++) await addJob(database.db, who(), number, { lines: [{ ...odd, cents: 1_001 + more }] });
    expect((await consents()).slice(0, 2)).toEqual(['approved', 'approved']);
  });
});

describe('W4: what is swapped inside an approved job was not approved (16 CCR 3354(b))', () => {
  const lineOf = async (job: number) =>
    (await database.db.selectFrom('lines').select('id').where('job_id', '=', job).executeTakeFirstOrThrow()).id;
  const edit = async (line: number, values: object) => {
    await database.db
      .updateTable('lines')
      .set({ position: 1, ...values })
      .where('id', '=', line)
      .execute();
    const { id } = await money();
    await change(database.db, who(), {}, async (tx) => {
      tx.record('test.line-changed', id, { number, line });
      await settle(tx, { id, number });
    });
    return (await consents())[0];
  };

  test.each([
    ['another part', { part_number: 'X-2' }, { part_number: '' }],
    ['another description', { description: 'Rear pads' }, { description: 'Line' }],
    ['used instead of new', { condition: 'used' }, { condition: null }],
    ['another kind', { kind: 'tire' }, { kind: 'part' }],
  ])('%s at the same price; what was approved is approved again', async (_, other, back) => {
    const job = await addJob(database.db, who(), number, { lines: [{ kind: 'part', cents: 5_000 }] });
    await approve(database.db, who(), number, job);
    const line = await lineOf(job);
    expect(await edit(line, other)).toBe('revised');
    expect(await edit(line, back)).toBe('approved');
    expect(await edit(line, other)).toBe('revised');
    await approve(database.db, who(), number, job);
    expect(await consents()).toEqual(['approved']);
  });

  test('one price down and another up; one that is gone is not missed', async () => {
    const job = await addJob(database.db, who(), number, { lines: [{ cents: 5_000 }] });
    const first = await lineOf(job);
    const second = await addLine(database.db, who(), number, job, { kind: 'part', cents: 5_000 });
    await approve(database.db, who(), number, job);
    expect(await edit(first, { price_cents: 4_000 })).toBe('approved');
    expect(await edit(second, { price_cents: 6_000 })).toBe('revised');
    expect(await edit(second, { price_cents: 5_000 })).toBe('approved');
    await database.db.deleteFrom('lines').where('id', '=', first).execute();
    expect(await edit(second, {})).toBe('approved');
  });

  test.each(['warranty', 'internal', 'comeback'] as const)(
    '%s work that the customer is to pay after all is asked about',
    async (payType) => {
      const [never, once] = [await addJob(database.db, who(), number, { payType }), await addJob(database.db, who(), number)];
      await approve(database.db, who(), number, once);
      const line = await lineOf(never);
      const pays = (job: number, pay_type: typeof payType | 'customer') =>
        database.db.updateTable('jobs').set({ pay_type }).where('id', '=', job).execute();
      await pays(once, payType);
      await edit(line, {});
      expect(await consents()).toEqual(['approved', 'approved']);
      await Promise.all([pays(never, 'customer'), pays(once, 'customer')]);
      await edit(line, {});
      expect(await consents()).toEqual(['proposed', 'proposed']);
    },
  );
});

describe('M3: changing a rate or fee never alters an existing order', () => {
  test('the terms are those of the day on which its first line was written', async () => {
    await database.db
      .updateTable('billing_settings')
      .set({ supplies_base: 'labor', supplies_ppm: 50_000 })
      .where('shop_id', '=', shop.id)
      .execute();
    const job = await addJob(database.db, who(), number);
    expect((await money()).total_cents).toBe(10_500);
    await database.db
      .updateTable('billing_settings')
      .set({ supplies_ppm: 900_000, currency: 'EUR' })
      .where('shop_id', '=', shop.id)
      .execute();
    await database.db.updateTable('jurisdictions').set({ threshold: 'percent', ppm: 1_000_000 }).where('shop_id', '=', shop.id).execute();
    await addLine(database.db, who(), number, job, { cents: 10_000 });
    expect((await money()).total_cents).toBe(21_000);
    const { terms } = await database.db.selectFrom('work_orders').select('terms').where('shop_id', '=', shop.id).executeTakeFirstOrThrow();
    expect(terms).toMatchObject({ currency: 'USD', supplies: { ppm: 50_000 }, jurisdiction: { threshold: 'none' } });
  });
});

test('lockOrder() finds only open orders of the shop', async () => {
  const locked = (tx: Parameters<typeof lockOrder>[0]) => lockOrder(tx, number);
  await expect(change(database.db, (await makeShop(database.db, `other${shops}`)).staff.manager, {}, locked)).rejects.toThrow(NotFound);
  const job = await addJob(database.db, who(), number, { lines: [{ cents: 0 }] });
  await approve(database.db, who(), number, job);
  await makeInvoice(database.db, who(), number, 0);
  await postInvoice(database.db, who(), number, 0);
  await expect(change(database.db, who(), {}, locked)).rejects.toThrow(new Conflict(`WO-${number} is posted. Open it again first.`));
});

test('an order without lines comes to nothing', async () => {
  const order = await money();
  const { result } = await change(database.db, who(), {}, (tx) => settle(tx, { id: order.id, number }));
  expect(result.totalCents).toBe(0);
});
