import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import { readConfig } from '../../config.js';
import type { Database } from '../../platform/database/pool.js';
import { verifyEvents } from '../../platform/database/verify-events.js';
import { openFileStore } from '../../platform/files/open.js';
import type { FileStore } from '../../platform/files/store.js';
import { sweepFiles } from '../../platform/files/sweep.js';
import { testEnvironment, until } from '../server.js';
import { findDamage } from '../truth.js';
import type { Entry } from './load.js';

const EVENTS = { comment: 'comment.added', move: 'card.moved', photo: 'media.added' } as const;

/**
 * Holds a ledger against the database: what was acknowledged is there once, with all that belongs to it (I1, I7); what was not, is
 * there once or not at all (I2); every card in one place and the chain whole (I3, I4).
 * @returns what is not so, in words; empty when all is well
 */
export async function findLosses(db: Database, shop: number, ledger: Entry[]): Promise<string[]> {
  const wrong = await findDamage(db, shop);
  const chain = await verifyEvents(db, shop);
  if (chain.wrong) wrong.push(`the chain: ${chain.wrong}`);
  const events = await db
    .selectFrom('events')
    .select(['request_id', 'kind', 'version'])
    .where('shop_id', '=', shop)
    .where('request_id', 'is not', null)
    .execute();
  const byRequest = new Map<string, typeof events>();
  for (const event of events) {
    const id = event.request_id?.split('/').at(-1) ?? '';
    byRequest.set(id, [...(byRequest.get(id) ?? []), event]);
  }
  const texts = countEach((await db.selectFrom('comments').select('text').where('shop_id', '=', shop).execute()).map((row) => row.text));
  const names = countEach((await db.selectFrom('media').select('name').where('shop_id', '=', shop).execute()).map((row) => row.name));
  for (const entry of ledger) {
    const { requestId, kind, outcome, number } = entry;
    const found = byRequest.get(requestId) ?? [];
    const what = `${kind} ${requestId} of ${number} (${outcome}, ${entry.answer})`;
    const versions = new Set(found.map((event) => event.version)).size;
    if (outcome === 'intended') wrong.push(`${what} is under way still`);
    if (versions > 1) wrong.push(`${what} happened ${versions} times`);
    if (outcome === 'acknowledged' && versions === 0) wrong.push(`${what} is lost`);
    if (outcome === 'refused' && versions > 0) wrong.push(`${what} happened all the same`);
    if (versions > 0 && !found.some((event) => event.kind === EVENTS[kind])) wrong.push(`${what} has no ${EVENTS[kind]}`);
    const effects = kind === 'comment' ? (texts.get(requestId) ?? 0) : kind === 'photo' ? (names.get(`${requestId}.jpg`) ?? 0) : versions;
    if (effects !== versions) wrong.push(`${what}: ${versions} events, ${effects} effects`);
  }
  return wrong;
}

function countEach(values: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** The files of a DATA_DIR, as the program opens them. */
export function openStoreOf(url: string, dataDir: string): Promise<FileStore> {
  return openFileStore(readConfig({ ...testEnvironment(url), DATA_DIR: dataDir }));
}

/** Every row has its file with the right hash, and after the sweep nothing is left that nobody refers to (I5). */
export async function findFileDamage(db: Database, store: FileStore, dataDir: string): Promise<string[]> {
  const wrong: string[] = [];
  const rows = await db.selectFrom('files').select(['sha256', 'bytes']).execute();
  const named = new Set(rows.map((row) => row.sha256.toString('hex')));
  for (const { sha256, bytes } of rows) {
    const name = sha256.toString('hex');
    const content = await store.read(sha256).then(buffer, () => null);
    if (!content) wrong.push(`the file ${name} is missing`);
    else if (content.length !== bytes || !createHash('sha256').update(content).digest().equals(sha256))
      wrong.push(`the file ${name} is not what it was`);
  }
  await sweepFiles(db, store, new Date(Date.now() + 72 * 3_600_000));
  for await (const { sha256 } of store.list())
    if (!named.has(sha256.toString('hex'))) wrong.push(`${sha256.toString('hex')} stayed, though nothing refers to it`);
  const temporary = await readdir(join(dataDir, 'files', 'tmp'));
  if (temporary.length > 0) wrong.push(`${temporary.length} temporary files stayed`);
  return wrong;
}

/** Until Postgres has noticed that a killed process is gone: its transactions have ended, and what they had locked is free. */
export async function untilNoneUnderWay(db: Database): Promise<void> {
  const underWay = sql`select from pg_stat_activity
    where datname = current_database() and application_name = 'serviceflow' and pid <> pg_backend_pid() and xact_start is not null`;
  await until(async () => (await underWay.execute(db)).rows.length === 0, 'the dead one’s transactions');
}
