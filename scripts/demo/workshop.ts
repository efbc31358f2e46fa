import { answerByLink } from '../../src/features/approvals/answers.js';
import { type FoundLink, findLink, recordOpening } from '../../src/features/approvals/links.js';
import { readOffer } from '../../src/features/approvals/offers.js';
import { askQuestion } from '../../src/features/approvals/questions.js';
import { sendToCustomer } from '../../src/features/approvals/sending.js';
import { toSignature } from '../../src/features/approvals/signatures.js';
import type { TokenOf } from '../../src/features/approvals/tokens.js';
import { itemsOf, type Measured, type PlacedItem, positionsOf } from '../../src/features/inspections/content.js';
import { saveItem } from '../../src/features/inspections/findings.js';
import { finishInspection, listFindings, releaseInspection, startInspection } from '../../src/features/inspections/inspections.js';
import { proposeJob } from '../../src/features/inspections/proposals.js';
import { STARTER_TEMPLATES, type Starter } from '../../src/features/inspections/starter-templates.js';
import { listTemplates } from '../../src/features/inspections/templates.js';
import { editMedium } from '../../src/features/media/edits.js';
import { addMedia } from '../../src/features/media/media.js';
import { checkWork } from '../../src/features/safety/checks.js';
import { acknowledge, listOpenHolds, release } from '../../src/features/safety/holds.js';
import { change } from '../../src/platform/database/change.js';
import type { History } from '../../src/platform/database/history.js';
import type { Viewer } from '../../src/platform/web/viewer.js';
import type { Darkroom } from './darkroom.js';
import type { PlannedJob } from './jobs/index.js';
import { Random } from './random.js';
import type { Order } from './sheets.js';
import type { Ticket } from './ticket.js';
import type { VisitDeed } from './timeline.js';
import { type Captioned, type Look, templateFor } from './visit.js';

/** What a customer's telephone says of itself. */
const PHONE = {
  fromAddress: '203.0.113.24',
  userAgent:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
};

/** A template of the shop with its items. */
interface Template {
  id: number;
  items: PlacedItem[];
}

/** What is shown, asked and proved, through the functions that the routes call too. */
export class Workshop {
  readonly #templates = new Map<Starter, Template>();
  readonly #inspections = new Map<Ticket, number>();
  readonly #links = new Map<Ticket, FoundLink>();

  /** @param ids of the jobs that are written @param tokenOf how a link's token is made */
  constructor(
    private readonly history: History,
    private readonly darkroom: Darkroom,
    private readonly ids: Map<PlannedJob, number>,
    private readonly tokenOf: TokenOf,
  ) {}

