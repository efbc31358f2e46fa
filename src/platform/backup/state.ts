import { sql } from 'kysely';
import type { Database } from '../database/pool.js';

/** What is done each night, and is older than this, was missed: managers are told on every page. */
export const TOO_OLD = 26 * 3_600_000;
const LOOK_EVERY = 60_000;
/** What is not done by then was interrupted. */
const LONGEST = 6 * 3_600_000;

/** How backups stand, for people. */
export interface BackupState {
  /** The newest archive that was read back; null: there is none. */
  lastBackup: { at: Date; seconds: number; bytes: number; files: number; path: string } | null;
  /** The newest one that was restored as a proof, and how long that took. */
  lastProof: { at: Date; seconds: number } | null;
  /** Where the newest one was copied to the second folder; null: never. */
  lastCopy: Date | null;
  /** What failed in the newest run, as a sentence; null: nothing. */
  fault: string | null;
  copyFault: string | null;
  isRunning: boolean;
  /** When the first shop was made that is no demo; null: none is made by itself. */
  since: Date | null;
}

/** Reads how backups stand. */
export async function readBackupState(db: Database): Promise<BackupState> {
  const { since } = await readAges(db);
  const recent = await db
    .selectFrom('backups')
    .select(['started_at', 'made_at', 'path', 'bytes', 'files', 'copied_at', 'copy_fault', 'proven_at', 'proof_seconds', 'fault'])
    // What was proven, copied or made last is among the last hundred, or so long ago that it makes no difference.
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
  const made = recent.find((run) => run.made_at);
  const proven = recent.find((run) => run.proven_at);
  const [newest] = recent;
  const isEnded = newest === undefined || newest.fault !== null || newest.made_at !== null;
  const isRunning = !isEnded && Date.now() - newest.started_at.getTime() < LONGEST;
  return {
    lastBackup: made?.made_at
      ? {
          at: made.made_at,
          seconds: Math.round((made.made_at.getTime() - made.started_at.getTime()) / 1000),
          ...{ bytes: made.bytes ?? 0, files: made.files ?? 0, path: made.path ?? '' },
        }
      : null,
    lastProof: proven?.proven_at ? { at: proven.proven_at, seconds: proven.proof_seconds ?? 0 } : null,
    lastCopy: recent.find((run) => run.copied_at)?.copied_at ?? null,
    fault: newest?.fault ?? (isEnded || isRunning ? null : 'The last backup was interrupted.'),
    // A backup that somebody makes to a disk of their own is copied nowhere: that says nothing of the second folder.
    copyFault: recent.find((run) => run.copied_at || run.copy_fault)?.copy_fault ?? null,
    ...{ isRunning, since },
  };
}

/**
 * What managers are told on every page when the last proven restore is too old. Asks the database at most once a minute, and nobody
 * waits for the answer.
 */
export class BackupWatch {
  #notice: string | null = null;
  #askedAt = 0;

  /** @param isOn whether there are nightly backups at all */
  constructor(
    private readonly db: Database,
    private readonly isOn: boolean,
  ) {}

  /** One sentence, or null when all is well. */
  notice(now = new Date()): string | null {
    if (this.isOn && now.getTime() - this.#askedAt >= LOOK_EVERY) {
      this.#askedAt = now.getTime();
      // When the database does not answer, there is more to tell than this.
      this.look(now).catch(() => {});
    }
    return this.#notice;
  }

  /** Asks now. */
  async look(now: Date): Promise<void> {
    const { since, proven } = await readAges(this.db);
    this.#notice = noticeOf(since, proven, now);
  }
}

/** When the first shop was made that is no demo, and the last proof. */
async function readAges(db: Database): Promise<{ since: Date | null; proven: Date | null }> {
  const { rows } = await sql<{ since: Date | null; proven: Date | null }>`
    select (select min(created_at) from shops where not is_demo) as since, (select max(proven_at) from backups) as proven`.execute(db);
  return rows[0] ?? { since: null, proven: null };
}

/**
 * @param since when the first shop was made that is no demo
 * @param proven the last proven restore
 */
export function noticeOf(since: Date | null, proven: Date | null, now: Date): string | null {
  const isOld = (at: Date) => now.getTime() - at.getTime() > TOO_OLD;
  // A new installation has not had its first night.
  if (!since || !isOld(since)) return null;
  if (!proven) return 'No backup of this shop has been proven yet: if this machine breaks, its data may be lost.';
  if (!isOld(proven)) return null;
  const hours = Math.floor((now.getTime() - proven.getTime()) / 3_600_000);
  const age = hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
  return `The last backup that was proven is ${age} old: if this machine breaks, what came after may be lost.`;
}
