import type { Column } from '../../src/features/board/columns.js';
import { moveCard } from '../../src/features/board/moves.js';
import { type Label, setLabel } from '../../src/features/labels/labels.js';
import { assign, take } from '../../src/features/work-orders/assignments.js';
import { block, unblock } from '../../src/features/work-orders/blocks.js';
import { addComment } from '../../src/features/work-orders/comments.js';
import { createWorkOrder } from '../../src/features/work-orders/create.js';
import { bringBack, handOver } from '../../src/features/work-orders/hand-overs.js';
import type { History } from '../../src/platform/database/history.js';
import type { Viewer } from '../../src/platform/web/viewer.js';
import type { Aside, Books } from './books.js';
import { Desk } from './desk.js';
import type { PlannedJob } from './jobs/index.js';
import type { Register } from './register.js';
import type { Order } from './sheets.js';
import type { ShopClock } from './shop-clock.js';
import type { Promised, Ticket } from './ticket.js';
import { STAGES, type Step } from './timeline.js';
import type { Workshop } from './workshop.js';

/** Does what the story tells, in order, through the functions that the routes call too. */
export class Replay {
  readonly #orders = new Map<Ticket, Order>();
  readonly #desk: Desk;
  /** The cards of each column from top to bottom, to know behind which one a card goes. */
  readonly #board = new Map<number, number[]>();

  constructor(
    private readonly history: History,
    private readonly clock: ShopClock,
    private readonly people: Map<string, Viewer>,
    private readonly columns: Column[],
    private readonly labels: Label[],
    private readonly register: Register,
    private readonly books: Books,
    private readonly workshop: Workshop,
    jobs: Map<PlannedJob, number>,
  ) {
    this.#desk = new Desk(history, books, workshop, jobs);
    for (const column of columns) this.#board.set(column.id, []);
  }

  async run(tickets: Ticket[], asides: Aside[]): Promise<void> {
    const doings = [
      ...tickets.flatMap((ticket) => ticket.steps.map((step) => ({ at: step.at, run: () => this.#step(ticket, step) }))),
      ...asides,
    ].sort((a, b) => a.at - b.at);
    for (const doing of doings) {
      this.history.setTime(this.clock.at(doing.at));
      this.books.turnTo(doing.at);
      await doing.run();
    }
  }

  /** The work order of a ticket, once the story has opened it. */
  orderOf(ticket: Ticket): Order | undefined {
    return this.#orders.get(ticket);
  }

  async #step(ticket: Ticket, { by, deed }: Step): Promise<void> {
    const { db } = this.history;
    const advisor = this.#person(ticket.advisor);
    const mechanic = this.#person(ticket.mechanic);
    const actor = by === 'mechanic' ? mechanic : by === 'manager' ? this.#person('manager@demo.test') : advisor;
    if (deed.what === 'create') return this.#create(ticket, advisor);
    const order = this.#orders.get(ticket) as Order;
    const { number } = order;
    switch (deed.what) {
      case 'assign':
        return assign(db, actor, number, { mechanic: mechanic.staff, advisor: advisor.staff });
      case 'take':
        return take(db, mechanic, number);
      case 'label':
        return setLabel(db, actor, number, this.labels.find((label) => label.name === deed.label)?.id ?? 0, true);
      case 'comment':
        return void (await addComment(db, actor, number, deed.text));
      case 'block':
        return block(db, actor, number, deed);
      case 'free':
        return unblock(db, actor, number);
      case 'move':
        return this.#move(actor, number, this.#column(STAGES.indexOf(deed.to)), deed.depth, deed.reason);
      case 'hand-over':
        await handOver(db, actor, number);
        return this.#take(number);
      case 'bring-back':
        await bringBack(db, actor, number, deed.reason);
        return this.#put(number, this.#column(STAGES.indexOf('done')), 0);
      case 'photograph':
      case 'start inspection':
      case 'inspect':
      case 'release findings':
      case 'open link':
      case 'ask':
      case 'acknowledge':
      case 'let go':
      case 'check':
        return this.workshop.do(deed, actor, ticket, order);
      case 'answer':
        await this.workshop.do(deed, actor, ticket, order);
        return this.#follow(order);
      case 'invoice':
        await this.register.readBoth(actor, order, ticket);
        return this.#desk.do(deed, actor, mechanic, ticket, order);
      default:
        return this.#desk.do(deed, actor, mechanic, ticket, order);
    }
  }

  async #create(ticket: Ticket, advisor: Viewer): Promise<void> {
    const vehicle = await this.register.vehicle(advisor, ticket);
    const { result } = await createWorkOrder(this.history.db, advisor, {
      ...{ customer: null, vehicle, customerName: '', company: '', phone: '', email: '', vehicleDescription: '', plate: '' },
      ...{ concern: ticket.concern, promisedAt: this.#promised(ticket.promised), mechanic: null },
    });
    this.#put(result.number, this.#column(0), 0);
    const { id } = await this.history.db
      .selectFrom('work_orders')
      .select('id')
      .where('shop_id', '=', advisor.shop)
      .where('number', '=', result.number)
      .executeTakeFirstOrThrow();
    const order = { id, number: result.number };
    this.#orders.set(ticket, order);
    // Of those that have left again, the desk writes both readings when it writes the invoice.
    if (!ticket.steps.some(({ deed }) => deed.what === 'invoice')) await this.register.readIn(advisor, order, ticket);
  }

  async #move(actor: Viewer, number: number, column: number, depth: number, reason: string): Promise<void> {
    this.#take(number);
    const after = depth === 0 ? null : ((this.#board.get(column) ?? []).slice(0, depth).at(-1) ?? null);
    await moveCard(this.history.db, actor, number, { column, after, reason });
    this.#put(number, column, depth);
  }

  /** What the customer approves by the link moves the card by itself, to the top of its column. */
  async #follow({ id, number }: Order): Promise<void> {
    const { column_id } = await this.history.db
      .selectFrom('work_orders')
      .select('column_id')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    if (this.#board.get(column_id)?.includes(number)) return;
    this.#take(number);
    this.#put(number, column_id, 0);
  }

  #promised(promised: Promised): Date | null {
    if (!promised) return null;
    if ('fromNow' in promised) return this.clock.fromNow(promised.fromNow);
    if ('ahead' in promised) return this.clock.ahead(promised.ahead);
    const quarter = 15 * 60_000;
    return new Date(Math.round(this.clock.at(promised.position).getTime() / quarter) * quarter);
  }

  #person(email: string): Viewer {
    const person = this.people.get(email);
    if (!person) throw new Error(`Nobody in the demo shop has the address ${email}.`);
    return person;
  }

  #column(place: number): number {
    return (this.columns[place] as Column).id;
  }

  #take(number: number): void {
    for (const [column, cards] of this.#board)
      this.#board.set(
        column,
        cards.filter((card) => card !== number),
      );
  }

  #put(number: number, column: number, depth: number): void {
    this.#board.get(column)?.splice(depth, 0, number);
  }
}
