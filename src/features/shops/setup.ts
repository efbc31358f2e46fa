import { sql } from 'kysely';
import { type Change, changeWithin } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { DEFAULT_COLUMNS, insertColumn } from '../board/columns.js';
import { addStarterTemplates } from '../inspections/templates.js';
import { hashChosen } from '../staff/passwords.js';

export interface FirstShop {
  shopName: string;
  timeZone: string;
  name: string;
  email: string;
  password: string;
}

/** Whoever makes the first shop of a database holds this advisory lock. */
export const SETUP_LOCK = 7_268_302_612;

/** Whether the database holds no shop yet. */
export async function needsSetup(db: Database): Promise<boolean> {
  return (await db.selectFrom('shops').select('id').limit(1).executeTakeFirst()) === undefined;
}

/**
 * Makes the first shop with its first manager: once only, also when two people send the form at the same moment.
 * @throws NotFound when there is a shop already
 */
export async function setUp(db: Database, input: FirstShop): Promise<{ shop: number; staff: number }> {
  const hash = await hashChosen(input.password, [input.name, input.email, input.shopName]);
  return db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(${SETUP_LOCK}::bigint)`.execute(trx);
    if (!(await needsSetup(trx))) throw new NotFound('This shop is set up already. Please sign in.');
    const made = await insertShop(trx, input, hash);
    await changeWithin(trx, made, {}, (tx) => beginShop(tx, input));
    return made;
  });
}

/** The rows that must be there before the shop's first change: itself and its first manager. */
export async function insertShop(
  trx: Database,
  input: Omit<FirstShop, 'password'>,
  passwordHash: string,
): Promise<{ shop: number; staff: number }> {
  const shop = await trx
    .insertInto('shops')
    .values({ name: input.shopName, time_zone: input.timeZone })
    .returning('id')
    .executeTakeFirstOrThrow();
  const staff = await trx
    .insertInto('staff')
    .values({ email: input.email.toLowerCase(), name: input.name, password_hash: passwordHash })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx.insertInto('memberships').values({ shop_id: shop.id, staff_id: staff.id, role: 'manager' }).execute();
  return { shop: shop.id, staff: staff.id };
}

/** A shop's first change: that it was made, the columns of its board, and the inspections to begin with. */
export async function beginShop(tx: Change, input: Pick<FirstShop, 'shopName' | 'timeZone'>): Promise<void> {
  tx.record('shop.made', null, { name: input.shopName, timeZone: input.timeZone });
  for (const column of DEFAULT_COLUMNS) await insertColumn(tx, column);
  await addStarterTemplates(tx);
}
