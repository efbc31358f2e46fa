import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startThrowaway } from '../platform/database/embedded.js';
import { migrate } from '../platform/database/migrate.js';
import { openDatabase } from '../platform/database/pool.js';
import { projectPath } from '../platform/project.js';
import { Client } from './client.js';
import { type TestDatabase, testDatabase } from './database.js';
import { spawnServer, startTestServer, type TestServer, until } from './server.js';
import { makeShop, openOrders, type TestShop } from './shop.js';
import { replay, ScreenModel, TestSocket } from './socket.js';
import { boardInDatabase, findDamage } from './truth.js';

/** Comments that were written, told apart by their text: what was answered for, and what may or may not have happened. */
interface Ledger {
  acknowledged: string[];
  refused: Map<string, string>;
}

/** Several people who comment without a pause until they are told to stop. */
function keepWriting(clients: Client[]): { ledger: Ledger; stop(): Promise<Ledger> } {
  const ledger: Ledger = { acknowledged: [], refused: new Map() };
  let going = true;
  const write = async (client: Client, who: number) => {
    for (let turn = 0; going; turn++) {
      const text = `${who}/${turn}`;
      const outcome = await client.post('/work-orders/1001/comments', { text }).then(
        (reply) => String(reply.status),
        (error: Error) => error.message,
      );
      if (outcome === '303') ledger.acknowledged.push(text);
      else {
        ledger.refused.set(text, outcome);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const writing = clients.map(write);
  return {
    ledger,
    stop: async () => {
      going = false;
      await Promise.all(writing);
      return ledger;
    },
  };
}

async function textsOf(database: Pick<TestDatabase, 'db'>): Promise<string[]> {
  return (await database.db.selectFrom('comments').select('text').execute()).map((row) => row.text);
}

/** Everything acknowledged is there, once; nothing that is there is half there. */
async function expectKept(database: Pick<TestDatabase, 'db'>, ledger: Ledger, shop: TestShop): Promise<void> {
  const texts = await textsOf(database);
  expect(new Set(texts).size, 'nothing happened twice').toBe(texts.length);
  expect(
    ledger.acknowledged.filter((text) => !texts.includes(text)),
    'acknowledged, and lost',
  ).toEqual([]);
  expect(ledger.acknowledged.length).toBeGreaterThan(0);
  const events = await database.db.selectFrom('events').select('version').where('kind', '=', 'comment.added').execute();
  expect(events).toHaveLength(texts.length);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
}

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
const sockets: TestSocket[] = [];

async function watch(client: Client): Promise<{ socket: TestSocket; screen: ScreenModel }> {
  const screen = new ScreenModel((await client.get('/board')).text);
  const socket = await TestSocket.open(client, 'board');
  sockets.push(socket);
  return { socket, screen };
}

/** Somebody else keeps the lock of the shop until they are told to let go. */
async function holdTheLock(): Promise<pg.Client> {
  const holder = new pg.Client({ connectionString: database.url });
  holder.on('error', () => {});
  await holder.connect();
  await holder.query('begin');
  await holder.query('select from shops for update');
  return holder;
}

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

describe('a connection to the database that is cut', () => {
  beforeEach(async () => {
    database = await testDatabase();
    shop = await makeShop(database.db);
    await openOrders(database.db, shop.staff.advisor, 2);
    server = await startTestServer(database.url);
  });
  afterEach(async () => {
    await server.stop();
    await database.close();
  });

  /** Cuts the connections of the program that are … @returns how many */
  async function cut(which: string): Promise<number> {
    const admin = new pg.Client({ connectionString: database.url, application_name: 'test' });
    await admin.connect();
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name like 'serviceflow%' and ${which}`,
    );
    await admin.end();
    return rowCount ?? 0;
  }

  test('in the middle of requests: they fail in a sentence or succeed, the process lives, and nothing is half done', async () => {
    const clients = await Promise.all([1, 2, 3, 4].map(() => server.clientOf(shop, 'mechanic')));
    const writing = keepWriting(clients);
    let killed = 0;
    for (let turn = 0; turn < 15; turn++) {
      killed += await cut(`application_name = 'serviceflow' and state <> 'idle'`);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await until(() => writing.ledger.acknowledged.length > 20, 'writes');
    const ledger = await writing.stop();
    expect(killed).toBeGreaterThan(0);
    expect([...ledger.refused.values()].filter((outcome) => outcome !== '503')).toEqual([]);
    await expectKept(database, ledger, shop);
    expect((await clients[0]?.post('/work-orders/1001/comments', { text: 'after all' }))?.status).toBe(303);
  });

  test('while it waits for a lock, holding one: the request fails, the pool stays whole', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    const holder = await holdTheLock();
    const waiting = client.post('/work-orders/1001/comments', { text: 'waiting' });
    await until(async () => (await cut(`wait_event_type = 'Lock'`)) > 0, 'a request that waits');
    expect((await waiting).status).toBe(503);
    await holder.query('rollback');
    await holder.end();
    const replies = await Promise.all(
      Array.from({ length: 12 }, (_, index) => client.post('/work-orders/1001/comments', { text: `after ${index}` })),
    );
    expect(replies.map((reply) => reply.status)).toEqual(Array(12).fill(303));
    expect(await findDamage(database.db, shop.id)).toEqual([]);
  });

  test('the listening one: later moves still reach the screens, and so do those in between', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    const { socket, screen } = await watch(client);
    const column = shop.columns[1]?.id ?? 0;
    const listening = `select from pg_stat_activity where application_name = 'serviceflow listener' and datname = current_database() and state = 'idle'`;
    for (const number of [1001, 1002]) {
      expect(await cut(`application_name = 'serviceflow listener'`)).toBe(1);
      expect((await client.post(`/work-orders/${number}/moves`, { column, after: '' })).status).toBe(303);
      await until(
        async () => {
          await replay(screen, socket, client);
          return screen.shown[column]?.[0] === number;
        },
        'the move',
        8,
      );
      await until(async () => (await database.pool.query(listening)).rowCount === 1, 'the listener');
    }
    expect(screen.shown).toEqual(await boardInDatabase(database.db, shop.id));
  });

  test('a lock that is held too long: the others get a sentence, health answers, and all goes on', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    expect((await client.get('/livez')).status).toBe(200);
    const holder = await holdTheLock();
    const waiting = client.post('/work-orders/1001/comments', { text: 'waiting' });
    expect((await client.get('/board')).status).toBe(200);
    expect((await client.get('/readyz')).status).toBe(200);
    const reply = await waiting;
    expect(reply.status).toBe(503);
    expect(reply.text).toContain('Nothing you typed was saved');
    await holder.end();
    expect((await client.post('/work-orders/1001/comments', { text: 'after' })).status).toBe(303);
    expect(await textsOf(database)).toEqual(['after']);
  }, 30_000);

  test('a screen that never reads is cut off, and the others go on', async () => {
    await openOrders(database.db, shop.staff.advisor, 80);
    const client = await server.clientOf(shop, 'manager');
    const deaf = await openDeafSocket(client);
    const { socket, screen } = await watch(client);
    let ended = false;
    deaf.once('close', () => {
      ended = true;
    });
    const column = shop.columns[0]?.id;
    for (let turn = 0; !ended && turn < 400; turn++) {
      // A column that changes sends the whole board.
      await client.post(`/settings/columns/${column}`, { name: `Estimates ${turn}`, meaning: 'estimate', color: 'blue', limit: '' });
      await new Promise((resolve) => setTimeout(resolve, 45));
      if (server.app.services.live.members().length === 1) break;
    }
    expect(server.app.services.live.members()).toHaveLength(1);
    deaf.destroy();
    await client.post('/work-orders/1001/moves', { column: shop.columns[1]?.id ?? 0, after: '' });
    await until(async () => {
      await replay(screen, socket, client);
      return screen.shown[shop.columns[1]?.id ?? 0]?.includes(1001) === true;
    }, 'the move on the other screen');
  }, 60_000);
});

describe('with a Postgres of its own', () => {
  let folder: string;
  let postgres: { url: string; stop(): Promise<void> };
  let url: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'serviceflow-faults-'));
    await chmod(folder, 0o711);
  });
  beforeEach(async () => {
    postgres = await startThrowaway(join(folder, 'data'));
    const admin = new pg.Client({ connectionString: postgres.url });
    await admin.connect();
    await admin.query('drop database if exists faults with (force)');
    await admin.query('create database faults');
    await admin.end();
    url = postgres.url.replace(/\/postgres$/, '/faults');
    await migrate(url, projectPath('migrations'));
    const opened = openDatabase(url, 3, () => {});
    database = { ...opened, url };
    shop = await makeShop(database.db);
    await openOrders(database.db, shop.staff.advisor, 2);
  });
  afterEach(async () => {
    await database.close();
    await postgres.stop();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('restarted under load: the program recovers by itself, and nothing acknowledged is lost', async () => {
    server = await startTestServer(url);
    const clients = await Promise.all([1, 2, 3, 4].map(() => server.clientOf(shop, 'mechanic')));
    const { socket, screen } = await watch(clients[0] as Client);
    const writing = keepWriting(clients);
    await until(() => writing.ledger.acknowledged.length > 20, 'the first writes');
    await postgres.stop();
    await until(() => writing.ledger.refused.size > 4, 'refusals');
    expect((await server.client().get('/livez')).status).toBe(200);
    expect((await server.client().get('/readyz')).status).toBe(503);
    postgres = await startThrowaway(join(folder, 'data'));
    expect(postgres.url.replace(/\/postgres$/, '/faults')).toBe(url);
    const before = writing.ledger.acknowledged.length;
    await until(() => writing.ledger.acknowledged.length > before + 20, 'writes after the restart');
    const ledger = await writing.stop();
    expect([...new Set(ledger.refused.values())]).toEqual(['503']);
    await expectKept(database, ledger, shop);
    const column = shop.columns[1]?.id ?? 0;
    await clients[0]?.post('/work-orders/1001/moves', { column, after: '' });
    await until(
      async () => {
        await replay(screen, socket, clients[0] as Client);
        return screen.shown[column]?.includes(1001) === true;
      },
      'a move after the restart',
      15,
    );
    await server.stop();
  }, 90_000);

  test('kill -9 of the server in the middle of writes: nothing acknowledged is lost, and the next one goes on', async () => {
    for (let round = 0; round < 2; round++) {
      const spawned = await spawnServer(url);
      const clients = await Promise.all([1, 2, 3, 4].map(async () => new Client(spawned.url).signInAs(shop, 'mechanic')));
      const writing = keepWriting(clients);
      await until(() => writing.ledger.acknowledged.length > 30, 'the first writes');
      expect(await spawned.end('SIGKILL')).toBe('SIGKILL');
      const ledger = await writing.stop();
      await until(
        async () =>
          (
            await database.pool.query(
              `select from pg_stat_activity where application_name like 'serviceflow%' and datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
            )
          ).rowCount === 0,
        'the dead server’s transactions',
      );
      await expectKept(database, ledger, shop);
      // The next round writes the same texts.
      await database.pool.query(`update comments set text = 'round ${round}, ' || id`);
      for (const client of clients) client.close();
    }
  }, 90_000);

  test('SIGTERM lets requests finish, tells screens to come back, and ends with 0', async () => {
    const spawned = await spawnServer(url);
    const clients = await Promise.all([1, 2, 3, 4].map(() => new Client(spawned.url).signInAs(shop, 'mechanic')));
    const { socket } = await watch(clients[0] as Client);
    const holder = await holdTheLock();
    const waiting = clients.map((client, index) => client.post('/work-orders/1001/comments', { text: `under way ${index}` }));
    await until(
      async () =>
        ((await holder.query(`select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`)).rowCount ??
          0) > 3,
      'requests under way',
    );
    const ended = spawned.end('SIGTERM');
    await until(() => socket.closed !== undefined, 'the screen to be told');
    expect(socket.closed?.code).toBe(1012);
    await holder.query('rollback');
    await holder.end();
    expect((await Promise.all(waiting)).map((reply) => reply.status)).toEqual([303, 303, 303, 303]);
    expect(await ended).toBe('exit code 0');
    expect((await textsOf(database)).sort()).toEqual([0, 1, 2, 3].map((index) => `under way ${index}`));
    expect(await findDamage(database.db, shop.id)).toEqual([]);
    for (const client of clients) client.close();
  }, 60_000);
});

/** A socket that is let in and then never reads a byte. */
async function openDeafSocket(client: Client): Promise<Socket> {
  const socket = connect({ port: Number(new URL(client.url).port), host: '127.0.0.1' });
  const lines = [
    ...[
      'GET /live?room=board HTTP/1.1',
      `Host: ${new URL(client.url).host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
    ],
    ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', `Origin: ${client.url}`, `Cookie: ${client.cookie}`],
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await once(socket, 'readable');
  socket.on('error', () => {});
  return socket;
}
