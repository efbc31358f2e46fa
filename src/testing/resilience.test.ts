import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startThrowaway } from '../platform/database/embedded.js';
import { migrate } from '../platform/database/migrate.js';
import { openDatabase } from '../platform/database/pool.js';
import { projectPath } from '../platform/project.js';
import { Client } from './client.js';
import type { TestDatabase } from './database.js';
import { expectKept, holdTheLock, keepWriting, textsOf } from './faults.js';
import { spawnServer, startTestServer, type TestServer, until } from './server.js';
import { makeShop, openOrders, type TestShop } from './shop.js';
import { replay, ScreenModel, TestSocket } from './socket.js';
import { findDamage } from './truth.js';

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
    const holder = await holdTheLock(database.url);
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
