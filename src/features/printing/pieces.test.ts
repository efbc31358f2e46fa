import fc from 'fast-check';
import { expect, test } from 'vitest';
import { columnsOf, gather, group, type Part, type Piece, passage, row, sums, type Table, type TablePart, title } from './pieces.js';
import { toSheets } from './sheets.js';

const TABLE: Table = {
  name: 'Work',
  columns: [
    { name: 'what', label: 'Work', width: 22 },
    { name: 'amount', label: 'Amount', width: 7 },
  ],
};
const HEAD = { name: 'Harbor Garage', lines: ['120 Harbor Road', 'Oakland'], logo: false };
const words = fc.array(fc.stringMatching(/^[a-zM]{1,12}$/), { minLength: 1, maxLength: 200 }).map((all) => all.join(' '));

/** A job as papers have it: a heading, what was said, rows, and their sum. */
const job = fc.record({ name: fc.stringMatching(/^[a-z]{3,12}$/), said: words, rows: fc.array(words, { minLength: 1, maxLength: 12 }) });
type Job = { name: string; said: string; rows: string[] };

function piecesOf(jobs: Job[]): Piece[] {
  return [
    columnsOf(TABLE),
    ...jobs.flatMap(({ name, said, rows }, index) => {
      const heads = [columnsOf(TABLE), group(TABLE, `${name} (continued)`, '')];
      return [
        group(TABLE, name, '', { id: index + 1, heads: [columnsOf(TABLE)] }),
        ...passage('Concern', said, { table: TABLE, heads }),
        ...rows.flatMap((text, line) => row(TABLE, [text, '1.00'], { id: line + 1, heads })),
      ];
    }),
    title('The end'),
    ...passage('', 'It is all there.'),
    sums([{ label: 'Total', amount: '1.00', strong: true }]),
  ];
}

const rowsOf = (parts: Part[]): TablePart[] => parts.flatMap((part) => (part.kind === 'table' ? part.rows : []));
const letters = (text: string) => text.replace(/\s/g, '');

test('a paper on sheets says all that it said before, in the same order', () => {
  fc.assert(
    fc.property(fc.array(job, { minLength: 1, maxLength: 12 }), fc.constantFrom('letter' as const, 'a4' as const), (jobs, size) => {
      const sheets = toSheets({ title: 'Estimate', state: '', pieces: piecesOf(jobs) }, HEAD, size);
      expect(sheets.map((sheet) => sheet.page)).toEqual(sheets.map((_, index) => index + 1));
      const rows = sheets.flatMap((sheet) => rowsOf(sheet.parts));
      const said = rows.flatMap((one) => (one.kind === 'text' ? [one.text] : one.kind === 'row' ? [one.cells[0] as string] : []));
      expect(letters(said.join(''))).toBe(letters(jobs.map((one) => one.said + one.rows.join('')).join('')));
      const headings = rows.flatMap((one) => (one.kind === 'group' && one.id !== null ? [one.name] : []));
      expect(headings).toEqual(jobs.map((one) => one.name));
      expect(sheets.flatMap((sheet) => sheet.parts).filter((part) => part.kind === 'sums')).toHaveLength(1);
    }),
  );
});

test('no sheet ends with a heading, and one that begins within a job says which', () => {
  fc.assert(
    fc.property(fc.array(job, { minLength: 4, maxLength: 12 }), (jobs) => {
      const sheets = toSheets({ title: 'Estimate', state: '', pieces: piecesOf(jobs) }, HEAD, 'letter');
      for (const { parts } of sheets) {
        expect(['title', 'columns']).not.toContain(parts.at(-1)?.kind);
        const rows = rowsOf(parts);
        if (parts.at(-1)?.kind === 'table') expect(rows.at(-1)?.kind).not.toBe('group');
        if (rows.length > 0) expect(rows[0]?.kind).toBe('group');
      }
    }),
  );
});

test('a row that is longer than a sheet goes on in rows below it, of which only the first is the line', () => {
  const pieces = row(TABLE, ['x'.repeat(3000), '1.00'], { id: 7 });
  expect(pieces.length).toBeGreaterThan(1);
  const rows = rowsOf(gather(pieces, new Set()));
  expect(rows.map((one) => (one.kind === 'row' ? one.id : 0))).toEqual([7, ...rows.slice(1).map(() => null)]);
  expect(rows.map((one) => (one.kind === 'row' ? one.cells[1] : ''))).toEqual(['1.00', ...rows.slice(1).map(() => '')]);
});

test('a text that goes on says its label once', () => {
  const pieces = passage('Concern', 'It squeals when it is cold. '.repeat(20));
  const seen = new Set<object>();
  const [first] = gather(pieces.slice(0, 3), seen);
  const [second] = gather(pieces.slice(3), seen);
  expect(first).toMatchObject({ kind: 'text', label: 'Concern', continued: false });
  expect(second).toMatchObject({ kind: 'text', label: 'Concern', continued: true });
});
