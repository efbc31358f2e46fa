import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { back, contentsOf, diskStore, fillShops, temporaryFolder } from '../../testing/backup.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { connectionSettings, openDatabase } from '../database/pool.js';
import { openArchive } from './archive.js';
import { restore, withQuietDatabase } from './restore.js';

// It makes tables by the dozen: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolder();
let database: TestDatabase;
let administrator: pg.Client;

beforeAll(async () => {
  database = await testDatabase(2);
  const elsewhere = new URL(database.url);
  elsewhere.pathname = '/postgres';
  administrator = new pg.Client(connectionSettings(elsewhere.href));
  await administrator.connect();
});
afterAll(async () => {
  await administrator.end();
  await database.close();
  folder.remove();
});

/** Ends every connection to the database, as a machine that stops would. */
async function cut(): Promise<void> {
  await administrator.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [
    new URL(database.url).pathname.slice(1),
  ]);
}

test('a restore that is cut off leaves what was there, and the next one clears up and goes through', async () => {
  const store = await diskStore(join(folder.path, 'data'));
  await fillShops(database.db, store);
  const made = await back(database.url, store, { folder: join(folder.path, 'backups'), passphrase: undefined });
  await sql`update shops set name = 'renamed since' where id = 1`.execute(database.db);
  const present = await contentsOf(database.db);
  const schemas = async () =>
    (await sql<{ name: string }>`select nspname as name from pg_namespace where nspname ~ '^(before|restoring)_'`.execute(database.db))
      .rows;
  const run = async (beforeTheChange: () => Promise<void>) => {
    const archive = await openArchive(made.path, undefined);
    await cut();
    const options = { acceptBrokenLog: false, beforeTheChange };
    await withQuietDatabase(database.url, (client) => restore(client, database.url, archive, options)).finally(() => archive.close());
  };

  await expect(run(cut), 'cut when all is loaded').rejects.toThrow();
  expect(await contentsOf(database.db)).toEqual(present);
  expect(await schemas()).toHaveLength(1);
  const noFiles = () => Promise.reject(new Error('the disk with the files is gone'));
  await expect(run(noFiles), 'failed when all is loaded').rejects.toThrow('the disk with the files is gone');
  expect(await contentsOf(database.db)).toEqual(present);
  expect(await schemas()).toEqual([]);
  const somebody = openDatabase(database.url, 1, () => {});
  await expect(
    run(async () => void (await sql`select 1`.execute(somebody.db))),
    'somebody came meanwhile',
  ).rejects.toThrow(/in use/);
  await somebody.close();
  expect(await contentsOf(database.db)).toEqual(present);

  await run(async () => {});
  expect(await schemas()).toEqual([{ name: expect.stringMatching(/^before_/) }]);
  expect((await database.db.selectFrom('shops').select('name').orderBy('id').execute()).map(({ name }) => name)).toEqual([
    'first',
    'second',
  ]);
});
