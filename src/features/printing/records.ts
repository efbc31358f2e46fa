import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { METHOD_NAMES } from '../billing/authorizations.js';
import type { Document } from '../billing/consent.js';
import type { PayMethod } from '../billing/payments.js';
import { offerOf, type Snapshot, takeSnapshot } from '../billing/snapshots.js';

export interface Consent {
  at: Date;
  method: keyof typeof METHOD_NAMES;
  givenBy: string;
  phone: string;
  /** Null when the customer gave it by their link. */
  takenBy: string | null;
  revision: number;
  decisions: { job: number; decision: 'approve' | 'decline' | 'defer'; reason: string; cents: number }[];
  authorizedCents: number;
}

export interface Paid {
  at: Date;
  kind: 'deposit' | 'payment' | 'refund';
  method: PayMethod;
  cents: number;
  reference: string;
}

export type Size = 'letter' | 'a4';

/** An order on paper, with the currency of its terms; before its first line has frozen them, the shop's. */
export type PaperOrder = Snapshot & { currency: string };

/** What paper shows of a work order. Costs and internal notes are not in it. */
export interface PaperRecord {
  document: Document;
  /** As it is now; of a posted one as it was when it was posted, whatever was renamed since. */
  order: PaperOrder;
  /** The last revision that was frozen, and whether what the customer is asked has changed since; null when none was. */
  revision: { number: number; changed: boolean } | null;
  consents: Consent[];
  payments: Paid[];
  paidCents: number;
  paper: Size;
  hasLogo: boolean;
}

/** The shop as it stands at the head of a paper. */
export interface ShopOnPaper extends Record<'name' | 'address' | 'phone' | 'email' | 'website' | 'registration' | 'invoicePrefix', string> {
  paper: Size;
  hasLogo: boolean;
}

/** The shop as its settings say now. */
export async function getShopOnPaper(db: Database, shop: number): Promise<ShopOnPaper> {
  const { rows } = await sql<ShopOnPaper>`
    select s.name, b.address, b.phone, b.email, b.website, b.registration, b.invoice_prefix as "invoicePrefix", b.paper, b.logo is not null as "hasLogo"
    from shops s join billing_settings b on b.shop_id = s.id where s.id = ${shop}`.execute(db);
  return rows[0] as ShopOnPaper;
}

interface Row extends Omit<PaperRecord, 'order' | 'revision' | 'consents' | 'payments'> {
  id: number;
  currency: string;
  revision: { number: number; content: Snapshot } | null;
  posted: Snapshot | null;
  consents: (Omit<Consent, 'at'> & { at: string })[];
  payments: (Omit<Paid, 'at'> & { at: string })[];
}

/** @throws NotFound when the shop has no such number */
export async function getPaperRecord(db: Database, shop: number, number: number): Promise<PaperRecord> {
  const { rows } = await sql<Row>`
    select w.id, w.document, w.paid_cents as "paidCents", b.currency, b.paper, b.logo is not null as "hasLogo",
      (select jsonb_build_object('number', r.number, 'content', r.content) from estimate_revisions r
        where r.shop_id = w.shop_id and r.work_order_id = w.id and r.why <> 'posted' order by r.number desc limit 1) as revision,
      case when w.document = 'posted' then (
        select r.content from estimate_revisions r
        where r.shop_id = w.shop_id and r.work_order_id = w.id and r.why = 'posted' order by r.number desc limit 1
      ) end as posted,
      coalesce((
        select jsonb_agg(jsonb_build_object('at', a.at, 'method', a.method, 'givenBy', a.given_by, 'phone', a.phone, 'takenBy', s.name,
          'revision', r.number, 'decisions', a.decisions, 'authorizedCents', a.authorized_cents) order by a.id)
        from authorizations a
        join estimate_revisions r on r.shop_id = a.shop_id and r.id = a.revision_id
        left join staff s on s.id = a.taken_by
        where a.shop_id = w.shop_id and a.work_order_id = w.id
      ), '[]') as consents,
      coalesce((
        select jsonb_agg(jsonb_build_object('at', p.at, 'kind', p.kind, 'method', p.method, 'cents', p.cents, 'reference', p.reference)
          order by p.id)
        from payments p where p.shop_id = w.shop_id and p.work_order_id = w.id
      ), '[]') as payments
    from work_orders w
    join billing_settings b on b.shop_id = w.shop_id
    where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  const row = rows[0];
  if (!row) throw new NotFound('That work order is not here.');
  const { id, currency, posted, revision, consents, payments, ...record } = row;
  const order = posted ?? (await takeSnapshot(db, shop, id));
  return {
    ...record,
    order: { ...order, currency: order.terms?.currency ?? currency },
    revision: revision && { number: revision.number, changed: offerOf(revision.content) !== offerOf(order) },
    consents: consents.map((consent) => ({ ...consent, at: new Date(consent.at) })),
    payments: payments.map((payment) => ({ ...payment, at: new Date(payment.at) })),
  };
}
