import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { constants, type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { StartError } from '../start-error.js';
import type { Cluster } from './embedded-cluster.js';

const POLL_MS = 25;
const RECOVERY_MS = 5 * 60_000;
const STOP_MS = 60_000;
const LARGE_LOG_BYTES = 10_000_000;
const LOCKED = 75;
// Another process was faster, the killed one is not gone yet, or the port was taken meanwhile.
const PASSING = /lock file|shared memory block|could not bind|already in use|could not create any TCP/i;

export interface Server {
  pid: number;
  port: number;
  /** Takes connections; false while it starts, recovers or stops. */
  ready: boolean;
  /** Told to stop, but waiting until everybody has left. */
  stopping: boolean;
}

/** The server that runs on this cluster, as its postmaster.pid tells, if that process lives and is one. */
export async function findServer(cluster: Cluster): Promise<Server | undefined> {
  const lines = await readPidFile(cluster);
  const pid = Number(lines?.[0]);
  if (!pid || !(await isServerOf(cluster, pid))) return undefined;
  const state = lines?.[7]?.trim();
  return { pid, port: Number(lines?.[3]), ready: state === 'ready', stopping: state === 'stopping' };
}

/**
 * Starts a server that outlives this process, in a session of its own (so Ctrl-C does not reach it).
 * @param attempt 0 asks for the port of last time, so that a pool that knew it finds it again
 * @returns undefined once it takes connections, or what kept it from starting if another try may do
 * @throws StartError with the last line of its log, if another try won't help
 */
export async function startServer(cluster: Cluster, attempt: number): Promise<string | undefined> {
  const log = await openLog(cluster);
  const start = (await log.stat()).size;
  const child = await launch(cluster, log, await choosePort(cluster, attempt)).finally(() => log.close());
  let failure: string | undefined;
  child.once('error', (error) => {
    failure = error.message;
  });
  const deadline = Date.now() + RECOVERY_MS;
  while (child.exitCode === null && child.signalCode === null && !failure && Date.now() < deadline) {
    const server = await findServer(cluster);
    if (server?.ready && server.pid === child.pid) return undefined;
    await sleep(POLL_MS);
  }
  if (child.exitCode === LOCKED) return 'a Postgres that this process cannot see, maybe in another container, is using the folder';
  const lines = (await readFile(cluster.logFile)).subarray(start).toString().trim().split('\n');
  failure ??= lines.findLast((line) => /FATAL|PANIC/.test(line)) ?? lines.at(-1) ?? 'no message';
  if (PASSING.test(lines.join('\n'))) return failure;
  throw new StartError(`Postgres did not start in ${cluster.directory} (${failure}); see ${cluster.logFile}.`);
}

/** Ends all its sessions, writes everything down (a "fast" shutdown), and waits until it is gone. */
export async function stopServer(cluster: Cluster): Promise<void> {
  const server = await findServer(cluster);
  if (!server) return;
  process.kill(server.pid, 'SIGINT');
  const deadline = Date.now() + STOP_MS;
  while (Date.now() < deadline && (await isServerOf(cluster, server.pid))) await sleep(POLL_MS);
}

async function launch(cluster: Cluster, log: FileHandle, port: number): Promise<ChildProcess> {
  const leftover = Number((await readPidFile(cluster))?.[0]);
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'logging_collector=off'];
  if (cluster.throwaway) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200');
  const postgres = ['-D', cluster.directory, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const [program, ...args] = [...(await kernelLock(cluster)), cluster.postgres, ...postgres];
  const { file, args: all, options } = cluster.runner.command(program as string, args);
  // Postgres takes a leftover postmaster.pid for alive if any process has that number by now, which in a container is likely.
  // We look closer, so it is told to overlook that one number; it still checks for surviving sessions itself.
  const overlook = leftover && !(await isServerOf(cluster, leftover));
  const env = { ...options.env, ...(overlook && { PG_GRANDPARENT_PID: String(leftover) }) };
  const child = spawn(file, all, { ...options, env, detached: true, stdio: ['ignore', log.fd, log.fd] });
  child.unref();
  return child;
}

/** Two containers that share the folder can't see each other's processes; the kernel's lock holds between them all the same. */
async function kernelLock(cluster: Cluster): Promise<string[]> {
  const help = await promisify(execFile)('flock', ['--help']).catch(() => ({ stdout: '' }));
  if (!help.stdout.includes('--no-fork')) return [];
  return ['flock', '--nonblock', '--no-fork', '--conflict-exit-code', String(LOCKED), join(cluster.directory, 'serviceflow.lock')];
}

async function readPidFile(cluster: Cluster): Promise<string[] | undefined> {
  const text = await readFile(join(cluster.directory, 'postmaster.pid'), 'utf8').catch(() => undefined);
  return text?.split('\n');
}

async function isServerOf(cluster: Cluster, pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  // A dead one that nobody reaped has no command line any more, a stranger that got the number another one.
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  return command === undefined || command.split('\0').includes(cluster.directory);
}

async function openLog(cluster: Cluster): Promise<FileHandle> {
  const { owner } = cluster.runner;
  // Root gives this file away below, so it must not follow a link that somebody put there.
  const log = await open(cluster.logFile, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0), 0o600);
  if (owner) await log.chown(owner.uid, owner.gid);
  if ((await log.stat()).size < LARGE_LOG_BYTES) return log;
  await log.close();
  await rename(cluster.logFile, `${cluster.logFile}.1`);
  return openLog(cluster);
}

async function choosePort(cluster: Cluster, attempt: number): Promise<number> {
  const options = await readFile(join(cluster.directory, 'postmaster.opts'), 'utf8').catch(() => '');
  const last = Number(/"-p" "(\d+)"/.exec(options)?.[1] ?? 0);
  return (attempt === 0 && (await tryPort(last))) || ((await tryPort(0)) as number);
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  const opened = await new Promise<number | undefined>((resolve) => {
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' ? address?.port : undefined);
    });
  });
  if (opened) await new Promise((resolve) => server.close(resolve));
  return opened;
}
