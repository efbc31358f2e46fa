import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { applyMigrations, listMigrations } from '../database/migrate.js';
import { openDatabase } from '../database/pool.js';
import { verifyEvents } from '../database/verify-events.js';
import { projectPath } from '../project.js';
import { type Archive, BadArchive } from './archive.js';
import type { Part } from './archive-format.js';
import { TEXT_SETTINGS } from './snapshot.js';
import { makeWaiting } from './waiting-jobs.js';

/** @throws BadArchive when it was made by a newer program, by what it knows of the schema */
export async function refuseNewer({ path, header, manifest }: Archive): Promise<void> {
  const known = await listMigrations(projectPath('migrations'));
  const unknown = manifest.migrations.find((name) => !known.includes(name));
  if (unknown)
    throw new BadArchive(
      `${path} was made by a newer ServiceFLOW (${header.program}, with ${unknown}): restore it with that version, or a later one.`,
    );
}

/**
 * Loads an archive into a new schema: the tables as the version that made it had them, its data, then the migrations since. What is in
 * other schemas stays as it is. Needs no right that the owner of the database lacks.
 * @param client whose search path is that schema afterwards
 * @param schema does not exist yet
 * @throws BadArchive when it turns out to be damaged, or breaks a rule of the schema
 */
export async function loadArchive(client: Client, archive: Archive, schema: string): Promise<void> {
  const folder = projectPath('migrations');
  // Where they are found by what else is in the database.
  for (const extension of await extensionsOf(folder)) await client.query(`create extension if not exists ${extension} schema public`);
  await client.query(`create schema ${schema}`);
  await client.query(`set search_path to ${schema}, public`);
  await client.query(TEXT_SETTINGS);
  await applyMigrations(client, folder, archive.manifest.migrations);
  await client.query('begin');
  // The order of the tables then does not matter, and each rule is checked once over everything.
  const foreignKeys = await dropForeignKeys(client);
  for (const { table, columns, ...part } of archive.manifest.tables)
    await loadTable(client, archive, part, `${schema}."${table}"`, columns);
  for (const { table, name, definition } of foreignKeys) {
    await client.query(`alter table ${table} add constraint "${name}" ${definition}`).catch((error) => {
      throw new BadArchive(`${archive.path} does not hold together (${error.message}): take another backup.`);
    });
  }
  for (const [name, value] of Object.entries(archive.manifest.sequences)) {
    await client.query("select setval(format('%I.%I', $1::text, $2::text)::regclass, $3)", [schema, name, value]);
  }
  await makeWaiting(client, schema);
  await copyLines(client, archive, archive.manifest.jobs, `copy ${schema}.waiting_jobs from stdin`);
  await client.query('commit');
  await applyMigrations(client, folder, await listMigrations(folder));
}

/** What migrations would make in the first schema of the search path. */
async function extensionsOf(folder: string): Promise<string[]> {
  const texts = await Promise.all((await listMigrations(folder)).map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/^create extension if not exists (\w+)/gim)].map(([, name]) => name as string));
}

async function loadTable(client: Client, archive: Archive, part: Part, table: string, columns: string[]): Promise<void> {
  // What they would do was done when the rows were written first.
  await client.query(`alter table ${table} disable trigger user`);
  const list = columns.map((column) => `"${column}"`).join(', ');
  await copyLines(client, archive, part, `copy ${table} (${list}) from stdin`);
  await client.query(`alter table ${table} enable trigger user`);
}

async function copyLines(client: Client, archive: Archive, part: Part, statement: string): Promise<void> {
  const copy = client.query(copyFrom(statement));
  await pipeline(archive.read(part), copy).catch((error) => {
    if (error instanceof BadArchive) throw error;
    throw new BadArchive(`${archive.path} does not fit its own version (${part.path}: ${error.message}): take another backup.`);
  });
  if (copy.rowCount !== part.lines)
    throw new BadArchive(`${archive.path} is damaged (${part.path} holds ${copy.rowCount} rows, not ${part.lines}).`);
}

/** What was loaded is whole, but the log of a shop was tampered with before it was backed up. */
export class BrokenLog extends BadArchive {}

interface ForeignKey {
  table: string;
  name: string;
  definition: string;
}

async function dropForeignKeys(client: Client): Promise<ForeignKey[]> {
  const { rows } = await client.query<ForeignKey>(
    `select conrelid::regclass::text as table, conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
      where contype = 'f' and connamespace = current_schema()::regnamespace order by 1, 2`,
  );
  for (const { table, name } of rows) await client.query(`alter table ${table} drop constraint "${name}"`);
  return rows;
}

/**
 * Looks at what was loaded as if it were the shop's: the head of each shop's chain is the one that the archive names, and the
 * chain leads there from its first event.
 * @param url of the database
 * @throws BadArchive when it is not; BrokenLog when it was like that already
 */
export async function verifyLoaded(url: string, archive: Archive, schema: string): Promise<void> {
  const database = openDatabase(url, 1, () => {});
  const db = database.db.withSchema(schema);
  try {
    for (const { id, name, version, eventHash } of archive.manifest.shops) {
      const shop = await db.selectFrom('shops').select(['version', 'event_hash']).where('id', '=', id).executeTakeFirst();
      if (shop?.version !== version || shop.event_hash.toString('hex') !== eventHash)
        throw new BadArchive(`${archive.path} is damaged (${name} is not at version ${version}): take another backup.`);
      const { wrong } = await verifyEvents(db, id);
      if (wrong) throw new BrokenLog(`The log of ${name} in ${archive.path} was tampered with before it was backed up: ${wrong}.`);
    }
  } finally {
    await database.close();
  }
}
