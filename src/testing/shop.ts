import { type Column, DEFAULT_COLUMNS, insertColumn, listColumns } from '../features/board/columns.js';
import { ROLES, type Role } from '../features/staff/permissions.js';
import { findViewer } from '../features/staff/sign-in.js';
import { createWorkOrder, type NewWorkOrder } from '../features/work-orders/create.js';
import { changeWithin } from '../platform/database/change.js';
import type { Database } from '../platform/database/pool.js';
import type { Viewer } from '../platform/web/viewer.js';

export const PASSWORD = 'test-shop-floor';
/** Of PASSWORD, made with the least work there is, so that signing in costs a test nothing. */
const PASSWORD_HASH = '$argon2id$v=19$m=64,t=1,p=1$IoDuIcAAT2XxoQqAvkghYQ$9drKxXkJu/zbEj5h8ll+SQIJairBbbr7v9NSRg6TF8g';

export interface TestShop {
  id: number;
  /** Estimates, In Progress, Waiting on Parts, Completed. */
  columns: Column[];
  /** One person of each role, as a request would see them; their e-mail is `<role>@<prefix>.test`. */
  staff: Record<Role, Viewer>;
  email(role: Role): string;
}

/**
 * Makes a shop with the default columns and one person of each role, all with PASSWORD.
 * @param prefix tells the shops of one database apart; also the shop's name
 */
export async function makeShop(db: Database, prefix = 'first'): Promise<TestShop> {
  const email = (role: Role) => `${role}@${prefix}.test`;
  const id = await db.transaction().execute(async (trx) => {
    const shop = await trx
      .insertInto('shops')
      .values({ name: prefix, time_zone: 'America/Chicago' })
      .returning('id')
      .executeTakeFirstOrThrow();
    for (const role of ROLES) {
      const person = { email: email(role), name: `${role} of ${prefix}`, password_hash: PASSWORD_HASH };
      const staff = await trx.insertInto('staff').values(person).returning('id').executeTakeFirstOrThrow();
      await trx.insertInto('memberships').values({ shop_id: shop.id, staff_id: staff.id, role }).execute();
    }
    await changeWithin(trx, { shop: shop.id, staff: null }, {}, async (tx) => {
      tx.record('shop.made', null, { name: prefix, timeZone: 'America/Chicago' });
      for (const column of DEFAULT_COLUMNS) await insertColumn(tx, column);
    });
    // Cards without jobs are moved freely in most tests; those of the guard switch it on.
    await trx.updateTable('billing_settings').set({ work_needs_consent: false }).where('shop_id', '=', shop.id).execute();
    return shop.id;
  });
  const people = await db.selectFrom('memberships').select(['staff_id', 'role']).where('shop_id', '=', id).execute();
  const viewers = await Promise.all(people.map(async ({ staff_id, role }) => [role, await findViewer(db, staff_id, id)]));
  return { id, columns: await listColumns(db, id), staff: Object.fromEntries(viewers), email };
}

/** What the form for a new work order gives, for a new customer with a new vehicle. */
export function newOrder(more: Partial<NewWorkOrder> = {}): NewWorkOrder {
  return {
    ...{ customer: null, vehicle: null, customerName: 'Dana Whitfield', company: '', phone: '555 0142', email: '' },
    ...{ vehicleDescription: '2019 Toyota Corolla', plate: '', concern: 'It squeals', promisedAt: null, mechanic: null },
    ...more,
  };
}

/** Opens work orders one after the other; each comes to the top of the first column. @returns their numbers */
export async function openOrders(db: Database, viewer: Viewer, count: number): Promise<number[]> {
  const numbers: number[] = [];
  for (let index = 0; index < count; index++) {
    const { result } = await createWorkOrder(db, viewer, newOrder({ vehicleDescription: `Vehicle ${index + 1}` }));
    numbers.push(result.number);
  }
  return numbers;
}
