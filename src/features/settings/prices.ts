import { z } from 'zod';
import { required } from '../../platform/web/forms.js';
import { Money, Percent, showAmount, showPercent } from '../billing/amounts.js';
import { type Band, checkBands, type Matrix, matrixPrice } from '../billing/matrix.js';
import { type Row, type Texts, text } from './fields.js';
import type { ShelfPage } from './shelf-pages.js';

export const MOST_BANDS = 20;

/** `3`, `2.25`: a multiplier, which is kept as parts per million like a margin. */
function showMultiplier(ppm: number): string {
  return showPercent(Math.trunc(ppm / 100)).replace(' %', '');
}

/** A band's factor, in the words of the matrix. */
function showFactor(ppm: number, basis: Matrix['basis']): string {
  return basis === 'margin' ? showPercent(ppm) : showMultiplier(ppm);
}

function spreadBands(value: unknown, row: Row): Texts {
  const texts = (value as Band[]).flatMap(({ from, ppm }, index) => [
    [`band.${index}.from`, showAmount(from)],
    [`band.${index}.factor`, showFactor(ppm, row.basis as Matrix['basis'])],
  ]);
  return Object.fromEntries(texts);
}

const Cell = z.string().max(40, 'That is too long.').default('');
const CELLS = Array.from({ length: MOST_BANDS }, (_, index) => [
  [`band.${index}.from`, Cell],
  [`band.${index}.factor`, Cell],
]).flat();

/** Reads the table of bands; a row that is wholly empty is none. */
function gatherBands(typed: Row, context: z.RefinementCtx): Row {
  const basis = typed.basis as Matrix['basis'];
  const read = (path: string, schema: z.ZodType<number, string>) => {
    const { data, error } = schema.safeParse(typed[path]);
    if (error) context.addIssue({ code: 'custom', path: [path], message: error.issues[0]?.message ?? '' });
    return data ?? 0;
  };
  const bands: Band[] = [];
  for (let index = 0; index < MOST_BANDS; index++) {
    const [from, factor] = [`band.${index}.from`, `band.${index}.factor`] as const;
    if (!String(typed[from]).trim() && !String(typed[factor]).trim()) continue;
    const ppm =
      basis === 'margin'
        ? read(factor, Percent('The margin', { max: 999_999 }))
        : read(factor, Percent('The multiplier', { max: 1_000_000 })) * 100;
    bands.push({ from: read(from, Money('The cost')), ppm });
  }
  bands.sort((one, other) => one.from - other.from);
  const wrong = checkBands(bands, basis);
  if (wrong) context.addIssue({ code: 'custom', path: ['bands'], message: wrong });
  return { name: typed.name, kind: typed.kind, basis, bands };
}

/** What a matrix makes of some costs, to see at a glance whether it is meant so: `[['4.00', '12.00'], …]`. */
export function previewPrices(row: Row): [string, string][] {
  const matrix: Matrix = { basis: row.basis as Matrix['basis'], bands: row.bands as Band[] };
  const edges = matrix.bands.flatMap(({ from }) => (from > 0 ? [from - 1, from] : []));
  const costs = [...new Set([400, 2500, 10_000, ...edges])].sort((one, other) => one - other);
  return costs.slice(0, 12).map((cost) => [showAmount(cost), showAmount(matrixPrice(cost, matrix))]);
}

const KINDS = { part: 'Parts', tire: 'Tires' };

/** Price matrices: from what a part costs to what it is sold for. A price that was typed by hand is never touched by one. */
export const PRICES: ShelfPage = {
  shelf: {
    table: 'price_matrices',
    event: 'price-matrix',
    noun: 'price matrix',
    fields: {
      name: text('name'),
      kind: text('kind'),
      basis: text('basis'),
      bands: {
        column: 'bands',
        show: (value) => (value as Band[]).map(({ from, ppm }) => `from ${showAmount(from)}: ${showPercent(ppm)}`).join('; '),
        spread: spreadBands,
        store: (value) => JSON.stringify(value),
      },
    },
    fixed: ['kind'],
    standard: { required: false, per: 'kind' },
  },
  view: 'prices',
  param: 'matrix',
  title: 'Price matrices',
  inputs: {
    name: required('The name', 60),
    kind: z.enum(['part', 'tire'], 'Please choose what it is for.'),
    basis: z.enum(['multiplier', 'margin'], 'Please choose how it counts.'),
    ...Object.fromEntries(CELLS),
  },
  gather: gatherBands,
  tell: (row) => `${KINDS[row.kind as keyof typeof KINDS]} · ${row.basis === 'margin' ? 'margin' : 'multiplier'}`,
};
