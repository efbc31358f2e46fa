import { afterAll, beforeAll, expect, test } from 'vitest';
import { send } from '../../testing/customer.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, openEmpty } from '../../testing/money.js';
import { runToStep, stepsIn } from '../../testing/run-to-step.js';
import { testEnvironment, until } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { findDamage } from '../../testing/truth.js';
import { answerByLink, type LinkAnswer } from './answers.js';
import { type FoundLink, findLink } from './links.js';
import { readOffer } from './offers.js';

let database: TestDatabase;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase(4);
  shop = await makeShop(database.db);
});
afterAll(() => database.close());

interface Asked {
  link: FoundLink;
  answer: LinkAnswer;
}

/** An estimate of one job that waits, and the form that approves it. */
async function ask(number: number): Promise<Asked> {
  const { db } = database;
  await addJob(db, shop.staff.advisor, number, { progress: 'pending' });
  const { handle } = await send(db, shop.staff.advisor, number);
  const link = (await findLink(db, { handle })) as FoundLink;
  const { sent, mark, questions } = await readOffer(db, shop.id, link.workOrder);
  const choices = Object.fromEntries(questions.map(({ field }) => [field, 'approve']));
  const signature = { kind: 'typed' as const, name: 'Dana Whitfield' };
  const said = { choices, reasons: {}, agreed: true, signature, fromAddress: '192.0.2.7', userAgent: 'A phone' };
  return { link, answer: { revision: sent?.number ?? 0, mark, ...said } };
}

/** @returns how many answers are there, each with its event and its job */
async function countWhole(workOrder: number): Promise<number> {
  const of = (table: 'authorizations' | 'events' | 'jobs') =>
    database.db.selectFrom(table).where('shop_id', '=', shop.id).where('work_order_id', '=', workOrder);
  const given = await of('authorizations').select('id').execute();
  const told = await of('events').select('version').where('kind', '=', 'consent.recorded').execute();
  const approved = await of('jobs').select('id').where('consent', '=', 'approved').execute();
  expect([told.length, approved.length]).toEqual([given.length, given.length]);
  return given.length;
}

test('kill -9 after each step of an answer: it is there whole or not at all, and the same form sent again leaves one', async () => {
  const environment = { ...testEnvironment(database.url), SHOP: String(shop.id) };
  const requestId = 'the-same-form';
  const run = ({ link, answer }: Asked, step: number) =>
    runToStep({ ...environment, CONTENT: JSON.stringify({ handle: link.handle, answer, requestId }) }, 'answer', step);
  const [first] = await openEmpty(database.db, shop.staff.advisor, 1);
  const steps = stepsIn(await run(await ask(first as number), 0));
  expect(steps).toBeGreaterThan(8);
  let there = 0;
  const kill = async (number: number, step: number) => {
    const asked = await ask(number);
    expect(await run(asked, step), `step ${step}`).toBe('SIGKILL');
    const { workOrder } = asked.link;
    const open = `select from pg_locks l join pg_class c on c.oid = l.relation where c.relname = 'shops' and l.pid <> pg_backend_pid() and l.mode = 'RowExclusiveLock'`;
    await until(async () => (await database.pool.query(open)).rowCount === 0, 'the dead transaction');
    there += await countWhole(workOrder);
    await answerByLink(database.db, asked.link, asked.answer, requestId);
    expect(await countWhole(workOrder), `step ${step}`).toBe(1);
  };
  const numbers = await openEmpty(database.db, shop.staff.advisor, steps);
  for (const [index, number] of numbers.entries()) await kill(number, index + 1);
  // Killed after its COMMIT it was there; and only then.
  expect(there).toBe(1);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
});
