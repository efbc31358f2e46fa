import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Conflict, Forbidden, Invalid } from '../../platform/errors.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, approve, openEmpty } from '../../testing/money.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { makeInvoice, postInvoice } from '../billing/documents.js';
import { takePayment } from '../billing/payments.js';
import { bringBack, handOver } from '../work-orders/hand-overs.js';
import { moveCard, undoMove } from './moves.js';
import { refuseHandOver } from './rules.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let number: number;
let [progress, waiting, completed] = [0, 0, 0];
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  await database.db.updateTable('billing_settings').set({ work_needs_consent: true }).where('shop_id', '=', shop.id).execute();
  [, progress, waiting, completed] = shop.columns.map((column) => column.id) as [number, number, number, number];
  [number] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const move = (who: keyof TestShop['staff'], column: number, reason = '') =>
  moveCard(database.db, shop.staff[who], number, { column, after: null, reason });
const give = (who: keyof TestShop['staff'], reason = '') => handOver(database.db, shop.staff[who], number, reason);
const lastEvent = (kind: string) =>
  database.db
    .selectFrom('events')
    .select('data')
    .where('shop_id', '=', shop.id)
    .where('kind', '=', kind)
    .orderBy('version', 'desc')
    .executeTakeFirstOrThrow();
const REFUSED = 'has no approved job yet. Record the customer’s consent before it goes to In Progress.';

describe('B4: no card into a column where work is done without an authorized job', () => {
  test('neither without a job nor with one that is only proposed; elsewhere it may go', async () => {
    await expect(move('advisor', progress)).rejects.toThrow(new Forbidden(`WO-${number} ${REFUSED}`));
    const job = await addJob(database.db, shop.staff.advisor, number);
    await expect(move('mechanic', progress)).rejects.toThrow(REFUSED);
    await move('mechanic', waiting);
    await expect(move('mechanic', progress)).rejects.toThrow(REFUSED);
    await approve(database.db, shop.staff.advisor, number, job);
    expect((await move('mechanic', progress)).result.moved).toBe(true);
  });

  test('work that somebody else pays for is authorized', async () => {
    await addJob(database.db, shop.staff.advisor, number, { payType: 'warranty' });
    await move('mechanic', progress);
  });

  test('an option that was not chosen authorizes nothing', async () => {
    const job = await addJob(database.db, shop.staff.advisor, number, { choice: 1 });
    await approve(database.db, shop.staff.advisor, number, job);
    await database.db.updateTable('jobs').set({ picked: false }).where('id', '=', job).execute();
    await expect(move('mechanic', progress)).rejects.toThrow(REFUSED);
  });

  test('a manager may override it with a reason, which is kept', async () => {
    await expect(move('manager', progress)).rejects.toThrow(
      new Invalid({ reason: `WO-${number} has no approved job yet. Say why it goes to In Progress all the same.` }),
    );
    await expect(move('advisor', progress, 'Please')).rejects.toThrow(Forbidden);
    await move('manager', progress, 'Towed in, brakes locked');
    expect((await lastEvent('card.moved')).data).toMatchObject({ reason: 'Towed in, brakes locked' });
  });

  test('the sentence stands at the card, and a manager is asked for the reason', async () => {
    const path = `/work-orders/${number}/moves`;
    const advisor = await server.clientOf(shop, 'advisor');
    const refused = await advisor.post(path, { column: progress, after: '' }, { htmx: true });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain(`data-notice="${number}"`);
    expect(refused.text).not.toContain('name="reason"');
    const manager = await server.clientOf(shop, 'manager');
    const asked = await manager.post(path, { column: progress, after: '' }, { htmx: true });
    expect(asked.status).toBe(422);
    expect(asked.text).toContain('name="reason"');
  });

  test('does not stand in the way within the column', async () => {
    await move('manager', progress, 'Towed in');
    await move('mechanic', progress);
    await expect(move('mechanic', waiting)).resolves.toMatchObject({ result: { moved: true } });
  });

  test('taking a move back leads into it only while a job is authorized', async () => {
    const job = await addJob(database.db, shop.staff.advisor, number);
    await approve(database.db, shop.staff.advisor, number, job);
    await move('mechanic', progress);
    const first = await move('mechanic', waiting);
    await undoMove(database.db, shop.staff.mechanic, first.version);
    const { version } = await move('manager', waiting);
    await database.db.updateTable('jobs').set({ consent: 'declined' }).where('id', '=', job).execute();
    await expect(undoMove(database.db, shop.staff.manager, version)).rejects.toThrow(new Forbidden(`WO-${number} ${REFUSED}`));
    const card = await database.db.selectFrom('work_orders').select('column_id').where('shop_id', '=', shop.id).executeTakeFirstOrThrow();
    expect(card.column_id).toBe(waiting);
  });

  test('nor does a card come back from a hand-over into such a column', async () => {
    await move('advisor', completed);
    await give('advisor');
    await database.db.updateTable('columns').set({ meaning: 'active' }).where('id', '=', completed).execute();
    await bringBack(database.db, shop.staff.manager, number, 'It squeals again');
    const card = await database.db.selectFrom('work_orders').select('column_id').where('shop_id', '=', shop.id).executeTakeFirstOrThrow();
    expect(card.column_id).toBe(shop.columns[0]?.id);
  });

  test('is off where the shop does not want it', async () => {
    await database.db.updateTable('billing_settings').set({ work_needs_consent: false }).where('shop_id', '=', shop.id).execute();
    await move('mechanic', progress);
  });
});

