import { sql } from 'kysely';
import { type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showMoney } from './amounts.js';
import { PAY_METHODS, type PayMethod } from './payments.js';
import { readCurrency } from './terms.js';

export const METHOD_LIST = Object.keys(PAY_METHODS) as PayMethod[];

export interface TillSum {
  method: PayMethod;
  /** What came in less what went back, since the till was closed last. */
  expectedCents: number;
  count: number;
}

export interface TillClose {
  id: number;
  at: Date;
  closedBy: string;
  sums: Partial<Record<PayMethod, { expected: number; counted: number }>>;
  note: string;
}

/** What should be in the till by method, all methods, since it was closed last. */
export async function readTill(db: Database, shop: number): Promise<TillSum[]> {
  const { rows } = await sql<TillSum>`
    select method, sum(cents)::bigint as "expectedCents", count(*) as count from payments
    where shop_id = ${shop} and till_close_id is null group by method`.execute(db);
  return METHOD_LIST.map((method) => rows.find((row) => row.method === method) ?? { method, expectedCents: 0, count: 0 });
}

/**
 * Closes the till: what was counted is written down beside what should be there, and the count begins anew.
 * @param input for each method what was counted, and what the form said should be there
 * @throws Conflict when a payment was taken since the form was opened
 */
export async function closeTill(
  db: Database,
  viewer: Viewer,
  input: { counted: Record<PayMethod, number>; expected: Record<PayMethod, number>; note: string },
  requestId?: string,
): Promise<Changed<{ differenceCents: number; currency: string }>> {
  return change(db, viewer, { requestId: requestId && `till/${requestId}` }, async (tx) => {
    const currency = await readCurrency(tx.db, tx.shop);
    const till = await readTill(tx.db, tx.shop);
    const other = till.find(({ method, expectedCents }) => expectedCents !== input.expected[method]);
    if (other)
      throw new Conflict(
        `Meanwhile money was taken or given back: ${PAY_METHODS[other.method].toLowerCase()} should be ${showMoney(other.expectedCents, currency)} now. Look at it again.`,
      );
    if (till.every(({ count }) => count === 0)) throw new Conflict('Nothing was taken since the till was closed last.');
    const sums = Object.fromEntries(
      till
        .map(({ method, expectedCents }) => [method, { expected: expectedCents, counted: input.counted[method] }] as const)
        .filter(([, { expected, counted }]) => expected !== 0 || counted !== 0),
    );
    const { id } = await tx.db
      .insertInto('till_closes')
      .values({ shop_id: tx.shop, at: tx.now, closed_by: viewer.staff, sums: JSON.stringify(sums), note: input.note })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql`update payments set till_close_id = ${id} where shop_id = ${tx.shop} and till_close_id is null`.execute(tx.db);
    const differenceCents = Object.values(sums).reduce((sum, { expected, counted }) => sum + counted - expected, 0);
    tx.record('till.closed', null, { till: id, sums, differenceCents, currency });
    return { differenceCents, currency };
  });
}

const PAGE = 20;

/** Earlier closes, the latest first, a page at a time. @param before id of the last one seen */
export async function listCloses(
  db: Database,
  shop: number,
  before: number | null,
  limit = PAGE,
): Promise<{ closes: TillClose[]; next: number | null }> {
  const { rows } = await sql<TillClose>`
    select t.id, t.at, s.name as "closedBy", t.sums, t.note from till_closes t join staff s on s.id = t.closed_by
    where t.shop_id = ${shop} and (${before}::bigint is null or t.id < ${before}) order by t.id desc limit ${limit + 1}`.execute(db);
  const closes = rows.slice(0, limit);
  return { closes, next: rows.length > limit ? (closes.at(-1)?.id ?? null) : null };
}
