import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from './client.js';
import { type TestDatabase, testDatabase } from './database.js';
import { expectKept, holdTheLock, keepWriting, textsOf } from './faults.js';
import { startTestServer, type TestServer, until } from './server.js';
import { makeShop, openOrders, type TestShop } from './shop.js';
import { replay, ScreenModel, TestSocket } from './socket.js';
import { boardInDatabase, findDamage } from './truth.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
const sockets: TestSocket[] = [];

afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});

async function watch(client: Client): Promise<{ socket: TestSocket; screen: ScreenModel }> {
  const screen = new ScreenModel((await client.get('/board')).text);
  const socket = await TestSocket.open(client, 'board');
  sockets.push(socket);
  return { socket, screen };
}

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
    const holder = await holdTheLock(database.url);
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
    const holder = await holdTheLock(database.url);
    const waiting = client.post('/work-orders/1001/comments', { text: 'waiting' });
    expect((await client.get('/board')).status).toBe(200);
    expect((await client.get('/readyz')).status).toBe(200);
    const reply = await waiting;
    expect(reply.status).toBe(503);
    expect(reply.text).toContain('Nothing you typed was saved');
    await holder.end();
    expect((await client.post('/work-orders/1001/comments', { text: 'after' })).status).toBe(303);
    expect(await textsOf(database)).toEqual(['after']);
  });

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
