import type { SafeHtml } from '../../platform/web/html.js';
import type { Block } from './rules.js';
import { wrapLines } from './wrapping.js';

// What paper is made of, and how high each of it is. Points throughout, as in public/css/print; the letters are 10 pt high,
// widths are in em of them. e2e/paper.spec.ts holds the two against each other.

const LINE = 13;
const SMALL_LINE = 11;
const ROW_PADDING = 4.5;
/** Letters of 8.5 pt: so much more of them stand on a line. */
const SMALL = 10 / 8.5;
/** Bold letters are wider by so much. */
const BOLD = 1.18;
/** 186 mm, which Letter and A4 both have between margins of 12 mm. */
const SHEET_WIDTH = 52.5;
/** A row that is longer goes on in a row below: no row is higher than a sheet. */
const MOST_LINES_OF_A_ROW = 24;

export interface Column {
  /** Its class in the stylesheet, which has its width. */
  name: string;
  label: string;
  /** Of the letters in it, in em. */
  width: number;
}

export interface Table {
  /** Said to those who can't see it. */
  name: string;
  columns: Column[];
}

/** A text that may go on on the next sheet. */
interface Passage {
  label: string;
  small: boolean;
}

/** Label and value; an empty value is a line to write on. */
export interface Fact {
  label: string;
  value: string;
  /** Half of the sheet instead of a quarter. */
  wide?: boolean;
  strong?: boolean;
}

export interface Sum {
  label: string;
  amount: string;
  strong?: boolean;
}

/** One piece as the layout moves it; `gather()` puts together again what belongs together on a sheet. */
export type Content =
  | { kind: 'facts'; rows: Fact[][] }
  | { kind: 'title'; text: string }
  | { kind: 'line'; passage: Passage; text: string; table: Table | null }
  | { kind: 'columns'; table: Table }
  | { kind: 'group'; table: Table; name: string; note: string; id: number | null; tick: boolean }
  | { kind: 'row'; table: Table; cells: string[]; id: number | null; strong: boolean; tick: boolean }
  | { kind: 'sums'; rows: Sum[] }
  | { kind: 'signatures'; says: string; fields: string[] }
  | { kind: 'scan'; code: SafeHtml; says: string; until: string }
  | { kind: 'ticks'; items: string[] }
  | { kind: 'write'; label: string; lines: number; grow: boolean; table: Table | null }
  | { kind: 'fields'; columns: string[][]; rows: number };

export type Piece = Block<Content>;

/** Facts in rows of four quarters. */
export function facts(rows: Fact[][]): Piece {
  const heights = rows.map((row) => Math.max(31.5, 14 + LINE * Math.max(...row.map(linesOfFact))));
  return { content: { kind: 'facts', rows }, height: heights.reduce((sum, height) => sum + height, 8) };
}

function linesOfFact({ value, wide, strong }: Fact): number {
  const width = wide ? SHEET_WIDTH / 2 : SHEET_WIDTH / 4;
  return wrapLines(value, (width - 1.2) / (strong ? BOLD * 1.2 : 1)).length;
}

/** A heading outside of a table; it stays with what follows. */
export function title(text: string): Piece {
  return { content: { kind: 'title', text }, height: 26, held: true };
}

/**
 * A text as lines, of which neither the first nor the last stands alone on a sheet.
 * @param table the table that it is a row of
 * @param heads what is repeated above it on a new sheet
 */
export function passage(label: string, text: string, options: { table?: Table; heads?: Piece[]; small?: boolean } = {}): Piece[] {
  const { table = null, heads, small = false } = options;
  if (!text) return [];
  const said: Passage = { label, small };
  const lines = wrapLines(label ? `${label}: ${text}` : text, (SHEET_WIDTH - 0.6) * (small ? SMALL : 1));
  return lines.map((line, index) => ({
    content: { kind: 'line', passage: said, text: index === 0 && label ? line.slice(label.length + 2) : line, table },
    height: (small ? SMALL_LINE : LINE) + (index === 0 ? ROW_PADDING : 0),
    held: lines.length > 1 && (index === 0 || index === lines.length - 2),
    ...(heads && { heads }),
  }));
}

/** The line of labels of a table, repeated on each sheet. */
export function columnsOf(table: Table): Piece {
  return { content: { kind: 'columns', table }, height: 15, held: true };
}

/** The heading of some rows of a table; it stays with the first of them. */
export function group(table: Table, name: string, note: string, options: { id?: number; tick?: boolean; heads?: Piece[] } = {}): Piece {
  const width = SHEET_WIDTH - (options.tick ? 2.5 : 0.6);
  const height = 9 + 15 * wrapLines(name, width / (BOLD * 1.1)).length + LINE * wrapLines(note, width).length;
  const content: Content = { kind: 'group', table, name, note, id: options.id ?? null, tick: options.tick ?? false };
  return { content, height, held: true, ...(options.heads && { heads: options.heads }) };
}

