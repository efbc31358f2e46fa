import { change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { findGap, KINDS } from './kinds.js';
import { planImport, writeImport } from './plan.js';
import { dropUpload, getUpload } from './uploads.js';

/**
 * Reads a file in: all of it or nothing. Cells are read before the shop is locked; the file goes with the change, so that
 * it is read in once however often the button was pressed.
 * @throws Invalid while there is a row that can't be used
 */
export async function runImport(db: Database, viewer: Viewer, id: number): Promise<{ count: number; known: number }> {
  const upload = await getUpload(db, viewer, id);
  const gap = findGap(upload.kind, upload.mapping);
  if (gap) throw new Invalid({ '': gap });
  const { items, problems } = await planImport(db, viewer.shop, upload);
  if (problems.length > 0) throw new Invalid({ '': tellProblems(problems.length) });
  const { result } = await change(db, viewer, {}, async (tx) => {
    if (!(await dropUpload(tx.db, viewer, id))) throw new Conflict('That file was read in already.');
    const plan = await writeImport(tx, upload.kind, items);
    if (plan.problems.length > 0) throw new Invalid({ '': tellProblems(plan.problems.length) });
    const counts = { count: plan.fresh.length, known: plan.known.length };
    tx.record(`${KINDS[upload.kind].one}.imported`, null, { ...counts, file: upload.fileName });
    return counts;
  });
  return result;
}

function tellProblems(count: number): string {
  const rows = count === 1 ? 'One row can’t be used' : `${count} rows can’t be used`;
  return `${rows}, so nothing was read in. Mend the file and upload it again, or map its columns differently.`;
}
