import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { recordFault } from '../../platform/observe/faults.js';
import { addUpHours, keepTimings, Timings } from '../../platform/observe/timings.js';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { tidy } from '../activity/retention.js';
import { readGauges, readTimes, speedOf } from './times.js';

const HOUR = 3_600_000;

describe('the pages', () => {
  let database: TestDatabase;
  let server: TestServer;
  let shop: TestShop;
  let manager: Client;

  beforeAll(async () => {
    database = await testDatabase();
    server = await startTestServer(database.url);
    shop = await makeShop(database.db);
    manager = await server.clientOf(shop, 'manager');
  });
  afterAll(async () => {
    await server.stop();
    await database.close();
  });

  test('a new shop is told what there is, and shown its process', async () => {
    const { status, text } = await manager.get('/health');
    expect(status).toBe(200);
    for (const title of ['Backups', 'Database', 'Disk', 'Faults', 'Work in the background', 'The program', 'The record'])
      expect(text).toContain(title);
    expect(text).toContain(`<span class="quiet">${process.pid}</span>`);
    expect(text).toMatch(/Postgres \d+/);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });

  test('a job that waits too long and one that was given up are said', async () => {
    await sql`select graphile_worker.add_job('nobody-does-this', '{}', run_at => now() - interval '1 hour')`.execute(database.db);
    expect((await manager.get('/health')).text).toMatch(/1 job to do, the oldest since 60 min|1 job to do, the oldest since 1 h/);
    await sql`update graphile_worker._private_jobs set attempts = max_attempts`.execute(database.db);
    expect((await manager.get('/health')).text).toContain('Given up after many tries: nobody-does-this.');
    await sql`update graphile_worker._private_jobs set updated_at = now() - interval '8 days'`.execute(database.db);
    await tidy(database.db);
    expect((await manager.get('/health')).text).not.toContain('Given up');
  });

  test('the number that somebody saw finds the fault, however it is typed; another shop’s does not', async () => {
    const other = await makeShop(database.db, 'other');
    const { services } = server.app;
    const boom = () => new TypeError('it went <b>wrong</b>');
    const number = recordFault(services, {
      kind: 'server',
      error: boom(),
      route: '/board',
      method: 'GET',
      staff: shop.staff.mechanic.staff,
      shop: shop.id,
    });
    const theirs = recordFault(services, { kind: 'server', error: new RangeError('their secret'), route: '/board', shop: other.id });
    const nobodys = recordFault(services, { kind: 'job', error: new Error('a job'), route: 'sweep-files' });
    await services.faults.settled();
    for (const typed of [number, number.toLowerCase(), number.slice(2), ` ${number} `, number.replace('-', ' ')]) {
      const { status, headers } = await manager.get(`/health/faults?number=${encodeURIComponent(typed)}`);
      expect([status, headers.location], typed).toEqual([303, expect.stringMatching(/^\/health\/faults\/\d+$/)]);
      const { text } = await manager.get(headers.location as string);
      expect(text).toContain(number);
      expect(text).toContain('TypeError: it went &lt;b&gt;wrong&lt;/b&gt;');
      expect(text).toContain('mechanic of first');
      expect(text).toContain('health.test.ts');
    }
    expect((await manager.get(`/health/faults?number=${nobodys}`)).status).toBe(303);
    const strange = await manager.get(`/health/faults?number=${theirs}`);
    expect(strange.status).toBe(200);
    expect(strange.text).toContain('is kept');
    expect(strange.text).not.toContain('their secret');
    const { id } = await database.db.selectFrom('fault_groups').select('id').where('shop_id', '=', other.id).executeTakeFirstOrThrow();
    expect((await manager.get(`/health/faults/${id}`)).status).toBe(404);
    expect((await manager.get('/health')).text).toMatch(/2 faults of 2 kinds in the last 24 hours/);
    expect((await manager.get('/health/faults?kind=job')).text).not.toContain('TypeError');
  });

  test('faults come a page at a time, each once, also when many happened at the same moment', async () => {
    await sql`delete from fault_groups`.execute(database.db);
    await sql`insert into fault_groups (shop_id, kind, fingerprint, title, place, route, first_at, last_at, first_version, last_version, count)
      select ${shop.id}, 'server', 'f' || n, 'Fault ' || n, '', '', now(), date_trunc('minute', now()), '', '', 1 from generate_series(1, 120) n`.execute(
      database.db,
    );
    const seen: string[] = [];
    for (let path: string | undefined = '/health/faults'; path; ) {
      const { text } = await manager.get(path);
      seen.push(...[...text.matchAll(/>(Fault \d+)<\/a>/g)].map(([, title]) => title as string));
      path = /href="(\/health\/faults\?before=\d+)"/.exec(text)?.[1];
    }
    expect(seen.length).toBe(120);
    expect(new Set(seen).size).toBe(120);
  });

  test('times of minutes and hours, of all processes, are one', async () => {
    await sql`truncate timings, timings_by_hour`.execute(database.db);
    const now = new Date();
    const keep = async (process: string, minutesAgo: number, ms: number[]) => {
      const timings = new Timings();
      for (const one of ms) timings.route('GET /slow', one);
      timings.route('GET /assets/:file', 9_000);
      timings.query('select 1', 1);
      await keepTimings(database.db, process, new Date(now.getTime() - minutesAgo * 60_000), timings.take());
    };
    const [a, b] = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'];
    await keep(a, 600, [1000, 1000]);
    await addUpHours(database.db, new Date(now.getTime() - 24 * HOUR));
    await keep(a, 2, [10, 10, 10]);
    await keep(b, 2, [10, 10, 10, 10, 10]);
    const all = await readTimes(database.db, 'route', 'day', now);
    const day = all.find(({ name }) => name === 'GET /slow');
    expect(all.length).toBe(2);
    const speed = speedOf(all);
    expect(speed).toMatchObject({ count: 10, p50: day?.p50, p95: day?.p95 });
    expect(speedOf([])).toEqual({ count: 0, p50: 0, p95: 0 });
    expect(day).toMatchObject({ name: 'GET /slow', count: 10, sum: 2080, most: 1000 });
    expect(Math.abs((day?.p50 ?? 0) - 10)).toBeLessThan(1);
    expect(day?.p95).toBeGreaterThan(900);
    expect(day?.points.filter((point) => point !== null)).toHaveLength(2);
    const often = (await readTimes(database.db, 'route', 'day', now, 'count')).find(({ name }) => name === 'GET /slow');
    expect(often?.points.filter((point) => point !== null)).toEqual([2, 8]);
    const half = (await readTimes(database.db, 'route', 'day', now, 'p50')).find(({ name }) => name === 'GET /slow');
    expect(half?.points.findLast((point) => point !== null)).toBe(day?.p50);
    expect(await readTimes(database.db, 'route', 'hour', now)).toContainEqual(expect.objectContaining({ name: 'GET /slow', count: 8 }));
    expect(await readTimes(database.db, 'route', 'quarter', now)).toContainEqual(expect.objectContaining({ name: 'GET /slow', count: 10 }));
    expect((await readTimes(database.db, 'query', 'week', now)).map(({ name }) => name)).toEqual(['select 1']);
    for (const query of ['', '?what=query', '?span=hour', '?span=quarter&order=often&chart=count', '?what=x&span=y&order=z&chart=c']) {
      const { status, text } = await manager.get(`/health/times${query}`);
      expect(status, query).toBe(200);
      expect(text).toContain('<svg class="spark"');
      expect(text).not.toMatch(/undefined|NaN|style=/);
    }
    expect((await manager.get('/health')).text).toContain('GET /slow');
  });

  test('what processes need adds up, and the one before a restart is not counted with the one after it', async () => {
    const { db } = database;
    // At a time of which the server that runs beside it says nothing.
    const now = new Date(Math.ceil(Date.now() / HOUR) * HOUR + 30 * 24 * HOUR + 40 * 60_000);
    await sql`delete from processes`.execute(db);
    const run = async (id: string, from: number, to: number, stopped: number | null) => {
      await sql`insert into processes (id, host, pid, version, started_at, stopped_at) values (${id}, 'till', 1, '1', now(),
        ${stopped === null ? null : new Date(now.getTime() - stopped * 60_000)}::timestamptz)`.execute(db);
      await sql`insert into process_samples (process_id, at, loop_p50, loop_p99, loop_most, memory_bytes, sockets, pool_total, pool_idle, pool_waiting,
        jobs_waiting, database_bytes) select ${id}, ${now}::timestamptz - n * interval '1 minute', 1, 2, 3, 100, 5, 4, 1, 0, 0, 1
        from generate_series(${to}::int, ${from}::int) n`.execute(db);
    };
    await run('00000000-0000-4000-8000-000000000001', 30, 0, null);
    await run('00000000-0000-4000-8000-000000000002', 30, 10, 10);
    await run('00000000-0000-4000-8000-000000000003', 10, 0, null);
    for (const span of ['hour', 'day', 'week'] as const) {
      const gauges = new Map((await readGauges(db, span, now)).map((gauge) => [gauge.name, gauge]));
      expect([gauges.get('Memory')?.now, gauges.get('Memory')?.spark.most, gauges.get('Screens connected')?.spark.most], span).toEqual([
        200, 200, 10,
      ]);
    }
  });
});
