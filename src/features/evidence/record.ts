import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Signature } from '../approvals/signatures.js';
import type { METHOD_NAMES } from '../billing/authorizations.js';
import type { PayMethod } from '../billing/payments.js';
import { SAID, sealOf } from '../billing/seals.js';
import { type Snapshot, takeSnapshot } from '../billing/snapshots.js';
import type { Decision } from '../billing/state.js';
import { INSPECTIONS, type Inspection } from '../inspections/of-order.js';
import { SAFETY, type Safety } from '../safety/of-order.js';
import { type Link, readChain } from './chain.js';
import { picturePath } from './rules.js';

export interface Revision {
  number: number;
  at: string;
  why: 'sent' | 'approved' | 'posted';
  madeBy: string | null;
  /** Of its canonical JSON. */
  sha256: string;
  content: Snapshot;
}

/** What its hash is made of: all but when, by whom it was taken down, and the hash itself, which its event tells. */
export interface Consent {
  sha256: string;
  revision: number;
  /** SHA-256 of the revision. */
  estimate: string;
  at: string;
  method: keyof typeof METHOD_NAMES;
  givenBy: string;
  phone: string;
  note: string;
  takenBy: string | null;
  decisions: Decision[];
  authorizedCents: number;
  authorizedBeforeTaxCents: number;
  signature: Signature | null;
  // biome-ignore lint/suspicious/noExplicitAny: as features/approvals/shown.ts kept it on that day.
  shown: any;
  fromAddress: string;
  userAgent: string;
  /** SHA-256 of the files that were shown. */
  files: string[];
}

export interface PackFile {
  use: string;
  sha256: string;
  bytes: number;
  type: string;
  path: string;
}

/** A photo or video, also one that was removed since, as far as a customer had seen it when they answered. */
export interface Picture {
  id: number;
  kind: 'photo' | 'video';
  job: number | null;
  finding: number | null;
  isArrival: boolean;
  name: string;
  caption: string;
  toCustomer: boolean;
  takenAt: string | null;
  addedBy: string;
  addedAt: string;
  removedAt: string | null;
  drawnOn: number | null;
  files: PackFile[];
}

/** All that proves what happened on a work order. Costs, internal notes and what people write to each other are not in it. */
export interface EvidenceRecord {
  format: 1;
  takenAt: string;
  takenBy: string;
  timeZone: string;
  currency: string;
  /** The last event of the shop when it was taken: what the chain of this order is a part of. */
  head: { shop: number; version: number; hash: string };
  order: Snapshot & { column: string; handedOverAt: string | null; paidCents: number };
  revisions: Revision[];
  consents: Consent[];
  inspections: Inspection[];
  pictures: Picture[];
  safety: Safety & { signatures: Record<string, Signature> };
  links: { createdAt: string; createdBy: string; expiresAt: string; revokedAt: string | null; firstOpenedAt: string | null }[];
  questions: { text: string; askedAt: string; job: string | null; answer: string; answeredBy: string | null; answeredAt: string | null }[];
  payments: { at: string; kind: 'deposit' | 'payment' | 'refund'; method: PayMethod; cents: number; reference: string; takenBy: string }[];
  history: Link[];
}

const list = (rows: ReturnType<typeof sql>) => sql`coalesce((select json_agg(x) from (${rows}) x), '[]')`;

const revisions = list(sql`
  select r.number, r.at, r.why, s.name as "madeBy", encode(r.sha256, 'hex') as sha256, r.content
  from estimate_revisions r left join staff s on s.id = r.made_by where r.shop_id = w.shop_id and r.work_order_id = w.id order by r.number`);

const consents = list(sql`
  select a.at, s.name as "takenBy", ${SAID} as said
  from authorizations a
  join estimate_revisions r on r.shop_id = a.shop_id and r.id = a.revision_id
  left join staff s on s.id = a.taken_by
  where a.shop_id = w.shop_id and a.work_order_id = w.id order by a.id`);

