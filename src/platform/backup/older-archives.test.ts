import { sql } from 'kysely';
import { expect, test, vi } from 'vitest';
import { diskStore, temporaryFolder } from '../../testing/backup.js';
import { testDatabase } from '../../testing/database.js';
import { listMigrations } from '../database/migrate.js';
import { openDatabase } from '../database/pool.js';
import { verifyEvents } from '../database/verify-events.js';
import { projectPath } from '../project.js';
import { filesOf, openArchive, verifyArchive } from './archive.js';
import { restore, withQuietDatabase } from './restore.js';
import { bringFiles, findNeeded } from './restore-files.js';

vi.setConfig({ testTimeout: 120_000 });

const kept = (name: string) => projectPath('src', 'testing', 'archives', 'format-1', name, 'serviceflow-first.zip');
const PASSPHRASE = 'correct horse battery staple';
const FIRST_THREE = ['0001_foundation.sql', '0002_work_and_money.sql', '0003_show_ask_prove.sql'];

test.each([
  ['plain', undefined],
  ['sealed', PASSPHRASE],
])('an archive of form 1, %s, is read to its last byte, and its files are there', async (name, passphrase) => {
  const archive = await openArchive(kept(name), passphrase);
  try {
    await verifyArchive(archive);
    expect(archive.header).toMatchObject({ formatVersion: 1, program: '0.1.0' });
    expect(archive.manifest).toMatchObject({ migrations: FIRST_THREE, files: { lines: 3, total: 70_003 }, missing: [] });
    expect(await filesOf(archive)).toHaveLength(3);
    expect(await findNeeded(archive, null)).toMatchObject({ toBring: { length: 3 }, lost: [] });
  } finally {
    archive.close();
  }
});

test('it is restored into this version’s database, with its files, its log and what waited, and the migrations since', async () => {
  const folder = temporaryFolder();
  const here = await testDatabase(2, undefined, 'template0');
  const store = await diskStore(folder.path);
  const archive = await openArchive(kept('sealed'), PASSPHRASE);
  try {
    expect(archive.manifest.secret).toBe('a secret that only tests ever use, long enough');
    const { toBring } = await findNeeded(archive, store);
    const options = { acceptBrokenLog: false, beforeTheChange: () => bringFiles(archive, store, toBring) };
    await withQuietDatabase(here.url, (client) => restore(client, here.url, archive, options));
    const { db, close } = openDatabase(here.url, 2, () => {});
    const names = async (rows: Promise<{ name: string }[]>) => (await rows).map(({ name }) => name);
    const applied = await sql<{ name: string }>`select name from migrations order by name`.execute(db);
    expect(applied.rows.map(({ name }) => name)).toEqual(await listMigrations(projectPath('migrations')));
    expect(await names(db.selectFrom('shops').select('name').orderBy('id').execute())).toEqual(['first', 'second']);
    for (const id of [1, 2]) expect(await verifyEvents(db, id)).toMatchObject({ wrong: null, events: expect.any(Number) });
    expect(await names(db.selectFrom('jobs').select('name').execute())).toContain('Brakes\tfront\r\nand “rear” \\N \\. 🚗');
    expect(await db.selectFrom('work_orders').select('number').execute()).toHaveLength(7);
    expect(await db.selectFrom('comments').select('text').execute()).toEqual([{ text: 'The customer waits' }]);
    for (const { sha256 } of await db.selectFrom('files').select('sha256').execute()) expect(await store.has(sha256)).toBe(true);
    const waiting = await sql`select task_identifier as task from graphile_worker.jobs`.execute(db);
    expect(waiting.rows).toContainEqual({ task: 'no-such-task' });
    await close();
  } finally {
    archive.close();
    await here.close();
    folder.remove();
  }
});
