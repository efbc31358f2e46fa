import { COLOR_NAMES, type FindingColor } from './content.js';

// biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data; the sentences below know them.
type Data = any;

/** What the events of inspections say, as the rest of a sentence that begins with who did it. None of them names a price. */
export const INSPECTION_SENTENCES: Record<string, (data: Data) => string> = {
  'inspection.started': (data) => `started the inspection “${data.name}”`,
  'inspection.finished': (data) => `finished the inspection “${data.name}”: ${data.red} red, ${data.yellow} yellow, ${data.green} green`,
  'inspection.reopened': (data) => `opened the inspection “${data.name}” again`,
  'inspection.released': (data) => `released the inspection “${data.name}” to the customer`,
  'inspection.withheld': (data) => `took the inspection “${data.name}” back from the customer`,
  'finding.saved': (data) => saved(data),
  'finding.shown': (data) => `shows “${data.name}” to the customer`,
  'finding.hidden': (data) => `hid “${data.name}” from the customer`,
  'finding.proposed': (data) => `proposed the job “${data.name}” for what was found`,
};

function saved({ name, before, after, carriedFrom }: Data): string {
  const what = ['color', 'reason', 'measures', 'note']
    .filter((field) => before[field] !== after[field])
    .map((field) => tell(field, before, after));
  return `inspected “${name}”${carriedFrom ? ', same as at the last visit' : ''}${what.length > 0 ? `: ${what.join(', ')}` : ''}`;
}

function tell(field: string, before: Data, after: Data): string {
  if (field === 'color') return `${color(after)}${before.color ? `, was ${color(before)}` : ''}`;
  if (field === 'reason') return after.reason ?? 'no reason any more';
  if (field === 'measures') return `${after.measures || 'nothing measured'}${before.measures ? `, was ${before.measures}` : ''}`;
  return after.note ? `“${after.note}”${before.note ? `, was “${before.note}”` : ''}` : `took the note “${before.note}” away`;
}

function color(of: Data): string {
  return of.color ? COLOR_NAMES[of.color as FindingColor].toLowerCase() : 'not said';
}

/** What folding wants to know of an event. */
interface Told {
  kind: string;
  data: unknown;
  /** Who did it. */
  name: string | null;
}

/**
 * Puts what one person saved at the items of one inspection together, up to the point where it was finished or opened again: an
 * inspection is one thing somebody did, not thirty.
 * @param rows events of a work order, the newest first
 * @returns the same events, each once: what belongs together stands where its newest stood
 */
export function foldSaved<Row extends Told>(rows: Row[]): Row[][] {
  const groups: Row[][] = [];
  /** By inspection and person, what more can be put to. */
  const open = new Map<number, Map<string | null, Row[]>>();
  for (const row of rows) {
    const { inspection } = row.data as Data;
    if (row.kind.startsWith('inspection.')) open.delete(inspection);
    const people = row.kind === 'finding.saved' ? (open.get(inspection) ?? new Map<string | null, Row[]>()) : null;
    const group = people?.get(row.name);
    if (group) group.push(row);
    else {
      const begun = [row];
      groups.push(begun);
      if (people) open.set(inspection, people.set(row.name, begun));
    }
  }
  return groups;
}

/** What somebody filled in, in one sentence. @param rows all events, for the inspection's name */
export function tellFilled(saved: [Told, ...Told[]], rows: Told[]): string {
  const { inspection } = saved[0].data as Data;
  const about = rows.find(({ kind, data }) => kind.startsWith('inspection.') && (data as Data).inspection === inspection)?.data as Data;
  const items = new Set(saved.map(({ data }) => (data as Data).finding)).size;
  return `filled in ${items === 1 ? '1 item' : `${items} items`} of ${about ? `“${about.name}”` : 'the inspection'}`;
}
