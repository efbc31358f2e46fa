import { Kysely, PostgresDialect, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import type { DB } from './schema.js';

/** Told of each statement, how long it took in milliseconds. */
export type TellStatement = (text: string, ms: number) => void;

// Ids, ranks and counts are far below 2^53: plain numbers, not strings.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export type Database = Kysely<DB>;

export interface OpenDatabase {
  db: Database;
  pool: pg.Pool;
  close(): Promise<void>;
}

/** Settings shared by every connection to Postgres. Times are milliseconds. */
export function connectionSettings(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'serviceflow',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    // Disks have no arm that moves any more: a page from anywhere costs little more than the next one.
    options: '-c timezone=UTC -c random_page_cost=1.1',
  };
}

/**
 * Opens the pool of one process.
 * @param size most connections at a time
 * @param onError told of every connection that broke while idle or between two statements
 * @param onStatement told of every statement, also of those that failed
 */
export function openDatabase(url: string, size: number, onError: (error: Error) => void, onStatement?: TellStatement): OpenDatabase {
  const pool = new pg.Pool({
    ...connectionSettings(url),
    Client: clientClass(onStatement),
    max: size,
    idleTimeoutMillis: 30_000,
    maxLifetimeSeconds: 1_800,
    statement_timeout: 10_000,
    lock_timeout: 8_000,
    idle_in_transaction_session_timeout: 10_000,
    // The only limit that also ends a half-open connection.
    query_timeout: 12_000,
  });
  pool.on('error', onError);
  // pool.on('error') does not cover a client that is checked out: without this its loss ends the process.
  pool.on('connect', (client) => client.on('error', onError));
  const guarded = { connect: async () => guard(await pool.connect()), end: () => pool.end() };
  const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool: guarded }) });
  return { db, pool, close: () => db.destroy() };
}

/** The texts of this program are few; lists of varying length make some more, and beyond this none is prepared. */
const MOST_PREPARED = 500;
const names = new Map<string, string>();

/**
 * Connections that prepare each statement with parameters once (Postgres then parses and plans it once, not every time), and tell how long
 * each took, whoever sent it: Kysely, the sessions, or what slows guessers down.
 */
function clientClass(tell: TellStatement | undefined): typeof pg.Client {
  return class extends pg.Client {
    // biome-ignore lint/suspicious/noExplicitAny: query() of pg has a dozen overloads; only (text, values, …) concerns us.
    override query(text: any, values?: any, callback?: any): any {
      const hasParameters = typeof text === 'string' && Array.isArray(values) && values.length > 0;
      const given = hasParameters ? [{ name: nameOf(text), text, values }] : [text, ...(Array.isArray(values) ? [values] : [])];
      const then = typeof values === 'function' ? values : callback;
      const ask = (...more: unknown[]): Promise<unknown> => super.query(...([...given, ...more] as [string]));
      // A stream (COPY) says itself when it is done.
      if (!tell || typeof text?.submit === 'function') return then ? ask(then) : ask();
      const start = performance.now();
      const told = () => tell(typeof text === 'string' ? text : String(text?.text), performance.now() - start);
      if (!then) {
        const asked = ask();
        asked.then(told, told);
        return asked;
      }
      return ask((error: Error | null, result: unknown) => {
        told();
        then(error, result);
      });
    }
  };
}

function nameOf(text: string): string | undefined {
  const known = names.get(text);
  if (known || names.size >= MOST_PREPARED) return known;
  const name = `statement ${names.size + 1}`;
  names.set(text, name);
  return name;
}

/** The connection was lost between a commit and its answer: what the transaction did may be there or not. */
export class OutcomeUnknown extends Error {
  constructor(cause: Error) {
    super('The connection was lost before the commit was answered', { cause });
  }
}

/** Whether the connection can't be used any more, so that it is not known what its last statement did. */
function isLoss(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || error.severity === 'FATAL';
}

const UNDONE = { command: 'ROLLBACK' as const, rowCount: 0, rows: [] };

/**
 * A query that failed without a SQLSTATE (a time-out of ours, a cut socket) leaves its connection in an unknown
 * state, and Kysely gives it back to the pool as if it were sound. Such a client is released with its error
 * instead, so that the pool throws it away.
 */
function guard(client: pg.PoolClient): PostgresPoolClient {
  let poison: Error | undefined;
  const query = async (text: string, parameters: readonly unknown[]) => {
    // Postgres rolls back what a lost connection has begun. To ask for it would be to wait once more, and would hide the first error.
    if (poison && text === 'rollback') return UNDONE;
    try {
      return await client.query(text, parameters as unknown[]);
    } catch (error) {
      // 0A000: a statement was prepared before a later version changed a table.
      if (isLoss(error) || (error as pg.DatabaseError).code === '0A000') poison = error as Error;
      if (text === 'commit' && isLoss(error)) throw new OutcomeUnknown(error as Error);
      if (text === 'rollback' && isLoss(error)) return UNDONE;
      throw error;
    }
  };
  return { query, release: () => client.release(poison) } as unknown as PostgresPoolClient;
}
