/** What a column means to the rules, whatever a shop calls it. */
export type Meaning = 'estimate' | 'active' | 'waiting' | 'done';

export interface MoveFacts {
  number: number;
  from: { id: number; name: string; meaning: Meaning };
  to: { id: number; name: string; meaning: Meaning };
  mayReopen: boolean;
  /** Whether something on it may be done: a job that the customer has approved, or that somebody else pays for. */
  isAuthorized: boolean;
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

/** No work without consent (16 CCR 3353). */
function refuseWork({ number, from, to, isAuthorized, mayOverride, reason }: MoveFacts): Refusal | null {
  if (to.meaning !== 'active' || from.meaning === 'active' || isAuthorized) return null;
  const text = `WO-${number} has no approved job yet.`;
  if (!mayOverride) return { text: `${text} Record the customer’s consent before it goes to ${to.name}.`, reasonHelps: false };
  return reason === '' ? { text: `${text} Say why it goes to ${to.name} all the same.`, reasonHelps: true } : null;
}

export interface HandOverFacts {
  number: number;
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

/** The rules of handing a vehicle over: the work is done, it is posted or nothing is to be paid, and nothing is to be given back. */
export function refuseHandOver({ number, openJobs, document, due, owed, mayOverride, reason }: HandOverFacts): Refusal | null {
  const text =
    openJobs.length > 0
      ? `WO-${number} has work that is not complete: ${openJobs.join(', ')}.`
      : due !== null && document !== 'posted'
        ? `${due} of WO-${number} is not settled: take the payment, or post the invoice, before the vehicle leaves.`
        : owed !== null
          ? `The customer has paid ${owed} too much for WO-${number}: give it back before the vehicle leaves.`
          : null;
  if (text === null || (mayOverride && reason !== '')) return null;
  return mayOverride ? { text: `${text} Say why it leaves all the same.`, reasonHelps: true } : { text, reasonHelps: false };
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
