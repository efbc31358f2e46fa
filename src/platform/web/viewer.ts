import type { Actor } from '../database/change.js';

/** The person behind a request, as the database knows them now: never read from a cookie. */
export interface Viewer extends Actor {
  staff: number;
  name: string;
  role: string;
  shopName: string;
  timeZone: string;
  /** The shop's version when the request arrived. */
  version: number;
  /** Notices that they have not read; of somebody at a screen. */
  unread?: number | undefined;
  /** What customers have written that nobody has answered; of somebody at a screen. */
  replies?: number | undefined;
  /** The shop asks them for a second factor, and they have none yet: nothing opens but their own account. */
  owesSecondFactor: boolean;
}
