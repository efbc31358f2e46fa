import { sql } from 'kysely';
import type { Database } from '../database/pool.js';
import type { Logger } from './log.js';

/** What is noted of who comes in; each is told in words by features/activity. */
export type AccessKind =
  | 'signed-in'
  | 'signed-out'
  | 'sign-in refused'
  | 'second factor refused'
  | 'refresh token used twice'
  | 'slowed down'
  | 'not allowed';

export interface Access {
  kind: AccessKind;
  /** Null when nobody knows who it was. */
  staff: number | null;
  /** What was typed as the e-mail address, to find out who was meant; it is not kept. */
  email?: string;
  /** Null before somebody is in a shop; then the managers of the person's shops see it, or, of a stranger, all. */
  shop: number | null;
  /** The network address, as the log has it. */
  address: string;
  /** By what, or what was refused: `API`, `GET /staff`. Nothing that was typed. */
  detail?: string;
}

/** These are noted one by one; all others that are alike are counted in one row an hour, so that nobody can make it long. */
const EACH: readonly AccessKind[] = ['signed-in', 'signed-out'];

/** Notes who came in or was refused. What can't be noted is logged, and changes nothing else. */
export async function recordAccess({ db, log }: { db: Database; log: Logger }, access: Access): Promise<void> {
  const { kind, shop, address, detail = '', email } = access;
  const staff =
    access.staff === null && email ? sql`(select id from staff where lower(email) = ${email.trim().toLowerCase()})` : sql`${access.staff}`;
  const slot = EACH.includes(kind) ? sql`clock_timestamp()` : sql`date_trunc('hour', now())`;
  try {
    await sql`
      insert into access_log (kind, slot, last_at, shop_id, staff_id, address, detail)
      values (${kind}, ${slot}, now(), ${shop}, ${staff}, ${address.slice(0, 60)}, ${detail.slice(0, 120)})
      on conflict (kind, slot, coalesce(shop_id, 0), coalesce(staff_id, 0), address, detail)
      do update set count = access_log.count + 1, last_at = excluded.last_at`.execute(db);
  } catch (error) {
    log.warn({ err: error, access: kind, staff: access.staff, shop, ip: address }, 'who came in could not be noted');
  }
}