  async do({ what }: VisitDeed, actor: Viewer, ticket: Ticket, order: Order): Promise<void> {
    const { db } = this.history;
    const { number } = order;
    const link = this.#links.get(ticket) as FoundLink;
    switch (what) {
      case 'photograph':
        return this.#photograph(actor, order, ticket.visit?.arrival ?? [], { arrival: true });
      case 'start inspection':
        return this.#start(actor, ticket, order);
      case 'inspect':
        return this.#inspect(actor, ticket, order);
      case 'release findings':
        return releaseInspection(db, actor, number, this.#inspections.get(ticket) as number);
      case 'open link':
        return recordOpening(db, link);
      case 'answer':
        return this.#answer(ticket, order, link);
      case 'ask':
        return this.#ask(ticket, link);
      case 'acknowledge':
        return this.#acknowledge(actor, ticket, order);
      case 'let go':
        await release(db, actor, number, { holds: await this.#holds(actor, order), note: ticket.visit?.acknowledged?.released ?? '' });
        return;
      case 'check':
        await checkWork(db, actor, number, { passed: true, note: ticket.visit?.checked ?? '' });
    }
  }

  /** The estimate goes to the customer, with a link. */
  async send(actor: Viewer, ticket: Ticket, order: Order): Promise<void> {
    const { handle } = await sendToCustomer(this.history.db, actor, order.number, this.tokenOf);
    this.#links.set(ticket, (await findLink(this.history.db, { handle })) as FoundLink);
  }

  /** @returns the id of the job that is proposed because of what was found at an item */
  async propose(actor: Viewer, ticket: Ticket, order: Order, item: string): Promise<number> {
    const { result } = await proposeJob(this.history.db, actor, order.number, await this.#finding(actor, ticket, item));
    return result.job;
  }

  async #finding(actor: Viewer, ticket: Ticket, item: string): Promise<number> {
    const findings = await listFindings(this.history.db, actor.shop, this.#inspections.get(ticket) as number);
    const finding = findings.find((one) => one.item === item);
    if (!finding) throw new Error(`The template of the ${ticket.vehicle.kind} has no item ${item}.`);
    return finding.id;
  }

  async #photograph(
    actor: Viewer,
    { number }: Order,
    pictures: readonly Captioned[],
    place: { arrival?: true; finding?: number },
  ): Promise<void> {
    const { db } = this.history;
    for (const [index, [name, caption]] of pictures.entries()) {
      const file = { path: await this.darkroom.take(name), name: `IMG_${number}_${(place.finding ?? 0) + index + 1}.jpg` };
      const [taken] = await addMedia({ db, ...this.darkroom.keeping }, actor, number, [file], place);
      if (taken?.state !== 'added') throw new Error(`The picture ${name} was not added to WO-${number}.`);
      const fields = { place: place.finding ? `finding-${place.finding}` : '', arrival: place.arrival ? 'on' : '' };
      if (caption) await editMedium(db, actor, number, taken.media, { ...fields, caption: '' }, { ...fields, caption });
    }
  }

  async #start(actor: Viewer, ticket: Ticket, order: Order): Promise<void> {
    const { id } = await this.#template(actor, templateFor(ticket.vehicle.kind));
    const { result } = await startInspection(this.history.db, actor, order.number, { template: id });
    this.#inspections.set(ticket, result.inspection);
  }

  /** The shop has taken the templates to begin with. */
  async #template(actor: Viewer, starter: Starter): Promise<Template> {
    if (this.#templates.size === 0) {
      const rows = await listTemplates(this.history.db, actor.shop);
      for (const [key, { name }] of Object.entries(STARTER_TEMPLATES)) {
        const row = rows.find((one) => one.name === name);
        if (row) this.#templates.set(key as Starter, { id: row.id, items: itemsOf(row.content) });
      }
    }
    return this.#templates.get(starter) as Template;
  }

  async #inspect(actor: Viewer, ticket: Ticket, order: Order): Promise<void> {
    const { db } = this.history;
    const { found, until } = ticket.visit?.inspection ?? { found: {} };
    const { items } = await this.#template(actor, templateFor(ticket.vehicle.kind));
    const inspection = this.#inspections.get(ticket) as number;
    const random = new Random(order.number);
    for (const item of items) {
      if (item.key === until) return;
      const look = found[item.key] ?? {};
      // Without bounds nobody but a person can say how it is.
      const color = look.color ?? (item.measure && item.measure.yellow !== null ? undefined : 'green');
      const said = { measures: measure(item, look, random), note: look.note, color };
      const { result } = await saveItem(db, actor, order.number, inspection, item.key, said);
      await this.#photograph(actor, order, look.pictures ?? [], { finding: result.finding });
    }
    await finishInspection(db, actor, order.number, inspection);
  }

  /** What was found is what the vehicle came for: the job for it is there already. As proposeJob() does, with a job that is there. */
  async connect(actor: Viewer, ticket: Ticket, order: Order): Promise<void> {
    for (const [item, { job: name }] of Object.entries(ticket.visit?.inspection?.found ?? {})) {
      if (typeof name !== 'string') continue;
      const job = this.ids.get(ticket.plan.jobs.find(({ work }) => work.name === name) as PlannedJob) as number;
      const finding = await this.#finding(actor, ticket, item);
      const inspection = this.#inspections.get(ticket) as number;
      await change(this.history.db, actor, {}, async (tx) => {
        await tx.db.updateTable('findings').set({ job_id: job }).where('shop_id', '=', tx.shop).where('id', '=', finding).execute();
        await tx.db.updateTable('media').set({ job_id: job }).where('shop_id', '=', tx.shop).where('finding_id', '=', finding).execute();
        tx.record('finding.proposed', order.id, { number: order.number, inspection, finding, job, name });
      });
    }
  }

