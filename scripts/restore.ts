// `npm run restore -- <file> [--dry-run] [--yes]`: puts a backup in the place of what is there, which is kept aside for seven days;
// `npm run restore -- --undo` brings it back. Whatever it refuses, it refuses before anything is touched.
import { statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import type pg from 'pg';
import { readSecret } from '../src/config.js';
import { holdRestored } from '../src/features/messages/restored.js';
import { type Archive, openArchive, verifyArchive } from '../src/platform/backup/archive.js';
import { partsOf } from '../src/platform/backup/archive-format.js';
import { BrokenLog, refuseNewer } from '../src/platform/backup/load.js';
import { restore, undoRestore, withQuietDatabase } from '../src/platform/backup/restore.js';
import { bringFiles, findNeeded, type NeededFiles } from '../src/platform/backup/restore-files.js';
import { changeSecret, changeSecretBack } from '../src/platform/backup/secret-file.js';
import { identify } from '../src/platform/backup/snapshot.js';
import { openFileStore } from '../src/platform/files/open.js';
import { StartError } from '../src/platform/start-error.js';
import { showFullDateTime } from '../src/platform/time.js';
import { openScriptServer, runScript, type ScriptServer } from './script-database.js';

const USAGE = 'Usage: npm run restore -- <file> [--dry-run] [--yes], or npm run restore -- --undo [--yes]';

const FLAGS = {
  'dry-run': { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  undo: { type: 'boolean', default: false },
  'other-shop': { type: 'boolean', default: false },
  'without-files': { type: 'boolean', default: false },
  'accept-broken-log': { type: 'boolean', default: false },
} as const;

function readArguments() {
  try {
    const { values, positionals } = parseArgs({ options: FLAGS, allowPositionals: true });
    if (positionals.length !== (values.undo ? 0 : 1)) throw new Error(values.undo ? '--undo takes no file' : 'Name one backup');
    return { ...values, file: resolve(positionals[0] ?? '') };
  } catch (error) {
    throw new StartError(`${(error as Error).message}. ${USAGE}`);
  }
}

type Arguments = ReturnType<typeof readArguments>;

/** What is in it, for a person. */
function describe({ path, header, manifest }: Archive, { toBring, lost }: NeededFiles): string {
  const count = (table: string) => manifest.tables.find((each) => each.table === table)?.lines ?? 0;
  const rows = manifest.tables.reduce((sum, { lines }) => sum + lines, 0);
  const first = manifest.shops[0];
  const lines = [
    `${path}`,
    `  of ${manifest.shops.map(({ name }) => name).join(', ')}, made ${showFullDateTime(new Date(header.madeAt), first?.timeZone ?? 'UTC')} by ServiceFLOW ${header.program}`,
    `  ${count('work_orders')} work orders, ${count('customers')} customers, ${count('vehicles')} vehicles, ${count('events')} events; ${rows} rows of ${manifest.tables.length} tables`,
    `  ${manifest.files.lines} photos and other files, of which ${toBring.length} have to be copied`,
    `  ${header.salt ? 'Sealed with a passphrase.' : 'Not sealed.'} Everything in it is as it was written.`,
  ];
  if (lost.length > 0) lines.push(`  ${lost.length} of the files are neither here nor in ${dirname(path)}/files.`);
  if (manifest.missing.length > 0) lines.push(`  ${manifest.missing.length} files were lost before it was made.`);
  return lines.join('\n');
}

async function confirm(question: string, expected: string): Promise<void> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new Promise<string>((answer) => terminal.once('close', () => answer('')));
  const answer = await Promise.race([terminal.question(`${question} Type ${expected} to go on: `), closed]);
  terminal.close();
  if (plainly(answer) !== plainly(expected)) throw new StartError('That is not what stands there: nothing was changed.');
}

/** Not every keyboard has the apostrophe or the accent of a name: it is asked for to make sure, not as a password. */
function plainly(name: string): string {
  const letters = name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase();
  return letters || name.trim();
}

async function refuseOtherShop(client: pg.Client, archive: Archive): Promise<void> {
  const present = await identify(client).catch((error) => {
    if (error instanceof StartError) return null;
    throw error;
  });
  if (present && present.installation !== archive.header.installation)
    throw new StartError(
      `${archive.path} is of another installation than the one that is here (${present.shop}): nothing was changed. Add --other-shop if it shall take its place.`,
    );
}

/** Three times what is unpacked: the tables, their indexes, and the log of the database on the way. */
async function refuseFullDisk({ config }: ScriptServer, archive: Archive, { toBring }: NeededFiles): Promise<void> {
  const rows = config.databaseUrl ? 0 : partsOf(archive.manifest).reduce((sum, { bytes }) => sum + bytes, 0);
  const needed = 3 * rows + toBring.reduce((sum, { bytes }) => sum + bytes, 0);
  const { bavail, bsize } = await statfs(config.dataDir);
  if (bavail * bsize < needed)
    throw new StartError(
      `This needs ${Math.ceil(needed / 1e6)} MB in ${config.dataDir}, and ${Math.floor((bavail * bsize) / 1e6)} MB are free: nothing was changed.`,
    );
}

async function restoreArchive(archive: Archive, given: Arguments): Promise<void> {
  await verifyArchive(archive);
  await refuseNewer(archive);
  if (given['dry-run']) {
    console.log(describe(archive, await findNeeded(archive, null)));
    return;
  }
  const server = await openScriptServer(process.env, true);
  try {
    const store = await openFileStore(server.config);
    const needed = await findNeeded(archive, store);
    console.log(describe(archive, needed));
    if (needed.lost.length > 0 && !given['without-files'])
      throw new StartError(
        `The folder files has to be beside the backup, with all of them: nothing was changed. Add --without-files to restore without ${needed.lost.length} of them.`,
      );
    await refuseFullDisk(server, archive, needed);
    const name = archive.manifest.shops[0]?.name ?? '';
    if (!given.yes) await confirm('What is here now is put aside, and this takes its place.', name);
    const change = async (client: pg.Client) => {
      if (!given['other-shop']) await refuseOtherShop(client, archive);
      const beforeTheChange = async (schema: string) => {
        await bringFiles(archive, store, needed.toBring);
        await holdRestored(client, schema);
      };
      return restore(client, server.url, archive, { acceptBrokenLog: given['accept-broken-log'], beforeTheChange });
    };
    const aside = await withQuietDatabase(server.url, change, server.signal);
    await bringSecret(server, archive, aside);
    console.log(
      'Restored. Everybody signs in anew. What was here before is kept for seven days: npm run restore -- --undo brings it back.',
    );
  } finally {
    await server.release();
  }
}

/** Unless it is set from outside, where nobody can change it. */
async function bringSecret({ config }: ScriptServer, { manifest }: Archive, aside: string): Promise<void> {
  if (!manifest.secret || process.env.SESSION_SECRET || process.env.SESSION_SECRET_FILE) return;
  await changeSecret(config.dataDir, manifest.secret, aside);
}

async function undo({ yes }: Arguments): Promise<void> {
  const server = await openScriptServer(process.env, false);
  try {
    if (!yes) await confirm('What was here before the last restore comes back, and what is here now is put aside.', 'undo');
    const { back, aside } = await withQuietDatabase(server.url, undoRestore, server.signal);
    await changeSecretBack(server.config.dataDir, back, aside);
    console.log('What was here before the restore is back. The same command takes that back again.');
  } finally {
    await server.release();
  }
}

await runScript(async () => {
  const given = readArguments();
  if (given.undo) return undo(given);
  const archive = await openArchive(given.file, readSecret(process.env, 'BACKUP_PASSPHRASE'));
  try {
    await restoreArchive(archive, given);
  } catch (error) {
    if (!(error instanceof BrokenLog)) throw error;
    throw new StartError(`${error.message} Nothing was changed. Add --accept-broken-log to restore it all the same.`);
  } finally {
    archive.close();
  }
});
