import { execFile, type SpawnOptions } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../start-error.js';

const run = promisify(execFile);

interface SystemUser {
  uid: number;
  gid: number;
}

/** How Postgres' programs are run. */
export interface Runner {
  /** Whom the cluster belongs to, where that is someone else than who runs us. */
  owner?: SystemUser;
  command(program: string, args: string[]): { file: string; args: string[]; options: SpawnOptions };
}

// Nothing of our environment reaches Postgres: a PGPORT or PGOPTIONS would change it, and its messages must stay English to be recognised.
// `/` because the current folder may be closed to the server's user.
const OPTIONS = { cwd: '/', env: { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' } };

/**
 * As an ordinary user: runs programs as they are. As root, which Postgres refuses to be: as the cluster's owner,
 * else as the system user `postgres` (made if absent), through closed parent folders where the system allows that.
 * @param cluster the data directory, which need not exist yet
 * @param needed folders that the server's user has to reach
 * @throws StartError naming the folder that is closed to that user
 */
export async function chooseRunner(cluster: string, needed: string[]): Promise<Runner> {
  if (process.getuid?.() !== 0) return plainRunner();
  const owner = (await ownerOf(cluster)) ?? (await postgresUser());
  const closed = await findClosedFolder(needed, owner);
  if (!closed) return plainRunner(owner);
  // The weaker capability (read anything) will do; containers usually hold only the stronger one (write anything, too).
  for (const capability of ['dac_read_search', 'dac_override']) {
    const runner = passingRunner(owner, capability);
    if (await canReach(runner, needed)) return runner;
  }
  throw new StartError(
    `Postgres must not run as root, and its user (id ${owner.uid}) cannot pass the folder ${closed}: run "chmod o+x ${closed}", move ServiceFLOW elsewhere, run it as an ordinary user, or set DATABASE_URL.`,
  );
}

function plainRunner(owner?: SystemUser): Runner {
  return { owner, command: (file, args) => ({ file, args, options: { ...OPTIONS, ...owner } }) };
}

function passingRunner(owner: SystemUser, capability: string): Runner {
  const prefix = [
    `--reuid=${owner.uid}`,
    `--regid=${owner.gid}`,
    '--clear-groups',
    // Postgres looks for its own binary with access(2), which ignores the capability without this bit.
    '--securebits=+no_setuid_fixup',
    `--inh-caps=+${capability}`,
    `--ambient-caps=+${capability}`,
    '--',
  ];
  return { owner, command: (file, args) => ({ file: 'setpriv', args: [...prefix, file, ...args], options: OPTIONS }) };
}

async function canReach(runner: Runner, folders: string[]): Promise<boolean> {
  const { file, args, options } = runner.command('/bin/sh', ['-c', 'for folder; do cd "$folder" || exit 1; done', 'sh', ...folders]);
  return run(file, args, { ...options, shell: false }).then(
    () => true,
    () => false,
  );
}

/** Whoever ran ServiceFLOW first keeps the cluster: `sudo` once must not lock them out of it. */
async function ownerOf(cluster: string): Promise<SystemUser | undefined> {
  const found = await stat(cluster).catch(() => undefined);
  return found && found.uid !== 0 ? { uid: found.uid, gid: found.gid } : undefined;
}

async function postgresUser(): Promise<SystemUser> {
  const found = await findUser('postgres');
  if (found) return found;
  await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/bin/false', 'postgres']).catch(async () => {
    await run('addgroup', ['-S', 'postgres']).catch(() => undefined);
    await run('adduser', ['-S', '-D', '-H', '-G', 'postgres', '-s', '/bin/false', 'postgres']).catch(() => undefined);
  });
  const made = await findUser('postgres');
  if (made) return made;
  throw new StartError(
    'Postgres must not run as root: run ServiceFLOW as an ordinary user, create a system user named "postgres", or set DATABASE_URL.',
  );
}

async function findUser(name: string): Promise<SystemUser | undefined> {
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)));
    return { uid: uid as number, gid: gid as number };
  } catch {
    return undefined;
  }
}

async function findClosedFolder(folders: string[], user: SystemUser): Promise<string | undefined> {
  for (const folder of folders) {
    for (let step = folder; ; step = dirname(step)) {
      const { mode, uid, gid } = await stat(step);
      const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
      if (!(mode & bit)) return step;
      if (step === dirname(step)) break;
    }
  }
  return undefined;
}
