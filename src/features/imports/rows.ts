import { unguard } from './cells.js';
import { KINDS, type Kind, type Mapping } from './kinds.js';
import { isBlank } from './reading.js';

/** A row that can't be used, and why. The heads are row 1, as in a spreadsheet. */
export interface Problem {
  row: number;
  sentence: string;
}

/** A row as its fields; what is not mapped is read as if the cell were empty. */
export interface Item {
  row: number;
  values: Record<string, unknown>;
}

/** What an import would do: all of `fresh`, once there are no problems. */
export interface Plan {
  fresh: Record<string, unknown>[];
  /** Rows that are in the shop already, or stand in the file twice: they are left out. */
  known: number[];
  problems: Problem[];
}

/** Reads every cell that is mapped. A row with a problem is no item. */
export function readRows(kind: Kind, rows: string[][], mapping: Mapping): { items: Item[]; problems: Problem[] } {
  const [items, problems]: [Item[], Problem[]] = [[], []];
  for (const [index, cells] of rows.entries()) {
    if (index === 0 || isBlank(cells)) continue;
    const found: string[] = [];
    const values: Record<string, unknown> = {};
    for (const { name, label, required, read } of KINDS[kind].targets) {
      const at = mapping[name];
      const cell = at === undefined ? '' : unguard(cells[at] ?? '');
      const result = required && cell === '' ? { problem: `${label} is missing.` } : read(cell);
      if ('problem' in result) found.push(result.problem);
      else values[name] = result.value;
    }
    if (found.length > 0) problems.push({ row: index + 1, sentence: found.join(' ') });
    else items.push({ row: index + 1, values });
  }
  return { items, problems };
}
