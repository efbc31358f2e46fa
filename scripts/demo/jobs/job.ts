import type { Kind } from '../vehicles.js';

/** One thing that goes wrong, and what people in a shop write about it. */
export interface Job {
  on: readonly Kind[];
  /** The concern, in the customer's own words. */
  says: string;
  /** What the mechanic found. */
  finds: string;
  /** What it then waits for, if it is more than what lies on the shelf. */
  needs?: string;
  /** What was done about it, with what a second person would want to know. */
  did: string;
  /** How often it happens, 1 where not said. */
  weight?: number;
}

export const LIGHT = ['car', 'suv', 'pickup', 'van'] as const satisfies Kind[];
