import { sql } from 'kysely';
import type { Database } from '../../src/platform/database/pool.js';
import type { ShopClock } from './shop-clock.js';

/** So many of the last ones still have to be sent by hand: the demo has no mail server. */
const BY_HAND = 3;

/**
 * What became of the messages that the features wrote: nothing sent them while the story was told. Most went out; one was refused, one
 * taken back, one waits for the morning, the last ones wait for somebody to send them; and two customers have answered.
 */
export async function fillOutbox(db: Database, shop: number, clock: ShopClock): Promise<void> {
  const { rows } = await sql<{ id: number }>`select id from messages where shop_id = ${shop} and state = 'by-hand' order by id`.execute(db);
  const ids = rows.map(({ id }) => id);
  const past = ids.slice(0, -BY_HAND - 1);
  const [refused, withdrawn] = past.splice(-9, 2) as [number, number];
  const waits = ids.at(-BY_HAND - 1) as number;
  await sql`
    update messages set state = 'sent', attempts = 1, ended_at = written_at + interval '31 seconds', outside_id = '<' || id || '@demo.test>'
    where shop_id = ${shop} and id = any(${past}::bigint[])`.execute(db);
  await sql`
    update messages set state = 'failed', attempts = 1, ended_at = written_at + interval '31 seconds', trouble = ${NOBODY}
    where shop_id = ${shop} and id = ${refused}`.execute(db);
  await sql`
    insert into message_attempts (shop_id, message_id, attempt, at, answer)
    select shop_id, id, 1, ended_at, case state when 'sent' then '250 2.0.0 OK' else trouble end
    from messages where shop_id = ${shop} and state in ('sent', 'failed')`.execute(db);
  await sql`
    update messages set state = 'withdrawn', ended_at = written_at + interval '12 seconds' where shop_id = ${shop} and id = ${withdrawn}`.execute(
    db,
  );
  await sql`
    update messages m set state = 'waiting', waits_for = 'night',
      due_at = ((${clock.at(1)}::timestamptz at time zone s.time_zone)::date + 1 + g.day_begins) at time zone s.time_zone
    from shops s join message_settings g on g.shop_id = s.id
    where s.id = ${shop} and m.shop_id = s.id and m.id = ${waits}`.execute(db);
  await sql`
    insert into messages (shop_id, direction, channel, state, customer_id, appointment_id, name, address, subject, text, due_at, written_at)
    select shop_id, 'in', channel, 'received', customer_id, appointment_id, name, address, 'Re: ' || subject, ${ANSWER}, ${clock.at(0.95)}, ${clock.at(0.95)}
    from messages where shop_id = ${shop} and id = ${past.at(-1)}`.execute(db);
  await sql`
    insert into messages (shop_id, direction, channel, state, customer_id, work_order_id, answers_id, name, address, subject, text, due_at, written_at)
    select m.shop_id, 'in', m.channel, 'received', m.customer_id, w.id, m.id, m.name, m.address, 'Re: ' || m.subject, ${ON_WAY},
      ${clock.at(0.97)}, ${clock.at(0.97)}
    from messages m
    join appointments a on a.shop_id = m.shop_id and a.id = m.appointment_id
    join work_orders w on w.shop_id = a.shop_id and w.id = a.work_order_id and w.rank is not null
    where m.shop_id = ${shop} and m.channel = 'mail' and m.state = 'sent' order by m.id desc limit 1`.execute(db);
}

const NOBODY = '550 5.1.1 There is nobody with this address.';
const ON_WAY = 'Thank you for fitting me in. I can’t get there before five: is somebody there until six?';
const ANSWER = 'Thank you. Could you look at the wipers as well? And how long will it take, roughly?';
