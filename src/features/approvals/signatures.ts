import { z } from 'zod';

/** What a drawn signature is measured in: a sheet so wide and so high. */
export const SHEET = { width: 1000, height: 320 };
/** A long signature drawn slowly has some thousands. */
const MOST_NUMBERS = 20_000;
const MOST_STROKES = 500;

/** Whoever signs always gives their name; drawn strokes are x and y in turn. */
export type Signature = { kind: 'typed'; name: string } | { kind: 'drawn'; name: string; strokes: number[][] };

const Coordinate = z.number().int().min(0);
const Stroke = z
  .array(Coordinate)
  .min(2)
  .refine((stroke) => stroke.length % 2 === 0 && stroke.every((at, index) => at <= (index % 2 === 0 ? SHEET.width : SHEET.height)));
const Strokes = z
  .array(Stroke)
  .max(MOST_STROKES)
  .refine((strokes) => strokes.reduce((sum, stroke) => sum + stroke.length, 0) <= MOST_NUMBERS);

/** The field that the page's script fills in: empty when nobody drew. */
export const Drawn = z
  .string()
  .max(MOST_NUMBERS * 6, 'That signature is too long. Clear it and sign again.')
  .default('')
  .transform((text, context) => {
    if (text === '') return [];
    const strokes = Strokes.safeParse(parse(text));
    if (!strokes.success) context.addIssue('That signature can’t be read. Clear it and sign again.');
    return strokes.data ?? [];
  });

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export function toSignature(name: string, strokes: number[][]): Signature {
  return strokes.length > 0 ? { kind: 'drawn', name, strokes } : { kind: 'typed', name };
}

/** The strokes as the `d` of an SVG path; a dot is a line without length, which round ends make visible. */
export function toPath(strokes: number[][]): string {
  return strokes
    .map(([x, y, ...rest]) => {
      const points = rest.flatMap((at, index) => (index % 2 === 0 ? [`${at} ${rest[index + 1]}`] : []));
      return `M${x} ${y}${points.length > 0 ? `L${points.join(' ')}` : 'h0'}`;
    })
    .join('');
}
