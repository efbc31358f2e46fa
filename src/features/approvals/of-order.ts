import { sql } from 'kysely';

/** Where the customer of a work order stands. */
export interface CustomerSide {
  link: { id: number } | null;
}

/** The customer's side of the work order `w`, as an object. */
export const CUSTOMER_SIDE = sql`json_build_object('link', null)`;
