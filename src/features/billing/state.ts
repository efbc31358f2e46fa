import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { type ConsentJob, type Document, type Progress, toMoneyJobs } from './consent.js';
import { type MoneyLine, type Terms, type Totals, totals } from './rules.js';

/** What a customer answered about one job, as the authorization keeps it. */
export interface Decision {
  job: number;
  decision: 'approve' | 'decline' | 'defer';
  reason: string;
  /** What it came to when it was asked about, tax included, and before tax. */
  cents: number;
  beforeTaxCents: number;
  /** What it would come to if it were the only job, tax included: a change of another job does not change that. */
  aloneCents: number;
  /** Id of the newest line that it had; a later one was not asked about. */
  newestLine: number;
}

export interface JobState extends ConsentJob {
  name: string;
  position: number;
  progress: Progress;
}

/** Everything of an order that its sums and its consent follow from, as it is now. */
export interface OrderState {
  document: Document;
  invoiceNumber: number | null;
  /** Null before the first line. */
  terms: Terms | null;
  subtotalCents: number;
  taxCents: number;
  totalCents: number;
  paidCents: number;
  jobs: JobState[];
  lines: MoneyLine[];
  /** The last approval of each job. */
  approvals: Map<number, Decision>;
  /** What is authorized; null before the first consent. */
  authorized: { cents: number; beforeTaxCents: number } | null;
}

type Row = Omit<OrderState, 'approvals' | 'authorized'> & {
  authorizations: { cents: number; beforeTaxCents: number; decisions: Decision[] }[];
};

/** Reads it in one query. */
export async function readState(db: Database, shop: number, workOrder: number): Promise<OrderState> {
  const { rows } = await sql<Row>`
    select w.document, w.invoice_number as "invoiceNumber", w.terms, w.subtotal_cents as "subtotalCents", w.tax_cents as "taxCents",
      w.total_cents as "totalCents", w.paid_cents as "paidCents",
      coalesce((select jsonb_agg(jsonb_build_object('id', j.id, 'name', j.name, 'position', j.position, 'payType', j.pay_type,
          'consent', j.consent, 'approvedCents', j.approved_cents, 'choice', j.choice, 'picked', j.picked, 'supplies', j.supplies,
          'progress', j.progress) order by j.position)
        from jobs j where j.shop_id = w.shop_id and j.work_order_id = w.id), '[]') as jobs,
      coalesce((select jsonb_agg(jsonb_build_object('id', l.id, 'job', l.job_id, 'kind', l.kind, 'quantity', l.quantity,
          'priceCents', l.price_cents, 'discountPpm', l.discount_ppm, 'costCents', l.cost_cents, 'taxes', l.taxes) order by l.position, l.id)
        from lines l where l.shop_id = w.shop_id and l.work_order_id = w.id), '[]') as lines,
      coalesce((select jsonb_agg(jsonb_build_object('cents', a.authorized_cents, 'beforeTaxCents', a.authorized_before_tax_cents,
          'decisions', a.decisions) order by a.id)
        from authorizations a where a.shop_id = w.shop_id and a.work_order_id = w.id), '[]') as authorizations
    from work_orders w where w.shop_id = ${shop} and w.id = ${workOrder}`.execute(db);
  const { authorizations, ...state } = rows[0] as Row;
  const approvals = new Map<number, Decision>();
  for (const decision of authorizations.flatMap((one) => one.decisions))
    if (decision.decision === 'approve') approvals.set(decision.job, decision);
  const last = authorizations.at(-1);
  return { ...state, approvals, authorized: last ? { cents: last.cents, beforeTaxCents: last.beforeTaxCents } : null };
}

/** Before the first line no terms are frozen, and there is nothing to charge. */
const NO_TERMS: Terms = {
  currency: 'USD',
  pricesIncludeTax: false,
  lumpSum: false,
  exempt: null,
  supplies: { name: '', base: 'none', ppm: 0, flatCents: 0, capCents: null, taxes: [], text: '' },
  jurisdiction: { name: '', threshold: 'none', ppm: 0, minCents: 0, capCents: null, beforeTax: false },
};

/** The sums of an order. @param jobs others than its own, to know what it would come to */
export function totalsOf(state: Pick<OrderState, 'terms' | 'jobs' | 'lines'>, jobs: ConsentJob[] = state.jobs): Totals {
  return totals({ jobs: toMoneyJobs(jobs), lines: state.lines, terms: state.terms ?? NO_TERMS });
}

/** What a job would come to, tax included, if it were all of the order. */
export function aloneCents(state: Pick<OrderState, 'terms' | 'lines'>, job: ConsentJob): number {
  const lines = state.lines.filter((line) => line.job === job.id);
  const alone = { id: job.id, payType: 'customer' as const, counts: true, supplies: job.supplies };
  return totals({ jobs: [alone], lines, terms: state.terms ?? NO_TERMS }).totalCents;
}

/** Id of the newest line of a job that raises it; 0 when it has none. A discount takes nobody's consent away. */
export function newestLine(lines: MoneyLine[], job: number): number {
  return lines.reduce((newest, line) => (line.job === job && line.kind !== 'discount' ? Math.max(newest, line.id) : newest), 0);
}