/** A row of a table; a very long one as several. */
export function row(
  table: Table,
  cells: string[],
  options: { id?: number; strong?: boolean; tick?: boolean; heads?: Piece[]; held?: boolean } = {},
): Piece[] {
  const { id = null, strong = false, tick = false, heads, held = false } = options;
  const wrapped = cells.map((cell, index) =>
    wrapLines(cell, ((table.columns[index]?.width ?? 0) - (tick && index === 0 ? 1.9 : 0)) / (strong ? BOLD : 1)),
  );
  const most = Math.max(1, ...wrapped.map((lines) => lines.length));
  const pieces: Piece[] = [];
  for (let from = 0; from < most; from += MOST_LINES_OF_A_ROW) {
    const lines = Math.min(MOST_LINES_OF_A_ROW, most - from);
    const part = wrapped.map((all) =>
      all
        .slice(from, from + MOST_LINES_OF_A_ROW)
        .join('')
        .trimEnd(),
    );
    pieces.push({
      content: { kind: 'row', table, cells: part, id: from === 0 ? id : null, strong, tick: tick && from === 0 },
      height: lines * LINE + ROW_PADDING,
      held: held && from + MOST_LINES_OF_A_ROW >= most,
      ...(heads && { heads }),
    });
  }
  return pieces;
}

/** The sums of a paper, which stay together. */
export function sums(rows: Sum[]): Piece {
  const heights = rows.map(
    ({ label, strong }) => (strong ? 18 : LINE + 2) + LINE * (wrapLines(label, 24 / (strong ? BOLD * 1.2 : 1)).length - 1),
  );
  return { content: { kind: 'sums', rows }, height: 10 + heights.reduce((sum, height) => sum + height, 0) };
}

/** Room for pens. @param says what is signed; @param fields the labels below the lines, wide and narrow in turn */
export function signatures(says: string, fields: string[]): Piece {
  return {
    content: { kind: 'signatures', says, fields },
    height: 12 + LINE * wrapLines(says, SHEET_WIDTH - 0.6).length + 54 * Math.ceil(fields.length / 4),
  };
}

/** A code for the customer's phone, with what it opens. */
export function scan(code: SafeHtml, says: string, until: string): Piece {
  return { content: { kind: 'scan', code, says, until }, height: 76 };
}

/** Boxes to tick, three beside each other. */
export function ticks(items: string[]): Piece {
  return { content: { kind: 'ticks', items }, height: 6 + 21 * Math.ceil(items.length / 3) };
}

/** Lines to write on, 8 mm apart. @param grow the last ones of a paper take what is left of the sheet */
export function write(
  label: string,
  lines: number,
  options: { grow?: boolean; table?: Table; heads?: Piece[]; held?: boolean } = {},
): Piece {
  const { grow = false, table = null, heads, held = false } = options;
  return { content: { kind: 'write', label, lines, grow, table }, height: 16 + 22.7 * lines, held, ...(heads && { heads }) };
}

/** Empty tables beside each other, to be filled in by hand. */
export function fields(columns: string[][], rows: number): Piece {
  return { content: { kind: 'fields', columns, rows }, height: 28 + 22.3 * rows };
}

/** What of a sheet belongs together again: a table with its rows, a text with its lines. */
export type Part =
  | Exclude<Content, { kind: 'line' | 'columns' | 'group' | 'row' }>
  | { kind: 'text'; label: string; small: boolean; text: string; continued: boolean }
  | { kind: 'table'; table: Table; rows: TablePart[] };
export type TablePart =
  | Extract<Content, { kind: 'group' | 'row' | 'write' }>
  | { kind: 'text'; label: string; small: boolean; text: string; continued: boolean };

/** Turns what the layout put on one sheet into what the view shows. @param seen passages that began on an earlier sheet */
export function gather(sheet: Piece[], seen: Set<object>): Part[] {
  const parts: Part[] = [];
  let last: object | null = null;
  for (const { content } of sheet) {
    const into = 'table' in content && content.table ? tableOf(parts, content.table).rows : parts;
    if (content.kind === 'line') {
      const before = into.at(-1);
      if (last === content.passage && before?.kind === 'text') before.text += content.text;
      else into.push({ kind: 'text', ...content.passage, text: content.text, continued: seen.has(content.passage) });
      seen.add(content.passage);
      last = content.passage;
    } else {
      last = null;
      if (content.kind !== 'columns') (into as Content[]).push(content);
    }
  }
  return parts;
}

function tableOf(parts: Part[], table: Table): Extract<Part, { kind: 'table' }> {
  const before = parts.at(-1);
  if (before?.kind === 'table' && before.table === table) return before;
  const made: Extract<Part, { kind: 'table' }> = { kind: 'table', table, rows: [] };
  parts.push(made);
  return made;
}
