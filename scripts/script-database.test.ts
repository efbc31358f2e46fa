import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openEmbedded } from '../src/platform/database/embedded.js';
import { migrate } from '../src/platform/database/migrate.js';
import { projectPath } from '../src/platform/project.js';
import { back, diskStore, fillShops, temporaryFolder } from '../src/testing/backup.js';
import { testDatabase } from '../src/testing/database.js';
import { until } from '../src/testing/server.js';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const folder = temporaryFolder();
const dataDir = join(folder.path, 'data');
let archive: string;
let url: string;

beforeAll(async () => {
  // The embedded Postgres is not run by root, and has to get there.
  chmodSync(folder.path, 0o711);
  const database = await testDatabase(2);
  const store = await diskStore(join(folder.path, 'elsewhere'));
  await fillShops(database.db, store);
  archive = (await back(database.url, store, { folder: join(folder.path, 'backups'), passphrase: undefined })).path;
  await database.close();
  const embedded = await openEmbedded(dataDir);
  url = embedded.url;
  await migrate(url, projectPath('migrations'));
  // A restore as large as one likes: it makes a table for the rest of the day.
  await ask(
    url,
    `create function linger() returns event_trigger language plpgsql as $$ begin perform pg_sleep(86400); end $$;
    create event trigger lingers on ddl_command_start when tag in ('CREATE TABLE') execute function linger()`,
  );
  await embedded.release();
});
afterAll(async () => {
  // Whoever sits down and leaves stops what was left behind.
  await (await openEmbedded(dataDir)).release(true);
  folder.remove();
});

async function ask(address: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: address });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(statement)).rows;
  } catch {
    return [];
  } finally {
    await client.end();
  }
}

test('Ctrl-C in the middle of a long statement ends the Postgres too, also when npm passes the signal on a second time', async () => {
  const script = spawn(process.execPath, [projectPath('dist', 'scripts', 'restore.js'), archive, '--yes', '--other-shop'], {
    env: { PATH: process.env.PATH, DATA_DIR: dataDir },
    stdio: 'ignore',
  });
  const ended = once(script, 'exit');
  const beside = url.replace(/\/serviceflow$/, '/postgres');
  const lingers = `select from pg_stat_activity where application_name = 'serviceflow restore' and wait_event = 'PgSleep'`;
  await until(async () => (await ask(beside, lingers)).length > 0, 'the long statement');
  script.kill('SIGINT');
  script.kill('SIGINT');
  expect((await ended)[0]).toBe(130);
  expect(existsSync(join(dataDir, 'postgres', 'postmaster.pid'))).toBe(false);
});
