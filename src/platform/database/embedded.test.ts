import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { projectPath } from '../project.js';
import { StartError } from '../start-error.js';
import { type EmbeddedPostgres, openEmbedded, startThrowaway } from './embedded.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let root: string;
let dataDir: string;
const children: ChildProcess[] = [];
const opened: EmbeddedPostgres[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'serviceflow-embedded-'));
  dataDir = join(root, 'data');
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(opened.splice(0).map((one) => one.release()));
  killServer(dataDir, 'SIGINT');
  await until(() => !existsSync(pidFile(dataDir)) || !serverPid(dataDir));
});

afterAll(() => rm(root, { recursive: true, force: true }));

const pidFile = (folder: string) => join(folder, 'postgres', 'postmaster.pid');

function serverPid(folder: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile(folder), 'utf8').split('\n')[0]);
    process.kill(pid, 0);
    return pid;
  } catch {
    return undefined;
  }
}

function killServer(folder: string, signal: NodeJS.Signals) {
  const pid = serverPid(folder);
  if (pid) process.kill(pid, signal);
  return pid;
}

async function until(done: () => boolean | Promise<boolean>) {
  for (const deadline = Date.now() + 20_000; !(await done()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error('waited in vain');
  }
}

async function enter(folder = dataDir) {
  const one = await openEmbedded(folder);
  opened.push(one);
  return one;
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const answers = (url: string) =>
  query(url, 'select 1').then(
    () => true,
    () => false,
  );

/** Another process that opens the cluster, says so, and stays until killed, or leaves after `stayMs`. */
async function enterElsewhere(stayMs?: number) {
  const script = `
    const { openEmbedded } = await import(${JSON.stringify(projectPath('dist/src/platform/database/embedded.js'))});
    const one = await openEmbedded(${JSON.stringify(dataDir)});
    console.log(one.url);
    await new Promise((done) => setTimeout(done, ${stayMs ?? 60_000}));
    await one.release();`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const gone = once(child, 'exit');
  const [chunk] = await Promise.race([once(child.stdout, 'data'), gone]);
  return { child, gone, url: String(chunk).trim() };
}

async function refusal(folder: string): Promise<string> {
  const error = await openEmbedded(folder).then(
    async (one) => one.release(),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StartError);
  return (error as StartError).message;
}

describe('openEmbedded', () => {
  test('makes a private, durable cluster on first use, and the last one out stops it', async () => {
    const one = await enter();
    const [row] = await query(
      one.url,
      `select current_database() as database, current_setting('server_encoding') as encoding, datlocprovider as provider, datlocale as locale,
        current_setting('listen_addresses') as address, current_setting('unix_socket_directories') as sockets, current_setting('fsync') as fsync,
        current_setting('data_checksums') as checksums, current_setting('timezone') as timezone, current_setting('max_connections') as room
      from pg_database where datname = current_database()`,
    );
    expect(row).toEqual({
      ...{ database: 'serviceflow', encoding: 'UTF8', provider: 'b', locale: 'C.UTF-8', address: '127.0.0.1', sockets: '' },
      ...{ fsync: 'on', checksums: 'on', timezone: 'UTC', room: '60' },
    });
    const hba = await readFile(join(dataDir, 'postgres', 'pg_hba.conf'), 'utf8');
    const methods = hba
      .split('\n')
      .filter((line) => /^(local|host)/.test(line))
      .map((line) => line.trim().split(/\s+/).at(-1));
    expect(new Set(methods)).toEqual(new Set(['scram-sha-256']));

    expect(statSync(join(dataDir, 'secrets', 'postgres-password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dataDir, 'postgres')).mode & 0o777).toBe(0o700);
    expect(await readFile(join(dataDir, 'postgres.log'), 'utf8')).not.toContain(new URL(one.url).password);

    await one.release();
    await one.release();
    expect(await answers(one.url)).toBe(false);
    expect(existsSync(pidFile(dataDir))).toBe(false);
  });

  test('finds the running server; whoever leaves early leaves it running', async () => {
    const first = await enter();
    const second = await enter();
    expect(second.url).toBe(first.url);
    await first.release();
    expect(await answers(second.url)).toBe(true);

    const psql = new pg.Client({ connectionString: second.url });
    await psql.connect();
    await second.release();
    expect((await psql.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
    await psql.end();

    await (await enter()).release();
    expect(serverPid(dataDir)).toBeUndefined();
  });

  test('does not take its own connections, closed just now, for somebody else', async () => {
    const one = await enter();
    const pool = new pg.Pool({ connectionString: one.url, max: 20 });
    await Promise.all(Array.from({ length: 20 }, () => pool.query('select pg_sleep(0.05)')));
    await pool.end();
    await one.release();
    expect(existsSync(pidFile(dataDir))).toBe(false);
  });

  test('processes that start at the same instant share one server, and all leave', async () => {
    const everyone = await Promise.all([enterElsewhere(300), enterElsewhere(300), enterElsewhere(300)]);
    expect(new Set(everyone.map(({ url }) => url)).size).toBe(1);
    expect((await Promise.all(everyone.map(({ gone }) => gone))).map(([code]) => code)).toEqual([0, 0, 0]);
    expect(existsSync(pidFile(dataDir))).toBe(false);
  });

  test('a cluster made by several at once is one cluster', async () => {
    const folder = join(root, 'at-once');
    const everyone = await Promise.all([enter(folder), enter(folder), enter(folder)]);
    expect(new Set(everyone.map(({ url }) => url)).size).toBe(1);
    expect(await answers(everyone[0].url)).toBe(true);
  });

  test('whoever opens while the last one leaves gets a server that lives', async () => {
    let one = await enter();
    for (let delay = 0; delay < 60; delay += 6) {
      const [next] = await Promise.all([sleep(delay).then(() => enter()), one.release()]);
      expect(await answers(next.url)).toBe(true);
      one = next;
    }
  });
});

test('a plain SIGTERM to Postgres does not leave it turning everybody away for good', async () => {
  const one = await enter();
  const pid = killServer(dataDir, 'SIGTERM');
  expect(await answers(one.url)).toBe(false);
  await until(() => answers(one.url));
  expect(serverPid(dataDir)).not.toBe(pid);
});

describe('after a kill -9', () => {
  test('of the app: the server survives and is found', async () => {
    const { child, gone } = await enterElsewhere();
    const pid = serverPid(dataDir);
    child.kill('SIGKILL');
    await gone;
    const one = await enter();
    expect(serverPid(dataDir)).toBe(pid);
    await one.release();
    expect(existsSync(pidFile(dataDir))).toBe(false);
  });

  test('of Postgres: whoever uses it starts it again, at the same address, with all that was committed', async () => {
    const one = await enter();
    await query(one.url, 'create table if not exists kept as select 42 as answer');
    const pid = killServer(dataDir, 'SIGKILL');
    await until(() => answers(one.url));
    expect(serverPid(dataDir)).not.toBe(pid);
    expect(await query(one.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
    await one.release();
    expect(existsSync(pidFile(dataDir))).toBe(false);
  });

  test('of both: the next one starts it at once', async () => {
    const { child, gone } = await enterElsewhere();
    child.kill('SIGKILL');
    killServer(dataDir, 'SIGKILL');
    const one = await enter();
    expect(await answers(one.url)).toBe(true);
    await gone;
  });

  test.skipIf(process.platform !== 'linux')("of Postgres, and its number is a stranger's by now", async () => {
    await (await enter()).release();
    await writeFile(pidFile(dataDir), `${process.pid}\n${join(dataDir, 'postgres')}\n1\n1\n\n127.0.0.1\n\nready\n`);
    const one = await enter();
    expect(await answers(one.url)).toBe(true);
  });
});

describe('what cannot start says so in one sentence', () => {
  test('a folder that cannot be written', async () => {
    await writeFile(join(root, 'file'), '');
    expect(await refusal(join(root, 'file', 'data'))).toMatch(/can't be kept in .*\/file\/data .*give DATA_DIR a folder/);
  });

  test('a folder that holds something else', async () => {
    const folder = join(root, 'foreign');
    await mkdir(join(folder, 'postgres', 'photos'), { recursive: true });
    expect(await refusal(folder)).toMatch(/not empty and not a Postgres cluster/);
  });

  test('a cluster of another major version', async () => {
    const file = join(dataDir, 'postgres', 'PG_VERSION');
    const version = await readFile(file, 'utf8');
    await writeFile(file, '14\n');
    expect(await refusal(dataDir)).toMatch(/made by Postgres 14, but .* brings Postgres \d+:/);
    await writeFile(file, version);
  });

  test('a password that is missing or not the right one', async () => {
    const file = join(dataDir, 'secrets', 'postgres-password');
    await rename(file, `${file}.away`);
    expect(await refusal(dataDir)).toMatch(/postgres-password is missing/);
    await writeFile(file, 'wrong');
    expect(await refusal(dataDir)).toMatch(/does not take the password/);
    await rename(`${file}.away`, file);
  });

  test('a cluster that Postgres refuses, with the reason from its log', async () => {
    const file = join(dataDir, 'postgres', 'postgresql.auto.conf');
    const before = await readFile(file, 'utf8');
    await appendFile(file, "no_such_setting = 'x'\n");
    expect(await refusal(dataDir)).toMatch(
      /did not start in .*\(.*FATAL: .*configuration file.*postgresql.auto.conf.*\); see .*postgres\.log/,
    );
    await writeFile(file, before);
  });
});

test('startThrowaway gives tests a server and stops it under whoever is still connected', async () => {
  const server = await startThrowaway(join(root, 'throwaway'));
  const client = new pg.Client({ connectionString: server.url });
  client.on('error', () => undefined);
  await client.connect();
  expect((await client.query("select current_setting('fsync') as fsync, current_database() as database")).rows).toEqual([
    { fsync: 'off', database: 'postgres' },
  ]);
  await server.stop();
  expect(existsSync(pidFile(join(root, 'throwaway')))).toBe(false);
});
