import { z } from 'zod';
import { required } from '../../platform/web/forms.js';
import { COLORS } from './columns.js';

/** The most cards that a limit can allow. */
export const MOST_LIMIT = 999;

/** What is typed of a column, but for its limit. */
export const columnFields = {
  name: required('The name', 40),
  meaning: z.enum(['estimate', 'active', 'waiting', 'done'], 'Please choose what it means.'),
  color: z.enum(COLORS, 'Please choose a colour.'),
};
