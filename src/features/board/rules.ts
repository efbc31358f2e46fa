/** What a column means to the rules, whatever a shop calls it. */
export type Meaning = 'estimate' | 'active' | 'waiting' | 'done';

export interface MoveFacts {
  from: { id: number; name: string; meaning: Meaning };
  to: { id: number; name: string; meaning: Meaning };
  mayReopen: boolean;
  reason: string;
  /** Taking back one's own last move needs no reason. */
  undoing: boolean;
}

/** Why a move is refused: a sentence for the card, and whether a reason would make it possible. */
export interface Refusal {
  text: string;
  reasonHelps: boolean;
}

/** The rules of moving a card, all of them. @returns null when the move is fine */
export function refuseMove(facts: MoveFacts): Refusal | null {
  const leavesDone = facts.from.meaning === 'done' && facts.to.meaning !== 'done';
  if (!leavesDone || facts.undoing) return null;
  if (!facts.mayReopen) return { text: `Only a manager can take a card out of ${facts.from.name}.`, reasonHelps: false };
  if (facts.reason === '') return { text: `Say why it leaves ${facts.from.name}.`, reasonHelps: true };
  return null;
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
