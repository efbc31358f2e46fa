import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Config, readConfig } from '../../config.js';
import { change } from '../../platform/database/change.js';
import type { Services } from '../../platform/services.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { type Receiver, startReceiver } from '../../testing/receiver.js';
import { testEnvironment } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { listDeliveries, ping, pruneDeliveries, redeliver, SEND, writeDeliveries } from './deliveries.js';
import { PAUSES } from './rules.js';
import { HookSecrets } from './secrets.js';
import { WEBHOOK_TASKS } from './tasks.js';
import { addHook, getHook, type HookInput, listSilentHooks, removeHook, switchOff, switchOn } from './webhooks.js';

let database: TestDatabase;
let config: Config;
let receiver: Receiver;
let shop: TestShop;
let turn = 0;

beforeAll(async () => {
  database = await testDatabase();
  config = readConfig({ ...testEnvironment(database.url), WEBHOOKS_PRIVATE_NETWORKS: '127.0.0.0/8' });
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await database.close();
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++turn}`);
});
afterEach(() => {
  receiver.received.length = 0;
  receiver.answer(200);
});

const add = async (more: Partial<HookInput> = {}): Promise<number> => {
  const input = { name: 'Books', url: `${receiver.url}/hook`, kinds: ['card.moved', 'comment.added'], fullData: false, ...more };
  return (await addHook(database.db, shop.staff.manager, new HookSecrets(config.sessionSecrets), input)).id;
};
const tell = (kind: string, of = shop) =>
  change(database.db, of.staff.mechanic, {}, async (tx) => tx.record(kind, null, { number: 1, cents: 4_500 }));
const write = () => writeDeliveries(database.db, shop.id);
/** The job that sends, as the worker does it. */
const send = (hook: number) =>
  WEBHOOK_TASKS.find(({ name }) => name === SEND)?.run({ shop: shop.id, hook }, { db: database.db, config } as Services, { isLast: false });
const log = async (hook: number) => (await listDeliveries(database.db, shop.id, hook, null)).rows;
const update = (hook: number, set: { failing_since?: Date; previous_until?: Date }) =>
  database.db.updateTable('webhooks').set(set).where('shop_id', '=', shop.id).where('id', '=', hook).execute();
const makeDue = (hook: number) =>
  database.db
    .updateTable('webhook_deliveries')
    .set({ next_at: new Date() })
    .where('webhook_id', '=', hook)
    .where('next_at', 'is not', null)
    .execute();
const versionsOf = async (hook: number) =>
  (
    await database.db
      .selectFrom('webhook_deliveries')
      .select('version')
      .where('shop_id', '=', shop.id)
      .where('webhook_id', '=', hook)
      .orderBy('id')
      .execute()
  ).map(({ version }) => version);

describe('what happened', () => {
  test('becomes one delivery for each webhook that is told of it, and only from then on', async () => {
    await tell('card.moved');
    const [some, all] = [await add(), await add({ kinds: ['*'] })];
    const other = await makeShop(database.db, `other${turn}`);
    await tell('card.moved', other);
    const moved = (await tell('card.moved')).version;
    await tell('column.added');
    const said = (await tell('comment.added')).version;
    await write();
    await write();
    expect(await versionsOf(some)).toEqual([moved, said]);
    // The second webhook is itself something that happened after the first one was added, but before itself.
    expect(await versionsOf(all)).toEqual([moved, moved + 1, said]);
  });

  test('is written once, whoever writes at the same time, and however much there is', async () => {
    const hook = await add();
    const writing: Promise<void>[] = [];
    const versions: number[] = [];
    for (let count = 0; count < 620; count++) {
      versions.push((await tell('card.moved')).version);
      if (count % 40 === 0) writing.push(write());
    }
    await Promise.all([...writing, write(), write()]);
    expect(await versionsOf(hook)).toEqual(versions);
  });

  test('is written whole or not at all: where it got to moves with the rows', async () => {
    const hook = await add();
    const { version } = await tell('card.moved');
    await database.pool.query("alter table webhook_deliveries add constraint broken check (kind <> 'card.moved') not valid");
    await expect(write()).rejects.toThrow('broken');
    await database.pool.query('alter table webhook_deliveries drop constraint broken');
    await write();
    expect(await versionsOf(hook)).toEqual([version]);
  });
});

describe('a delivery', () => {
  test('arrives, is written down, and is the same message when it is sent again', async () => {
    const hook = await add({ fullData: true });
    await tell('card.moved');
    await write();
    await send(hook);
    const [one] = await log(hook);
    expect(one).toMatchObject({ state: 'delivered', attempts: 1, lastStatus: 200, lastAnswer: 'answer 200', nextAt: null });
    await redeliver(database.db, shop.id, hook, one?.id ?? 0);
    await send(hook);
    const [first, second] = receiver.received;
    expect(receiver.received).toHaveLength(2);
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(first?.headers['webhook-id']).toMatch(/^msg_[0-9a-f]{32}$/);
    expect(JSON.parse(first?.body ?? '')).toMatchObject({
      type: 'card.moved',
      data: { actor: { id: shop.staff.mechanic.staff, name: shop.staff.mechanic.name }, details: { cents: 4_500 } },
    });
  });

  test('says no amounts to a webhook that may not have them', async () => {
    const hook = await add({ kinds: ['*'] });
    await tell('payment.taken');
    await write();
    await send(hook);
    expect(JSON.parse(receiver.received[0]?.body ?? '').data.details).toEqual({ number: 1 });
  });

  test('that fails is tried again, ever later, and given up at last', async () => {
    const hook = await add();
    await tell('card.moved');
    await write();
    receiver.answer(503);
    for (const pause of PAUSES) {
      const before = Date.now();
      await send(hook);
      const [one] = await log(hook);
      expect(one).toMatchObject({ state: 'waiting', lastStatus: 503, lastAnswer: 'answer 503' });
      expect(Number(one?.nextAt) - before).toBeGreaterThan(pause * 0.89);
      await makeDue(hook);
    }
    await send(hook);
    expect((await log(hook))[0]).toMatchObject({ state: 'failed', attempts: PAUSES.length + 1, nextAt: null });
    expect(receiver.received).toHaveLength(PAUSES.length + 1);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect((await listSilentHooks(database.db, shop.id)).map(({ id }) => id)).toEqual([hook]);
  });

  test('is a job in the background until it is done', async () => {
    const hook = await add();
    await tell('card.moved');
    await write();
    const jobs = () =>
      database.pool
        .query<{ run_at: Date }>('select run_at from graphile_worker.jobs where key = $1', [`webhook ${shop.id} ${hook}`])
        .then(({ rows }) => rows);
    expect(await jobs()).toHaveLength(1);
    receiver.answer(500);
    await send(hook);
    expect(await jobs()).toEqual([{ run_at: (await log(hook))[0]?.nextAt }]);
  });

  test('goes out of the log after a while, unless it still waits', async () => {
    const hook = await add();
    await tell('card.moved');
    await write();
    await send(hook);
    await tell('card.moved');
    await write();
    const age = (days: number) => sql`update webhook_deliveries set made_at = now() - make_interval(days => ${days})`.execute(database.db);
    await age(29);
    await pruneDeliveries(database.db);
    expect((await log(hook)).map(({ state }) => state)).toEqual(['waiting', 'delivered']);
    await age(31);
    await pruneDeliveries(database.db);
    expect((await log(hook)).map(({ state }) => state)).toEqual(['waiting']);
  });
});

describe('a webhook', () => {
  test('whose receiver says that it is gone is switched off, and the shop’s record says so', async () => {
    const hook = await add();
    await tell('card.moved');
    await write();
    receiver.answer(410);
    await send(hook);
    expect(await getHook(database.db, shop.id, hook)).toMatchObject({ offWhy: 'gone' });
    expect((await log(hook))[0]).toMatchObject({ state: 'failed', lastStatus: 410 });
    const event = await database.db
      .selectFrom('events')
      .select(['kind', 'actor_id', 'data'])
      .where('shop_id', '=', shop.id)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst();
    expect(event).toEqual({ kind: 'webhook.switched-off', actor_id: null, data: { webhook: hook, name: 'Books', why: 'gone' } });
    await tell('card.moved');
    await write();
    expect(await log(hook)).toHaveLength(1);
  });

  test('at which nothing arrives for five days is switched off; one success and it counts anew', async () => {
    const hook = await add();
    const days = (count: number) => new Date(Date.now() - count * 24 * 3_600_000);
    const fail = async () => {
      await tell('card.moved');
      await write();
      receiver.answer(500);
      await send(hook);
    };
    await fail();
    await update(hook, { failing_since: days(4.9) });
    await makeDue(hook);
    await send(hook);
    expect(await getHook(database.db, shop.id, hook)).toMatchObject({ offWhy: null });
    receiver.answer(204);
    await makeDue(hook);
    await send(hook);
    expect(await getHook(database.db, shop.id, hook)).toMatchObject({ offWhy: null, failingSince: null });
    await fail();
    await update(hook, { failing_since: days(5.1) });
    await fail();
    expect(await getHook(database.db, shop.id, hook)).toMatchObject({ offWhy: 'failing' });
  });

  test('that is off is sent nothing; switched on, it is sent what waited, and what happens from then on', async () => {
    const hook = await add();
    const waited = (await tell('card.moved')).version;
    await write();
    await switchOff(database.db, shop.staff.manager, hook, 'by-hand');
    await tell('card.moved');
    await write();
    await send(hook);
    expect(receiver.received).toEqual([]);
    await expect(ping(database.db, shop.id, hook)).rejects.toThrow('off');
    await switchOn(database.db, shop.staff.manager, hook);
    const after = (await tell('comment.added')).version;
    await write();
    await send(hook);
    expect(receiver.received.map(({ body }) => JSON.parse(body).data.version).sort()).toEqual([waited, after].sort());
  });

  test('whose secret was sealed with another secret of the server sends nothing', async () => {
    const hook = await add();
    await ping(database.db, shop.id, hook);
    const former = config;
    config = { ...config, sessionSecrets: ['another secret of the server, as after a move'] };
    await send(hook);
    config = former;
    expect(receiver.received).toEqual([]);
    expect((await log(hook))[0]).toMatchObject({ state: 'waiting', lastStatus: null, lastAnswer: expect.stringContaining('new one') });
  });

  test('that was removed is no trouble to a job that still knows it', async () => {
    const hook = await add();
    await tell('card.moved');
    await write();
    await removeHook(database.db, shop.staff.manager, hook);
    await send(hook);
    expect(receiver.received).toEqual([]);
  });
});
