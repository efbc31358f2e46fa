import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { startThrowaway } from '../../src/platform/database/embedded.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { openDatabase } from '../../src/platform/database/pool.js';
import { projectPath } from '../../src/platform/project.js';
import { ApiClient } from '../../src/testing/api.js';
import { Client } from '../../src/testing/client.js';
import { testDatabase } from '../../src/testing/database.js';
import { findFileDamage, findLosses, openStoreOf } from '../../src/testing/faults/check.js';
import { Load } from '../../src/testing/faults/load.js';
import { Screen, untilAllShow } from '../../src/testing/faults/screens.js';
import { TcpProxy } from '../../src/testing/faults/tcp-proxy.js';
import { spawnServer, startTestServer, until } from '../../src/testing/server.js';
import { makeShop, openOrders } from '../../src/testing/shop.js';
import { Machine } from './machine.js';
import { canMake, canMakeTime, WRONG_CLOCK } from './tools.js';

const temporary = (name: string) => mkdtempSync(join(process.env.TEST_FOLDER as string, name));

describe.skipIf(!canMake('A full disk', 'unshare', '-m', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', '/mnt'))('a full disk', () => {
  test('under Postgres: sentences meanwhile, the program lives; with room again all goes on, and nothing acknowledged is lost', async () => {
    const folder = temporary('full-');
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m,mode=711', 'tmpfs', folder]);
    const ballast = join(folder, 'ballast');
    const postgres = await startThrowaway(join(folder, 'data'));
    const url = postgres.url.replace(/\/postgres$/, '/serviceflow');
    await migrate(url, projectPath('migrations'));
    const { db, close } = openDatabase(url, 3, () => {});
    const shop = await makeShop(db);
    const numbers = await openOrders(db, shop.staff.advisor, 4);
    const server = await startTestServer(url);
    try {
      const clients = await Promise.all(numbers.map(() => server.clientOf(shop, 'advisor')));
      const load = new Load(clients, shop, numbers, { perSecond: 10, retryFor: 240 });
      await until(() => load.acknowledged.length > 20, 'writes', 60);
      // Until nothing fits in any more.
      spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=64k']);
      // Something large, so that what Postgres has set aside is used up, too.
      const fill = () => sql`create table ballast as select repeat('x', 1000) from generate_series(1, 100000)`.execute(db);
      await expect(fill()).rejects.toThrow();
      // Postgres finds some room now and then: the first that is refused tells.
      let refused: number | undefined = 303;
      await until(
        async () => {
          refused = (await clients[0]?.post(`/work-orders/${numbers[0]}/comments`, { text: 'x'.repeat(1_900) }))?.status;
          return refused !== 303;
        },
        'a write to be refused',
        120,
      );
      expect([500, 503, 507]).toContain(refused);
      expect((await server.client().get('/livez')).status).toBe(200);
      rmSync(ballast);
      await until(async () => (await server.client().get('/readyz')).status === 200, 'the database to be there again', 60);
      const had = load.acknowledged.length;
      await until(() => load.acknowledged.length > had + 20, 'writes', 120);
      const ledger = await load.stop();
      expect(load.failed).toEqual([]);
      expect(await findLosses(db, shop.id, ledger)).toEqual([]);
    } finally {
      await server.stop();
      await close();
      await postgres.stop();
      execFileSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  }, 400_000);
});

describe.skipIf(!canMakeTime())('a clock that is wrong', () => {
  test.each([
    ['an hour ahead', '+1h'],
    ['an hour behind', '-1h'],
  ])(
    'one of two processes is %s: sessions hold at both, nothing is lost, and changes stand in the order of the database',
    async (_, time) => {
      const database = await testDatabase();
      const shop = await makeShop(database.db);
      const numbers = await openOrders(database.db, shop.staff.advisor, 4);
      const dataDir = temporary('clocks-');
      const wrong = { ...WRONG_CLOCK, FAKETIME: time };
      const servers = [
        await spawnServer(database.url, { DATA_DIR: dataDir }),
        await spawnServer(database.url, { DATA_DIR: dataDir, ...wrong }),
      ] as const;
      const door = await TcpProxy.open(...servers.map(({ url }) => Number(new URL(url).port)));
      const clients: Client[] = [];
      const screens: Screen[] = [];
      try {
        // Two sign in at the one, two at the other; then each is sent to both by turns.
        for (let index = 0; index < 4; index++) {
          const first = await new Client(servers[index % 2 === 0 ? 0 : 1].url).signInAs(shop, 'advisor');
          const client = new Client(door.url);
          for (const [name, value] of first.cookies) client.cookies.set(name, value);
          first.close();
          clients.push(client);
          for (const { url } of servers) {
            const guest = new Client(url);
            for (const [name, value] of client.cookies) guest.cookies.set(name, value);
            expect((await guest.get('/board')).status).toBe(200);
            guest.close();
          }
        }
        for (const client of clients) screens.push(await Screen.open(client));
        const load = new Load(clients, shop, numbers, { perSecond: 10, kinds: ['move', 'comment', 'photo'], retryFor: 60 });
        await until(() => load.acknowledged.length > 20, 'writes', 60);
        door.cut();
        await until(() => load.acknowledged.length > 40, 'writes', 60);
        const ledger = await load.stop();
        expect(load.failed).toEqual([]);
        await untilAllShow(screens, database.db, shop.id, 30);
        expect(await findLosses(database.db, shop.id, ledger)).toEqual([]);
        // By the database's clock, not by that of whoever wrote.
        const { rows } = await sql<{ off: boolean }>`
        select coalesce(bool_or(at not between now() - interval '30 minutes' and now() + interval '1 minute'), false) as off from events
        where kind in ('comment.added', 'card.moved', 'media.added')`.execute(database.db);
        expect(rows[0]?.off).toBe(false);
        expect(await findFileDamage(database.db, await openStoreOf(database.url, dataDir), dataDir)).toEqual([]);
        // A token of ten minutes is good where it was made.
        for (const { url } of servers) {
          const client = new Client(url);
          expect((await (await ApiClient.signIn(client, shop, 'advisor')).get('/board')).status).toBe(200);
          client.close();
        }
      } finally {
        for (const screen of screens) screen.close();
        for (const client of clients) client.close();
        await door.close();
        for (const server of servers) await server.end('SIGKILL');
        await database.close();
      }
    },
    180_000,
  );
});

test('a page of the database is damaged on the disk: no backup is made of it, and it is said', async () => {
  const machine = await Machine.start();
  const { db } = machine.database;
  for (let index = 0; index < 20; index++)
    expect((await machine.clients[0]?.post(`/work-orders/${machine.numbers[0]}/comments`, { text: `Comment ${index}` }))?.status).toBe(303);
  const { rows } = await sql<{ path: string }>`select pg_relation_filepath('comments') as path`.execute(db);
  await sql`checkpoint`.execute(db);
  const backups = join(machine.dataDir, 'backups');
  const backup = () =>
    spawnSync(process.execPath, ['--import', 'tsx', projectPath('scripts/backup.ts'), '--to', backups], {
      ...{ cwd: projectPath(), encoding: 'utf8', timeout: 120_000 },
      env: { PATH: process.env.PATH, DATA_DIR: machine.dataDir, SESSION_SECRET: 'a secret that only tests ever use, long enough' },
    });
  const archives = () => (existsSync(backups) ? readdirSync(backups).filter((name) => statSync(join(backups, name)).isFile()) : []);
  try {
    const made = backup();
    expect(made.status, made.stderr).toBe(0);
    const [kept] = archives();
    expect(kept).toBeDefined();
    // Whoever is connected keeps Postgres going, with the page in its memory.
    await machine.database.close();
    expect(await machine.end('SIGTERM')).toBe('exit code 0');
    expect(machine.processesOfPostgres()).toEqual([]);
    const file = join(machine.dataDir, 'postgres', rows[0]?.path as string);
    const page = readFileSync(file);
    const at = page.length - 100;
    const handle = openSync(file, 'r+');
    writeSync(handle, Buffer.from([(page[at] as number) ^ 0xff]), 0, 1, at);
    await machine.startAgain();
    const refused = backup();
    expect(refused.status).not.toBe(0);
    expect(`${refused.stdout}${refused.stderr}`).toMatch(/invalid page|checksum/i);
    // The one of before stays, and no other stands beside it.
    expect(archives()).toEqual([kept]);
  } finally {
    await machine.remove();
  }
}, 400_000);
