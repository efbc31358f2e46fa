/** A field that two people changed to different things. */
export interface FieldConflict {
  mine: string;
  theirs: string;
}

export interface Merged {
  /** What must be written: only what I changed. */
  changes: Record<string, string>;
  conflicts: Record<string, FieldConflict>;
}

/**
 * Merges a form with what the database holds by now, field by field. What I left alone stays as it is now; what only I
 * changed is written; what both changed to different things is a conflict.
 * @param original what the form showed when it was opened
 * @param mine what was sent
 * @param current what the database holds
 */
export function mergeEdits(original: Record<string, string>, mine: Record<string, string>, current: Record<string, string>): Merged {
  const merged: Merged = { changes: {}, conflicts: {} };
  for (const field of Object.keys(current)) {
    const [was, wanted, is] = [original[field] ?? '', mine[field] ?? '', current[field] ?? ''];
    if (wanted === was || wanted === is) continue;
    if (is === was) merged.changes[field] = wanted;
    else merged.conflicts[field] = { mine: wanted, theirs: is };
  }
  return merged;
}
