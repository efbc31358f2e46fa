import { sql } from 'kysely';
import type { Config } from '../../config.js';
import type { Database } from '../database/pool.js';
import type { Task } from '../jobs/jobs.js';
import { StartError } from '../start-error.js';
import { type BackupSource, type BackupTarget, type MadeBackup, makeBackup, withBackupLock } from './backup.js';
import { isDue } from './plan.js';
import { proveBackup } from './prove.js';
import { dropAside } from './restore.js';
import { copyBackup } from './second-folder.js';

/** How long what a restore has put aside can be brought back. */
const ASIDE = 7 * 24 * 3_600_000;

/** Where backups go, and when: see docs/configuration.md. */
export type BackupPlan = Config['backup'];

interface Run {
  isNightly: boolean;
  /** Whether it is restored as a proof. */
  prove: boolean;
  signal?: AbortSignal;
}

/**
 * Makes a backup, copies it to the second folder, proves it; and writes down what became of it.
 * @param db for that note
 * @returns null when another process is making one, and this is not asked for by a person, who waits
 * @throws whatever stopped it
 */
export async function runBackup(
  db: Database,
  source: BackupSource,
  plan: BackupPlan,
  dataDir: string,
  { isNightly, prove, signal }: Run,
): Promise<MadeBackup | null> {
  return withBackupLock(source.url, !isNightly, signal, async (client) => {
    const note = await beginNote(db, isNightly);
    try {
      const made = await makeBackup(client, source, plan, signal);
      const { missing, files } = made.manifest;
      const fault =
        missing.length > 0 ? `${missing.length} files could not be read where they are kept, the first is ${missing[0]}.` : null;
      await note({ made_at: sql`clock_timestamp()`, path: made.path, bytes: made.bytes, files: files.lines, fault });
      if (plan.secondFolder) await copyTo({ ...plan, folder: plan.secondFolder }, made, note);
      if (prove) {
        const begun = Date.now();
        await proveBackup(made.path, made.fresh, { url: source.url, dataDir, passphrase: plan.passphrase }, signal);
        await note({ proven_at: sql`clock_timestamp()`, proof_seconds: Math.max(1, Math.round((Date.now() - begun) / 1000)) });
      }
      return made;
    } catch (error) {
      await note({ fault: told(error, plan) }).catch(() => {});
      throw error;
    }
  });
}

/** There is no such table, because the database is older than this program; or it is a copy that can only be read. */
const NO_NOTES = ['42P01', '25006'];

/** What writes down what became of it, where that is possible. */
async function beginNote(db: Database, isNightly: boolean): Promise<(what: object) => Promise<unknown>> {
  try {
    const run = await db.insertInto('backups').values({ is_nightly: isNightly }).returning('id').executeTakeFirstOrThrow();
    return (what) => db.updateTable('backups').set(what).where('id', '=', run.id).execute();
  } catch (error) {
    if (!NO_NOTES.includes((error as { code?: string }).code ?? '')) throw error;
    return async () => {};
  }
}

/** That it failed is told, and stops nothing: the first copy stands. */
async function copyTo(target: BackupTarget, made: MadeBackup, note: (what: object) => Promise<unknown>): Promise<void> {
  try {
    await copyBackup(made.path, target);
    await note({ copied_at: sql`clock_timestamp()` });
  } catch (error) {
    await note({ copy_fault: told(error, target) });
  }
}

/** What went wrong, as a sentence for a person. */
function told(error: unknown, { folder }: BackupTarget): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof StartError) return message;
  if (code === 'ENOSPC' || code === 'EDQUOT') return `There is no room left in ${folder}.`;
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return `${folder} can’t be written.`;
  return `It failed: ${message}`;
}

/** The backup that is made by itself. */
export interface Nightly {
  task: Task;
  /** Ends one that is being made; it is begun again when the program is. */
  stop(): void;
}

/** @param url of the database */
export function nightlyBackup(url: string): Nightly {
  const stopping = new AbortController();
  const task: Task = {
    name: 'back-up',
    // Looks whether it is time: so the shop's clock counts, and a machine that was off at night is backed up in the morning.
    at: '*/15 * * * *',
    run: async (_payload, { db, files, config, log }) => {
      const { at } = config.backup;
      if (at === null || !(await isDueNow(db, at))) return;
      const source = { url, store: files, secrets: config.sessionSecrets };
      const made = await runBackup(db, source, config.backup, config.dataDir, { isNightly: true, prove: true, signal: stopping.signal });
      if (!made) return;
      log.info({ path: made.path, bytes: made.bytes, files: made.manifest.files.lines }, 'a backup was made, and proven');
      await tidy(db, url);
    },
  };
  return { task, stop: () => stopping.abort() };
}

/** What is not needed any more. */
async function tidy(db: Database, url: string): Promise<void> {
  await sql`delete from backups where started_at < now() - interval '400 days'`.execute(db);
  await withBackupLock(url, false, undefined, (client) => dropAside(client, new Date(Date.now() - ASIDE)));
}

/** Never for a demo alone. */
async function isDueNow(db: Database, hour: number): Promise<boolean> {
  const { rows } = await sql<{ timeZone: string; since: Date; now: Date; lastGood: Date | null; lastTried: Date | null }>`
    select s.time_zone as "timeZone", s.created_at as since, now() as now,
      (select max(started_at) from backups where proven_at is not null) as "lastGood", (select max(started_at) from backups) as "lastTried"
    from shops s where not s.is_demo order by s.id limit 1`.execute(db);
  return rows[0] !== undefined && isDue({ ...rows[0], hour });
}
