// A program for tests, started by run-to-step.ts: keeps or sweeps a file, answers as a customer, or makes a backup, and is killed
// by itself (SIGKILL) after the STEP-th thing it has done to the disk, the bucket or the database. Without STEP it goes to its end
// and says how many steps there were.
import fs, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import pg from 'pg';

const { DATABASE_URL = '', DATA_DIR = '', SHOP = '', WHAT = '', CONTENT = '', STEP = '0' } = process.env;
let steps = 0;
let counting = false;

/** Wraps a function that returns a promise, so that each call that has ended counts. */
function counted<Call extends (...args: never[]) => Promise<unknown>>(call: Call): Call {
  return async function (this: unknown, ...args: never[]) {
    const result = await call.apply(this, args);
    if (counting && ++steps === Number(STEP)) process.kill(process.pid, 'SIGKILL');
    return result;
  } as unknown as Call;
}

function countIn(target: object, names: string[]): void {
  for (const name of names) {
    const holder = target as Record<string, (...args: never[]) => Promise<unknown>>;
    holder[name] = counted(holder[name] as (...args: never[]) => Promise<unknown>);
  }
}

const handle: FileHandle = await fs.open(import.meta.filename);
countIn(Object.getPrototypeOf(handle), ['chmod', 'utimes', 'sync', 'writeFile']);
await handle.close();
// After what only reads nothing is other than before it. A backup opens to write, for the most part.
countIn(fs, ['mkdir', 'rename', 'rm', 'writeFile', ...(WHAT === 'backup' ? ['open'] : [])]);
syncBuiltinESMExports();
const query = pg.Client.prototype.query as unknown as (...args: never[]) => Promise<unknown>;
const countedQuery = counted(query);
pg.Client.prototype.query = function (this: pg.Client, ...args: never[]) {
  // A stream (COPY) is no promise.
  return (typeof args.at(-1) === 'function' || 'submit' in Object(args[0]) ? query : countedQuery).apply(this, args);
} as unknown as typeof pg.Client.prototype.query;

if (process.env.S3_BUCKET) countIn((await import('@aws-sdk/client-s3')).S3Client.prototype, ['send']);

const { readConfig } = await import('../config.js');
const { answerByLink } = await import('../features/approvals/answers.js');
const { findLink } = await import('../features/approvals/links.js');
const { openDatabase } = await import('../platform/database/pool.js');
const { keepFile } = await import('../platform/files/keep.js');
const { openFileStore } = await import('../platform/files/open.js');
const { back } = await import('./backup.js');
const { sweepFiles } = await import('../platform/files/sweep.js');

const store = await openFileStore(readConfig(process.env));
const database = openDatabase(DATABASE_URL, 2, () => {});
counting = true;
if (WHAT === 'keep') {
  const path = store.temporary();
  await fs.writeFile(path, CONTENT);
  await keepFile(database.db, store, Number(SHOP), path, 'image/jpeg');
} else if (WHAT === 'backup') {
  await back(DATABASE_URL, store, { folder: `${DATA_DIR}/backups`, passphrase: undefined });
} else if (WHAT === 'answer') {
  const { handle, answer, requestId } = JSON.parse(CONTENT);
  const link = await findLink(database.db, { handle });
  if (!link) throw new Error(`There is no link ${handle}.`);
  await answerByLink(database.db, link, answer, requestId);
} else {
  await sweepFiles(database.db, store, new Date(Date.now() + 72 * 3_600_000));
}
counting = false;
console.log(`${steps} steps`);
await database.close();
