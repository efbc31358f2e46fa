import { randomUUID } from 'node:crypto';
import type { Services } from '../../platform/services.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import type { Boards } from '../board/boards.js';
import { listLabels } from '../labels/labels.js';
import { listMembers } from '../staff/members.js';
import { BLOCK_REASONS } from './blocks.js';
import { getWorkOrder } from './details.js';

/** The page of a work order, which is also the dialog over the board, and its live parts. */
export class WorkOrderPages {
  constructor(
    private readonly services: Services,
    private readonly boards: Boards,
  ) {}

  /** @param refused what a form on the page was refused for; htmx gets the sentence alone, so that nothing typed is lost */
  async show(viewer: Viewer, number: number, refused: Refused | null, htmx: boolean): Promise<Answer> {
    const problem = refused ? Object.values(refused.fields)[0] : undefined;
    if (problem && htmx) return page('work-orders/problem', { problem }, 'work-orders/problem');
    return page(
      'work-orders/show',
      { ...(await this.#data(viewer, number)), problem: problem ?? '', typed: refused?.values ?? {} },
      'work-orders/detail',
    );
  }

  /** What this person can do with it, as it stands now. */
  async actions(viewer: Viewer, number: number): Promise<Answer> {
    const data = { ...(await this.#data(viewer, number)), typed: {} };
    return page('work-orders/actions', data, 'work-orders/actions');
  }

  /** The parts that follow changes, the same for everybody who looks. */
  async parts(shop: number, number: number): Promise<string> {
    const order = await getWorkOrder(this.services.db, shop, number);
    return this.services.views.render('work-orders/parts', { order, viewer: null });
  }

  /** The parts and, for the one who made a change, what can be done next. @param frame of the request: roles see different buttons */
  async partsAndActions(viewer: Viewer, number: number, frame: object): Promise<string> {
    const data = { ...frame, ...(await this.#data(viewer, number)), typed: {} };
    const actions = this.services.views.render('work-orders/actions', data);
    return `${await this.parts(viewer.shop, number)}<hx-partial hx-target="#work-order-actions" hx-swap="outerHTML">${actions}</hx-partial>`;
  }

  async #data(viewer: Viewer, number: number) {
    const { db } = this.services;
    const [order, members, labels, board] = await Promise.all([
      getWorkOrder(db, viewer.shop, number),
      listMembers(db, viewer.shop),
      listLabels(db, viewer.shop),
      this.boards.get(viewer.shop, viewer.version),
    ]);
    return {
      title: `WO-${number} ${order.vehicle.description}`,
      order,
      people: members.filter((member) => !member.disabled || member.id === order.mechanic?.id || member.id === order.advisor?.id),
      allLabels: labels,
      columns: board.columns,
      blockReasons: Object.entries(BLOCK_REASONS),
      requestId: randomUUID(),
    };
  }
}
