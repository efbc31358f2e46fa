import { sql } from 'kysely';
import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid, RequestError } from '../../platform/errors.js';
import { showDateTime } from '../../platform/time.js';
import { showMoney } from '../billing/amounts.js';
import { consentWithin, METHOD_NAMES, type Outcome, outcomeOf } from '../billing/authorizations.js';
import type { Answer } from '../billing/consent.js';
import { lockOrder } from '../billing/settle.js';
import { moveWithin } from '../board/moves.js';
import { type FoundLink, holdLink } from './links.js';
import { type Offer, readOffer } from './offers.js';
import { answersOf, type Choices, goodUntil } from './rules.js';
import { asEvidence, filesOf, readShown } from './shown.js';
import type { Signature } from './signatures.js';

/** What a customer sends from the page of their link. */
export interface LinkAnswer {
  /** Number of the revision that the page showed. */
  revision: number;
  /** Offer.mark of it. */
  mark: string;
  choices: Choices;
  /** Why not, by field. */
  reasons: Record<string, string>;
  /** They ticked the wording. */
  agreed: boolean;
  signature: Signature;
  fromAddress: string;
  userAgent: string;
}

export interface Answered {
  approved: number;
  declined: number;
  deferred: number;
  authorizedCents: number;
  currency: string;
}

/**
 * The customer answers by their link: what they chose becomes an authorization, at once and whole, or nothing does.
 * @param requestId the mark of the form: sent twice, it counts once
 * @throws Conflict when it can't be answered like that any more: somebody answered before, the estimate is another by now or too
 *   old, the work is invoiced; Invalid with a sentence by field
 */
export async function answerByLink(db: Database, link: FoundLink, input: LinkAnswer, requestId?: string): Promise<Changed<Answered>> {
  const actor = { shop: link.shop, staff: null };
  return change(db, actor, { requestId: requestId && `link/${link.id}/${requestId}` }, async (tx) => {
    await holdLink(tx, link);
    const order = await lockOrder(tx, link.number).catch((error) => {
      throw error instanceof Conflict ? new Conflict(`This work is invoiced already. ${callOf(link)}`) : error;
    });
    const offer = await readOffer(tx.db, tx.shop, order.id, tx.now);
    await refuseLate(tx, link, offer, input);
    const answers = answersOf(offer.questions, input.choices, input.reasons);
    refuseIncomplete(answers, input);
    const shown = await readShown(tx.db, tx.shop, order.id);
    const outcome = outcomeOf(offer.state, answers);
    const recorded = await consentWithin(
      tx,
      order,
      {
        ...{ answers, method: 'link', givenBy: input.signature.name, phone: '', note: '' },
        ...{ offer: input.mark, shownCents: offer.now.totals.totalCents },
      },
      {
        ...{ link: link.id, signature: JSON.parse(JSON.stringify(input.signature)), fromAddress: input.fromAddress },
        ...{ userAgent: input.userAgent.slice(0, 400), files: filesOf(shown) },
        shown: { ...asEvidence(shown), sent: offer.sent?.number ?? null, wording: wordingOf(offer, outcome), ...sumsOf(offer, outcome) },
      },
    );
    const count = (decision: Answer['decision']) => answers.filter((one) => one.decision === decision).length;
    if (count('approve') > 0) await moveOn(tx, link.number);
    return { approved: count('approve'), declined: count('decline'), deferred: count('defer'), ...recorded };
  });
}

/** Who answers too late is told why, and nothing changes. */
async function refuseLate(tx: Change, link: FoundLink, offer: Offer, input: LinkAnswer): Promise<void> {
  const { sent, standing } = offer;
  if (!sent) throw new Conflict(`There is no estimate to answer. ${callOf(link)}`);
  if (standing === 'closed') throw new Conflict(`This work is finished. ${callOf(link)}`);
  const earlier = await findEarlier(tx, link, offer, input.choices);
  if (earlier) throw new Conflict(earlier);
  if (standing === 'changing') throw new Conflict('The shop is changing this estimate. You can answer when it is sent again.');
  if (standing === 'expired') {
    const until = showDateTime(goodUntil(sent.at, offer.estimateDays), link.timeZone);
    throw new Conflict(`This estimate was good until ${until}. ${callOf(link, 'for a new one')}`);
  }
  if (sent.number !== input.revision || offer.mark !== input.mark)
    throw new Conflict(
      'The estimate has changed since you opened it. This is the new one; what you had chosen is kept where it still fits.',
    );
}

