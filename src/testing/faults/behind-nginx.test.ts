import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Client } from '../client.js';
import { until } from '../server.js';
import { hasNginx, type Nginx, startNginx } from './nginx.js';
import { untilAllShow } from './screens.js';
import { type StandingFleet, standFleet } from './stand-fleet.js';

// scripts/find-nginx.ts says why, where there is none.
describe.skipIf(!hasNginx())('three processes behind nginx, as docs/scale.md says', () => {
  let stand: StandingFleet<Nginx>;

  beforeAll(async () => {
    stand = await standFleet((fleet) => startNginx(`${fleet.dataDir}/nginx`, fleet.ports), Array(8).fill('advisor'));
  }, 120_000);
  afterEach(() => stand.closeScreens());
  afterAll(() => stand.stop());

  /** The ports that answered, from the `from`-th request on. */
  const answered = (from: number) => new Set(stand.door.ports().slice(from).flat());

  test('a session holds at each of them, and a move at one is on the screens of all', async () => {
    const { database, shop, numbers, screens } = stand;
    const from = stand.door.ports().length;
    const client = stand.clients[0] as Client;
    await stand.openScreens(6);
    for (let index = 0; index < 9; index++) expect((await client.get('/board')).status).toBe(200);
    await until(() => answered(from).size === 3, 'each of them to be asked');
    const column = shop.columns[1]?.id ?? 0;
    for (const number of numbers.slice(0, 3))
      expect((await client.post(`/work-orders/${number}/moves`, { column, after: '' })).status).toBe(303);
    await untilAllShow(screens, database.db, shop.id, 30);
  }, 60_000);

  test('wrong passwords are counted by all of them together', async () => {
    const guess = async () => {
      const client = new Client(stand.door.url);
      const { status } = await client.signIn(stand.shop.email('manager'), 'not the password');
      client.close();
      return status;
    };
    const from = stand.door.ports().length;
    const statuses = [];
    for (let turn = 0; turn < 7; turn++) statuses.push(await guess());
    expect(statuses).toEqual([422, 422, 422, 422, 422, 422, 429]);
    await until(() => answered(from).size === 3, 'each of them to be asked');
  }, 60_000);

  test('background work is done once, by whoever is free', async () => {
    const { database, fleet } = stand;
    const done = () =>
      fleet.servers.flatMap((server) => server?.output.join('').match(/files that nothing refers to were removed/g) ?? []).length;
    for (let index = 0; index < 9; index++)
      await sql`select from graphile_worker.add_job('sweep-files', '{}'::json, job_key => ${randomUUID()})`.execute(database.db);
    await until(() => done() >= 9, 'the jobs', 120);
    const left = await sql`select from graphile_worker._private_jobs where locked_by is not null`.execute(database.db);
    expect(left.rows).toEqual([]);
    expect(done()).toBe(9);
  }, 150_000);

  test('restarted one after the other under load: no request fails, no move is lost, no screen stays behind', async () => {
    const { database, shop, fleet, screens } = stand;
    await stand.openScreens(100);
    const work = stand.work({ perSecond: 50 });
    await until(() => work.acknowledged.length > 50, 'the first writes', 60);
    for (const [index] of fleet.ports.entries()) {
      expect(await fleet.end(index, 'SIGTERM')).toBe('exit code 0');
      await fleet.start(index);
    }
    await until(() => screens.every((screen) => screen.isLive), 'every screen to be back', 30);
    const gaps = screens.flatMap((screen) => screen.gaps).sort((a, b) => a - b);
    const ledger = await work.stop();
    expect(work.failed).toEqual([]);
    expect(ledger.every((entry) => entry.sent === 1)).toBe(true);
    const settled = await untilAllShow(screens, database.db, shop.id, 30);
    expect(new Set(screens.flatMap((screen) => screen.codes))).toEqual(new Set([1012]));
    // What is asked for is 3 s (docs/scale.md says what was measured); no machine is so slow that a screen needs this long to find
    // another process at its first or second try.
    const [half = 0, most = 0] = [gaps[Math.floor(gaps.length / 2)], gaps.at(-1)];
    expect(gaps.length).toBeGreaterThan(60);
    expect(most).toBeLessThan(20_000);
    const shown = [half, most, settled].map((ms) => (ms / 1000).toFixed(1));
    console.log(`Screens right again after ${shown[0]} s (half of them), ${shown[1]} s (all); ${shown[2]} s after the last write.`);
    expect(await stand.losses()).toEqual([]);
  }, 240_000);
});
