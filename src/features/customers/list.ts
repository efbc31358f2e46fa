import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { foundCustomers, soughtName } from '../search/matches.js';
import { readSought } from '../search/rules.js';

const PAGE = 50;

export interface Listed {
  id: number;
  name: string;
  company: string;
  phone: string;
  /** The latest three. */
  vehicles: string;
}

const VEHICLES = sql`coalesce((
  select string_agg(o.description, ', ' order by o.id desc) from (
    select id, description from vehicles v where v.shop_id = c.shop_id and v.customer_id = c.id and v.merged_into_id is null order by id desc limit 3
  ) o), '') as vehicles`;
/** By this they are listed: what people call them. */
const CALLED = sql`lower(case when c.company <> '' then c.company else c.name end)`;

/**
 * Customers by name, a page at a time.
 * @param after id of the last one seen; null for the first page
 * @param most of the page
 * @returns `next` is the id to go on behind, or null at the end
 */
export async function listCustomers(
  db: Database,
  shop: number,
  after: number | null,
  most = PAGE,
): Promise<{ customers: Listed[]; next: number | null }> {
  // Two texts, each with its own plan: the place to go on behind is a range of the index.
  const behind = sql`and (${CALLED}, c.id) > (
    select lower(case when s.company <> '' then s.company else s.name end), s.id from customers s where s.shop_id = ${shop} and s.id = ${after})`;
  const { rows } = await sql<Listed>`
    select c.id, c.name, c.company, c.phone, ${VEHICLES}
    from customers c
    where c.shop_id = ${shop} and c.merged_into_id is null ${after === null ? sql`` : behind}
    order by ${CALLED}, c.id limit ${most + 1}`.execute(db);
  const customers = rows.slice(0, most);
  return { customers, next: rows.length > most ? (customers.at(-1)?.id ?? null) : null };
}

/** Customers by a name with mistakes, a phone number, or that of a contact: the best ones. */
export async function findCustomers(db: Database, shop: number, text: string, most = PAGE): Promise<Listed[]> {
  const sought = readSought(text);
  if (!sought) return [];
  const { rows } = await sql<Listed>`
    with ${soughtName(sought)},
    found as materialized (select id, min(rank) as rank from (${foundCustomers(shop, sought)}) f group by id order by 2, 1 limit ${most})
    select c.id, c.name, c.company, c.phone, ${VEHICLES}
    from found f join customers c on c.shop_id = ${shop} and c.id = f.id
    order by f.rank, ${CALLED}, c.id`.execute(db);
  return rows;
}

/** How alike two names must be to be looked at as perhaps the same customer's. */
const SAME = 0.6;

/** Customers who may be the same as this one: the same phone number, or nearly the same name. */
export async function findDuplicates(db: Database, shop: number, customer: number): Promise<Listed[]> {
  const { rows } = await sql<Listed>`
    with own as materialized (
      select id, search_words, right(phone_digits, 10) as digits, set_config('pg_trgm.word_similarity_threshold', '0.6', true) as threshold
      from customers where shop_id = ${shop} and id = ${customer}
    ),
    found as (
      (select id, 1 as rank from customers where shop_id = ${shop} and merged_into_id is null and phone_digits <> ''
        and phone_digits like (select '%' || digits from own where length(digits) >= 7) limit 10)
      union all
      (select n.id, 2 from (
        select id, search_words from customers where shop_id = ${shop} and merged_into_id is null
          and search_words %> (select search_words from own where threshold <> '') limit 300
      ) n where similarity(n.search_words, (select search_words from own)) >= ${SAME} order by similarity(n.search_words, (select search_words from own)) desc limit 10)
    )
    select c.id, c.name, c.company, c.phone, ${VEHICLES}
    from (select id, min(rank) as rank from found where id <> ${customer} group by id) f
    join customers c on c.shop_id = ${shop} and c.id = f.id
    order by f.rank, c.id limit 5`.execute(db);
  return rows;
}
