import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Conflict, Forbidden, Invalid, NotFound } from '../../platform/errors.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addPhotos } from '../../testing/media.js';
import { addJob, addLine, approve, openEmpty } from '../../testing/money.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { moveCard, undoMove } from '../board/moves.js';
import { editJob } from '../jobs/jobs.js';
import { addLine as writeLine } from '../jobs/lines.js';
import { assign } from '../work-orders/assignments.js';
import { getWorkOrder } from '../work-orders/details.js';
import { checkWork } from './checks.js';

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
  [, progress, waiting, completed] = shop.columns.map((column) => column.id) as [number, number, number, number];
  [number] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

type Who = keyof TestShop['staff'];
const wants = (what: { needs_quality_check?: boolean; needs_arrival_photos?: boolean }) =>
  database.db.updateTable('visit_settings').set(what).where('shop_id', '=', shop.id).execute();
const move = (who: Who, column: number, reason = '') => moveCard(database.db, shop.staff[who], number, { column, after: null, reason });
const check = (who: Who, passed = true, note = '') => checkWork(database.db, shop.staff[who], number, { passed, note });
const safety = async () => (await getWorkOrder(database.db, shop.id, number)).visit.safety;

describe('I10: the work is checked by somebody else before it is finished', () => {
  const NOT = 'was not checked. Somebody who did not do it checks it before it goes to Completed.';
  beforeEach(() => wants({ needs_quality_check: true }));

  test('without a check no card is finished; with one it is', async () => {
    await expect(move('mechanic', completed)).rejects.toThrow(new Forbidden(`The work on WO-${number} ${NOT}`));
    await check('mechanic', false, 'A nut is loose');
    await expect(move('mechanic', completed)).rejects.toThrow(NOT);
    await check('mechanic');
    expect(await safety()).toMatchObject({ isChecked: true, checks: [{ passed: false, note: 'A nut is loose' }, { passed: true }] });
    expect((await move('advisor', completed)).result.moved).toBe(true);
  });

  test('not by the mechanic of the order, nor of a job that counts', async () => {
    const { mechanic, manager } = shop.staff;
    await assign(database.db, shop.staff.advisor, number, { mechanic: mechanic.staff, advisor: null });
    await expect(check('mechanic')).rejects.toThrow(new Conflict(`You worked on WO-${number} yourself: somebody else checks the work.`));
    const job = await addJob(database.db, shop.staff.advisor, number);
    await database.db.updateTable('jobs').set({ mechanic_id: manager.staff }).where('id', '=', job).execute();
    await expect(check('manager')).rejects.toThrow(Conflict);
    await database.db.updateTable('jobs').set({ consent: 'declined' }).where('id', '=', job).execute();
    await check('manager');
  });

  test('work that is done after the check needs another; a word or a price does not', async () => {
    const { db } = database;
    const { advisor, mechanic } = shop.staff;
    const job = await addJob(db, advisor, number, { progress: 'pending' });
    await approve(db, advisor, number, job);
    await check('manager');
    await editJob(db, mechanic, number, job, ['cause'], { cause: '' }, { cause: 'Worn' });
    expect((await safety()).isChecked).toBe(true);
    await editJob(db, mechanic, number, job, ['progress'], { progress: 'pending' }, { progress: 'complete' });
    expect((await safety()).isChecked).toBe(false);
    await expect(move('mechanic', completed)).rejects.toThrow(NOT);
    await check('manager');
    const fields = { description: 'Sealant', quantity: '1', price: '1' };
    await writeLine(db, advisor, number, { job, kind: 'part', coreCents: null, fee: null, fields });
    await expect(move('mechanic', completed)).rejects.toThrow(NOT);
    await check('manager');
    await move('mechanic', completed);
  });

  test('a manager may say why not; it does not stand in the way elsewhere, nor of cards that are finished', async () => {
    await expect(move('manager', completed)).rejects.toThrow(
      new Invalid({ reason: `The work on WO-${number} was not checked. Say why it goes to Completed all the same.` }),
    );
    await expect(move('advisor', completed, 'Please')).rejects.toThrow(Forbidden);
    await move('mechanic', waiting);
    await move('manager', completed, 'Nobody else is here');
    await move('mechanic', completed);
  });

  test('taking a move back leads to a finished column only with a check', async () => {
    await check('manager');
    await move('manager', completed);
    const { version } = await move('manager', waiting, 'Not done after all');
    await addLine(database.db, shop.staff.advisor, number, await addJob(database.db, shop.staff.advisor, number), { cents: 1 });
    await check('advisor', false, 'Oil on the floor');
    await expect(undoMove(database.db, shop.staff.manager, version)).rejects.toThrow(NOT);
  });

  test('is off where the shop does not want it', async () => {
    await wants({ needs_quality_check: false });
    await move('mechanic', completed);
  });

  test('of another shop there is nothing to check', async () => {
    const other = await makeShop(database.db, `other${shops}`);
    await expect(checkWork(database.db, other.staff.manager, number, { passed: true, note: '' })).rejects.toThrow(NotFound);
  });
});

describe('I9: a vehicle is photographed before work on it begins', () => {
  beforeEach(() => wants({ needs_arrival_photos: true }));
  const NONE = 'has no arrival photo yet.';
  const photograph = (seed: number, place: { arrival?: boolean } = { arrival: true }) =>
    addPhotos(server.app.services, shop.staff.mechanic, number, [seed], place);

  test('without one the sentence stands at the card, and a manager is asked for the reason', async () => {
    await expect(move('mechanic', progress)).rejects.toThrow(
      new Forbidden(`WO-${number} ${NONE} Take at least one before it goes to In Progress.`),
    );
    const path = `/work-orders/${number}/moves`;
    const refused = await (await server.clientOf(shop, 'mechanic')).post(path, { column: progress, after: '' }, { htmx: true });
    expect(refused.status).toBe(403);
    expect(refused.text).toContain(NONE);
    const asked = await (await server.clientOf(shop, 'manager')).post(path, { column: progress, after: '' }, { htmx: true });
    expect(asked.status).toBe(422);
    expect(asked.text).toContain('name="reason"');
    await move('manager', progress, 'Towed in, wrapped');
  });

  test('any other photo is none, and one that was removed is none', async () => {
    await photograph(1, {});
    await expect(move('mechanic', progress)).rejects.toThrow(NONE);
    const [photo] = await photograph(2);
    await database.db
      .updateTable('media')
      .set({ removed_at: new Date() })
      .where('id', '=', photo as number)
      .execute();
    await expect(move('mechanic', progress)).rejects.toThrow(NONE);
    await photograph(3);
    await move('mechanic', progress);
  });

  test('all that is missing is said at once, for one reason answers it', async () => {
    await database.db.updateTable('billing_settings').set({ work_needs_consent: true }).where('shop_id', '=', shop.id).execute();
    await expect(move('manager', progress)).rejects.toThrow(
      `WO-${number} has no approved job yet. WO-${number} ${NONE} Say why it goes to In Progress all the same.`,
    );
    await expect(move('advisor', progress)).rejects.toThrow('Record the customer’s consent before it goes to In Progress.');
  });

  test('is off where the shop does not want it', async () => {
    await wants({ needs_arrival_photos: false });
    await move('mechanic', progress);
  });
});
