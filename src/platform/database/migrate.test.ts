import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { until } from '../../testing/server.js';
import { makeShop } from '../../testing/shop.js';
import { projectPath } from '../project.js';
import { applyMigrations, listMigrations, MIGRATION_LOCK, migrate } from './migrate.js';

let database: TestDatabase;
let folder: string;
let clients: pg.Client[];

beforeEach(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), 'serviceflow-migrations-'));
  clients = [];
});
afterEach(async () => {
  for (const client of clients) await client.end();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function connect(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  clients.push(client);
  return client;
}

/** All that there are, and one more. @returns its name */
async function addMigration(statements: string): Promise<string> {
  await writeFile(join(folder, '9999_later.sql'), statements);
  return '9999_later.sql';
}

const applyLater = async (client: pg.Client, later: string) =>
  applyMigrations(client, folder, [...(await listMigrations(projectPath('migrations'))), later]);

test('a change of a table that is in use waits in short turns, so that others get in between, and is made when it is free', async () => {
  await makeShop(database.db);
  const later = await addMigration('alter table shops add column later text');
  const [holder, migrator, other] = [await connect(), await connect(), await connect()];
  await holder.query('begin; select name from shops');
  const applying = applyLater(migrator, later);
  await until(async () => (await other.query(`select from pg_locks where not granted`)).rowCount === 1, 'the change to wait');
  // Behind the one that waits, until that gives up its turn.
  expect((await other.query('select name from shops')).rowCount).toBe(1);
  await holder.query('commit');
  await applying;
  expect((await other.query('select later from shops')).rowCount).toBe(1);
});

test('a change that fails in the middle leaves nothing, and is made as a whole the next time', async () => {
  const client = await connect();
  const later = await addMigration('create table half (id int); select 1 / 0');
  await expect(applyLater(client, later)).rejects.toThrow('division by zero');
  expect((await client.query(`select to_regclass('half') as made`)).rows).toEqual([{ made: null }]);
  await addMigration('create table half (id int)');
  await applyLater(client, later);
  await applyLater(client, later);
  expect((await client.query('select from migrations where name = $1', [later])).rowCount).toBe(1);
});

test('of two that migrate at once one waits for the other; one that is killed lets the next in', async () => {
  const [killed] = [await connect()];
  killed.on('error', () => {});
  await killed.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
  const second = migrate(database.url, projectPath('migrations'));
  const watcher = await connect();
  await until(
    async () => (await watcher.query(`select from pg_locks where locktype = 'advisory' and not granted`)).rowCount === 1,
    'the second',
  );
  await watcher.query(
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and objid = $1::bigint & 4294967295`,
    [MIGRATION_LOCK],
  );
  await second;
});
