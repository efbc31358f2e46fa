/** Distance between two neighbours in a fresh column: 16 cards can be put into one gap before it must be renumbered. */
export const GAP = 65_536;

/**
 * The rank of a card between two neighbours.
 * @param previous rank of the card above, null at the top
 * @param next rank of the card below, null at the bottom
 * @returns null when there is no whole number left between them: the column must be renumbered first
 */
export function rankBetween(previous: number | null, next: number | null): number | null {
  if (previous === null) return next === null ? GAP : next - GAP;
  if (next === null) return previous + GAP;
  const middle = Math.floor((previous + next) / 2);
  return middle > previous && middle < next ? middle : null;
}
