import { type Kysely, sql } from 'kysely';
import type { DB } from '../database/schema.js';
import type { Services } from '../services.js';

/** Work that is done in the background, after the answer and by whichever process is free. */
export interface Task {
  /** Jobs that wait name it: a name once used stays. */
  name: string;
  /** When it runs by itself, as a line of a crontab says it, in UTC: `17 3 * * *`. */
  at?: string;
  /**
   * May be run again, after it failed or its process died in the middle of it: doing it twice must be doing it once.
   * @param payload checked by the task itself
   * @param attempt whether it is tried again after this
   */
  run(payload: unknown, services: Services, attempt: { isLast: boolean }): Promise<void>;
}

/** Tried that often in about six hours, ever more rarely. */
const ATTEMPTS = 10;

export interface JobOptions {
  /** How often it is tried at most. */
  attempts?: number;
  /** Of jobs with the same key only the last one waits; one that is being done is another. */
  key?: string;
  /** Jobs of one queue are done one after the other. */
  queue?: string;
  /** Not before then. */
  runAt?: Date;
}

/**
 * Hands work to the background. It is there once the transaction is committed, and never if it is rolled back.
 * @param db of the change that makes the work necessary
 * @param name of a Task
 * @param payload anything that survives JSON; small, for it is kept in the database
 */
export async function addJob(db: Kysely<DB>, name: string, payload: object, options: JobOptions = {}): Promise<void> {
  const { attempts = ATTEMPTS, key = null, queue = null, runAt = null } = options;
  await sql`select from graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json, max_attempts => ${attempts}::int,
    job_key => ${key}::text, queue_name => ${queue}::text, run_at => ${runAt}::timestamptz)`.execute(db);
}
