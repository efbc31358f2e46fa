import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { type ConsentJob, type Document, type Progress, toMoneyJobs } from './consent.js';
import { type MoneyLine, type Sums, type Terms, type Totals, totals } from './rules.js';

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
}

/** A line as far as consent needs it: what it is, and what it comes to. */
export interface StateLine extends MoneyLine {
  description: string;
  partNumber: string;
  condition: string | null;
}

/** A line as a revision keeps it; what it cost is not in it, nor which job it is of. */
export type ApprovedLine = Omit<StateLine, 'job' | 'costCents'> & { amountCents: number };

/** The last approval of a job: what was answered, and what the job was then. */
export interface Approval extends Decision {
  suppliesCents: number;
  lines: ApprovedLine[];
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
  lines: StateLine[];
  /** The last approval of each job. */
  approvals: Map<number, Approval>;
  /** What is authorized, and what of it is of the order as a whole; null before the first consent. */
  authorized: Authorized | null;
}

export interface Authorized {
  cents: number;
  beforeTaxCents: number;
  outside: Sums;
}

interface AuthorizationRow {
  cents: number;
  beforeTaxCents: number;
  decisions: Decision[];
  /** The jobs that were approved, and the lines of the whole order, as the revision keeps them. */
  jobs: { id: number; suppliesCents: number; lines: ApprovedLine[] }[];
  lines: ApprovedLine[];
}

type Row = Omit<OrderState, 'approvals' | 'authorized'> & { authorizations: AuthorizationRow[] };

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
          'priceCents', l.price_cents, 'discountPpm', l.discount_ppm, 'costCents', l.cost_cents, 'taxes', l.taxes,
          'description', l.description, 'partNumber', l.part_number, 'condition', l.condition) order by l.position, l.id)
        from lines l where l.shop_id = w.shop_id and l.work_order_id = w.id), '[]') as lines,
      coalesce((select jsonb_agg(jsonb_build_object('cents', a.authorized_cents, 'beforeTaxCents', a.authorized_before_tax_cents,
          'decisions', a.decisions, 'lines', r.content -> 'lines',
          'jobs', coalesce((select jsonb_agg(jsonb_build_object('id', s -> 'id', 'suppliesCents', s -> 'suppliesCents', 'lines', s -> 'lines'))
            from jsonb_array_elements(r.content -> 'jobs') s
            where a.decisions @> jsonb_build_array(jsonb_build_object('job', s -> 'id', 'decision', 'approve'))), '[]')) order by a.id)
        from authorizations a join estimate_revisions r on r.shop_id = a.shop_id and r.id = a.revision_id
        where a.shop_id = w.shop_id and a.work_order_id = w.id), '[]') as authorizations
    from work_orders w where w.shop_id = ${shop} and w.id = ${workOrder}`.execute(db);
  const { authorizations, ...state } = rows[0] as Row;
  const approvals = new Map<number, Approval>();
  for (const { decisions, jobs } of authorizations)
    for (const decision of decisions.filter((one) => one.decision === 'approve')) {
      const { suppliesCents, lines } = jobs.find((job) => job.id === decision.job) ?? { suppliesCents: 0, lines: [] };
      approvals.set(decision.job, { ...decision, suppliesCents, lines });
    }
  const last = authorizations.at(-1);
  const authorized = last && {
    ...{ cents: last.cents, beforeTaxCents: last.beforeTaxCents },
    outside: outsideOf({ terms: state.terms, lines: last.lines.map((line) => asMoney(line, null)) }),
  };
  return { ...state, approvals, authorized: authorized ?? null };
}

/** A line that was approved, as sums want it; whatever it cost, a customer pays the same. */
export function asMoney(line: ApprovedLine, job: number | null): StateLine {
  return { ...line, job, costCents: 0 };
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

/**
 * What is charged for the order as a whole, discounts aside. Alone: what its tax rounds to must not follow from the jobs.
 */
export function outsideOf({ terms, lines }: { terms: Terms | null; lines: MoneyLine[] }): Sums {
  const own = lines.filter((line) => line.job === null && line.kind !== 'discount');
  return totals({ jobs: [], lines: own, terms: terms ?? NO_TERMS }).outside;
}
