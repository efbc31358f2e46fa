import { z } from 'zod';
import type { Card } from './cards.js';

/** What the address of the board may carry; what is not understood is ignored, so that an old bookmark works. */
export const BoardQuery = z.object({
  mechanic: z
    .union([z.literal('me'), z.literal('none'), z.coerce.number().int().positive()])
    .optional()
    .catch(undefined),
  advisor: z
    .union([z.literal('me'), z.coerce.number().int().positive()])
    .optional()
    .catch(undefined),
  label: z.coerce.number().int().positive().optional().catch(undefined),
  late: z.literal('1').optional().catch(undefined),
  text: z.string().trim().max(100).optional().catch(undefined),
});
export type BoardFilter = z.output<typeof BoardQuery>;

export function isEmpty(filter: BoardFilter): boolean {
  return !filter.mechanic && !filter.advisor && !filter.label && !filter.late && !filter.text;
}

/** Whether a card passes. public/js/app/filters.js does the same for cards that arrive later. @param me whose “me” it is */
export function passes(card: Card, filter: BoardFilter, me: number): boolean {
  const wanted = (choice: BoardFilter['mechanic']) => (choice === 'me' ? me : choice);
  if (filter.mechanic === 'none' && card.mechanic) return false;
  if (filter.mechanic && filter.mechanic !== 'none' && card.mechanic?.id !== wanted(filter.mechanic)) return false;
  if (filter.advisor && card.advisorId !== wanted(filter.advisor)) return false;
  if (filter.label && !card.labels.some((label) => label.id === filter.label)) return false;
  if (filter.late && card.promise?.state !== 'late') return false;
  return !filter.text || card.search.includes(filter.text.toLowerCase());
}
