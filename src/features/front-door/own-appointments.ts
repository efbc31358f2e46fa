import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound, RequestError, TooMany } from '../../platform/errors.js';
import { showAppointment } from '../../platform/time.js';
import { hashToken } from '../../platform/tokens.js';
import type { Kind } from '../appointments/booking.js';

/** An appointment as its customer may know it. */
export interface OwnAppointment {
  shop: number;
  id: number;
  state: 'requested' | 'confirmed' | 'arrived' | 'no-show' | 'cancelled';
  kind: Kind;
  startsAt: Date;
  hundredths: number;
  concern: string;
  name: string;
  vehicle: string;
  plate: string;
  services: string[];
  reason: string;
  bookedAt: Date;
  sequence: number;
  shopName: string;
  timeZone: string;
  phone: string;
  address: string;
  afterHoursText: string;
  slotMinutes: number;
  /** Whether one can book here, and by which name in the address. */
  isOnline: boolean;
  slug: string | null;
}

/** After its day a link shows what it was for so long. */
const DAYS_AFTER = 90;

/** @throws NotFound when no link has this token; RequestError 410 when it is too long ago */
export async function findOwnAppointment(db: Database, token: string, now: Date): Promise<OwnAppointment> {
  const { rows } = await sql<OwnAppointment>`
    select a.shop_id as shop, a.id, a.state, a.kind, a.starts_at as "startsAt", a.hundredths, a.concern, a.name, a.vehicle, a.plate, a.reason,
      a.booked_at as "bookedAt", a.sequence, s.name as "shopName", s.time_zone as "timeZone", l.phone, l.address,
      b.after_hours_text as "afterHoursText", b.slot_minutes as "slotMinutes",
      b.is_online as "isOnline", b.slug,
      array(select v.name from appointment_services v where v.shop_id = a.shop_id and v.appointment_id = a.id order by v.position) as services
    from appointment_links k
    join appointments a on a.shop_id = k.shop_id and a.id = k.appointment_id
    join shops s on s.id = a.shop_id
    join billing_settings l on l.shop_id = a.shop_id
    join booking_settings b on b.shop_id = a.shop_id
    where k.token_hash = ${hashToken(token)}`.execute(db);
  const found = rows[0];
  if (!found) throw new NotFound('This link opens nothing. Is it whole? Please open it again from the message of the shop.');
  if (now.getTime() - found.startsAt.getTime() > DAYS_AFTER * 86_400_000)
    throw new RequestError(410, `This appointment was long ago. Please call ${found.shopName}${found.phone && `: ${found.phone}`}.`);
  return found;
}

/** Why it can't be changed any more; empty when it can. */
export function whyFixed({ state, startsAt }: Pick<OwnAppointment, 'state' | 'startsAt'>, now: Date): string {
  if (state === 'cancelled') return 'This appointment is cancelled.';
  if (state === 'arrived') return 'Your vehicle is in the shop, so this appointment can’t be changed any more.';
  if (state === 'no-show' || startsAt <= now) return 'The time of this appointment is over, so it can’t be changed any more.';
  return '';
}

/** So often its customer moves an appointment in a day; each time a message goes out. */
const MOST_MOVES = 5;
const DAY = 86_400_000;

/** In the change that moves it by its link. @throws TooMany, with when it can be moved again */
export async function refuseTooManyMoves(tx: Change, { id, timeZone, phone }: OwnAppointment): Promise<void> {
  const { rows } = await sql<{ at: Date }>`
    select at from events
    where shop_id = ${tx.shop} and work_order_id is null and data @> ${JSON.stringify({ appointment: id })}::jsonb
      and kind = 'appointment.moved' and actor_id is null
    order by version desc offset ${MOST_MOVES - 1} limit 1`.execute(tx.db);
  const again = rows[0] && new Date(rows[0].at.getTime() + DAY);
  if (!again || again <= tx.now) return;
  const call = `please call the shop${phone && `: ${phone}`}`;
  throw new TooMany(
    `This appointment was moved ${MOST_MOVES} times in a day. Here it can be moved again from ${showAppointment(again, timeZone)} on; or ${call}.`,
    Math.ceil((again.getTime() - tx.now.getTime()) / 1000),
  );
}
