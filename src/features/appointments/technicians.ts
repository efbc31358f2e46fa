import { sql } from 'kysely';
import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { showQuantity } from '../billing/amounts.js';

/** Somebody who may have hours for booked work: in a small shop that need not be a mechanic. */
export interface Technician {
  id: number;
  name: string;
  role: string;
  /** Hundredths of an hour on Monday to Sunday; 0: none. */
  hours: number[];
}

/** Everybody who belongs to the shop, mechanics first. */
export async function listTechnicians(db: Database, shop: number): Promise<Technician[]> {
  const { rows } = await sql<Technician>`
    select s.id, s.name, m.role, array(
      select coalesce(h.hundredths, 0) from generate_series(1, 7) d (weekday)
      left join technician_hours h on h.shop_id = m.shop_id and h.staff_id = m.staff_id and h.weekday = d.weekday order by d.weekday
    ) as hours
    from memberships m join staff s on s.id = m.staff_id
    where m.shop_id = ${shop} and m.disabled_at is null
    order by m.role <> 'mechanic', lower(s.name), s.id`.execute(db);
  return rows;
}

/** `8 8 8 8 7.5 – –`: a week as one text. */
export function showWeek(hours: readonly number[]): string {
  return hours.map((hundredths) => (hundredths ? showQuantity(hundredths) : '–')).join(' ');
}

/** Somebody's week as it is to be. */
export interface Week {
  staff: number;
  /** As in Technician. */
  hours: number[];
  /** What the form showed when it was opened, by showWeek(); null: nobody looked. */
  was: string | null;
}

/**
 * Says how many hours people have for booked work. Weeks that were left as they were shown stay as they are by now.
 * @throws Conflict when somebody else changed the same week meanwhile; NotFound for whoever is not here any more
 */
export async function saveWeeks(db: Database, actor: Actor, weeks: Week[]): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const technicians = await listTechnicians(tx.db, tx.shop);
    for (const { staff, hours, was } of weeks) {
      const technician = technicians.find(({ id }) => id === staff);
      if (!technician) throw new NotFound('That person is not here any more.');
      const [now, wanted] = [showWeek(technician.hours), showWeek(hours)];
      if (wanted === now || wanted === was) continue;
      if (was !== null && was !== now)
        throw new Conflict(`Somebody else changed the hours of ${technician.name} meanwhile, to ${now}. Save again to keep yours.`);
      await writeWeek(tx, staff, hours);
      tx.record('technician-hours.changed', null, { staff, name: technician.name, from: now, to: wanted });
    }
  });
}

async function writeWeek(tx: Change, staff: number, hours: number[]): Promise<void> {
  await tx.db.deleteFrom('technician_hours').where('shop_id', '=', tx.shop).where('staff_id', '=', staff).execute();
  const rows = hours.map((hundredths, index) => ({ shop_id: tx.shop, staff_id: staff, weekday: index + 1, hundredths }));
  const some = rows.filter(({ hundredths }) => hundredths > 0);
  if (some.length > 0) await tx.db.insertInto('technician_hours').values(some).execute();
}

/** Days on which somebody is away, both included, as `2026-12-24`. */
export interface Absence {
  id: number;
  staff: number;
  name: string;
  first: string;
  last: string;
}

/** Who is away on a day or after it, by the first day. */
export async function listAbsences(db: Database, shop: number, from: string): Promise<Absence[]> {
  const { rows } = await sql<Absence>`
    select a.id, a.staff_id as staff, s.name, a.first_day::text as first, a.last_day::text as last
    from absences a join staff s on s.id = a.staff_id
    where a.shop_id = ${shop} and a.last_day >= ${from}::date order by a.first_day, a.id`.execute(db);
  return rows;
}

/** @throws NotFound for whoever is not here any more */
export async function addAbsence(
  db: Database,
  actor: Actor,
  input: { staff: number; first: string; last: string },
  requestId?: string,
): Promise<Changed<{ absence: number }>> {
  const { staff, first, last } = input;
  return change(db, actor, { requestId: requestId && `absence/${requestId}` }, async (tx) => {
    const who = (await listTechnicians(tx.db, tx.shop)).find(({ id }) => id === staff);
    if (!who) throw new NotFound('That person is not here any more.');
    const { rows } = await sql<{ id: number }>`
      insert into absences (shop_id, staff_id, first_day, last_day) values (${tx.shop}, ${staff}, ${first}, ${last}) returning id`.execute(
      tx.db,
    );
    const absence = rows[0]?.id ?? 0;
    tx.record('absence.added', null, { absence, staff, name: who.name, first, last });
    return { absence };
  });
}

/** They are there on these days after all. @throws NotFound */
export async function removeAbsence(db: Database, actor: Actor, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { rows } = await sql<{ staff: number; first: string; last: string }>`
      delete from absences where shop_id = ${tx.shop} and id = ${id}
      returning staff_id as staff, first_day::text as first, last_day::text as last`.execute(tx.db);
    if (!rows[0]) throw new NotFound('That absence is not here any more.');
    tx.record('absence.removed', null, { absence: id, ...rows[0] });
  });
}