/** Thumbnails are made of the others and prove nothing more, unless it is what a customer saw. */
const pictures = list(sql`
  select p.id, p.kind, p.job_id as job, p.finding_id as finding, p.is_arrival as "isArrival", p.name, p.caption, p.to_customer as "toCustomer",
    p.taken_at as "takenAt", s.name as "addedBy", p.added_at as "addedAt", p.removed_at as "removedAt", p.drawn_on_id as "drawnOn", files.list as files
  from media p
  join staff s on s.id = p.added_by
  cross join lateral (
    select json_agg(json_build_object('use', u.use, 'sha256', encode(u.sha256, 'hex'), 'bytes', f.bytes, 'type', f.type) order by u.use) as list
    from media_files u join files f on f.shop_id = u.shop_id and f.sha256 = u.sha256
    where u.shop_id = p.shop_id and u.media_id = p.id and (
      p.removed_at is null and u.use in ('original', 'customer', 'poster', 'playable')
      or exists (
        select from authorizations a join authorization_files z on z.shop_id = a.shop_id and z.authorization_id = a.id
        where a.shop_id = w.shop_id and a.work_order_id = w.id and z.sha256 = u.sha256))
  ) files
  where p.shop_id = w.shop_id and p.work_order_id = w.id and files.list is not null order by p.id`);

const links = list(sql`
  select l.created_at as "createdAt", s.name as "createdBy", l.expires_at as "expiresAt", l.revoked_at as "revokedAt",
    l.first_opened_at as "firstOpenedAt"
  from customer_links l join staff s on s.id = l.created_by where l.shop_id = w.shop_id and l.work_order_id = w.id order by l.id`);

const questions = list(sql`
  select q.text, q.asked_at as "askedAt", j.name as job, q.answer, s.name as "answeredBy", q.answered_at as "answeredAt"
  from questions q
  left join jobs j on j.shop_id = q.shop_id and j.id = q.job_id
  left join staff s on s.id = q.answered_by
  where q.shop_id = w.shop_id and q.work_order_id = w.id order by q.id`);

const payments = list(sql`
  select p.at, p.kind, p.method, p.cents, p.reference, s.name as "takenBy" from payments p join staff s on s.id = p.taken_by
  where p.shop_id = w.shop_id and p.work_order_id = w.id order by p.id`);

const signatures = sql`coalesce((
  select json_object_agg(h.id, h.signature) from holds h where h.shop_id = w.shop_id and h.work_order_id = w.id and h.signature is not null), '{}')`;

interface Row
  extends Omit<EvidenceRecord, 'format' | 'takenAt' | 'takenBy' | 'order' | 'history' | 'head' | 'pictures' | 'consents' | 'safety'> {
  id: number;
  version: number;
  hash: string;
  column: string;
  handedOverAt: string | null;
  paidCents: number;
  now: Date;
  safety: Safety;
  signatures: Record<string, Signature>;
  consents: (Pick<Consent, 'at' | 'takenBy'> & { said: Omit<Consent, 'at' | 'takenBy' | 'sha256'> })[];
  pictures: (Omit<Picture, 'files'> & { files: Omit<PackFile, 'path'>[] })[];
}

/**
 * Reads it as it stands at one moment, whatever is changed meanwhile.
 * @param by who takes it
 * @throws NotFound when the shop has no such number
 */
export async function readEvidence(db: Database, shop: number, number: number, by: string): Promise<EvidenceRecord> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (trx) => {
      const row = await readRow(trx, shop, number);
      const { id, version, hash, column, handedOverAt, paidCents, now, safety, signatures: signed, ...rest } = row;
      const order = await takeSnapshot(trx, shop, id);
      return {
        ...{ format: 1, takenAt: now.toISOString(), takenBy: by, ...rest, head: { shop, version, hash } },
        order: { ...order, column, handedOverAt, paidCents },
        consents: rest.consents.map(({ said, ...given }) => ({ ...given, ...said, sha256: sealOf(said) })),
        safety: { ...safety, signatures: signed },
        pictures: rest.pictures.map((picture) => ({
          ...picture,
          files: picture.files.map((file) => ({ ...file, path: picturePath(picture.id, file.use, file.type) })),
        })),
        history: await readChain(trx, shop, id),
      };
    });
}

async function readRow(db: Database, shop: number, number: number): Promise<Row> {
  const { rows } = await sql<Row>`
    select w.id, s.time_zone as "timeZone", s.version, encode(s.event_hash, 'hex') as hash, coalesce(w.terms ->> 'currency', b.currency) as currency,
      k.name as column, to_json(w.handed_over_at) #>> '{}' as "handedOverAt", w.paid_cents as "paidCents", now() as now,
      ${revisions} as revisions, ${consents} as consents, ${INSPECTIONS} as inspections, ${pictures} as pictures, ${SAFETY} as safety,
      ${signatures} as signatures, ${links} as links, ${questions} as questions, ${payments} as payments
    from work_orders w
    join shops s on s.id = w.shop_id
    join billing_settings b on b.shop_id = w.shop_id
    join columns k on k.shop_id = w.shop_id and k.id = w.column_id
    where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  if (!rows[0]) throw new NotFound('That work order is not here.');
  return rows[0];
}
