import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { createWorkOrder } from '../work-orders/create.js';
import { getWorkOrder } from '../work-orders/details.js';
import { addJob, copyJob, removeJob } from './jobs.js';
import { addLine, changeLine, copyLine, LineConflict, type NewLineInput, removeLine, shiftLine } from './lines.js';

let database: TestDatabase;
let shop: TestShop;
let job: number;
let turns = 0;

beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++turns}`);
  await createWorkOrder(database.db, shop.staff.advisor, newOrder({ concern: '' }));
  const { db } = database;
  await db.updateTable('labor_rates').set({ cents_per_hour: 12_000 }).where('shop_id', '=', shop.id).execute();
  const parts = { shop_id: shop.id, name: 'State tax', ppm: 72_500, categories: ['part', 'tire', 'core'] };
  await db.insertInto('tax_rates').values(parts).execute();
  const bands = JSON.stringify([
    { from: 0, ppm: 2_000_000 },
    { from: 10_000, ppm: 1_500_000 },
  ]);
  const matrix = { shop_id: shop.id, name: 'Parts', kind: 'part' as const, basis: 'multiplier' as const, bands, is_default: true };
  await db.insertInto('price_matrices').values(matrix).execute();
  job = (await addJob(db, shop.staff.advisor, 1001, { name: 'Brakes', concern: 'It squeals' })).result.job;
});
afterAll(() => database.close());

const order = () => getWorkOrder(database.db, shop.id, 1001);
const lines = async (id = job) => (await order()).jobs.find((one) => one.id === id)?.lines ?? [];
const add = (input: Partial<NewLineInput> & Pick<NewLineInput, 'kind' | 'fields'>, requestId?: string) =>
  addLine(database.db, shop.staff.advisor, 1001, { job, coreCents: null, fee: null, ...input }, requestId).then(
    ({ result }) => result.line,
  );
const change = (line: number, mine: object, original: object = {}) =>
  changeLine(database.db, shop.staff.advisor, 1001, line, original, mine as Record<string, string>);

describe('W2: a job has lines of each kind', () => {
  test('labor takes the shop’s rate, and keeps the book’s hours apart', async () => {
    await add({ kind: 'labor', fields: { description: 'Front pads', quantity: '1.5', flat: '1.8' } });
    expect(await lines()).toMatchObject([
      { kind: 'labor', quantity: 150, priceCents: 12_000, flatQuantity: 180, priceByHand: false, taxes: [] },
    ]);
    expect((await order()).totals).toMatchObject({ laborCents: 18_000, totalCents: 18_000 });
  });

  test('a part is priced by the matrix from its cost, and taxed as parts are today', async () => {
    await add({ kind: 'part', fields: { description: 'Pads', partNumber: '04465', quantity: '2', cost: '40', condition: 'new' } });
    await add({ kind: 'part', fields: { description: 'Rotor', quantity: '1', cost: '100', price: '3*12.50' } });
    expect(await lines()).toMatchObject([
      { partNumber: '04465', priceCents: 8_000, costCents: 4_000, condition: 'new', taxes: [{ name: 'State tax', ppm: 72_500 }] },
      { priceCents: 3_750, costCents: 10_000, priceByHand: true },
    ]);
  });

  test('W12: a sublet has its vendor, their invoice number, cost and price', async () => {
    const fields = { description: 'Machine heads', vendor: 'Ace Machine', vendorInvoice: 'A-77', quantity: '1', cost: '120', price: '180' };
    await add({ kind: 'sublet', fields });
    expect(await lines()).toMatchObject([{ vendor: 'Ace Machine', vendorInvoice: 'A-77', costCents: 12_000, priceCents: 18_000 }]);
    expect((await order()).totals.jobs.get(job)).toMatchObject({ subtotalCents: 18_000, costCents: 12_000 });
  });

  test('a tire brings the fees for each tire, as many as there are tires, and they follow', async () => {
    await database.db
      .insertInto('fees')
      .values([
        { shop_id: shop.id, name: 'Tire disposal', cents: 350, each_of: 'tire', legal_text: 'Required by law' },
        { shop_id: shop.id, name: 'Smog certificate', cents: 825 },
      ])
      .execute();
    const tire = await add({ kind: 'tire', fields: { description: '205/55R16', quantity: '4', price: '110' } });
    expect(await lines()).toMatchObject([
      { kind: 'tire', quantity: 400 },
      { kind: 'fee', description: 'Tire disposal', quantity: 400, priceCents: 350, legalText: 'Required by law', taxes: [] },
    ]);
    await change(tire, { quantity: '2' });
    expect((await lines()).map((line) => line.quantity)).toEqual([200, 200]);
  });

  test('a fee of the shop, and one that is typed; a discount in money or in percent; for the order as a whole', async () => {
    const fee = await database.db
      .insertInto('fees')
      .values({ shop_id: shop.id, name: 'Smog certificate', cents: 825 })
      .returning('id')
      .executeTakeFirstOrThrow();
    await add({ kind: 'labor', fields: { description: 'Smog check', quantity: '1' } });
    await add({ kind: 'fee', fee: fee.id, fields: {} });
    await add({ kind: 'discount', fields: { description: 'Loyal customer', price: '10 %' } });
    await add({ kind: 'discount', job: null, fields: { description: 'Coupon', price: '5.00' } });
    expect((await lines()).map((line) => [line.kind, line.description, line.priceCents, line.discountPpm])).toEqual([
      ['labor', 'Smog check', 12_000, null],
      ['fee', 'Smog certificate', 825, null],
      ['discount', 'Loyal customer', 0, 100_000],
    ]);
    const { orderLines, totals } = await order();
    expect(orderLines).toMatchObject([{ kind: 'discount', job: null, priceCents: 500 }]);
    expect(totals.discountCents).toBe(1_283 + 500);
  });

  test('a discount above the limit of one’s role is refused, and nothing is written', async () => {
    await add({ kind: 'labor', fields: { description: 'Pads', quantity: '1' } });
    await expect(add({ kind: 'discount', fields: { description: 'Too kind', price: '50%' } })).rejects.toThrow('at most 10 %');
    expect(await lines()).toHaveLength(1);
  });
});

describe('a core', () => {
  test('is a line tied to its part: it follows its quantity, is copied with it, and goes with it', async () => {
    const part = await add({ kind: 'part', coreCents: 4_500, fields: { description: 'Alternator', quantity: '1', price: '200' } });
    expect(await lines()).toMatchObject([
      { id: part },
      { kind: 'core', coreOfId: part, coreState: 'owed', priceCents: 4_500, taxes: [{}] },
    ]);
    await change(part, { quantity: '2' });
    expect((await lines()).map((line) => line.quantity)).toEqual([200, 200]);
    await copyLine(database.db, shop.staff.advisor, 1001, part);
    const [, , copy, core] = await lines();
    expect(core).toMatchObject({ kind: 'core', coreOfId: copy?.id });
    await removeLine(database.db, shop.staff.advisor, 1001, part);
    expect((await lines()).map((line) => line.id)).toEqual([copy?.id, core?.id]);
  });

  test('goes with its part into a copy of the job, and with the job out of the order', async () => {
    await add({ kind: 'part', coreCents: 4_500, fields: { description: 'Alternator', quantity: '1', price: '200' } });
    const copy = (await copyJob(database.db, shop.staff.advisor, 1001, job)).result.job;
    const [part, core] = await lines(copy);
    expect(core?.coreOfId).toBe(part?.id);
    await removeJob(database.db, shop.staff.advisor, 1001, job);
    const { totals, jobs } = await order();
    expect([jobs.map((one) => one.id), totals.coresCents]).toEqual([[copy], 4_500]);
  });
});

describe('rates are frozen on the line', () => {
  test('a change of the settings, and of another field of the line, leaves its price and its taxes', async () => {
    const labor = await add({ kind: 'labor', fields: { description: 'Pads', quantity: '1' } });
    const part = await add({ kind: 'part', fields: { description: 'Pads', quantity: '1', cost: '40' } });
    const before = (await order()).totals.totalCents;
    await database.db.updateTable('labor_rates').set({ cents_per_hour: 99_900 }).where('shop_id', '=', shop.id).execute();
    await database.db.updateTable('tax_rates').set({ ppm: 990_000 }).where('shop_id', '=', shop.id).execute();
    await database.db.deleteFrom('price_matrices').where('shop_id', '=', shop.id).execute();
    await change(labor, { description: 'Front pads' });
    await change(part, { description: 'Brake pads', condition: 'new' });
    expect((await order()).totals.totalCents).toBe(before);
    expect((await lines()).map((line) => line.description)).toEqual(['Front pads', 'Brake pads']);
  });

  test('a price that was typed stays when the cost changes; one of the matrix follows', async () => {
    const byMatrix = await add({ kind: 'part', fields: { description: 'One', quantity: '1', cost: '40' } });
    const byHand = await add({ kind: 'part', fields: { description: 'Other', quantity: '1', cost: '40', price: '77' } });
    await change(byMatrix, { cost: '100' });
    await change(byHand, { cost: '100' });
    expect((await lines()).map((line) => line.priceCents)).toEqual([15_000, 7_700]);
    await change(byHand, { price: '' });
    expect((await lines())[1]?.priceCents).toBe(15_000);
  });

  test('the labor rate of the vehicle goes before the customer’s, and that before the shop’s', async () => {
    const { db } = database;
    const rate = async (name: string, cents: number) =>
      (
        await db
          .insertInto('labor_rates')
          .values({ shop_id: shop.id, name, cents_per_hour: cents })
          .returning('id')
          .executeTakeFirstOrThrow()
      ).id;
    const { customer, vehicle } = await order();
    const [fleet, diesel] = [await rate('Fleet', 10_000), await rate('Diesel', 15_000)];
    await db.updateTable('customers').set({ labor_rate_id: fleet }).where('id', '=', customer.id).execute();
    await add({ kind: 'labor', fields: { description: 'One', quantity: '1' } });
    await db.updateTable('vehicles').set({ labor_rate_id: diesel }).where('id', '=', vehicle.id).execute();
    await add({ kind: 'labor', fields: { description: 'Two', quantity: '1' } });
    await add({ kind: 'labor', fields: { description: 'Three', quantity: '1', laborRate: String(fleet) } });
    expect((await lines()).map((line) => line.priceCents)).toEqual([10_000, 15_000, 10_000]);
  });

  test('a line is taxed or not when a person says so, against its kind', async () => {
    const part = await add({ kind: 'part', fields: { description: 'Pads', quantity: '1', price: '10', tax: 'untaxed' } });
    await add({ kind: 'labor', fields: { description: 'New vehicle installation', quantity: '1', tax: 'taxed' } });
    expect((await lines()).map((line) => line.taxes.map((tax) => tax.name))).toEqual([[], ['State tax']]);
    await change(part, { tax: '' });
    expect((await lines())[0]?.taxes).toHaveLength(1);
  });
});

describe('W13: two people on one order', () => {
  test('different lines, and different fields of one line, both hold', async () => {
    const [one, two] = [
      await add({ kind: 'labor', fields: { description: 'One', quantity: '1' } }),
      await add({ kind: 'labor', fields: { description: 'Two', quantity: '1' } }),
    ];
    const opened = { description: 'One', quantity: '1' };
    await Promise.all([
      change(one, { description: 'One, by Ann', quantity: '1' }, opened),
      change(two, { description: 'Two, by Bob', quantity: '1' }, { description: 'Two', quantity: '1' }),
    ]);
    await change(one, { description: 'One', quantity: '2' }, opened);
    expect((await lines()).map((line) => [line.description, line.quantity])).toEqual([
      ['One, by Ann', 200],
      ['Two, by Bob', 100],
    ]);
  });

  test('the same field of the same line: refused with both values, and nothing is lost', async () => {
    const line = await add({ kind: 'part', fields: { description: 'Pads', quantity: '1', price: '10' } });
    const opened = { description: 'Pads', quantity: '1', price: '10.00' };
    await change(line, { ...opened, price: '12' }, opened);
    const refusal = await change(line, { ...opened, price: '15', quantity: '4' }, opened).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(LineConflict);
    expect((refusal as LineConflict).conflicts).toEqual({ price: { mine: '15', theirs: '12.00' } });
    expect(await lines()).toMatchObject([{ priceCents: 1_200, quantity: 100 }]);
  });
});

test('lines move up and down within their job, and every change is told with before and after', async () => {
  const ids = [];
  for (const description of ['One', 'Two', 'Three']) ids.push(await add({ kind: 'labor', fields: { description, quantity: '1' } }));
  await shiftLine(database.db, shop.staff.advisor, 1001, ids[2] as number, 'up');
  await shiftLine(database.db, shop.staff.advisor, 1001, ids[0] as number, 'up');
  await copyLine(database.db, shop.staff.advisor, 1001, ids[0] as number);
  expect((await lines()).map((line) => line.description)).toEqual(['One', 'One', 'Three', 'Two']);
  await change(ids[1] as number, { quantity: '2', price: '100' });
  await removeLine(database.db, shop.staff.advisor, 1001, ids[2] as number);
  const told = (await order()).history.map((line) => line.what);
  expect(told.slice(0, 2)).toEqual(['removed “Three” at 120.00', 'changed “Two”: quantity from 1 to 2, price from 120.00 to 100.00']);
  expect((await order()).history.map((line) => line.floor).slice(0, 2)).toEqual(['removed “Three”', 'changed “Two”: quantity from 1 to 2']);
});

test('the same form sent twice writes one line', async () => {
  const fields = { description: 'Pads', quantity: '1' };
  const [one, two] = await Promise.all([add({ kind: 'labor', fields }, 'once-and-once'), add({ kind: 'labor', fields }, 'once-and-once')]);
  expect(one).toBe(two);
  expect(await lines()).toHaveLength(1);
});
