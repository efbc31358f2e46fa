/** What a column means to the rules, whatever a shop calls it. */
export type Meaning = 'estimate' | 'active' | 'waiting' | 'done';

export interface MoveFacts {
  number: number;
  from: { id: number; name: string; meaning: Meaning };
  to: { id: number; name: string; meaning: Meaning };
  mayReopen: boolean;
  /** Whether something on it may be done: a job that the customer has approved, or that somebody else pays for. */
  isAuthorized: boolean;
  /** Whether it was photographed as it came in; true as well when the shop does not ask for that. */
  isPhotographed: boolean;
  /** Whether somebody else has passed the work since it was done; true as well when the shop does not ask for that. */
  isChecked: boolean;
  mayOverride: boolean;
  reason: string;
  /** Taking back one's own last move needs no reason; what was approved then may have been declined since. */
  undoing: boolean;
}

/** Why a move is refused: a sentence for the card, and whether a reason would make it possible. */
export interface Refusal {
  text: string;
  reasonHelps: boolean;
}

/** The rules of moving a card, all of them. @returns null when the move is fine */
export function refuseMove(facts: MoveFacts): Refusal | null {
  return (facts.undoing ? null : refuseLeaving(facts)) ?? refuseWork(facts);
}

function refuseLeaving({ from, to, mayReopen, reason }: MoveFacts): Refusal | null {
  if (from.meaning !== 'done' || to.meaning === 'done') return null;
  if (!mayReopen) return { text: `Only a manager can take a card out of ${from.name}.`, reasonHelps: false };
  return reason === '' ? { text: `Say why it leaves ${from.name}.`, reasonHelps: true } : null;
}

/**
 * What is still missing for the column it goes to: no work without consent (16 CCR 3353), nor before the vehicle was photographed,
 * nothing is finished that nobody has checked. One reason is the answer to all that is missing, so all of it is said.
 */
function refuseWork({ number, from, to, isAuthorized, isPhotographed, isChecked, mayOverride, reason }: MoveFacts): Refusal | null {
  const [begins, ends] = (['active', 'done'] as const).map((meaning) => to.meaning === meaning && from.meaning !== meaning);
  const missing = [
    ...(begins && !isAuthorized ? [[`WO-${number} has no approved job yet.`, 'Record the customer’s consent']] : []),
    ...(begins && !isPhotographed ? [[`WO-${number} has no arrival photo yet.`, 'Take at least one']] : []),
    ...(ends && !isChecked ? [[`The work on WO-${number} was not checked.`, 'Somebody who did not do it checks it']] : []),
  ];
  const [first] = missing;
  if (!first || (mayOverride && reason !== '')) return null;
  if (!mayOverride) return { text: `${first[0]} ${first[1]} before it goes to ${to.name}.`, reasonHelps: false };
  return { text: `${missing.map(([what]) => what).join(' ')} Say why it goes to ${to.name} all the same.`, reasonHelps: true };
}

export interface HandOverFacts {
  number: number;
  /** What is unsafe and was declined, and holds the vehicle. */
  held: string[];
  /** What is unsafe, and no answer of the customer is there about it. */
  unasked: string[];
  /** Names of the jobs that are approved and not complete. */
  openJobs: string[];
  document: string;
  /** What is still to be paid, as people read it; null when nothing is. */
  due: string | null;
  /** What the shop has taken beyond the total, as people read it; null when nothing. */
  owed: string | null;
  mayOverride: boolean;
  reason: string;
}

/**
 * The rules of handing a vehicle over: it is safe, or whoever takes it knows what is not; the work is done, it is posted or nothing
 * is to be paid, and nothing is to be given back. A hold is overridden by nobody.
 */
export function refuseHandOver(facts: HandOverFacts): Refusal | null {
  const { number, held, mayOverride, reason } = facts;
  if (held.length > 0) {
    const what = `WO-${number} is held, for it is unsafe and the customer declined: ${held.join(', ')}.`;
    const needed = 'It leaves when the customer has acknowledged that and a second person has released it.';
    return { text: `${what} ${needed}`, reasonHelps: false };
  }
  const text = unsettled(facts);
  if (text === null || (mayOverride && reason !== '')) return null;
  return mayOverride ? { text: `${text} Say why it leaves all the same.`, reasonHelps: true } : { text, reasonHelps: false };
}

/** All that is in the way, for one reason would be the answer to all of it; null when nothing is. */
function unsettled({ number, unasked, openJobs, document, due, owed }: HandOverFacts): string | null {
  const sentences = [
    unasked.length > 0 && `Ask the customer about ${unasked.join(', ')} first: it is unsafe, and there is no answer yet.`,
    openJobs.length > 0 && `WO-${number} has work that is not complete: ${openJobs.join(', ')}.`,
    due !== null &&
      document !== 'posted' &&
      `${due} of WO-${number} is not settled: take the payment, or post the invoice, before the vehicle leaves.`,
    owed !== null && `The customer has paid ${owed} too much for WO-${number}: give it back before the vehicle leaves.`,
  ].filter((sentence) => sentence !== false);
  return sentences.length > 0 ? sentences.join(' ') : null;
}

/** Minutes before a promised time at which a card turns amber. */
const SOON_MINUTES = 60;

/** @returns `late` when a promised time is past, `soon` within the hour before it; finished work is neither */
export function promiseState(promisedAt: Date | null, meaning: Meaning, now: Date): 'late' | 'soon' | '' {
  if (!promisedAt || meaning === 'done') return '';
  const minutes = (promisedAt.getTime() - now.getTime()) / 60_000;
  if (minutes < 0) return 'late';
  return minutes <= SOON_MINUTES ? 'soon' : '';
}
