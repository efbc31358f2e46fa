// What an unsafe vehicle needs, as rules: pure, no database.

/** A red safety finding of a work order, or one that still holds it. */
export interface Unsafe {
  finding: number;
  /** What was looked at: the item of the inspection. */
  name: string;
  /** Still red, and still of safety. */
  isUnsafe: boolean;
  /** The customer has put off or declined the job for it, and no other option of it is to be done. */
  isDeclined: boolean;
  /** The job for it, or another option of it, is to be done. */
  isAuthorized: boolean;
  /** The hold that has not ended. */
  hold: number | null;
  /** Released since it was declined last. */
  isReleased: boolean;
}

/** What becomes of the hold of a finding; null: it stays as it is. */
export type Turn = 'hold' | 'approved' | 'withdrawn' | null;

/**
 * A hold follows from what stands in the database, never from who asks: what is unsafe and declined is held, until it is to be
 * repaired after all or is not unsafe any more. A job that is removed does not undo what the customer declined.
 */
export function turnOf({ hold, isUnsafe, isDeclined, isAuthorized, isReleased }: Unsafe): Turn {
  if (hold !== null) return !isUnsafe ? 'withdrawn' : isAuthorized ? 'approved' : null;
  return isUnsafe && isDeclined && !isReleased ? 'hold' : null;
}

export interface ReleaseFacts {
  /** Of the one who releases. */
  staff: number;
  acknowledged: boolean;
  takenBy: number | null;
  /** Whoever said that it is red. */
  foundBy: number[];
}

/** The second person is somebody else than who spoke with the customer and who found the fault. @returns why not, or null */
export function refuseRelease({ staff, acknowledged, takenBy, foundBy }: ReleaseFacts): string | null {
  if (!acknowledged) return 'The customer has not acknowledged it yet.';
  if (takenBy === staff) return 'You took down what the customer said: somebody else releases it.';
  return foundBy.includes(staff) ? 'You found it: somebody else releases it.' : null;
}

/** `Front pads`, `Front pads and Tires`, `Front pads, Tires and Wipers` */
export function listNames(names: string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** What a customer acknowledges, in the words that are kept with it. */
export function wordsOf(names: string[]): string {
  const them = names.length === 1 ? 'it' : 'them';
  return `I was told that this vehicle is not safe to drive because of ${listNames(names)}, that the shop recommends to repair ${them} before it is driven, and I have declined that for now.`;
}