function refuseIncomplete(answers: Answer[], { agreed }: LinkAnswer): void {
  if (answers.length === 0) throw new Invalid({ '': 'Please choose an answer for at least one job.' });
  if (!agreed && answers.some(({ decision }) => decision === 'approve'))
    throw new Invalid({ agreed: 'Please tick that you agree, so that the work may begin.' });
}

interface Earlier {
  name: string;
  decision: Answer['decision'];
  method: keyof typeof METHOD_NAMES;
  at: Date;
}

const SAID = { approve: 'approved', decline: 'declined', defer: 'put off' } as const;

/** “You approved this at 10:32”: when something is answered that is no question any more. */
async function findEarlier(tx: Change, link: FoundLink, offer: Offer, choices: Choices): Promise<string | null> {
  const open = new Set(offer.questions.map(({ field }) => field));
  const wanted = Object.entries(choices).filter(([field, chosen]) => chosen !== '' && !open.has(field));
  const jobs = wanted.flatMap(([field]) => {
    const [kind, id] = field.split('.');
    return offer.state.jobs.filter((job) => (kind === 'option' ? job.choice : job.id) === Number(id)).map((job) => job.id);
  });
  if (jobs.length === 0) return null;
  const { rows } = await sql<Earlier>`
    select j.name, d.value ->> 'decision' as decision, a.method, a.at
    from authorizations a, jsonb_array_elements(a.decisions) d
    join jobs j on j.id = (d.value ->> 'job')::bigint
    where a.shop_id = ${tx.shop} and a.work_order_id = ${link.workOrder} and j.shop_id = a.shop_id and j.work_order_id = a.work_order_id
      and j.id = any (${jobs}::bigint[]) and j.consent not in ('proposed', 'revised')
    order by a.id desc, (d.value ->> 'decision') limit 1`.execute(tx.db);
  const last = rows[0];
  if (!last) return null;
  const how = last.method === 'link' ? '' : ` (${METHOD_NAMES[last.method].toLowerCase()})`;
  return `You ${SAID[last.decision]} “${last.name}” on ${showDateTime(last.at, link.timeZone)}${how}. ${callOf(link, 'to change it')}`;
}

/** “Call First Garage, 555 0100.” */
export function callOf({ shopName, phone }: Pick<FoundLink, 'shopName' | 'phone'>, what = ''): string {
  return `Call ${shopName}${phone && `, ${phone},`}${what && ` ${what}`}.`.replace(',.', '.');
}

/** What the customer agrees to, paragraph by paragraph; kept with the answer as it was then. */
export function wordingOf({ consentText, sent, state }: Offer, { answers, authorized }: Outcome): string[] {
  if (!answers.some(({ decision }) => decision === 'approve')) return ['I have seen what the shop recommends.'];
  const total = showMoney(authorized.cents, state.terms?.currency ?? 'USD');
  const texts = [sent?.content.texts.estimateLaw ?? '', sent?.content.texts.estimate ?? ''];
  const own = consentText ? [consentText] : texts.filter(Boolean);
  return [`I authorize this work for ${total} in all, tax included. If more is needed, I am asked first.`, ...own];
}

/** What is authorized before and after, in cents. */
export function sumsOf({ state }: Offer, { authorized }: Outcome): { beforeCents: number; afterCents: number } {
  return { beforeCents: state.authorized?.cents ?? 0, afterCents: authorized.cents };
}

/** Where the shop wants cards that its customer has approved. A move that the board refuses is no failure of the consent. */
async function moveOn(tx: Change, number: number): Promise<void> {
  const { approved_column_id: column } = await tx.db
    .selectFrom('visit_settings')
    .select('approved_column_id')
    .where('shop_id', '=', tx.shop)
    .executeTakeFirstOrThrow();
  if (column === null || (await isThere(tx, number, column))) return;
  try {
    await moveWithin(tx, '', number, { column, after: null, reason: '' });
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
  }
}

async function isThere(tx: Change, number: number, column: number): Promise<boolean> {
  const { rows } = await sql`
    select from work_orders where shop_id = ${tx.shop} and number = ${number} and column_id = ${column}`.execute(tx.db);
  return rows.length > 0;
}