  async #answer({ plan, visit, customer }: Ticket, order: Order, link: FoundLink): Promise<void> {
    const { db } = this.history;
    const { only, drawn } = visit?.link?.answered ?? { drawn: false };
    const offer = await readOffer(db, link.shop, order.id, this.history.time());
    const said = plan.jobs.filter(({ found }) => !only || (found && only.includes(found)));
    const choices: Record<string, string> = {};
    const reasons: Record<string, string> = {};
    for (const { field, choice, jobs } of offer.questions) {
      const asked = said.filter((one) => jobs.includes(this.ids.get(one) as number));
      const wanted = asked.find(({ answer }) => answer === 'approve') ?? asked[0];
      if (!wanted) continue;
      choices[field] = wanted.answer === 'approve' && choice !== null ? String(this.ids.get(wanted)) : wanted.answer;
      reasons[field] = wanted.reason;
    }
    const signature = toSignature(customer.name, drawn ? handwriting(new Random(order.number)) : []);
    await answerByLink(db, link, {
      revision: offer.sent?.number ?? 0,
      mark: offer.mark,
      choices,
      reasons,
      agreed: true,
      signature,
      ...PHONE,
    });
  }

  async #ask({ plan, visit }: Ticket, link: FoundLink): Promise<void> {
    const { about, text } = visit?.link?.asked ?? { about: '', text: '' };
    const job = this.ids.get(plan.jobs.find(({ found }) => found === about) as PlannedJob) ?? null;
    await askQuestion(this.history.db, link, { job, text });
  }

  async #acknowledge(actor: Viewer, { visit, customer }: Ticket, order: Order): Promise<void> {
    const note = visit?.acknowledged?.note ?? '';
    const input = { holds: await this.#holds(actor, order), givenBy: customer.name, how: 'phone', note } as const;
    await acknowledge(this.history.db, actor, order.number, input);
  }

  async #holds({ shop }: Viewer, { number }: Order): Promise<number[]> {
    return (await listOpenHolds(this.history.db, shop, number)).map(({ id }) => id);
  }
}

/** What is measured at an item: what is told, and something good where nothing is. Hundredths of its unit. */
function measure({ measure: what }: PlacedItem, look: Look, random: Random): Measured[] | undefined {
  if (!what) return undefined;
  const bound = what.yellow ?? 4500;
  const share =
    what.bad === 'low' || what.yellow === null
      ? what.unit === 'V'
        ? random.between(1.01, 1.025)
        : random.between(1.04, 1.12)
      : random.between(0.35, 0.55);
  return positionsOf(what).map((position) => {
    const told = look.measures?.[position];
    // As people read a gauge: to the half.
    return { position, value: told === undefined ? goodValue(what.unit, bound * share * random.between(1, 1.02)) : Math.round(told * 100) };
  });
}

function goodValue(unit: string, value: number): number {
  const step = unit === 'psi' ? 100 : unit === 'V' ? 1 : 10;
  return Math.round(value / step) * step;
}

/** A name as a finger writes it on glass. */
function handwriting(random: Random): number[][] {
  let [x, phase] = [90, 0];
  const name: number[] = [];
  for (let point = 0; point < 90; point++) {
    x += random.between(4, 9);
    phase += random.between(0.25, 0.55);
    const tall = point < 14 || (point > 44 && point < 54) ? 110 : 42;
    name.push(Math.round(x + Math.cos(phase) * 16), Math.round(175 - Math.sin(phase) * tall * random.between(0.75, 1)));
  }
  return [name, [120, 250, 300, 236, 520, 244, 720, 222]];
}
