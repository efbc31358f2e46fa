import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { listMembers } from '../staff/members.js';
import { EDITED_COLUMNS, type EditConflict, readEditFields } from './edit.js';
import { findMatches } from './lookup.js';

/** The form for a new work order, empty or with what was typed and chosen. */
export async function newForm(db: Database, viewer: Viewer, refused: Refused | null): Promise<Answer> {
  const values = refused?.values ?? {};
  const find = String(values.find ?? '');
  const data = {
    title: 'New work order',
    values,
    errors: refused?.fields ?? {},
    requestId: String(values.requestId ?? randomUUID()),
    matches: find ? await findMatches(db, viewer.shop, find) : [],
    find,
    chosen: { vehicle: values.vehicle ?? '', customer: values.customer ?? '' },
    mechanics: (await listMembers(db, viewer.shop)).filter((member) => !member.disabled),
  };
  return page('work-orders/new', data, 'work-orders/new-form');
}

/**
 * The form that changes a work order. `original` travels with it, so that the server can tell what was changed here from
 * what somebody else changed meanwhile.
 * @param conflict the fields that both changed: the form then shows both, and saving again takes mine
 */
export async function editForm(
  db: Database,
  viewer: Viewer,
  number: number,
  refused: Refused | null,
  conflict?: EditConflict,
): Promise<Answer> {
  const order = await db
    .selectFrom('work_orders')
    .select(EDITED_COLUMNS)
    .where('shop_id', '=', viewer.shop)
    .where('number', '=', number)
    .executeTakeFirst();
  if (!order) throw new NotFound('That work order is not here.');
  const current = await readEditFields(db, viewer.shop, viewer.timeZone, order);
  const values = { ...current, ...refused?.values };
  const sent = (field: string) => refused?.values[`original.${field}`];
  const original = Object.fromEntries(
    Object.entries(current).map(([field, value]) => [field, conflict?.conflicts[field] ? value : (sent(field) ?? value)]),
  );
  const data = {
    title: `Change WO-${number}`,
    number,
    values,
    original,
    errors: refused?.fields ?? {},
    conflicts: conflict?.conflicts ?? {},
    payers: await listPayers(db, viewer.shop, order.customer_id, order.bill_to_id),
  };
  return { ...page('work-orders/edit', data, 'work-orders/edit-form'), status: conflict ? 409 : 200 } as Answer;
}

/** Who could pay for an order: those who have an account, who usually pays for the customer, and who does now. */
async function listPayers(db: Database, shop: number, customer: number, payer: number | null): Promise<{ id: number; name: string }[]> {
  const { rows } = await sql<{ id: number; name: string }>`
    select c.id, case when c.company <> '' then c.company else c.name end as name from customers c
    where c.shop_id = ${shop} and c.merged_into_id is null and c.id <> ${customer}
      and (c.on_account or c.id = ${payer} or c.id = (select o.bill_to_id from customers o where o.shop_id = c.shop_id and o.id = ${customer}))
    order by name, c.id limit 500`.execute(db);
  return rows;
}
