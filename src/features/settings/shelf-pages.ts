import type { ZodType, z } from 'zod';
import type { Viewer } from '../../platform/web/viewer.js';
import type { Row } from './fields.js';
import type { Shelf } from './shelves.js';

/** How a shelf is shown and filled in. */
export interface ShelfPage {
  shelf: Shelf;
  /** The view under views/settings, also the last part of its address. */
  view: string;
  /** The name of one in an address: `/settings/rates/:rate`. */
  param: string;
  title: string;
  /** The inputs of the form for one. */
  inputs: Record<string, ZodType>;
  /** From what the inputs hold to what the fields hold, where one field takes several inputs. */
  gather?(typed: Row, context: z.RefinementCtx): Row;
  /** What stands beside its name in the list. */
  tell(row: Row): string;
  /** What else its page shows. */
  more?(viewer: Viewer): Promise<object>;
}
