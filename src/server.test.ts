import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { readConfig } from './config.js';
import { openLog } from './platform/observe/log.js';
import { StartError } from './platform/start-error.js';
import { runServer } from './server.js';
import { Client } from './testing/client.js';
import { type TestDatabase, testDatabase } from './testing/database.js';
import { spawnProgram, testEnvironment, until } from './testing/server.js';

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'serviceflow-start-'));
  chmodSync(folder, 0o711);
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const SECRET = 'a secret that only tests ever use, long enough';

/** Starts it, and expects one line for the person at the terminal. @returns that line */
async function refusal(environment: Record<string, string>): Promise<string> {
  const program = spawnProgram(environment);
  expect(await program.ended).toBe('exit code 1');
  const said = program.errors.join('');
  expect(said).toMatch(/^ServiceFLOW can't start: .*\.\n$/);
  expect(said).not.toContain(SECRET);
  return said.trim();
}

/** As refusal(), in this process: quicker, for more of the same. */
async function quickRefusal(environment: Record<string, string>): Promise<string> {
  const started = (async () => runServer(readConfig(environment), openLog('silent')))();
  const error = await started.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartError);
  expect((error as StartError).message).toMatch(/^.*\.$/);
  return (error as StartError).message;
}

function postmaster(dataDir: string): number | undefined {
  const file = join(dataDir, 'postgres', 'postmaster.pid');
  return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : undefined;
}

describe('what keeps it from starting is one sentence', () => {
  test('a busy port, and no Postgres is left behind', async () => {
    const busy = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => busy.once('listening', resolve));
    const { port } = busy.address() as { port: number };
    expect(await quickRefusal({ ...testEnvironment(database.url), PORT: String(port) })).toContain(`Port ${port} is taken`);
    const dataDir = join(folder, 'busy');
    expect(await refusal({ PORT: String(port), HOST: '127.0.0.1', DATA_DIR: dataDir })).toContain(`Port ${port} is taken`);
    expect(postmaster(dataDir)).toBeUndefined();
    busy.close();
  }, 60_000);

  test('a folder that can’t be written', async () => {
    writeFileSync(join(folder, 'file'), '');
    expect(await refusal({ PORT: '0', DATA_DIR: join(folder, 'file', 'data') })).toMatch(/can't be written.*give DATA_DIR a folder/);
    expect(await quickRefusal({ PORT: '0', DATA_DIR: join(folder, 'file', 'data'), SESSION_SECRET: SECRET })).toMatch(
      /can't be kept in .*give DATA_DIR a folder/,
    );
  });

  test('a database that is not there, in every way in which it can’t be', async () => {
    const url = new URL(database.url);
    const variants: [Partial<URL>, RegExp][] = [
      [{ port: '1' }, /can't be reached .*check DATABASE_URL/],
      [{ pathname: '/nothing_of_that_name' }, /can't be reached .*does not exist.*check DATABASE_URL/],
      [{ password: 'wrong' }, /can't be reached .*password.*check DATABASE_URL/],
      [{ hostname: 'no-such-host.invalid' }, /can't be reached .*check DATABASE_URL/],
    ];
    for (const [change, sentence] of variants) {
      const wrong = Object.assign(new URL(url), change).href;
      const said = await (change.port ? refusal : quickRefusal)(testEnvironment(wrong));
      expect(said).toMatch(sentence);
      expect(said).not.toContain(url.password);
    }
  }, 60_000);

  test('a schema that is newer than the program', async () => {
    const newer = await testDatabase();
    await newer.pool.query(`insert into migrations (name) values ('9999_from_the_future.sql')`);
    expect(await refusal(testEnvironment(newer.url))).toMatch(
      /The database is newer than this program \(it has 9999_from_the_future\.sql\)/,
    );
    await newer.close();
  });
});

test('it makes what it needs, serves, and ends with everything it started: Postgres, too', async () => {
  const dataDir = join(folder, 'whole');
  mkdirSync(dataDir, { mode: 0o711 });
  const program = spawnProgram({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir });
  const url = await Promise.race([
    program.url,
    program.ended.then((how) => Promise.reject(new Error(`${how}: ${program.output.join('')}`))),
  ]);
  const client = new Client(url);
  expect(await client.get('/board')).toMatchObject({ status: 303, headers: { location: '/sign-in?next=%2Fboard' } });
  expect(await client.get('/sign-in')).toMatchObject({ status: 303, headers: { location: '/setup' } });
  const shop = {
    shopName: 'North Side',
    timeZone: 'America/Chicago',
    name: 'Rosa',
    email: 'rosa@shop.test',
    password: 'a long enough password',
  };
  const [one, other] = await Promise.all([
    client.post('/setup', shop),
    new Client(url).post('/setup', { ...shop, email: 'eve@shop.test' }),
  ]);
  expect([one.status, other.status].sort()).toEqual([303, 404]);
  expect((await client.get('/setup')).status).toBe(404);

  const pid = postmaster(dataDir) as number;
  process.kill(pid, 0);
  program.process.kill('SIGTERM');
  expect(await program.ended).toBe('exit code 0');
  expect(postmaster(dataDir)).toBeUndefined();
  // It has ended, but its number is taken until the system has noticed.
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), 10_000);
  const secrets = ['session-secret', 'postgres-password'].map((name) => readFileSync(join(dataDir, 'secrets', name), 'utf8').trim());
  for (const secret of [...secrets, shop.password]) expect(program.output.join('')).not.toContain(secret);
  client.close();
}, 60_000);

test('a signal while it still starts ends it, and leaves no Postgres behind', async () => {
  const dataDir = join(folder, 'early');
  const program = spawnProgram({ PORT: '0', HOST: '127.0.0.1', DATA_DIR: dataDir });
  await until(() => postmaster(dataDir) !== undefined, 'Postgres to start', 30);
  program.process.kill('SIGTERM');
  expect(await program.ended).toBe('exit code 0');
  await until(() => postmaster(dataDir) === undefined, 'Postgres to be gone');
}, 60_000);

test('of two programs that start at once on an empty database one migrates, and both run', async () => {
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query('create database started_twice');
  const url = new URL(database.url);
  url.pathname = '/started_twice';
  const programs = [1, 2].map(() => spawnProgram(testEnvironment(url.href)));
  const urls = await Promise.all(programs.map((program) => Promise.race([program.url, program.ended])));
  for (const one of urls) expect((await new Client(one).get('/readyz')).status).toBe(200);
  for (const program of programs) program.process.kill('SIGINT');
  expect(await Promise.all(programs.map((program) => program.ended))).toEqual(['exit code 0', 'exit code 0']);
  await admin.query('drop database started_twice with (force)');
  await admin.end();
}, 60_000);
