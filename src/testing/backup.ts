import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { LEFT_OUT } from '../platform/backup/archive-format.js';
import { type BackupTarget, type MadeBackup, makeBackup, withBackupLock } from '../platform/backup/backup.js';
import type { Database } from '../platform/database/pool.js';
import { openDiskStore } from '../platform/files/disk.js';
import { keepFile } from '../platform/files/keep.js';
import type { FileStore } from '../platform/files/store.js';
import { openTemporaryFolder } from '../platform/files/temporary.js';
import { addJob as addWaitingJob } from '../platform/jobs/jobs.js';
import { addJob, approve } from './money.js';
import { makeShop, openOrders, type TestShop } from './shop.js';

/** A folder of one's own, which goes when asked. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'serviceflow-backup-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A store in `folder`, as DATA_DIR has it. */
export async function diskStore(folder: string): Promise<FileStore> {
  return openDiskStore(join(folder, 'files'), await openTemporaryFolder(join(folder, 'files', 'tmp')));
}

/** Two shops with orders, money, consent, photos, files and a job that waits: a row in most kinds of tables. */
export async function fillShops(db: Database, store: FileStore): Promise<TestShop> {
  const shop = await makeShop(db, 'first');
  const other = await makeShop(db, 'second');
  const { advisor } = shop.staff;
  const [number = 0] = await openOrders(db, advisor, 5);
  await openOrders(db, other.staff.advisor, 2);
  const job = await addJob(db, advisor, number, { name: 'Brakes\tfront\r\nand “rear” \\N \\. 🚗' });
  await approve(db, advisor, number, job);
  for (const content of ['x', 'zz', 'y'.repeat(200_000)]) {
    const path = store.temporary();
    writeFileSync(path, content);
    await keepFile(db, store, other.id, path, 'image/jpeg');
  }
  await addWaitingJob(db, 'no-such-task', { remind: 'me' }, { runAt: new Date('2099-01-01T00:00:00Z') });
  return shop;
}

/** Of each table that is backed up, its rows as one hash. */
export async function contentsOf(db: Database, schema = 'public'): Promise<Record<string, string>> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = ${schema}::regnamespace and relkind = 'r' order by 1`.execute(db);
  const contents: Record<string, string> = {};
  for (const { name } of rows.filter((row) => !LEFT_OUT.includes(row.name))) {
    const found = await sql<{ rows: number; hash: string }>`
      select count(*) as rows, md5(coalesce(string_agg(t::text, e'\n' order by t::text), '')) as hash from ${sql.id(schema, name)} t`.execute(
      db,
    );
    contents[name] = `${found.rows[0]?.rows} ${found.rows[0]?.hash}`;
  }
  return contents;
}

export async function back(url: string, store: FileStore, target: BackupTarget): Promise<MadeBackup> {
  const source = { url, store, secrets: ['a secret that only tests ever use, long enough'] as const };
  return (await withBackupLock(url, true, undefined, (client) => makeBackup(client, source, target))) as MadeBackup;
}
