import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { findFileDamage, findLosses, openStoreOf } from '../../src/testing/faults/check.js';
import { freePorts } from '../../src/testing/faults/fleet.js';
import { Load } from '../../src/testing/faults/load.js';
import { Screen, untilAllShow } from '../../src/testing/faults/screens.js';
import { photoBytes } from '../../src/testing/media.js';
import { spawnProgram, testEnvironment, until } from '../../src/testing/server.js';
import { uploadFiles } from '../../src/testing/upload.js';
import { Machine } from './machine.js';
import { canMake } from './tools.js';

const NAMESPACE = ['unshare', '-pf', '--mount-proc', '--kill-child=KILL'];

let machine: Machine;
const tracers: ChildProcess[] = [];

afterEach(async () => {
  for (const tracer of tracers.splice(0)) tracer.kill('SIGTERM');
  await machine.remove();
});

const damage = async () =>
  findFileDamage(machine.database.db, await openStoreOf('postgres://nobody@127.0.0.1/none', machine.dataDir), machine.dataDir);
const isReady = () =>
  fetch(`${machine.url}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );

/** From now on what these processes ask of the disk is answered with an error. */
async function failSyncs(...pids: number[]): Promise<ChildProcess> {
  const inject = ['-e', 'trace=fsync,fdatasync', '-e', 'inject=fsync,fdatasync:error=EIO'];
  const tracer = spawn('strace', ['-f', ...inject, ...pids.flatMap((pid) => ['-p', String(pid)])], { stdio: ['ignore', 'ignore', 'pipe'] });
  tracers.push(tracer);
  await once(tracer.stderr as NonNullable<typeof tracer.stderr>, 'data');
  tracer.stderr?.resume();
  return tracer;
}

describe.skipIf(!canMake('A power cut', NAMESPACE[0] as string, ...NAMESPACE.slice(1), 'true'))('a power cut', () => {
  test('program and Postgres die in the same moment, three times: nothing acknowledged is lost, and both come back by themselves', async () => {
    machine = await Machine.start(NAMESPACE);
    const load = new Load(machine.clients, machine.shop, machine.numbers, {
      ...{ perSecond: 20, kinds: ['move', 'comment', 'photo'], retryFor: 120 },
    });
    for (let round = 0; round < 3; round++) {
      const had = load.acknowledged.length;
      await until(() => load.acknowledged.length > had + 20, 'writes', 60);
      expect(await machine.end('SIGKILL')).toBe('SIGKILL');
      await machine.startAgain(NAMESPACE);
    }
    const ledger = await load.stop();
    expect(load.failed).toEqual([]);
    expect(await findLosses(machine.database.db, machine.shop.id, ledger)).toEqual([]);
    expect(await damage()).toEqual([]);
  }, 600_000);
});

describe.skipIf(!canMake('A disk that does not write', 'strace', '-f', '-e', 'inject=fsync:error=EIO', 'true'))(
  'a disk that does not write',
  () => {
    test('under Postgres: it stops rather than claim anything, comes back, and nothing acknowledged is lost', async () => {
      machine = await Machine.start();
      const log = () => readFileSync(join(machine.dataDir, 'postgres.log'), 'utf8');
      const load = new Load(machine.clients, machine.shop, machine.numbers, { perSecond: 20, retryFor: 120 });
      await until(() => load.acknowledged.length > 20, 'writes', 60);
      const tracer = await failSyncs(...machine.processesOfPostgres());
      await until(() => /PANIC: .*could not fdatasync/.test(log()), 'Postgres to notice', 60);
      tracer.kill('SIGTERM');
      await until(isReady, 'the database to be there again', 60);
      const had = load.acknowledged.length;
      await until(() => load.acknowledged.length > had + 20, 'writes', 60);
      const ledger = await load.stop();
      expect(load.failed).toEqual([]);
      expect(await findLosses(machine.database.db, machine.shop.id, ledger)).toEqual([]);
    }, 600_000);

    test('under the files: the upload is refused with a number, no row and no rest stays, and the next one is taken', async () => {
      machine = await Machine.start();
      const [client] = machine.clients as [(typeof machine.clients)[0]];
      const [number] = machine.numbers;
      const bytes = await photoBytes(1, { width: 64, height: 48 });
      const send = () => uploadFiles(client, `/work-orders/${number}/media`, { requestId: 'a-photo-once' }, [{ name: 'a.jpg', bytes }]);
      const rows = () => machine.database.db.selectFrom('media').select('id').execute();
      const tracer = await failSyncs(machine.pid);
      const refused = await send();
      expect(refused.status).toBe(500);
      expect(refused.text).toMatch(/E-\w+/);
      expect(await rows()).toEqual([]);
      const ended = once(tracer, 'exit');
      tracer.kill('SIGTERM');
      await ended;
      expect((await send()).status).toBe(303);
      expect(await rows()).toHaveLength(1);
      expect(await damage()).toEqual([]);
    }, 600_000);
  },
);

test('the disk of the log is full: the program goes on', async () => {
  machine = await Machine.start();
  // The same database, another process: whatever it writes to its standard output fails.
  const [port = 0] = await freePorts(1);
  const environment = { ...testEnvironment(''), DATABASE_URL: '', DATA_DIR: machine.dataDir, PORT: String(port) };
  const deaf = spawnProgram(environment, undefined, ['sh', '-c', 'exec "$0" "$@" >/dev/full 2>/dev/full']);
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    );
  let how: string | undefined;
  void deaf.ended.then((ended) => {
    how = ended;
  });
  await until(async () => how !== undefined || (await answers()), 'it to start', 60);
  expect(how).toBeUndefined();
  // What is logged: a refusal, a fault.
  for (let turn = 0; turn < 20; turn++) await fetch(`${url}/api/v1/board`);
  await fetch(`${url}/sign-in`, {
    method: 'POST',
    body: new URLSearchParams({ email: 'a@b.test', password: 'x' }),
    headers: { origin: url },
  });
  expect(await answers()).toBe(true);
  deaf.process.kill('SIGTERM');
  expect(await deaf.ended).toBe('exit code 0');
}, 600_000);

test('no handles are left: people wait or get a sentence, and all goes on once there are some', async () => {
  machine = await Machine.start();
  const load = new Load(machine.clients, machine.shop, machine.numbers, {
    ...{ perSecond: 10, kinds: ['move', 'comment', 'photo'], retryFor: 60 },
  });
  await until(() => load.acknowledged.length > 10, 'writes', 60);
  const open = () => readdirSync(`/proc/${machine.pid}/fd`).length;
  const limit = open() + 12;
  const prlimit = spawn('prlimit', ['--pid', String(machine.pid), `--nofile=${limit}:`], { stdio: 'inherit' });
  expect((await once(prlimit, 'exit'))[0]).toBe(0);
  const crowd: Socket[] = Array.from({ length: 60 }, () => connect(Number(new URL(machine.url).port), '127.0.0.1').on('error', () => {}));
  await sleep(5_000);
  for (const socket of crowd) socket.destroy();
  await until(isReady, 'handles', 60);
  const had = load.acknowledged.length;
  await until(() => load.acknowledged.length > had + 10, 'writes', 60);
  const ledger = await load.stop();
  expect(load.failed).toEqual([]);
  expect(await findLosses(machine.database.db, machine.shop.id, ledger)).toEqual([]);
  expect(await damage()).toEqual([]);
}, 600_000);

test('little memory: 96 MB of heap serve a shop', async () => {
  machine = await Machine.start([], { NODE_OPTIONS: '--max-old-space-size=96' });
  const load = new Load(machine.clients, machine.shop, machine.numbers, { perSecond: 20, kinds: ['move', 'comment', 'photo'] });
  await until(() => load.acknowledged.length > 150, 'writes', 120);
  const ledger = await load.stop();
  expect(load.failed).toEqual([]);
  expect(await findLosses(machine.database.db, machine.shop.id, ledger)).toEqual([]);
}, 600_000);

test('the process stands still for 6 s, as a machine that swaps: it goes on where it was', async () => {
  machine = await Machine.start();
  const screen = await Screen.open(machine.clients[0] as (typeof machine.clients)[0]);
  const load = new Load(machine.clients, machine.shop, machine.numbers, { perSecond: 10, retryFor: 60 });
  await until(() => load.acknowledged.length > 10, 'writes', 60);
  process.kill(machine.pid, 'SIGSTOP');
  await sleep(6_000);
  process.kill(machine.pid, 'SIGCONT');
  const had = load.acknowledged.length;
  await until(() => load.acknowledged.length > had + 10, 'writes', 60);
  const ledger = await load.stop();
  expect(load.failed).toEqual([]);
  await untilAllShow([screen], machine.database.db, machine.shop.id, 30);
  screen.close();
  expect(await findLosses(machine.database.db, machine.shop.id, ledger)).toEqual([]);
}, 600_000);
