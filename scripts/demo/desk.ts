import { recordConsent } from '../../src/features/billing/authorizations.js';
import { makeInvoice, postInvoice, unpostInvoice } from '../../src/features/billing/documents.js';
import { takePayment } from '../../src/features/billing/payments.js';
import { offerOf, takeSnapshot } from '../../src/features/billing/snapshots.js';
import { addLine } from '../../src/features/jobs/lines.js';
import { loadPricing, type Pricing } from '../../src/features/jobs/pricing.js';
import type { Change } from '../../src/platform/database/change.js';
import type { History } from '../../src/platform/database/history.js';
import type { Viewer } from '../../src/platform/web/viewer.js';
import type { Books } from './books.js';
import { payerOf } from './garage.js';
import type { DemoLine, PlannedJob } from './jobs/index.js';
import { beginJob, finishJobs, type Order, putPurchaseOrder, writeEstimate, writeFound } from './sheets.js';
import type { Ticket } from './ticket.js';
import { isHeavy } from './vehicles.js';
import type { Workshop } from './workshop.js';

interface Sums {
  totalCents: number;
  paidCents: number;
}

type Deed =
  | 'estimate'
  | 'send'
  | 'consent'
  | 'surprise'
  | 'deposit'
  | 'begin'
  | 'finish'
  | 'reopen'
  | 'invoice'
  | 'pay'
  | 'post'
  | 'unpost'
  | 'discount';
export type DeskDeed = { what: Exclude<Deed, 'unpost'> } | { what: 'unpost'; reason: string };

/** What comes to more is not begun without a deposit. */
const BIG_CENTS = 1500_00;

/** Everything about money that happens to a work order, through the functions that the routes call too. */
export class Desk {
  readonly #pricing = new Map<string, Pricing>();
  /** What was read of an order, as long as nothing has changed it. */
  readonly #known = new Map<number, Sums>();

  constructor(
    private readonly history: History,
    private readonly books: Books,
    private readonly workshop: Workshop,
    /** Ids of the jobs that are written. */
    private readonly jobs: Map<PlannedJob, number>,
  ) {}

  async do(deed: DeskDeed, actor: Viewer, mechanic: Viewer, ticket: Ticket, order: Order): Promise<void> {
    const { db } = this.history;
    const { plan } = ticket;
    if (!['deposit', 'invoice', 'pay', 'post', 'unpost', 'begin', 'finish', 'reopen'].includes(deed.what)) this.#known.delete(order.id);
    switch (deed.what) {
      case 'estimate':
        return this.#estimate(actor, mechanic, ticket, order);
      case 'send':
        return this.workshop.send(actor, ticket, order);
      case 'consent':
        return this.#consent(actor, ticket, order);
      case 'surprise':
        return this.#surprise(actor, ticket, order);
      case 'finish':
        return finishJobs(db, mechanic, order, plan.jobs, this.jobs);
      case 'reopen':
        return beginJob(db, actor, order, this.jobs.get(plan.jobs[0] as PlannedJob) as number);
      case 'begin':
        return this.#begin(mechanic, ticket, order);
      case 'discount':
        return this.#add(actor, order, null, { kind: 'discount', fields: { description: 'Fleet discount', price: '5 %' } });
      case 'deposit':
        return this.#deposit(actor, ticket, order);
      case 'invoice':
        await makeInvoice(db, actor, order.number, (await this.#sums(order)).totalCents);
        return;
      case 'pay':
        return this.#pay(actor, ticket, order);
      case 'post':
        return this.#post(actor, ticket, order);
      case 'unpost':
        this.books.forget(order.number);
        return unpostInvoice(db, actor, order.number, deed.reason);
    }
  }

  /** The jobs that the vehicle came for, and those that are proposed because of what was found. */
  async #estimate(actor: Viewer, mechanic: Viewer, ticket: Ticket, order: Order): Promise<void> {
    const { db } = this.history;
    const known = (tx: Change, id: number) => this.#price(tx, id, ticket);
    await writeEstimate(db, actor, mechanic, order, ticket.plan, this.jobs, known);
    for (const planned of ticket.plan.jobs) {
      if (!planned.found) continue;
      const job = await this.workshop.propose(actor, ticket, order, planned.found);
      await writeFound(db, actor, mechanic, order, planned, job, known);
      this.jobs.set(planned, job);
    }
    await this.workshop.connect(actor, ticket, order);
  }

  /** Nothing about prices changes in the story, so they are read once for each pair of rates that an order can have. */
  async #price(tx: Change, order: number, { vehicle, customer }: Ticket): Promise<Pricing> {
    const key = `${isHeavy(vehicle.kind)} ${customer.fleet !== null}`;
    const known = this.#pricing.get(key);
    if (known) return known;
    const pricing = await loadPricing(tx.db, tx.shop, order);
    this.#pricing.set(key, pricing);
    return pricing;
  }

