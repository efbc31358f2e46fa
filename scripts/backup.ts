// `npm run backup -- [--to <folder>] [--prove]`: one archive of everything, with its files beside it, while the shop works.
// The path of the archive is the last line on standard output.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runBackup } from '../src/platform/backup/nightly.js';
import { openFileStore } from '../src/platform/files/open.js';
import { StartError } from '../src/platform/start-error.js';
import { openScriptDatabase, runScript } from './script-database.js';

const USAGE = 'Usage: npm run backup -- [--to <folder>] [--prove]';

function readArguments(): { to: string | undefined; prove: boolean } {
  try {
    const { values } = parseArgs({ options: { to: { type: 'string' }, prove: { type: 'boolean', default: false } } });
    if (values.to === '') throw new Error('--to needs a folder');
    return { to: values.to && resolve(values.to), prove: values.prove };
  } catch (error) {
    throw new StartError(`${(error as Error).message}. ${USAGE}`);
  }
}

function explained(error: NodeJS.ErrnoException, folder: string): unknown {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return new StartError(`There is no room left in ${folder}: no backup was made.`);
  if (error.code === 'EACCES' || error.code === 'EROFS' || error.code === 'EPERM' || error.code === 'ENOTDIR')
    return new StartError(`No backup can be written to ${folder} (${error.message}).`);
  return error;
}

await runScript(async () => {
  const { to, prove } = readArguments();
  const { config, db, url, signal, close } = await openScriptDatabase(process.env, false);
  // What somebody asks for goes where they say, and nowhere else.
  const plan = to ? { ...config.backup, folder: to, secondFolder: undefined } : config.backup;
  try {
    const source = { url, store: await openFileStore(config), secrets: config.sessionSecrets };
    const made = await runBackup(db, source, plan, config.dataDir, { isNightly: false, prove, signal });
    if (!made) throw new StartError('Another backup is being made: try again when it is done.');
    const { tables, files, missing } = made.manifest;
    const rows = tables.reduce((sum, { lines }) => sum + lines, 0);
    console.log(
      `${rows} rows of ${tables.length} tables and ${files.lines} files, ${made.fresh.length} of them new; read back and compared.`,
    );
    if (prove) console.log('Restored into a database of its own, and everything was there.');
    if (missing.length > 0) console.error(`${missing.length} files could not be read where they are kept: ${missing.join(', ')}.`);
    console.log(made.path);
  } catch (error) {
    throw explained(error as NodeJS.ErrnoException, plan.folder);
  } finally {
    await close();
  }
});
