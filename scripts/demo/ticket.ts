import type { Customer, Vehicle } from './garage.js';
import type { Plan } from './plan.js';
import type { Step } from './timeline.js';
import type { Visit } from './visit.js';

/** A promised time: in days of work, in minutes ahead while the shop is open, or in minutes by the wall clock. */
export type Promised = { position: number } | { ahead: number } | { fromNow: number } | null;

export interface Ticket {
  vehicle: Vehicle;
  /** Who brings it: whose it is at that time. */
  customer: Customer;
  plan: Plan;
  concern: string;
  promised: Promised;
  /** E-mail addresses of who looks after it and who works on it. */
  advisor: string;
  mechanic: string;
  /** `at` is absolute here: days of work, as ShopClock takes them. */
  steps: Step[];
  /** What is shown, asked and proved. */
  visit?: Visit;
}