  /** The customer answers about everything that is open. */
  async #consent(actor: Viewer, { plan, customer }: Ticket, order: Order): Promise<void> {
    const snapshot = await takeSnapshot(this.history.db, actor.shop, order.id);
    const open = new Set(
      snapshot.jobs
        .filter(({ payType, consent }) => payType === 'customer' && (consent === 'proposed' || consent === 'revised'))
        .map(({ id }) => id),
    );
    // Who approves one of several options need not decline the others.
    const asked = plan.jobs.filter((one) => open.has(this.jobs.get(one) as number) && !(one.work.choice && one.answer === 'decline'));
    if (asked.length === 0) return;
    if (plan.poNumber) await putPurchaseOrder(this.history.db, actor, order, plan.poNumber);
    const { method, by, note } = plan.consent;
    const { result } = await recordConsent(this.history.db, actor, order.number, {
      answers: asked.map((one) => ({ job: this.jobs.get(one) as number, decision: one.answer, reason: one.reason })),
      ...{ method, givenBy: by, phone: method === 'in-person' ? '' : customer.phone, note },
      ...{ offer: offerOf(snapshot), shownCents: snapshot.totals.totalCents },
    });
    // With everything answered, what is authorized is what it comes to.
    this.#known.set(order.id, { totalCents: result.authorizedCents, paidCents: 0 });
  }

  /** Where the work is finished it is not told when it began: there is no clock yet. */
  async #begin(mechanic: Viewer, { plan, steps }: Ticket, order: Order): Promise<void> {
    const first = plan.jobs.find(({ answer }) => answer === 'approve') as PlannedJob;
    if (steps.every(({ deed }) => deed.what !== 'finish')) await beginJob(this.history.db, mechanic, order, this.jobs.get(first) as number);
  }

  /** Something more is found on the first job: it is asked about again before it is charged. */
  async #surprise(actor: Viewer, { plan }: Ticket, order: Order): Promise<void> {
    const first = plan.jobs.find((one) => one.answer === 'approve' && one.payType === 'customer');
    if (first) await this.#add(actor, order, this.jobs.get(first) as number, plan.surprise);
  }

  async #add(actor: Viewer, order: Order, job: number | null, { kind, fields }: DemoLine): Promise<void> {
    await addLine(this.history.db, actor, order.number, { job, kind, fields, coreCents: null, fee: null });
  }

  async #deposit(actor: Viewer, { customer, plan }: Ticket, order: Order): Promise<void> {
    const { totalCents, paidCents } = await this.#sums(order);
    if (payerOf(customer)?.terms || paidCents > 0 || totalCents < BIG_CENTS) return;
    const cents = Math.floor(totalCents / 2 / 100_00) * 100_00;
    await takePayment(this.history.db, actor, order.number, {
      ...{ method: 'card', cents, tenderedCents: null, reference: plan.card, note: 'Half, before parts are ordered', deposit: true },
    });
    this.#known.set(order.id, { totalCents, paidCents: cents });
  }

  /** Whoever has no account pays all of it: by card, by check, in cash with change, or in two ways. */
  async #pay(actor: Viewer, { customer, plan }: Ticket, order: Order): Promise<void> {
    if (payerOf(customer)?.terms) return;
    const { totalCents, paidCents } = await this.#sums(order);
    const due = totalCents - paidCents;
    const take = async (method: 'cash' | 'card' | 'check', cents: number, tenderedCents: number | null, reference: string) => {
      if (cents === 0) return;
      await takePayment(this.history.db, actor, order.number, { method, cents, tenderedCents, reference, note: '', deposit: false });
      this.#known.set(order.id, { totalCents, paidCents: totalCents });
    };
    if (plan.pays === 'check') return take('check', due, null, plan.check);
    if (plan.pays === 'cash' && due < 600_00) return take('cash', due, Math.ceil(due / 20_00) * 20_00, '');
    const cash = plan.pays === 'split' ? Math.floor(due / 2 / 20_00) * 20_00 : 0;
    await take('cash', cash, cash, '');
    await take('card', due - cash, null, plan.card);
  }

  async #post(actor: Viewer, { customer }: Ticket, order: Order): Promise<void> {
    const { totalCents, paidCents } = await this.#sums(order);
    await postInvoice(this.history.db, actor, order.number, totalCents);
    const payer = payerOf(customer);
    if (payer && totalCents > paidCents) this.books.owe(payer, order.number, totalCents - paidCents);
  }

  async #sums({ id }: Order): Promise<Sums> {
    const known = this.#known.get(id);
    if (known) return known;
    const sums = await this.history.db
      .selectFrom('work_orders')
      .select(['total_cents as totalCents', 'paid_cents as paidCents'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    this.#known.set(id, sums);
    return sums;
  }
}
