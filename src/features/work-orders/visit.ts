import { sql } from 'kysely';
import { CUSTOMER_SIDE, type CustomerSide } from '../approvals/of-order.js';
import { INSPECTIONS, type Inspection } from '../inspections/of-order.js';
import { MEDIA, type Medium, REMOVED_MEDIA, type RemovedMedium } from '../media/of-order.js';
import { SAFETY, type Safety } from '../safety/of-order.js';

/** What was photographed and found at a visit, and where its customer stands. */
export interface Visit {
  media: Medium[];
  removedMedia: RemovedMedium[];
  inspections: Inspection[];
  customer: CustomerSide;
  safety: Safety;
}

/** The visit of the work order `w`, as a part of the query that reads the whole of it. */
export const VISIT = sql`json_build_object('media', ${MEDIA}, 'removedMedia', ${REMOVED_MEDIA}, 'inspections', ${INSPECTIONS}, 'customer', ${CUSTOMER_SIDE}, 'safety', ${SAFETY})`;
