// `npm run import-shop -- <archive> [--again]`: makes a shop of the archive of a whole shop (Settings, Export, Everything) in this installation.
import { parseArgs } from 'node:util';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { openShopArchive } from '../src/features/imports/whole-shop/archive.js';
import { type BroughtIn, bringIn } from '../src/features/imports/whole-shop/bring-in.js';
import { inviteFromMachine } from '../src/features/staff/invitations.js';
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
  for (const manager of await listManagers(db, shop)) console.log(await tellWayIn(db, shop, manager, publicUrl));
  const waiting = people.filter(({ active }) => !active);
  if (waiting.length > 0) console.log(`${waiting.length} people have no password here yet: a manager makes their links on the page Staff.`);
}

/** @returns how a manager of the shop comes in, as a sentence */
async function tellWayIn(db: Database, shop: number, { id, who, active, comesTo, itsName }: Manager, publicUrl: string | undefined) {
  if (active && comesTo === shop) return `${who} signs in with the password they have here.`;
  const link = `${publicUrl ?? '<address of this installation>'}/invitations/${await inviteFromMachine(db, shop, id)}`;
  if (!active) return `${who} chooses a password at ${link}`;
  return `${who} has a password here, and comes with it to shop number ${comesTo}, ${itsName}, as the first of theirs. Into this one leads, once and within a week, ${link} (they choose a password there, which may be the one that they have).`;
}

interface Manager {
  id: number;
  who: string;
  /** Whether they have a password here. */
  active: boolean;
  /** The shop that they come to when they sign in. */
  comesTo: number;
  itsName: string;
}

async function listManagers(db: Database, shop: number): Promise<Manager[]> {
  const { rows } = await sql<Manager>`
    select p.id, p.name || ' (' || p.email || ')' as who, p.password_hash is not null as active, first.id as "comesTo", first.name as "itsName"
    from memberships m join staff p on p.id = m.staff_id
    cross join lateral (
      select s.id, s.name from memberships o join shops s on s.id = o.shop_id
      where o.staff_id = p.id and o.disabled_at is null order by s.id limit 1) first
    where m.shop_id = ${shop} and m.role = 'manager' and m.disabled_at is null order by p.id`.execute(db);
  return rows;
}
