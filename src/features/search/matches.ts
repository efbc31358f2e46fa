import { type RawBuilder, sql } from 'kysely';
import type { Sought } from './rules.js';

/** So many rows that fit are looked at for the best ones: a name like Smith must not cost more the longer the shop is there. */
const CANDIDATES = 300;
const BEST = 10;

/** Lower comes first. Exact ones are below 10. */
export const RANK = { order: 0, invoice: 1, plate: 2, vin: 3, unit: 4, phone: 10, name: 20, contact: 22, part: 30, alike: 40 } as const;

/**
 * What a query begins with that uses foundCustomers: the name as names are searched, and how much alike is enough for it. One letter wrong
 * among five is alike by a half; the setting ends with the statement. Whoever reads the name has set it.
 */
export function soughtName({ name }: Sought): RawBuilder<unknown> {
  return sql`sought as materialized (
    select search_words(${name}::text) as name, set_config('pg_trgm.word_similarity_threshold', '0.5', true) as threshold)`;
}

/** `id, rank` of the shop's customers that fit, by phone or name, also those of their contacts. Each part is one look into an index. */
export function foundCustomers(shop: number, { phone, phoneEnd, phoneIsWhole, name, swapped }: Sought): RawBuilder<unknown> {
  const byPhone = sql.lit(phoneIsWhole ? RANK.phone : RANK.part);
  const long = name !== null && [...name].length >= 3;
  const part = sql`(select '%' || replace(replace(name, '%', '\\%'), '_', '\\_') || '%' from sought where ${long}::boolean)`;
  const starts = sql`(select name from sought)`;
  // Who has the very name comes first; only when these are few it is looked for what is alike. NULL looks up nothing.
  const alike = sql`(select name from sought where threshold <> '' and (select count(*) from exact) < ${sql.lit(BEST)})`;
  const other = sql`case when exists (select from exact) then '{}' else ${swapped}::text[] end`;
  return sql`
    with exact as materialized (
      select id, case when starts_with(search_words, ${starts}) then ${sql.lit(RANK.name)} else ${sql.lit(RANK.name + 1)} end as rank from (
        select id, search_words from customers
        where shop_id = ${shop} and merged_into_id is null and search_words like ${part} limit ${CANDIDATES}
      ) fits order by rank, search_words limit ${BEST}
    )
    select id, rank from exact
    union all
    (select id, ${byPhone} as rank from customers
      where shop_id = ${shop} and phone_digits <> '' and phone_digits like ${phone} and merged_into_id is null limit ${BEST})
    union all
    (select id, ${byPhone} from customers
      where shop_id = ${shop} and phone_digits <> '' and phone_digits like ${phoneEnd} and merged_into_id is null limit ${BEST})
    union all
    (select customer_id, ${byPhone} from contacts where shop_id = ${shop} and phone_digits <> '' and phone_digits like ${phone} limit ${BEST})
    union all
    (select customer_id, ${sql.lit(RANK.contact)} from contacts where shop_id = ${shop} and search_words like ${part} limit ${BEST})
    union all
    (select same.id, ${sql.lit(RANK.alike)} from unnest(${other}) as swapped (name)
      cross join lateral (select id from customers
        where shop_id = ${shop} and merged_into_id is null and search_words like '%' || search_words(swapped.name) || '%' limit 3) same)
    union all
    (select id, ${sql.lit(RANK.alike)} + round(10 * (1 - alike))::int from (
        select id, word_similarity(${starts}, search_words) as alike from (
          select id, search_words from customers
          where shop_id = ${shop} and merged_into_id is null and search_words %> ${alike} limit ${CANDIDATES}
        ) fits
      ) compared order by alike desc limit ${BEST})
    union all
    (select customer_id, ${sql.lit(RANK.alike + 5)} from contacts where shop_id = ${shop} and search_words %> ${alike} limit ${BEST})`;
}

/** `id, rank` of the shop's vehicles that fit, by plate, VIN, unit or serial number. */
export function foundVehicles(shop: number, { plate, platePart, vinEnd, vin, unit }: Sought): RawBuilder<unknown> {
  return sql`
    (select id, ${sql.lit(RANK.plate)} as rank from vehicles
      where shop_id = ${shop} and plate_key <> '' and plate_key = ${plate} and merged_into_id is null limit ${BEST})
    union all
    (select id, ${sql.lit(RANK.vin)} from vehicles
      where shop_id = ${shop} and vin_key <> '' and right(vin_key, 8) = ${vinEnd} and (${vin}::text is null or right(vin_key, length(${vin})) = ${vin})
        and merged_into_id is null limit ${BEST})
    union all
    (select id, ${sql.lit(RANK.unit)} from vehicles
      where shop_id = ${shop} and unit_number <> '' and upper(unit_number) = ${unit} and merged_into_id is null limit ${BEST})
    union all
    (select id, ${sql.lit(RANK.unit)} from vehicles
      where shop_id = ${shop} and serial <> '' and upper(serial) = ${unit} and merged_into_id is null limit ${BEST})
    union all
    (select id, ${sql.lit(RANK.part)} from vehicles
      where shop_id = ${shop} and plate_key <> '' and plate_key like ${platePart} and merged_into_id is null limit ${BEST})`;
}
