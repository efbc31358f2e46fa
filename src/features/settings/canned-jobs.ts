import type { Database } from '../../platform/database/pool.js';

/** What a line of a canned job can be. Cores and discounts depend on the order, and are written there. */
export const CANNED_KINDS = ['labor', 'part', 'tire', 'sublet', 'fee'] as const;

/** A line as it is added to an order. Money in cents, quantities and hours in hundredths. */
export interface CannedLine {
  kind: (typeof CANNED_KINDS)[number];
  description: string;
  /** Of parts and tires; otherwise empty. */
  partNumber: string;
  /** Of labor: hours. */
  quantity: number;
  /**
   * For one, and then a price by hand. Null: by the labor rate of the order (labor), or by the price matrix from the cost
   * (parts and tires). Never null for sublets and fees.
   */
  priceCents: number | null;
  costCents: number;
}

export interface CannedJob {
  id: number;
  name: string;
  concern: string;
  cause: string;
  correction: string;
  lines: CannedLine[];
}

/** The shop's canned jobs that are in use, by name. */
export async function listCannedJobs(db: Database, shop: number): Promise<CannedJob[]> {
  const rows = await db
    .selectFrom('canned_jobs')
    .select(['id', 'name', 'concern', 'cause', 'correction', 'lines'])
    .where('shop_id', '=', shop)
    .where('archived_at', 'is', null)
    .orderBy('name')
    .orderBy('id')
    .execute();
  return rows.map((row) => ({ ...row, lines: row.lines as unknown as CannedLine[] }));
}

/** One canned job, or null when there is none, it is archived, or it is another shop's. */
export async function findCannedJob(db: Database, shop: number, id: number): Promise<CannedJob | null> {
  const row = await db
    .selectFrom('canned_jobs')
    .select(['id', 'name', 'concern', 'cause', 'correction', 'lines'])
    .where('shop_id', '=', shop)
    .where('id', '=', id)
    .where('archived_at', 'is', null)
    .executeTakeFirst();
  return row ? { ...row, lines: row.lines as unknown as CannedLine[] } : null;
}
