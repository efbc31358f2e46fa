import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { transferVehicle } from '../vehicles/transfers.js';
import { createWorkOrder } from '../work-orders/create.js';
import { getWorkOrder } from '../work-orders/details.js';
import { addCannedJob } from './canned.js';
import { bringJob } from './deferred.js';
import { addJob, copyJob, removeJob, shiftJob } from './jobs.js';
import { addLine } from './lines.js';
import { addOption, pickOption } from './options.js';
import { readTenths, showReading } from './readings.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let advisor: Client;
let turns = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++turns}`);
  await database.db.updateTable('labor_rates').set({ cents_per_hour: 10_000 }).where('shop_id', '=', shop.id).execute();
  await createWorkOrder(database.db, shop.staff.advisor, newOrder({ concern: '' }));
  advisor = await server.clientOf(shop, 'advisor');
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

const order = (number = 1001) => getWorkOrder(database.db, shop.id, number);
const job = async (name: string, number = 1001) =>
  (await addJob(database.db, shop.staff.advisor, number, { name, concern: '' })).result.job;
const labor = (id: number, price: string, number = 1001) =>
  addLine(database.db, shop.staff.advisor, number, {
    ...{ job: id, kind: 'labor', coreCents: null, fee: null },
    fields: { description: `Work at ${price}`, quantity: '1', price },
  });

test('W1: a new order starts with a job for its concern, named by its first words, without lines', async () => {
  const concern = `It pulls to the left ${'and then some more '.repeat(6)}\nOnly when braking`;
  const { number } = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ concern }))).result;
  const [first, ...more] = (await order(number)).jobs;
  expect(more).toEqual([]);
  expect(first).toMatchObject({
    concern: expect.stringContaining('Only when braking'),
    consent: 'proposed',
    progress: 'pending',
    lines: [],
  });
  expect(first?.name).toMatch(/^It pulls to the left .{10,40}…$/);
  expect((await order(number)).terms).toBeNull();
});

test('jobs are copied, moved and removed; what was answered is not copied', async () => {
  const [one, two] = [await job('One'), await job('Two')];
  await labor(one, '50');
  await database.db
    .updateTable('jobs')
    .set({ consent: 'declined', progress: 'complete', clocked_hundredths: 100 })
    .where('id', '=', one)
    .execute();
  await copyJob(database.db, shop.staff.advisor, 1001, one);
  await shiftJob(database.db, shop.staff.advisor, 1001, two, 'up');
  expect((await order()).jobs.map(({ name, consent, progress, lines }) => [name, consent, progress, lines.length])).toEqual([
    ['One', 'declined', 'complete', 1],
    ['Two', 'proposed', 'pending', 0],
    ['One', 'proposed', 'pending', 1],
  ]);
  await removeJob(database.db, shop.staff.advisor, 1001, one);
  expect((await order()).jobs.map(({ name }) => name)).toEqual(['Two', 'One']);
});

test('a form that copies a job, or adds an option to it, does so once however often it is sent', async () => {
  const one = await job('One');
  for (const what of ['copies', 'options']) {
    const page = (await advisor.get('/work-orders/1001')).text;
    const form = new RegExp(
      `<form method="post" action="(/work-orders/1001/jobs/${one}/${what})"[^>]*><input type="hidden" name="requestId" value="([^"]+)">`,
    );
    const [, action = '', requestId = ''] = form.exec(page) ?? [];
    const sent = await Promise.all([1, 2].map(() => advisor.post(action, { requestId })));
    expect(sent.map(({ status }) => status)).toEqual([303, 303]);
  }
  expect((await order()).jobs).toHaveLength(3);
});

describe('W6: a canned job', () => {
  test('adds all its lines at once, at the rates of now', async () => {
    const lines = [
      { kind: 'labor', description: 'Oil change', partNumber: '', quantity: 50, priceCents: null, costCents: 0 },
      { kind: 'part', description: 'Oil filter', partNumber: 'W719', quantity: 100, priceCents: 1_295, costCents: 600 },
      { kind: 'fee', description: 'Waste oil', partNumber: '', quantity: 100, priceCents: 250, costCents: 0 },
    ];
    const canned = await database.db
      .insertInto('canned_jobs')
      .values({ shop_id: shop.id, name: 'Oil service', concern: 'Oil service is due', lines: JSON.stringify(lines) })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect((await advisor.get('/work-orders/1001')).text).toContain('Oil service');
    const add = () => addCannedJob(database.db, shop.staff.advisor, 1001, canned.id, 'one-form-only');
    const [first, again] = await Promise.all([add(), add()]);
    expect(first.result).toEqual(again.result);
    expect((await order()).jobs).toMatchObject([
      {
        name: 'Oil service',
        concern: 'Oil service is due',
        lines: [
          { kind: 'labor', quantity: 50, priceCents: 10_000, priceByHand: false },
          { kind: 'part', priceCents: 1_295, priceByHand: true, costCents: 600 },
          { kind: 'fee', priceCents: 250 },
        ],
      },
    ]);
    expect((await order()).totals.totalCents).toBe(5_000 + 1_295 + 250);
  });
});

