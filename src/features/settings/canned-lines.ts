import { z } from 'zod';
import { optional, required } from '../../platform/web/forms.js';
import { Money, Quantity, showAmount, showQuantity } from '../billing/amounts.js';
import { CANNED_KINDS, type CannedLine } from './canned-jobs.js';
import { type Row, type Texts, text } from './fields.js';
import type { ShelfPage } from './shelf-pages.js';

export const MOST_CANNED_LINES = 24;
const INPUTS = ['kind', 'description', 'number', 'quantity', 'price', 'cost'] as const;

const Cell = z
  .string()
  .max(300, 'That is too long.')
  .refine((value) => !value.includes('\0') && value.isWellFormed(), 'There is a character in it that can’t be saved.')
  .transform((value) => value.trim())
  .default('');
const CELLS = Array.from({ length: MOST_CANNED_LINES }, (_, row) => INPUTS.map((input) => [`line.${row}.${input}`, Cell] as const)).flat();

/** Reads the table of lines; a row without anything typed is none. */
function gatherLines(typed: Row, context: z.RefinementCtx): Row {
  const lines: CannedLine[] = [];
  for (let row = 0; row < MOST_CANNED_LINES; row++) {
    const cell = (input: (typeof INPUTS)[number]) => String(typed[`line.${row}.${input}`]);
    if (INPUTS.slice(1).every((input) => !cell(input))) continue;
    const refuse = (input: string, message: string) => context.addIssue({ code: 'custom', path: [`line.${row}.${input}`], message });
    const read = (input: (typeof INPUTS)[number], schema: z.ZodType<number, string>) => {
      const { data, error } = schema.safeParse(cell(input));
      if (error) refuse(input, error.issues[0]?.message ?? '');
      return data ?? 0;
    };
    const kind = CANNED_KINDS.find((one) => one === cell('kind'));
    if (!kind) refuse('kind', 'Please choose what it is.');
    if (!cell('description')) refuse('description', 'The description is missing.');
    const needsPrice = kind === 'sublet' || kind === 'fee';
    lines.push({
      kind: kind ?? 'labor',
      description: cell('description'),
      partNumber: kind === 'part' || kind === 'tire' ? cell('number') : '',
      quantity: cell('quantity') ? read('quantity', Quantity('The quantity', { min: 1 })) : 100,
      priceCents: cell('price') || needsPrice ? read('price', Money('The price')) : null,
      costCents: cell('cost') ? read('cost', Money('The cost')) : 0,
    });
  }
  const { name, concern, cause, correction } = typed;
  return { name, concern, cause, correction, lines };
}

function spreadLines(value: unknown): Texts {
  const texts = (value as CannedLine[]).flatMap((line, row) => [
    [`line.${row}.kind`, line.kind],
    [`line.${row}.description`, line.description],
    [`line.${row}.number`, line.partNumber],
    [`line.${row}.quantity`, showQuantity(line.quantity)],
    [`line.${row}.price`, line.priceCents === null ? '' : showAmount(line.priceCents)],
    [`line.${row}.cost`, line.costCents ? showAmount(line.costCents) : ''],
  ]);
  return Object.fromEntries(texts);
}

function showLine(line: CannedLine): string {
  const price = line.priceCents === null ? 'automatic' : showAmount(line.priceCents);
  const what = [line.kind, JSON.stringify(line.description), line.partNumber].filter(Boolean).join(' ');
  return `${what}: ${showQuantity(line.quantity)} × ${price}, cost ${showAmount(line.costCents)}`;
}

/** Jobs that a shop does again and again, with their words and lines, to be added to an order at once. */
export const CANNED_JOBS: ShelfPage = {
  shelf: {
    table: 'canned_jobs',
    event: 'canned-job',
    noun: 'canned job',
    fields: {
      name: text('name'),
      concern: text('concern'),
      cause: text('cause'),
      correction: text('correction'),
      lines: {
        column: 'lines',
        show: (value) => (value as CannedLine[]).map(showLine).join('\n'),
        spread: spreadLines,
        store: (value) => JSON.stringify(value),
      },
    },
  },
  view: 'canned-jobs',
  param: 'canned',
  title: 'Canned jobs',
  inputs: {
    name: required('The name', 120),
    concern: optional('The concern', 2000),
    cause: optional('The cause', 2000),
    correction: optional('The correction', 2000),
    ...Object.fromEntries(CELLS),
  },
  gather: gatherLines,
  tell: (row) => {
    const count = (row.lines as unknown[]).length;
    return count === 1 ? '1 line' : `${count} lines`;
  },
};
