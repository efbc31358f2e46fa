import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, readConfig } from '../src/config.js';
import { openEmbedded } from '../src/platform/database/embedded.js';
import { type OpenDatabase, openDatabase } from '../src/platform/database/pool.js';
import { StartError } from '../src/platform/start-error.js';

export interface ScriptDatabase extends OpenDatabase, Omit<ScriptServer, 'release'> {}

/** Where a script's database is, without a connection to it. */
export interface ScriptServer {
  config: Config;
  /** Holds the password: never print it. */
  url: string;
  /** Aborted when somebody stops the script: cut your connections then, so that it can leave at once. */
  signal: AbortSignal;
  /** Leaves the embedded Postgres; close your connections first. */
  release(): Promise<void>;
}

/**
 * The shop's database for a script: DATABASE_URL, or the embedded Postgres of DATA_DIR, which it joins when the server
 * runs and starts when not.
 * @param make whether an empty DATA_DIR gets a new database; otherwise that is an error
 * @throws StartError with one sentence for the person at the terminal
 */
export async function openScriptServer(env: NodeJS.ProcessEnv, make: boolean): Promise<ScriptServer> {
  const given = env.DATABASE_URL || env.DATABASE_URL_FILE;
  if (!make && !given && !existsSync(join(env.DATA_DIR || './data', 'postgres')))
    throw new StartError(`There is no shop in ${env.DATA_DIR || './data'} yet: set DATA_DIR or DATABASE_URL to the one that is meant.`);
  const config = readConfig(env);
  const opening = config.databaseUrl ? null : openEmbedded(config.dataDir);
  const release = async (cut = false) => {
    await (await opening)?.release(cut);
    process.off('SIGINT', abandon).off('SIGTERM', abandon);
  };
  const stopping = new AbortController();
  // Stopped in the middle: what was not committed is gone, and no Postgres is left behind. A Ctrl-C comes twice where npm passes it on:
  // the second must not end us before the first is done.
  const abandon = () => {
    if (isAbandoned) return;
    isAbandoned = true;
    process.on('uncaughtException', () => {});
    stopping.abort();
    void release(true).finally(() => process.exit(130));
  };
  process.on('SIGINT', abandon).on('SIGTERM', abandon);
  const url = config.databaseUrl ?? ((await opening)?.url as string);
  return { config, url, signal: stopping.signal, release: () => release() };
}

/** What then fails is nobody's concern. */
let isAbandoned = false;

/** As openScriptServer(), with a pool. `close` gives back both the connections and the Postgres. */
export async function openScriptDatabase(env: NodeJS.ProcessEnv, make: boolean): Promise<ScriptDatabase> {
  const { config, url, signal, release } = await openScriptServer(env, make);
  const database = openDatabase(url, 2, () => {});
  signal.addEventListener('abort', () => void database.close());
  const close = async () => {
    await database.close();
    await release();
  };
  await database.pool.query('select 1').catch(async (error: Error) => {
    await close();
    throw new StartError(`The database can't be reached (${error.message || 'no answer'}): check DATABASE_URL.`);
  });
  return { ...database, config, url, signal, close };
}

/** Runs a script's work; whatever a person can mend comes out as one sentence, and the exit code is 1. */
export async function runScript(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isAbandoned) return;
    console.error(error instanceof StartError ? error.message : error);
    process.exitCode = 1;
  }
}
