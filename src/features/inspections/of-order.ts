import { sql } from 'kysely';

/** An inspection of a work order, as its page tells of it. */
export interface Inspection {
  id: number;
  name: string;
}

/** The inspections of the work order `w`, as a list. */
export const INSPECTIONS = sql`'[]'::json`;
