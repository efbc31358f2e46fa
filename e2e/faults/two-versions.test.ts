import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { migrate } from '../../src/platform/database/migrate.js';
import { projectPath } from '../../src/platform/project.js';
import { Client } from '../../src/testing/client.js';
import { type TestDatabase, testDatabase } from '../../src/testing/database.js';
import { findFileDamage, findLosses, openStoreOf } from '../../src/testing/faults/check.js';
import { Load } from '../../src/testing/faults/load.js';
import { Screen, untilAllShow } from '../../src/testing/faults/screens.js';
import { TcpProxy } from '../../src/testing/faults/tcp-proxy.js';
import { type SpawnedServer, spawnServer, until } from '../../src/testing/server.js';
import type { TestShop } from '../../src/testing/shop.js';

/** The first migration that the earlier version does not know. */
const EXPANDED_BY = 'migrations/0004_api.sql';

/** @returns undefined where the project came without its history */
function earlierVersion(): string | undefined {
  try {
    const git = (...args: string[]) => execFileSync('git', args, { cwd: projectPath(), encoding: 'utf8', stdio: 'pipe' }).trim();
    const [added] = git('log', '--diff-filter=A', '--format=%H', '--', EXPANDED_BY).split('\n').slice(-1);
    return added && git('rev-parse', `${added}^`);
  } catch {
    return undefined;
  }
}

const earlier = earlierVersion();
if (!earlier) console.log('Two versions side by side: not tried, for this is no checkout with the history in which the earlier one is.');

describe.skipIf(!earlier)('the version of before the last migrations beside this one', () => {
  let database: TestDatabase;
  let shop: TestShop;
  let numbers: number[];
  let root: string;
  let dataDir: string;
  let old: SpawnedServer | undefined;
  let present: SpawnedServer | undefined;
  let door: TcpProxy | undefined;
  let load: Load | undefined;
  const clients: Client[] = [];
  const screens: Screen[] = [];

  beforeAll(async () => {
    root = join(process.env.TEST_FOLDER as string, 'earlier');
    dataDir = join(process.env.TEST_FOLDER as string, 'two-versions');
    mkdirSync(root);
    const packed = execFileSync('git', ['archive', earlier as string], { cwd: projectPath(), maxBuffer: 500_000_000 });
    execFileSync('tar', ['-x', '-C', root], { input: packed });
    symlinkSync(projectPath('node_modules'), join(root, 'node_modules'));
    execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root });
    database = await testDatabase(5, undefined, 'template0');
    await migrate(database.url, join(root, 'migrations'));
    // By its own rules: ours would look for tables that are not there yet.
    const its: typeof import('../../src/testing/shop.js') = await import(/* @vite-ignore */ join(root, 'src/testing/shop.ts'));
    shop = await its.makeShop(database.db);
    numbers = await its.openOrders(database.db, shop.staff.advisor, 4);
    old = await spawnServer(database.url, { DATA_DIR: dataDir }, root);
  });
  afterAll(async () => {
    await load?.stop();
    for (const screen of screens) screen.close();
    for (const client of clients) client.close();
    await door?.close();
    await present?.end('SIGKILL');
    await old?.end('SIGKILL');
    await database.close();
  });

  const schema = async () =>
    (
      await database.db
        .selectFrom('migrations' as never)
        .selectAll()
        .execute()
    ).length;

  test('the schema is brought forward while the old one works; both write and show the same; then the old one goes', async () => {
    const before = await schema();
    const running = old as SpawnedServer;
    const portOf = ({ url }: SpawnedServer) => Number(new URL(url).port);
    door = await TcpProxy.open(portOf(running));
    const { url } = door;
    for (let index = 0; index < 4; index++) clients.push(await new Client(url).signInAs(shop, 'advisor'));
    for (const client of clients) screens.push(await Screen.open(client));
    const work = new Load(clients, shop, numbers, { perSecond: 10, kinds: ['move', 'comment', 'photo'], retryFor: 60 });
    load = work;
    const untilMore = async (count: number, where: string) => {
      const had = work.acknowledged.length;
      await until(() => work.acknowledged.length > had + count, `writes at ${where}`, 60);
    };
    await untilMore(10, 'the old one');
    present = await spawnServer(database.url, { DATA_DIR: dataDir });
    expect(await schema()).toBeGreaterThan(before);
    await untilMore(10, 'the old one, on the new schema');
    // Nothing was sent twice so far: the old one answered all the while.
    expect(work.ledger.filter(({ sent }) => sent > 1)).toEqual([]);
    // From here on whoever comes anew goes to the one and to the other by turns, with the session that the old one began.
    door.add(portOf(present));
    door.cut();
    await untilMore(30, 'both');
    expect(await running.end('SIGTERM')).toBe('exit code 0');
    await untilMore(10, 'the new one');
    const ledger = await work.stop();
    expect(work.failed).toEqual([]);
    await untilAllShow(screens, database.db, shop.id, 30);
    expect(await findLosses(database.db, shop.id, ledger)).toEqual([]);
    expect(await findFileDamage(database.db, await openStoreOf(database.url, dataDir), dataDir)).toEqual([]);
    console.log(`Two versions side by side: ${ledger.length} writes, none lost`);
  }, 240_000);
});