describe('W7: good, better, best', () => {
  test('an option is a copy with its lines; one is picked, and only it counts', async () => {
    const good = await job('Tires');
    await labor(good, '100');
    const better = (await addOption(database.db, shop.staff.advisor, 1001, good, '')).result.job;
    const best = (await addOption(database.db, shop.staff.advisor, 1001, better, '')).result.job;
    await labor(better, '50');
    await labor(best, '90');
    const shown = async () => (await order()).jobs.map((one) => [one.choiceName, one.picked, one.counts]);
    expect(await shown()).toEqual([
      ['Good', true, true],
      ['Better', false, false],
      ['Best', false, false],
    ]);
    expect((await order()).totals.totalCents).toBe(10_000);
    await pickOption(database.db, shop.staff.advisor, 1001, best);
    expect((await order()).totals.totalCents).toBe(19_000);
    expect((await advisor.post(`/work-orders/1001/jobs/${better}/picks`)).status).toBe(303);
    expect((await order()).totals.totalCents).toBe(15_000);
    await removeJob(database.db, shop.staff.advisor, 1001, better);
    expect((await shown()).filter(([, picked]) => picked)).toHaveLength(1);
    await removeJob(database.db, shop.staff.advisor, 1001, best);
    expect((await order()).jobs).toMatchObject([{ choice: null, picked: true, counts: true }]);
    await expect(pickOption(database.db, shop.staff.advisor, 1001, good)).rejects.toThrow('no options');
  });
});

describe('W8: what was put off or declined', () => {
  /** A second visit of the same vehicle. */
  async function comeBack(): Promise<number> {
    const { vehicle } = await order();
    return (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ vehicle: vehicle.id, concern: '' }))).result.number;
  }
  async function leave(name: string, consent: 'declined' | 'deferred', reason: string): Promise<number> {
    const id = await job(name);
    await labor(id, '75');
    const at = new Date(Date.now() - 40 * 86_400_000);
    await database.db.updateTable('jobs').set({ consent, consent_reason: reason, consent_at: at }).where('id', '=', id).execute();
    return id;
  }

  test('is there at the next visit with its reason and age, and comes with its lines at the rates of now', async () => {
    const left = await leave('Front struts', 'deferred', 'Wants to think about it');
    await addLine(database.db, shop.staff.advisor, 1001, {
      ...{ job: left, kind: 'labor', coreCents: null, fee: null },
      fields: { description: 'By the rate', quantity: '1' },
    });
    const again = await comeBack();
    const page = (await advisor.get(`/work-orders/${again}`)).text;
    expect(page).toMatch(new RegExp(`data-left="${left}".*Front struts.*put off 40 d ago.*Wants to think about it`, 's'));
    await database.db.updateTable('labor_rates').set({ cents_per_hour: 11_000 }).where('shop_id', '=', shop.id).execute();
    expect((await advisor.post(`/work-orders/${again}/brought-jobs`, { job: left })).status).toBe(303);
    expect((await order(again)).jobs).toMatchObject([
      { name: 'Front struts', consent: 'proposed', broughtFrom: { number: 1001 }, lines: [{ priceCents: 7_500 }, { priceCents: 11_000 }] },
    ]);
    expect((await advisor.get(`/work-orders/${again}`)).text).not.toContain(`data-left="${left}"`);
    expect((await advisor.post(`/work-orders/${again}/brought-jobs`, { job: left })).status).toBe(409);
    await expect(removeJob(database.db, shop.staff.advisor, 1001, left)).rejects.toThrow('brought this job back');
  });

  test('of a former owner comes without a word of theirs', async () => {
    const said = 'My ex-husband says it pulls to the left';
    const left = await leave(said, 'declined', 'Can’t pay before the divorce');
    const told = { concern: said, cause: 'Tie rod worn', internal_note: 'Ask her lawyer' };
    await database.db.updateTable('jobs').set(told).where('shop_id', '=', shop.id).where('id', '=', left).execute();
    const { vehicle, customer } = await order();
    const sold = { from: customer.id, to: null, name: 'Lee Park', phone: '', dropNotes: true };
    await transferVehicle(database.db, shop.staff.manager, vehicle.id, sold);
    const again = await comeBack();
    const page = (await advisor.get(`/work-orders/${again}`)).text;
    expect(page).toMatch(new RegExp(`data-left="${left}".*Work left from an earlier visit.*for a former owner`, 's'));
    await bringJob(database.db, shop.staff.advisor, again, left);
    expect((await order(again)).jobs).toMatchObject([
      { name: 'Work left from an earlier visit', concern: '', cause: 'Tie rod worn', internalNote: '', lines: [{ priceCents: 7_500 }] },
    ]);
    for (const shown of [page, (await advisor.get(`/work-orders/${again}`)).text]) expect(shown).not.toMatch(/divorce|ex-husband|lawyer/);
  });

  test('is not brought into an order of another vehicle, nor is what was approved', async () => {
    const [left, done] = [await leave('Struts', 'declined', ''), await job('Done')];
    const again = await comeBack();
    const other = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ concern: '' }))).result.number;
    const bring = (number: number, id: number) => bringJob(database.db, shop.staff.advisor, number, id);
    await expect(bring(other, left)).rejects.toThrow('no such job');
    await expect(bring(again, done)).rejects.toThrow('no such job');
    await bring(again, left);
  });
});

