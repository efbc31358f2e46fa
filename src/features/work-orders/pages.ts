import { randomUUID } from 'node:crypto';
import type { Services } from '../../platform/services.js';
import { showAge, showDateTime } from '../../platform/time.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { toCustomerPanel } from '../approvals/panel.js';
import { showAmount, showMoney, showPercent, showQuantity } from '../billing/amounts.js';
import { toPanel } from '../billing/panel.js';
import { margin } from '../billing/rules.js';
import { countColors } from '../inspections/of-order.js';
import { isFound, showMeasures } from '../inspections/rules.js';
import type { LineForm } from '../jobs/forms.js';
import { PAY_TYPES, PROGRESS } from '../jobs/inputs.js';
import { ADDABLE, CONDITIONS, CORE_STATES, KIND_NAMES, TAX_CHOICES } from '../jobs/line-fields.js';
import { showReading } from '../jobs/readings.js';
import { toGallery } from '../media/gallery.js';
import { showMessage } from '../messages/shown.js';
import { type Audience, audienceOf, forAudience } from './audiences.js';
import { BLOCK_REASONS } from './blocks.js';
import { listChoices } from './choices.js';
import { getWorkOrder } from './details.js';

/** Words and figures of jobs, lines and money, for every view that shows them. */
const WORDS = {
  ...{ toPanel, toCustomerPanel, toGallery, showMessage, showDateTime, countColors, isFound, showMeasures },
  ...{ showAmount, showMoney, showPercent, showQuantity, showReading, margin, kinds: KIND_NAMES, addable: ADDABLE, payTypes: PAY_TYPES },
  ...{ progress: PROGRESS, conditions: CONDITIONS, coreStates: CORE_STATES, taxChoices: TAX_CHOICES },
};

/** The page of a work order, which is also the dialog over the board, and its live parts. */
export class WorkOrderPages {
  constructor(private readonly services: Services) {}

  /**
   * @param refused what a form on the page was refused for; htmx gets the sentence alone, so that nothing typed is lost
   * @param form a line that is being written, in its place
   */
  async show(viewer: Viewer, number: number, refused: Refused | null, htmx: boolean, form: LineForm | null = null): Promise<Answer> {
    const problem = refused ? Object.values(refused.fields)[0] : undefined;
    if (problem && htmx) return page('work-orders/problem', { problem }, 'work-orders/problem');
    const data = { ...(await this.#data(viewer, number)), problem: problem ?? '', typed: refused?.values ?? {}, form };
    return page('work-orders/show', data, 'work-orders/detail');
  }

  /** What this person can do with it, as it stands now. */
  async actions(viewer: Viewer, number: number): Promise<Answer> {
    const data = { ...(await this.#data(viewer, number)), typed: {} };
    return page('work-orders/actions', data, 'work-orders/actions-part');
  }

  /** The parts that follow changes, the same for everybody of an audience. */
  async parts(shop: number, number: number, audience: Audience): Promise<string> {
    return this.services.views.render('work-orders/parts', await this.#live(shop, number, audience));
  }

  /** The jobs with their sums: what a change of a line bears on. @param frame of the request: roles see different buttons */
  async jobParts(viewer: Viewer, number: number, frame: object): Promise<string> {
    const live = await this.#live(viewer.shop, number, audienceOf(viewer.role));
    return this.services.views.render('jobs/parts', { ...frame, ...live, requestId: randomUUID() });
  }

  /** The photos and videos, after some came. */
  async mediaParts(viewer: Viewer, number: number): Promise<string> {
    return this.services.views.render('media/parts', await this.#live(viewer.shop, number, audienceOf(viewer.role)));
  }

  /** One line as it stands, or the form row that changes it. */
  row(view: 'jobs/line' | 'jobs/line-form' | 'jobs/line-parts', data: object): string {
    return this.services.views.render(view, { ...WORDS, desk: true, ...data });
  }

  /** The parts and, for the one who made a change, what can be done next. @param frame of the request: roles see different buttons */
  async partsAndActions(viewer: Viewer, number: number, frame: object): Promise<string> {
    const data = { ...frame, ...(await this.#data(viewer, number)), typed: {} };
    const { views } = this.services;
    return views.render('work-orders/parts', { ...data, viewer: null }) + views.render('work-orders/actions-part', data);
  }

  async #live(shop: number, number: number, audience: Audience) {
    const order = forAudience(await getWorkOrder(this.services.db, shop, number), audience);
    return { ...WORDS, order, desk: audience === 'desk', viewer: null, form: null };
  }

  async #data(viewer: Viewer, number: number) {
    const { db } = this.services;
    const audience = audienceOf(viewer.role);
    const [whole, choices] = await Promise.all([getWorkOrder(db, viewer.shop, number), listChoices(db, viewer.shop, number)]);
    const order = forAudience(whole, audience);
    const now = new Date();
    return {
      ...WORDS,
      ...{
        title: `WO-${number} ${order.vehicle.description}`,
        order,
        desk: audience === 'desk',
        form: null,
      },
      people: choices.people.filter((one) => !one.disabled || one.id === order.mechanic?.id || one.id === order.advisor?.id),
      ...{ allLabels: choices.labels, columns: choices.columns, canned: choices.canned },
      left: choices.left.map((job) => ({ ...job, age: showAge(new Date(job.at), now) })),
      blockReasons: Object.entries(BLOCK_REASONS),
      requestId: randomUUID(),
    };
  }
}
