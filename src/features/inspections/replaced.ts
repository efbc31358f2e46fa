import { sql } from 'kysely';
import type { Change } from '../../platform/database/change.js';
import { canonicalJson } from '../../platform/database/events.js';
import { COLOR_NAMES, type FindingColor, type Found, type Measured } from './content.js';
import { showMeasures } from './rules.js';

/** What the form showed when it was opened; what is not given is taken as it is now. */
export interface ItemOriginal {
  color?: FindingColor | null | undefined;
  note?: string | undefined;
  measures?: Measured[] | undefined;
}

const same = (one: unknown, other: unknown) => canonicalJson(one) === canonicalJson(other);

/**
 * What somebody else has said at the same place since the form was opened, and that mine has replaced, as a sentence.
 * @returns null when nothing of somebody else's was replaced
 */
export async function tellReplaced(
  tx: Change,
  finding: { id: number; workOrder: number; unit: string },
  before: Found,
  after: Found,
  original: ItemOriginal,
): Promise<string | null> {
  const lost = findLost(before, after, original, finding.unit);
  if (!lost) return null;
  const by = await whoSaid(tx, finding, lost.field);
  if (!by || by.id === tx.actor.staff) return null;
  return `Meanwhile ${by.name} had ${lost.words}. Yours stands now; theirs is in the history.`;
}

function findLost(
  before: Found,
  after: Found,
  original: ItemOriginal,
  unit: string,
): { field: 'color' | 'note' | 'measures'; words: string } | null {
  if (original.note !== undefined && before.note && ![original.note, after.note].includes(before.note))
    return { field: 'note', words: `written “${before.note}”` };
  const { measures } = original;
  const gone = measures
    ? before.measures.filter((one) => !measures.some((was) => same(was, one)) && !after.measures.some((is) => same(is, one)))
    : [];
  if (gone.length > 0) return { field: 'measures', words: `measured ${showMeasures(gone, unit)}` };
  // A color that follows from what was measured is nobody's word.
  const isSaid = original.color !== undefined && before.color && same(before.measures, after.measures);
  if (isSaid && before.color && ![original.color, after.color].includes(before.color))
    return { field: 'color', words: `said ${COLOR_NAMES[before.color].toLowerCase()}` };
  return null;
}

/** Who changed a thing of a finding last, before this change. */
async function whoSaid(
  tx: Change,
  finding: { id: number; workOrder: number },
  field: 'color' | 'note' | 'measures',
): Promise<{ id: number; name: string } | null> {
  const { rows } = await sql<{ id: number; name: string }>`
    select s.id, s.name from events e join staff s on s.id = e.actor_id
    where e.shop_id = ${tx.shop} and e.work_order_id = ${finding.workOrder} and e.kind = 'finding.saved'
      and e.data -> 'finding' = to_jsonb(${finding.id}::bigint)
      and e.data -> 'before' ->> ${field} is distinct from e.data -> 'after' ->> ${field}
    order by e.version desc, e.seq desc limit 1`.execute(tx.db);
  return rows[0] ?? null;
}
