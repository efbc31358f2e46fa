import type { Change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { insertCustomers, matchCustomers } from './customers.js';
import type { Kind } from './kinds.js';
import { withHashing } from './matching.js';
import { insertParts, matchParts } from './parts.js';
import { type Item, type Plan, readRows } from './rows.js';
import type { Upload } from './uploads.js';
import { insertVehicles, matchVehicles } from './vehicles.js';

type Match = (db: Database, shop: number, items: Item[]) => Promise<Plan>;
const MATCH: Record<Kind, Match> = { customers: matchCustomers, vehicles: matchVehicles, parts: matchParts };
const INSERT: Record<Kind, (tx: Change, rows: string) => Promise<void>> = {
  customers: insertCustomers,
  vehicles: insertVehicles,
  parts: insertParts,
};

/** Rows in one statement: enough to be quick, few enough to end long before a statement may take no longer. */
const BATCH = 2_000;

/** Looks at every row, and at what is in the shop already. Nothing is changed. */
export async function planImport(db: Database, shop: number, upload: Upload): Promise<Plan & { items: Item[] }> {
  const { items, problems } = readRows(upload.kind, upload.rows, upload.mapping);
  const plan = await withHashing(db, (trx) => MATCH[upload.kind](trx, shop, items));
  return { ...plan, items, problems: [...problems, ...plan.problems].sort((one, other) => one.row - other.row) };
}

/** Matches once more, now that nobody else can add anything, and writes. */
export async function writeImport(tx: Change, kind: Kind, items: Item[]): Promise<Plan> {
  const plan = await withHashing(tx.db, (db) => MATCH[kind](db, tx.shop, items));
  if (plan.problems.length > 0) return plan;
  for (let at = 0; at < plan.fresh.length; at += BATCH) await INSERT[kind](tx, JSON.stringify(plan.fresh.slice(at, at + BATCH)));
  return plan;
}
