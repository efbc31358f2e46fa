import { z } from 'zod';

/** A message as a provider gets it. */
export interface Ready {
  id: number;
  shop: number;
  occasion: string;
  shopName: string;
  name: string;
  address: string;
  subject: string;
  text: string;
  /** The same however often it is sent: its Message-ID, or the webhook-id. */
  outsideId: string;
  replyTo: string;
  /** Message-ID of what it answers. */
  inReplyTo: string;
  /** Nobody pressed a button for it. */
  byProgram: boolean;
  /** Where one click ends these messages; null where they are about the customer's own vehicle. */
  unsubscribe: string | null;
}

/** How it went. sent; refused: for good; later: not to this one now; down: to nobody now. */
export type Outcome =
  | { kind: 'sent'; answer: string; outsideId?: string }
  | { kind: 'refused' | 'later'; answer: string }
  | { kind: 'down'; answer: string; mayHaveArrived: boolean };

const Mail = z.email().max(254);

/** Whether it is the address of one mailbox: what is a list, or has a line end in it, goes nowhere. */
export function isMailAddress(text: string): boolean {
  return Mail.safeParse(text).success;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const WHEN_DOWN = [10 * SECOND, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE] as const;
const WHEN_LATER = [MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR] as const;

/**
 * How long after a try the next one is: of a provider that is down every ten minutes at last, for as long as it takes; of one
 * address that takes nothing for now, two days in all.
 * @param tries how many there were of that kind, at least one
 * @returns milliseconds; null when there is none
 */
export function pauseAfter(kind: 'down' | 'later', tries: number): number | null {
  return kind === 'down' ? (WHEN_DOWN[Math.min(tries, WHEN_DOWN.length) - 1] as number) : (WHEN_LATER[tries - 1] ?? null);
}
