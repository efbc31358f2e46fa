import { toIsoWithOffset } from '../../platform/time.js';

/** One column of a file: its head, and its cell of a row. */
export interface Column {
  head: string;
  show(row: Row, timeZone: string): string;
}
export type Row = Record<string, unknown>;

/**
 * Text that a spreadsheet would take for a formula gets an apostrophe in front, so that opening a file never runs what somebody
 * typed (CWE-1236). Reading the file in takes it away again.
 */
export function guard(text: string): string {
  return /^'*[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
}

export const text = (head: string, column: string): Column => ({ head, show: (row) => guard(String(row[column] ?? '')) });
/** What the program made itself: ids, numbers, words of its own. */
export const plain = (head: string, column: string): Column => ({ head, show: (row) => String(row[column] ?? '') });
export const yesNo = (head: string, column: string): Column => ({ head, show: (row) => (row[column] ? 'yes' : 'no') });
export const time = (head: string, column: string): Column => ({
  head,
  show: (row, timeZone) => (row[column] instanceof Date ? toIsoWithOffset(row[column], timeZone) : ''),
});
/** Cents or hundredths: `1234.50`. */
export const money = (head: string, column: string): Column => ({ head, show: (row) => decimal(row[column], 2) });
/** Tenths: `84210.5`. */
export const tenths = (head: string, column: string): Column => ({ head, show: (row) => decimal(row[column], 1) });
/** Parts per million, as a percentage: `7.2500`. */
export const percent = (head: string, column: string): Column => ({ head, show: (row) => decimal(row[column], 4) });
export const json = (head: string, column: string): Column => ({
  head,
  show: (row) => (row[column] == null ? '' : guard(JSON.stringify(row[column]))),
});

/** A whole number with its point put in, without ever being a float. */
function decimal(value: unknown, places: number): string {
  if (value === null || value === undefined) return '';
  const whole = Number(value);
  const digits = String(Math.abs(whole)).padStart(places + 1, '0');
  return `${whole < 0 ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
