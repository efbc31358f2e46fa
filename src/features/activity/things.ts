import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { search } from '../search/find.js';
import { readSought } from '../search/rules.js';
import type { Thing } from './rules.js';

/** A customer or a vehicle as the log names it. */
export interface NamedThing extends Thing {
  name: string;
  /** What tells it from others of the same name: whose it is, its plate, a phone number. */
  detail: string;
  /** As it stands in an address: `customer-12`. */
  about: string;
  link: string;
}

/** The fields that name a thing in events that belong to no work order, each with the kinds in which it does (as LIKE has them). */
const OWN: Record<Thing['kind'], Record<string, string>> = {
  customer: { customer: '%', kept: 'customer.merge%', gone: 'customer.merge%', from: 'vehicle.transferred', to: 'vehicle.transferred' },
  vehicle: { vehicle: '%', kept: 'vehicle.merge%', gone: 'vehicle.merge%' },
};

/**
 * `version, seq` of what happened to a customer or a vehicle: of its own, also before it was put together with another, and of its work
 * orders. To be materialized: how many these are can't be guessed, so the planner must not choose to walk along all events for the newest.
 * @param asked further conditions on `e`, beginning with `and`
 */
export function eventsOf(shop: number, thing: Thing, asked: RawBuilder<unknown>): RawBuilder<unknown> {
  const column = sql.ref(thing.kind === 'customer' ? 'customer_id' : 'vehicle_id');
  return sql`
    select e.version, e.seq from events e
    where e.shop_id = ${shop} and e.work_order_id = any(array(select id from work_orders where shop_id = ${shop} and ${column} = ${thing.id})) ${asked}
    union
    select e.version, e.seq
    from (
      select ${thing.id}::bigint as id
      union select gone_id from merges where shop_id = ${shop} and kind = ${thing.kind} and kept_id = ${thing.id} and undone_at is null
    ) one
    cross join unnest(${Object.keys(OWN[thing.kind])}::text[], ${Object.values(OWN[thing.kind])}::text[]) as named (field, kinds)
    cross join lateral (
      select version, seq from events e
      where e.shop_id = ${shop} and e.work_order_id is null and e.data @> jsonb_build_object(named.field, one.id) and e.kind like named.kinds ${asked}
    ) e`;
}

/** What it is called; null when the shop has no such thing. */
export async function nameThing(db: Database, shop: number, { kind, id }: Thing): Promise<NamedThing | null> {
  const { rows } = await (kind === 'customer'
    ? sql<{ name: string }>`select coalesce(nullif(company, ''), name) as name from customers where shop_id = ${shop} and id = ${id}`
    : sql<{ name: string }>`select description as name from vehicles where shop_id = ${shop} and id = ${id}`
  ).execute(db);
  return rows[0] ? toNamed({ kind, id }, rows[0].name, '') : null;
}

/** Customers and vehicles that fit what was typed, the best first. */
export async function findThings(db: Database, shop: number, typed: string): Promise<NamedThing[]> {
  const sought = readSought(typed);
  const hits = sought ? await search(db, { shop, customers: true }, sought) : [];
  return hits.flatMap(({ kind, key, ...hit }) => {
    if (kind === 'work-order') return [];
    const whose = hit.company || hit.customer;
    return kind === 'customer'
      ? toNamed({ kind, id: key }, whose, hit.phone || hit.vehicles)
      : toNamed({ kind, id: key }, hit.vehicle, [hit.plate, whose].filter(Boolean).join(', '));
  });
}

function toNamed(thing: Thing, name: string, detail: string): NamedThing {
  return { ...thing, name, detail, about: `${thing.kind}-${thing.id}`, link: `/${thing.kind}s/${thing.id}` };
}