describe('B4: nothing is delivered with open jobs, or unsettled', () => {
  const ready = async (cents: number, job: Parameters<typeof addJob>[3] = {}) => {
    const id = await addJob(database.db, shop.staff.advisor, number, { name: 'Brakes', lines: [{ cents }], ...job });
    await approve(database.db, shop.staff.advisor, number, id);
    await move('advisor', completed);
  };
  const handed = async () =>
    (await database.db.selectFrom('work_orders').select('handed_over_at').where('shop_id', '=', shop.id).executeTakeFirstOrThrow())
      .handed_over_at !== null;

  test('open work', async () => {
    await ready(0, { progress: 'in-progress' });
    await expect(give('advisor', 'Please')).rejects.toThrow(new Conflict(`WO-${number} has work that is not complete: Brakes.`));
    await expect(give('manager')).rejects.toThrow(Invalid);
    await give('manager', 'Part comes next week');
    expect((await lastEvent('work-order.handed-over')).data).toMatchObject({ reason: 'Part comes next week' });
  });

  test('work that was declined does not hold it', async () => {
    await addJob(database.db, shop.staff.advisor, number, { progress: 'pending' });
    await database.db.updateTable('jobs').set({ consent: 'declined' }).where('shop_id', '=', shop.id).execute();
    await ready(0);
    await give('advisor');
    expect(await handed()).toBe(true);
  });

  test('money that is due, until it is paid', async () => {
    await ready(10_000);
    await expect(give('advisor')).rejects.toThrow(
      `$100.00 of WO-${number} is not settled: take the payment, or post the invoice, before the vehicle leaves.`,
    );
    await takePayment(database.db, shop.staff.advisor, number, {
      ...{ method: 'card', cents: 10_000, tenderedCents: null, reference: '', note: '', deposit: false },
    });
    await give('advisor');
    expect(await handed()).toBe(true);
  });

  test('money that is on account, once it is posted', async () => {
    await ready(10_000);
    await database.db.updateTable('customers').set({ on_account: true }).where('shop_id', '=', shop.id).execute();
    await makeInvoice(database.db, shop.staff.advisor, number, 10_000);
    await expect(give('advisor')).rejects.toThrow('is not settled');
    await postInvoice(database.db, shop.staff.advisor, number, 10_000);
    await give('advisor');
    expect(await handed()).toBe(true);
  });

  test('money that the shop owes, until it is given back or somebody says why not', async () => {
    await takePayment(database.db, shop.staff.advisor, number, {
      ...{ method: 'card', cents: 5_000, tenderedCents: null, reference: '', note: '', deposit: true },
    });
    await move('advisor', completed);
    const text = `The customer has paid $50.00 too much for WO-${number}: give it back before the vehicle leaves.`;
    await expect(give('advisor', 'Please')).rejects.toThrow(new Conflict(text));
    await expect(give('manager')).rejects.toThrow(new Invalid({ reason: `${text} Say why it leaves all the same.` }));
    expect(await handed()).toBe(false);
    await give('manager', 'Kept for the next visit');
    expect(await handed()).toBe(true);
  });

  test('an order without jobs is handed over freely', () => {
    const facts = {
      number: 1,
      held: [],
      unasked: [],
      openJobs: [],
      document: 'estimate',
      due: null,
      owed: null,
      mayOverride: false,
      reason: '',
    };
    expect(refuseHandOver(facts)).toBeNull();
    expect(refuseHandOver({ ...facts, due: '$1.00', mayOverride: true })).toMatchObject({ reasonHelps: true });
    expect(refuseHandOver({ ...facts, due: '$1.00', document: 'posted' })).toBeNull();
  });
});
