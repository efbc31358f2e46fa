import { createHash } from 'node:crypto';
import { Conflict } from '../../platform/errors.js';
import { showAmount, showPercent } from '../billing/amounts.js';
import type { FieldConflict } from '../work-orders/merge.js';

/** What forms hold, by the names of their inputs. */
export type Texts = Record<string, string>;

/** One thing that can be set: the column it is kept in, and how it stands in a form. */
export interface Field {
  column: string;
  /** As one text, always the same for the same value: what two people's changes are told apart by, and what the history keeps. */
  show(value: unknown): string;
  /** As the inputs of a form, where it takes more than one of them. */
  spread?(value: unknown, row: Row): Texts;
  /** As Postgres takes it, where that is not what the program holds. */
  store?(value: unknown): unknown;
}
export type Fields = Record<string, Field>;
export type Row = Record<string, unknown>;

export const text = (column: string): Field => ({ column, show: String });
/** Cents. */
export const money = (column: string): Field => ({ column, show: (value) => showAmount(Number(value)) });
/** Cents, or nothing. */
export const maybeMoney = (column: string): Field => ({ column, show: (value) => (value === null ? '' : showAmount(Number(value))) });
/** Parts per million. */
export const percent = (column: string): Field => ({ column, show: (value) => showPercent(Number(value)) });
export const tick = (column: string): Field => ({ column, show: (value) => (value ? 'on' : '') });

/** A row as texts, one for each field. */
export function showRow(fields: Fields, row: Row): Texts {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.show(row[field.column])]));
}

/** What travels with a form as `original.…`: a short text as it is, of a long one its digest, so that a form stays small. */
function mark(text: string): string {
  return text.length <= 100 ? text : `sha256 ${createHash('sha256').update(text).digest('base64url')}`;
}

function marksOf(texts: Texts): Texts {
  return Object.fromEntries(Object.entries(texts).map(([name, value]) => [name, mark(value)]));
}

/** A row as the inputs of its form show it. */
export function spreadRow(fields: Fields, row: Row): Texts {
  const inputs = Object.entries(fields).map(
    ([name, field]) => field.spread?.(row[field.column], row) ?? { [name]: field.show(row[field.column]) },
  );
  return Object.assign({}, ...inputs);
}

export interface Edit {
  /** Columns to write. */
  set: Row;
  from: Texts;
  to: Texts;
}

/**
 * Merges a form with the row as it is now, field by field: what I left alone stays, what only I changed is written.
 * @param original marks of what the form showed when it was opened; a field that is not in it was not looked at by anybody else
 * @param mine by field, as the columns hold it
 * @returns null when there is nothing to write
 * @throws Conflict when both changed the same field to different things
 */
export function mergeRow(fields: Fields, current: Row, original: Texts, mine: Row): Edit | null {
  const is = showRow(fields, current);
  const changes: Texts = {};
  for (const [name, field] of Object.entries(fields)) {
    const [now, wanted] = [is[name] as string, field.show(mine[name])];
    const was = original[name] ?? mark(now);
    if (wanted === now || mark(wanted) === was) continue;
    if (mark(now) !== was)
      throw new Conflict('Somebody else changed the same thing meanwhile. Look at what is marked, then save again to keep yours.');
    changes[name] = wanted;
  }
  if (Object.keys(changes).length === 0) return null;
  const names = Object.keys(changes);
  return {
    set: Object.fromEntries(names.map((name) => [(fields[name] as Field).column, store(fields[name] as Field, mine[name])])),
    from: Object.fromEntries(names.map((name) => [name, is[name] as string])),
    to: changes,
  };
}

/** All columns of a new row. */
export function storeRow(fields: Fields, mine: Row): Row {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [field.column, store(field, mine[name])]));
}

function store(field: Field, value: unknown): unknown {
  return field.store ? field.store(value) : value;
}

/** What a form that was refused shows when it comes back. */
export interface FormState {
  values: Texts;
  original: Texts;
  conflicts: Record<string, FieldConflict>;
}

/**
 * A form as it is opened, or, with what was typed, as it comes back. Where somebody else has changed the same field, that
 * is shown beside it, and saving once more keeps mine.
 */
export function formState(fields: Fields, current: Row, typed: Record<string, unknown> | null): FormState {
  const is = showRow(fields, current);
  if (!typed) return { values: spreadRow(fields, current), original: marksOf(is), conflicts: {} };
  const state: FormState = { values: typedTexts(typed), original: {}, conflicts: {} };
  for (const [name, field] of Object.entries(fields)) {
    const now = is[name] as string;
    const was = String(typed[`original.${name}`] ?? mark(now));
    const mine = field.spread ? null : String(typed[name] ?? '').replace(/\r\n?/g, '\n');
    const clash = was !== mark(now) && (mine === null || (mark(mine) !== was && mine !== now));
    state.original[name] = clash ? mark(now) : was;
    if (clash) state.conflicts[name] = { mine: mine ?? '', theirs: now };
  }
  return state;
}

/** What was typed, without what travelled along. */
export function typedTexts(typed: Record<string, unknown>): Texts {
  return Object.fromEntries(
    Object.entries(typed)
      .filter(([name]) => !name.startsWith('original.'))
      .map(([name, value]) => [name, String(value)]),
  );
}
