import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { showDate } from '../../platform/time.js';
import { fullName } from '../customers/rules.js';
import { listMeters, type Meter } from './meters.js';
import type { VehicleFields } from './rules.js';
import { getVehicleRow, toFields } from './vehicles.js';
import { checkVin } from './vin.js';

export interface VehicleDetails {
  id: number;
  fields: VehicleFields;
  mergedInto: number | null;
  owner: { id: number; name: string; phone: string };
  laborRate: string;
  /** What may be wrong with the VIN. */
  vinWarning: string | null;
  meters: Meter[];
  /** Until when it belonged to somebody else, the latest first. Nothing says to whom. */
  changedHands: string[];
  /** Vehicles with the same VIN or plate. */
  same: { id: number; description: string; plate: string; owner: string }[];
  /** Merges into this one that can be taken back. */
  merges: { id: number; name: string; at: string }[];
  currency: string;
}

interface Row {
  owner_name: string;
  owner_company: string;
  owner_phone: string;
  labor_rate: string;
  changed_hands: string[];
  same: VehicleDetails['same'];
  merges: VehicleDetails['merges'];
  currency: string;
}

/** All that the page of a vehicle shows but the visits. @throws NotFound when the shop has no such vehicle */
export async function getVehicle(db: Database, shop: number, timeZone: string, id: number): Promise<VehicleDetails> {
  const row = await getVehicleRow(db, shop, id);
  const key = (text: string) => text.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  const [vin, plate] = [key(row.vin), key(row.plate)];
  const { rows } = await sql<Row>`
    select b.currency, coalesce(r.name, '') as labor_rate, c.name as owner_name, c.company as owner_company, c.phone as owner_phone,
      coalesce((select jsonb_agg(f.until order by f.id desc) from former_owners f where f.shop_id = v.shop_id and f.vehicle_id = v.id), '[]') as changed_hands,
      coalesce((select jsonb_agg(jsonb_build_object('id', s.id, 'description', s.description, 'plate', s.plate, 'owner', coalesce(nullif(o.company, ''), o.name)) order by s.id)
        from (
          (select id, description, plate, customer_id from vehicles where shop_id = ${shop} and vin_key <> '' and length(${vin}::text) >= 8
            and right(vin_key, 8) = right(${vin}::text, 8) and vin_key = ${vin} and merged_into_id is null and id <> ${id} limit 5)
          union
          (select id, description, plate, customer_id from vehicles where shop_id = ${shop} and plate_key <> '' and plate_key = ${plate}
            and merged_into_id is null and id <> ${id} limit 5)
        ) s join customers o on o.shop_id = ${shop} and o.id = s.customer_id), '[]') as same,
      coalesce((select jsonb_agg(jsonb_build_object('id', g.id, 'name', o.description, 'at', g.at) order by g.id desc)
        from merges g join vehicles o on o.shop_id = g.shop_id and o.id = g.gone_id
        where g.shop_id = v.shop_id and g.kind = 'vehicle' and g.kept_id = v.id and g.undone_at is null), '[]') as merges
    from vehicles v
    join billing_settings b on b.shop_id = v.shop_id
    join customers c on c.shop_id = v.shop_id and c.id = v.customer_id
    left join labor_rates r on r.shop_id = v.shop_id and r.id = v.labor_rate_id
    where v.shop_id = ${shop} and v.id = ${id}`.execute(db);
  const more = rows[0];
  if (!more) throw new NotFound('That vehicle is not here.');
  const show = (at: string) => showDate(new Date(at), timeZone);
  return {
    ...{ id, fields: toFields(row), mergedInto: row.merged_into_id, laborRate: more.labor_rate, currency: more.currency },
    owner: { id: row.customer_id, name: fullName({ name: more.owner_name, company: more.owner_company }), phone: more.owner_phone },
    vinWarning: row.kind === 'road' ? checkVin(row.vin) : null,
    meters: await listMeters(db, shop, timeZone, id),
    changedHands: more.changed_hands.map(show),
    same: more.same,
    merges: more.merges.map((merge) => ({ ...merge, at: show(merge.at) })),
  };
}
