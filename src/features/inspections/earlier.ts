import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import type { FindingColor, Measured, Reason } from './content.js';
import { UNIT } from './findings.js';

/** As many visits as a chart shows. */
const MOST_VISITS = 11;

/** What was found at the same item of the same vehicle at an earlier visit. */
export interface EarlierFinding {
  id: number;
  number: number;
  /** For a former owner: then it is nobody's business whose visit it was. */
  former: boolean;
  at: Date;
  color: FindingColor;
  reason: Reason | null;
  note: string;
  measures: Measured[];
  /** In which it was measured then; null when it was not. */
  unit: string | null;
  /** Tenths of the odometer's unit when the vehicle came in. */
  odometer: number | null;
  odometerUnit: 'mi' | 'km' | 'h' | null;
}

/** What the first meter of the vehicle of the order `o` showed when it came in. */
const ODOMETER = sql`
  select r.tenths, m.unit from meters m
  left join meter_readings r on r.shop_id = m.shop_id and r.meter_id = m.id and r.work_order_id = o.id and r.moment = 'in'
  where m.shop_id = o.shop_id and m.vehicle_id = o.vehicle_id order by m.position, m.id limit 1`;

/** What was found at an item at earlier visits of the vehicle of an order, the last one first. */
export async function listEarlier(db: Database, shop: number, workOrder: number, item: string): Promise<EarlierFinding[]> {
  const { rows } = await sql<EarlierFinding>`
    select f.id, o.number, o.customer_id <> w.customer_id as former, f.at, f.color, f.reason, f.note, f.measures, ${UNIT} as unit,
      d.tenths as odometer, d.unit as "odometerUnit"
    from work_orders w
    join work_orders o on o.shop_id = w.shop_id and o.vehicle_id = w.vehicle_id and o.id < w.id
    join findings f on f.shop_id = o.shop_id and f.work_order_id = o.id and f.item = ${item} and f.color is not null
    join inspections i on i.shop_id = f.shop_id and i.id = f.inspection_id
    join inspection_template_versions v on v.shop_id = i.shop_id and v.template_id = i.template_id and v.version = i.version
    left join lateral (${ODOMETER}) d on true
    where w.shop_id = ${shop} and w.id = ${workOrder}
    order by o.id desc, f.id desc limit ${MOST_VISITS}`.execute(db);
  return rows;
}

/** What the page of an inspection says about its order. */
export interface InspectedOrder {
  vehicle: string;
  odometer: number | null;
  odometerUnit: 'mi' | 'km' | 'h' | null;
  document: string;
  handedOver: boolean;
}

/** The order of an inspection, as far as its page shows it. */
export async function getInspectedOrder(db: Database, shop: number, workOrder: number): Promise<InspectedOrder> {
  const { rows } = await sql<InspectedOrder>`
    select v.description as vehicle, d.tenths as odometer, d.unit as "odometerUnit", o.document, o.handed_over_at is not null as "handedOver"
    from work_orders o
    join vehicles v on v.shop_id = o.shop_id and v.id = o.vehicle_id
    left join lateral (${ODOMETER}) d on true
    where o.shop_id = ${shop} and o.id = ${workOrder}`.execute(db);
  return rows[0] as InspectedOrder;
}

/** A picture of an item. */
export interface ItemPicture {
  id: number;
  caption: string;
  kind: 'photo' | 'video';
  thumbnail: boolean;
}

/** The pictures of a finding, in their order. */
export async function listPictures(db: Database, shop: number, finding: number): Promise<ItemPicture[]> {
  const { rows } = await sql<ItemPicture>`
    select p.id, p.caption, p.kind,
      exists (select from media_files u where u.shop_id = p.shop_id and u.media_id = p.id and u.use = 'thumbnail') as thumbnail
    from media p where p.shop_id = ${shop} and p.finding_id = ${finding} and p.removed_at is null order by p.position, p.id`.execute(db);
  return rows;
}
