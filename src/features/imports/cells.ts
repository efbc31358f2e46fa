import { z } from 'zod';
import { parseMoney } from '../billing/amounts.js';
import { NotAnAmount } from '../billing/calculation.js';

/** What a cell means, or a sentence that says why it can't be used. */
export type Read<Value> = { value: Value } | { problem: string };

/** A field that a column can be mapped to. */
export interface Target {
  name: string;
  /** As it stands beside the choice of its column. */
  label: string;
  required?: boolean;
  /** Heads by which its column is known, in small letters and digits only. */
  known: string[];
  read(cell: string): Read<unknown>;
}

/** Text of at most so many characters. */
export const words =
  (label: string, most = 200) =>
  (cell: string): Read<string> =>
    cell.length > most ? { problem: `${label} can have at most ${most} characters.` } : { value: cell };

const Address = z.email().max(254);
export function email(cell: string): Read<string> {
  return cell === '' || Address.safeParse(cell).success ? { value: cell } : { problem: `“${short(cell)}” is not an e-mail address.` };
}

const YES = ['yes', 'y', 'true', '1', 'x', 'on'];
const NO = ['no', 'n', 'false', '0', '', 'off'];
export function yesNo(cell: string): Read<boolean> {
  const text = cell.toLowerCase();
  if (YES.includes(text)) return { value: true };
  return NO.includes(text) ? { value: false } : { problem: `“${short(cell)}” is neither yes nor no.` };
}

export const oneOf =
  (choices: string[], otherwise: string | null) =>
  (cell: string): Read<string | null> => {
    if (cell === '') return { value: otherwise };
    const value = choices.find((choice) => choice === cell.toLowerCase());
    return value ? { value } : { problem: `“${short(cell)}” is none of: ${choices.join(', ')}.` };
  };

export function year(cell: string): Read<number | null> {
  if (cell === '') return { value: null };
  const value = /^\d{4}$/.test(cell) ? Number(cell) : 0;
  return value >= 1880 && value <= 2200 ? { value } : { problem: `“${short(cell)}” is not a year.` };
}

/** Cents; `1.234,50` and `1234,5` are read as they are meant. Empty is null. */
export function amount(cell: string): Read<number | null> {
  if (cell === '') return { value: null };
  const plain = cell.replace(/^([A-Z]{3}|[$€£])\s*|\s*([A-Z]{3}|[€£])$/g, '');
  const text = /^\d{1,3}(\.\d{3})*,\d{1,2}$|^\d+,\d{1,2}$/.test(plain) ? plain.replaceAll('.', '').replace(',', '.') : plain;
  // A file holds figures, not sums to work out.
  if (!/^[\d,. ]+$/.test(text)) return { problem: `“${short(cell)}” is not an amount.` };
  try {
    return { value: parseMoney(text) };
  } catch (error) {
    if (error instanceof NotAnAmount) return { problem: `“${short(cell)}”: ${error.message}` };
    throw error;
  }
}

/** A cell as it is quoted in a sentence. */
export function short(cell: string): string {
  return cell.length > 40 ? `${cell.slice(0, 40)}…` : cell;
}

/** Takes away what our own export puts in front of a text that a spreadsheet would take for a formula. */
export function unguard(cell: string): string {
  return /^'+[=+\-@\t\r\n]/.test(cell) ? cell.slice(1) : cell;
}
