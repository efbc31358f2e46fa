import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { projectPath } from '../src/platform/project.js';
import { StartError } from '../src/platform/start-error.js';

/** What the schema says by a check, and the generator can't read there. */
const COLUMNS = {
  'memberships.role': '"mechanic" | "advisor" | "manager"',
  'columns.meaning': '"estimate" | "active" | "waiting" | "done"',
  'work_orders.blocked_reason': '"parts" | "approval" | "sublet" | "tool" | "other" | null',
  'tv_links.variant': '"floor" | "lobby"',
};

const OPTIONS = [
  '--dialect=postgres',
  '--exclude-pattern=migrations',
  // As src/platform/database/pool.ts reads them.
  `--type-mapping=${JSON.stringify({ int8: 'number' })}`,
  `--overrides=${JSON.stringify({ columns: COLUMNS })}`,
];

/**
 * Writes the types of all rows to src/platform/database/schema.ts.
 * @param url of a migrated database
 * @param verify only compare
 * @throws StartError when they differ
 */
export function generateTypes(url: string, verify: boolean): void {
  const program = createRequire(import.meta.url).resolve('kysely-codegen/dist/cli/bin.js');
  const file = projectPath('src', 'platform', 'database', 'schema.ts');
  const args = [program, ...OPTIONS, `--out-file=${file}`, '--url=env(DATABASE_URL)', ...(verify ? ['--verify'] : [])];
  try {
    // The address holds a password: by the environment, where no list of processes shows it.
    execFileSync(process.execPath, args, {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const said = `${stdout}${stderr}`.trim();
    if (!verify) throw new Error(`The types could not be written: ${said}`);
    throw new StartError(`src/platform/database/schema.ts is not what the migrations say: run "npm run database:types".\n${said}`);
  }
}
