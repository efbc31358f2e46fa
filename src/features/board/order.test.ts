import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client, Reply } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { SEED } from '../../testing/seed.js';
import { type SpawnedServer, spawnServer, startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { replay, ScreenModel, TestSocket } from '../../testing/socket.js';
import { boardInDatabase, findDamage, versionOf } from '../../testing/truth.js';
import { ROLES, type Role } from '../staff/permissions.js';
import { moveCard } from './moves.js';

const WRITERS = 20;
const CARDS = 16;

let database: TestDatabase;
let server: TestServer;
let other: SpawnedServer;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  other = await spawnServer(database.url);
});
afterAll(async () => {
  await other.end('SIGTERM');
  await server.stop();
  await database.close();
});

interface Step {
  card: number;
  column: number;
  /** `stale` follows a card that may be anywhere by now. */
  how: 'top' | 'stale' | 'up' | 'down' | 'undo';
  after: number;
}

const steps = fc.array(
  fc.record<Step>(
    {
      card: fc.nat(CARDS - 1),
      column: fc.nat(3),
      how: fc.constantFrom('top', 'stale', 'stale', 'up', 'down', 'undo'),
      after: fc.nat(CARDS - 1),
    },
    { noNullPrototype: true },
  ),
  { minLength: 4, maxLength: 8 },
);

/** One person at one screen, who goes on whatever the answer is. */
async function write(client: Client, shop: TestShop, numbers: number[], plan: Step[]): Promise<Reply[]> {
  const replies: Reply[] = [];
  let undo = '1';
  for (const step of plan) {
    const fields = {
      column: shop.columns[step.column]?.id ?? 0,
      after: step.how === 'stale' ? (numbers[step.after] ?? '') : '',
      reason: 'It is not finished',
      ...((step.how === 'up' || step.how === 'down') && { step: step.how }),
    };
    const [path, body] = step.how === 'undo' ? ['/board/undos', { move: undo }] : [`/work-orders/${numbers[step.card]}/moves`, fields];
    const reply = await client.post(path as string, body as Record<string, string>, { htmx: true });
    undo = /name="move" value="(\d+)"/.exec(reply.text)?.[1] ?? undo;
    replies.push(reply);
  }
  return replies;
}

/** A browser on another server, with the session of one that signed in here. */
function elsewhere(client: Client, url: string): Client {
  const made = new (client.constructor as new (url: string) => Client)(url);
  for (const [name, value] of client.cookies) made.cookies.set(name, value);
  return made;
}

async function runPlans(plans: Step[][], urls: string[]): Promise<void> {
  const shop = await makeShop(database.db, `order${++shops}`);
  const numbers = await openOrders(database.db, shop.staff.advisor, CARDS);
  const signedIn = Object.fromEntries(await Promise.all(ROLES.map(async (role) => [role, await server.clientOf(shop, role)])));
  const before = await versionOf(database.db, shop.id);

  const screens = await Promise.all(
    urls.map(async (url) => {
      const client = elsewhere(signedIn.mechanic, url);
      const model = new ScreenModel((await client.get('/board')).text);
      return { client, model, slept: new ScreenModel((await client.get('/board')).text), socket: await TestSocket.open(client, 'board') };
    }),
  );
  const writers = plans.map((_, index) => elsewhere(signedIn[ROLES[index % 3] as Role], urls[index % urls.length] as string));
  const replies = (await Promise.all(plans.map((plan, index) => write(writers[index] as Client, shop, numbers, plan)))).flat();
  expect(replies.filter((reply) => ![200, 403, 409, 422].includes(reply.status))).toEqual([]);

  expect(await findDamage(database.db, shop.id)).toEqual([]);
  const truth = await boardInDatabase(database.db, shop.id);
  expect(Object.values(truth).flat().sort()).toEqual(numbers);
  const version = await versionOf(database.db, shop.id);
  expect(version).toBeGreaterThan(before);
  const page = new ScreenModel((await signedIn.manager.get('/board')).text);
  const counts = Object.fromEntries(Object.entries(truth).map(([column, cards]) => [column, cards.length]));
  expect(page).toMatchObject({ version, shown: truth, counts });
  for (const { client, model, slept, socket } of screens) {
    await until(async () => {
      await replay(model, socket, client);
      return model.version >= version;
    }, `version ${version} on a screen`);
    await slept.catchUp(client);
    for (const screen of [model, slept]) expect(screen).toMatchObject({ version, shown: truth, counts, cards: page.cards });
    socket.close();
    client.close();
  }
  for (const writer of writers) writer.close();
}

const everybody = fc.array(steps, { minLength: WRITERS, maxLength: WRITERS });

test('20 people move cards at random: the order stays whole, and every screen shows it', async () => {
  const property = fc.asyncProperty(everybody, (plans) => runPlans(plans, [server.url, server.url]));
  await fc.assert(property, { seed: SEED, numRuns: 4, endOnFailure: true });
}, 120_000);

test('20 people on two server processes move cards at random: both show the same', async () => {
  const property = fc.asyncProperty(everybody, (plans) => runPlans(plans, [server.url, other.url]));
  await fc.assert(property, { seed: SEED, numRuns: 4, endOnFailure: true });
}, 120_000);

test('a gap that is used up is made anew: 60 cards squeezed behind the same one', async () => {
  const shop = await makeShop(database.db, 'gaps');
  const numbers = await openOrders(database.db, shop.staff.advisor, 5);
  const column = shop.columns[1]?.id ?? 0;
  const [anchor, ...others] = numbers as [number, ...number[]];
  await moveCard(database.db, shop.staff.mechanic, anchor, { column, after: null, reason: '' });
  const order: number[] = [];
  for (let turn = 0; turn < 60; turn++) {
    const card = others[turn % others.length] as number;
    if (order.includes(card)) order.splice(order.indexOf(card), 1);
    order.unshift(card);
    await moveCard(database.db, shop.staff.mechanic, card, { column, after: anchor, reason: '' });
    expect((await boardInDatabase(database.db, shop.id))[column]).toEqual([anchor, ...order]);
  }
  expect(await findDamage(database.db, shop.id)).toEqual([]);
});
