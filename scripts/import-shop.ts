// `npm run import-shop -- <archive> [--again]`: makes a shop of the archive of a whole shop (Settings, Export, Everything) in this installation.
import { parseArgs } from 'node:util';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { openShopArchive } from '../src/features/imports/whole-shop/archive.js';
import { type BroughtIn, bringIn } from '../src/features/imports/whole-shop/bring-in.js';
import { renewInvitation } from '../src/features/staff/invitations.js';
import { migrate } from '../src/platform/database/migrate.js';
import { connectionSettings, type Database } from '../src/platform/database/pool.js';
import type { DB } from '../src/platform/database/schema.js';
import { openFileStore } from '../src/platform/files/open.js';
import { projectPath } from '../src/platform/project.js';
import { StartError } from '../src/platform/start-error.js';
import { openScriptServer, runScript } from './script-database.js';

function readArguments(): { path: string; again: boolean } {
  try {
    const { values, positionals } = parseArgs({ options: { again: { type: 'boolean', default: false } }, allowPositionals: true });
    const [path, ...more] = positionals;
    if (!path || more.length > 0) throw new Error('Name one archive');
    return { path, again: values.again };
  } catch (error) {
    throw new StartError(`${(error as Error).message}. Usage: npm run import-shop -- serviceflow-shop-2026-11-23.zip [--again]`);
  }
}

await runScript(async () => {
  const { path, again } = readArguments();
  // Looked through before there is even a database.
  const archive = await openShopArchive(path);
  try {
    const { config, url, release } = await openScriptServer(process.env, true);
    try {
      await migrate(url, projectPath('migrations'));
      // Without limits of time: one statement brings a whole table in.
      const db = new Kysely<DB>({ dialect: new PostgresDialect({ pool: new pg.Pool({ ...connectionSettings(url), max: 2 }) }) });
      try {
        const brought = await bringIn(db, await openFileStore(config), archive, again);
        await tell(db, brought, config.publicUrl);
      } finally {
        await db.destroy();
      }
    } finally {
      await release();
    }
  } finally {
    archive.close();
  }
});

async function tell(db: Database, { shop, name, rows, files, events, people }: BroughtIn, publicUrl: string | undefined): Promise<void> {
  console.log(`${name} is here: ${rows} rows, ${files} files; its ${events} events are as they were written.`);
  const waiting = people.filter(({ active }) => !active);
  for (const { id, name: who, email } of waiting.filter(({ role }) => role === 'manager')) {
    const token = await renewInvitation(db, { shop, staff: null }, id).catch(() => null);
    if (token) console.log(`${who} (${email}) chooses a password at ${publicUrl ?? '<address of this installation>'}/invitations/${token}`);
  }
  if (waiting.length > 0) console.log(`${waiting.length} people have no password here yet: a manager makes their links on the page Staff.`);
}