describe('W9: meters in and out', () => {
  test('a reading lower than the last is saved with a warning, and what is no reading is refused', async () => {
    const { meters, vehicle } = await order();
    const meter = meters[0]?.id ?? 0;
    expect(meters).toMatchObject([{ name: 'Odometer', unit: 'mi', inTenths: null, last: null }]);
    expect((await advisor.post('/work-orders/1001/readings', { meter, in: '81,204', out: '81210.5' })).status).toBe(303);
    expect((await order()).meters).toMatchObject([{ inTenths: 812_040, outTenths: 812_105 }]);
    const again = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ vehicle: vehicle.id }))).result.number;
    const mechanic = await server.clientOf(shop, 'mechanic');
    const reply = await mechanic.post(`/work-orders/${again}/readings`, { meter, in: '8120', out: '' }, { htmx: true });
    expect(reply.text).toContain('at WO-1001 it was 81,210.5 already');
    expect((await order(again)).meters).toMatchObject([{ inTenths: 81_200, last: { tenths: 812_105, number: 1001 } }]);
    expect((await advisor.get(`/work-orders/${again}`)).text).toContain('lower than before: 81,210.5 at WO-1001');
    for (const bad of ['-5', '1e9', 'NaN', '1,2', '١٢', '99999999999'])
      expect((await advisor.post(`/work-orders/${again}/readings`, { meter, in: bad, out: '' })).status, bad).toBe(422);
    expect((await advisor.post(`/work-orders/${again}/readings`, { meter: 999_999, in: '1', out: '' })).status).toBe(404);
    const stale = { meter, in: '9000', out: '', 'original.in': '', 'original.out': '' };
    expect((await advisor.post(`/work-orders/${again}/readings`, stale)).status).toBe(422);
    expect((await advisor.post(`/work-orders/${again}/readings`, { meter, in: '', out: '' })).status).toBe(303);
    expect((await order(again)).meters[0]?.inTenths).toBeNull();
  });

  test('what is typed is what is shown', () => {
    expect(['81204', '81,204', '81 204', '3512.5', '0'].map(readTenths)).toEqual([812_040, 812_040, 812_040, 35_125, 0]);
    expect(['', '12.34', '1,23', 'abc', '-1'].map(readTenths)).toEqual([null, null, null, null, null]);
    expect([812_040, 35_125, 0].map(showReading)).toEqual(['81,204', '3,512.5', '0']);
  });
});

test('who pays, the PO number, the tag and the internal note are written at the order, field by field', async () => {
  const payer = await database.db
    .insertInto('customers')
    .values({ shop_id: shop.id, name: 'Fleet desk', company: 'Acme Fleet', on_account: true, created_at: new Date() })
    .returning('id')
    .executeTakeFirstOrThrow();
  const now = { customerName: 'Dana Whitfield', vehicleDescription: '2019 Toyota Corolla', phone: '555 0142' };
  const was = Object.fromEntries(Object.entries(now).map(([name, value]) => [`original.${name}`, value]));
  const typed = { billTo: payer.id, poNumber: 'PO-77', tag: '12', internalNote: 'Pays late' };
  expect((await advisor.post('/work-orders/1001/edits', { ...now, ...was, ...typed })).status).toBe(303);
  expect(await order()).toMatchObject({ billTo: { company: 'Acme Fleet' }, poNumber: 'PO-77', tag: '12', internalNote: 'Pays late' });
  expect((await advisor.get('/work-orders/1001/edit')).text).toContain('Acme Fleet');
  expect((await order()).history[0]?.what).toContain('who pays from nothing to “Acme Fleet”');
  const other = await makeShop(database.db, `other${turns}`);
  await createWorkOrder(database.db, other.staff.advisor, newOrder());
  const theirs = await database.db.selectFrom('customers').select('id').where('shop_id', '=', other.id).executeTakeFirstOrThrow();
  const stolen = { ...now, ...was, billTo: theirs.id, 'original.billTo': String(payer.id) };
  expect((await advisor.post('/work-orders/1001/edits', stolen)).status).toBe(422);
});
