import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { SAID, sealOf } from '../billing/seals.js';

const PAGE = 500;

interface Row {
  id: number;
  number: number;
  revision: number;
  /** Of the revision, as it stands beside it and as its event says; null for one that no event tells the hash of. */
  estimate: string;
  sent: string | null;
  content: unknown;
}

interface ConsentRow {
  id: number;
  number: number;
  said: unknown;
  /** Its event; null when there is none. */
  event: string | null;
  at: Date | null;
  sealed: string | null;
  /** Given at another time, or taken down by somebody else, than the event says. */
  isOther: boolean;
  /** Written by a version whose events had no hash of it. */
  isOlder: boolean;
}

/**
 * Whether every estimate that was frozen, every consent and every signed acknowledgement of a shop is what its event tells, whose hash
 * verifyEvents() proves.
 * @returns the first thing that is not right, as the end of a sentence; null when all is well
 */
export async function verifyConsents(db: Database, shop: number, page = PAGE): Promise<string | null> {
  return (
    (await verifyEach(page, (after) => readConsents(db, shop, after, page), refuseConsent)) ??
    (await findRemoved(db, shop)) ??
    (await verifyEach(page, (after) => readRevisions(db, shop, after, page), refuseRevision)) ??
    (await findOtherAcknowledgement(db, shop))
  );
}

async function verifyEach<R extends { id: number }>(
  page: number,
  read: (after: number) => Promise<R[]>,
  refuse: (row: R) => string | null,
) {
  for (let after = 0; ; ) {
    const rows = await read(after);
    for (const row of rows) {
      const wrong = refuse(row);
      if (wrong) return wrong;
      after = row.id;
    }
    if (rows.length < page) return null;
  }
}

async function readConsents(db: Database, shop: number, after: number, page: number): Promise<ConsentRow[]> {
  const { rows } = await sql<ConsentRow>`
    select a.id, w.number, ${SAID} as said, e.version || '.' || e.seq as event, e.at, e.data ->> 'sha256' as sealed,
      a.at is distinct from e.at or a.taken_by is distinct from e.actor_id as "isOther",
      exists (select from events o where o.shop_id = a.shop_id and o.work_order_id = a.work_order_id and o.kind = 'consent.recorded'
        and not o.data ? 'authorization' and (o.data ->> 'revision')::int = r.number) as "isOlder"
    from authorizations a
    join estimate_revisions r on r.shop_id = a.shop_id and r.id = a.revision_id
    join work_orders w on w.shop_id = a.shop_id and w.id = a.work_order_id
    left join events e on e.shop_id = a.shop_id and e.work_order_id = a.work_order_id and e.kind = 'consent.recorded'
      and (e.data ->> 'authorization')::bigint = a.id
    where a.shop_id = ${shop} and a.id > ${after} order by a.id limit ${page}`.execute(db);
  return rows;
}

function refuseConsent({ number, said, event, at, sealed, isOther, isOlder }: ConsentRow): string | null {
  if (event === null) return isOlder ? null : `a consent to WO-${number} is in no event`;
  return sealOf(said) === sealed && !isOther
    ? null
    : `the consent of event ${event} (WO-${number}, ${at?.toISOString()}) is not as it was written`;
}

async function findRemoved(db: Database, shop: number): Promise<string | null> {
  const { rows } = await sql<{ event: string }>`
    select e.version || '.' || e.seq as event from events e
    where e.shop_id = ${shop} and e.kind = 'consent.recorded' and e.data ? 'authorization' and not exists (
      select from authorizations a where a.shop_id = e.shop_id and a.work_order_id = e.work_order_id and a.id = (e.data ->> 'authorization')::bigint)
    order by e.version, e.seq limit 1`.execute(db);
  return rows[0] ? `the consent of event ${rows[0].event} is gone` : null;
}

async function readRevisions(db: Database, shop: number, after: number, page: number): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select r.id, w.number, r.number as revision, encode(r.sha256, 'hex') as estimate, r.content,
      (select e.data ->> 'sha256' from events e where e.shop_id = r.shop_id and e.work_order_id = r.work_order_id and e.kind = 'estimate.sent'
        and (e.data ->> 'revision')::int = r.number limit 1) as sent
    from estimate_revisions r join work_orders w on w.shop_id = r.shop_id and w.id = r.work_order_id
    where r.shop_id = ${shop} and r.id > ${after} order by r.id limit ${page}`.execute(db);
  return rows;
}

function refuseRevision({ number, revision, estimate, sent, content }: Row): string | null {
  if (sealOf(content) === estimate && (sent === null || sent === estimate)) return null;
  return `revision ${revision} of the estimate of WO-${number} is not as it was frozen`;
}

async function findOtherAcknowledgement(db: Database, shop: number): Promise<string | null> {
  const { rows } = await sql<{ number: number; signature: unknown; sealed: string | null; isOther: boolean }>`
    select w.number, h.signature, e.data ->> 'signature' as sealed,
      e.at is distinct from h.acknowledged_at or e.data ->> 'by' is distinct from h.acknowledged_by
        or e.data ->> 'how' is distinct from h.acknowledged_how as "isOther"
    from holds h
    join work_orders w on w.shop_id = h.shop_id and w.id = h.work_order_id
    left join events e on e.shop_id = h.shop_id and e.work_order_id = h.work_order_id and e.kind = 'hold.acknowledged'
      and e.data -> 'holds' @> to_jsonb(h.id)
    where h.shop_id = ${shop} and h.acknowledged_at is not null order by h.id`.execute(db);
  const wrong = rows.find(({ signature, sealed, isOther }) => isOther || (signature !== null && sealOf(signature) !== sealed));
  return wrong ? `the acknowledgement that WO-${wrong.number} is unsafe is not as it was written` : null;
}
