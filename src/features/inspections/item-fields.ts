import { Invalid } from '../../platform/errors.js';
import { showQuantity } from '../billing/amounts.js';
import type { Measure, Need, TemplateItem } from './content.js';
import { readHundredths } from './reading.js';
import { boundsAreInOrder } from './rules.js';

/** What the form of an item of a template holds, all as text. */
export const ITEM_FIELDS = ['name', 'safety', 'note', 'photo', 'measured', 'unit', 'positions', 'bad', 'yellow', 'red', 'phrases'] as const;
export type ItemFields = Record<(typeof ITEM_FIELDS)[number], string>;

/** An item can be measured at so many positions. */
export const MOST_POSITIONS = 10;
const MOST_PHRASES = 20;

/** An item as its form shows it. */
export function toItemFields({ name, safety, needs, measure, phrases }: TemplateItem): ItemFields {
  const bound = (value: number | null | undefined) => (value === null || value === undefined ? '' : showQuantity(value));
  return {
    ...{ name, safety: safety ? 'on' : '', note: needs.note, photo: needs.photo, phrases: phrases.join('\n') },
    measured: needs.measured ?? 'never',
    ...{ unit: measure?.unit ?? '', positions: (measure?.positions ?? []).join(', '), bad: measure?.bad ?? 'low' },
    ...{ yellow: bound(measure?.yellow), red: bound(measure?.red) },
  };
}

/**
 * The item that a form describes.
 * @throws Invalid with a sentence at each field that can't be used
 */
export function readItem(key: string, fields: ItemFields): TemplateItem {
  const problems: Record<string, string> = {};
  const measure = readMeasure(fields, problems);
  const phrases = listed(fields.phrases, '\n');
  if (phrases.length > MOST_PHRASES) problems.phrases = `An item can have at most ${MOST_PHRASES} sentences.`;
  if (phrases.some((phrase) => phrase.length > 200)) problems.phrases = 'A sentence can have at most 200 characters.';
  if (Object.keys(problems).length > 0) throw new Invalid(problems);
  const needs = {
    ...{ note: fields.note as Need, photo: fields.photo as Need },
    ...(measure && fields.measured !== 'never' && { measured: fields.measured as Need }),
  };
  return { key, name: fields.name, safety: fields.safety === 'on', measure, needs, phrases };
}

const listed = (text: string, by: string) =>
  text
    .split(by)
    .map((one) => one.trim())
    .filter(Boolean);

function readMeasure(fields: ItemFields, problems: Record<string, string>): Measure | null {
  const bound = (field: 'yellow' | 'red') => {
    const value = readHundredths(fields[field]);
    if (value === undefined) problems[field] = 'Please write a number like 3.5, or leave it empty.';
    return value ?? null;
  };
  const positions = listed(fields.positions, ',');
  const measure: Measure = {
    ...{ unit: fields.unit, positions, bad: fields.bad === 'high' ? 'high' : 'low' },
    ...{ yellow: bound('yellow'), red: bound('red') },
  };
  if (positions.length > MOST_POSITIONS) problems.positions = `At most ${MOST_POSITIONS} positions, please.`;
  if (positions.some((position) => position.length > 12)) problems.positions = 'A position has at most 12 characters, like LF.';
  if (new Set(positions).size < positions.length) problems.positions = 'The same position stands there twice.';
  if (!boundsAreInOrder(measure))
    problems.red = measure.bad === 'low' ? 'Red begins below yellow, where low is bad.' : 'Red begins above yellow, where high is bad.';
  if (fields.unit) return measure;
  if (positions.length > 0 || measure.yellow !== null || measure.red !== null || fields.measured !== 'never')
    problems.unit = 'Measured in what? For example mm, 32nds in, psi, V, %.';
  return null;
}
