import type { VehicleType } from '../vehicles/rules.js';

/** When something of an item has to be there: never, when it is yellow or red, or always. */
export const NEEDS = ['never', 'when-found', 'always'] as const;
export type Need = (typeof NEEDS)[number];

/** What is measured at an item. Bounds are hundredths of the unit; see colorOf() in rules.ts for what they mean. */
export interface Measure {
  /** As people say it: "mm", "32nds in", "psi", "V", "%". */
  unit: string;
  /** Where: "LF", "RF" … Empty: once, for the item as a whole. */
  positions: string[];
  bad: 'low' | 'high';
  yellow: number | null;
  red: number | null;
}

export interface TemplateItem {
  /** The same in all versions and, for the same thing, in all templates, so that visits can be compared. */
  key: string;
  name: string;
  /** A red one is unsafe. */
  safety: boolean;
  measure: Measure | null;
  /** Measured: at every position. Templates without that choice want no measurement. */
  needs: { note: Need; photo: Need; measured?: Need };
  /** Ready-made sentences for the note. */
  phrases: string[];
}

export interface Section {
  key: string;
  name: string;
  items: TemplateItem[];
}

/** What a template says: the column `content` of its versions. */
export interface TemplateContent {
  sections: Section[];
}

/** A template that is not a row yet. */
export interface NewTemplate {
  name: string;
  vehicleType: VehicleType;
  content: TemplateContent;
}

export const COLORS = ['green', 'yellow', 'red', 'na'] as const;
export type FindingColor = (typeof COLORS)[number];
export const REASONS = ['required', 'suggested'] as const;
export type Reason = (typeof REASONS)[number];

export const COLOR_NAMES: Record<FindingColor, string> = { green: 'Green', yellow: 'Yellow', red: 'Red', na: 'Not applicable' };
/** What a color means, beside its name. */
export const COLOR_WORDS: Record<FindingColor, string> = { green: 'good', yellow: 'soon', red: 'now', na: 'not here' };
export const REASON_NAMES: Record<Reason, string> = { required: 'Required', suggested: 'Suggested' };

/** What was measured at one position; hundredths of the item's unit. */
export interface Measured {
  /** '' where an item is measured once. */
  position: string;
  value: number;
}

/** What was found at an item. */
export interface Found {
  color: FindingColor | null;
  reason: Reason | null;
  note: string;
  measures: Measured[];
}

/** An item of a template in its section, in the order in which they are looked at. */
export interface PlacedItem extends TemplateItem {
  section: string;
}

/** All items of a template, one after the other. */
export function itemsOf(content: TemplateContent): PlacedItem[] {
  return content.sections.flatMap((section) => section.items.map((item) => ({ ...item, section: section.name })));
}

/** Where an item is measured, as positions of a finding: '' for an item that is measured once. */
export function positionsOf(measure: Measure | null): string[] {
  if (!measure) return [];
  return measure.positions.length > 0 ? measure.positions : [''];
}

/** A key made of a name, different from those that are taken: "Front pads" is `front-pads`, a second one `front-pads-2`. */
export function keyFor(name: string, taken: Iterable<string>): string {
  const used = new Set(taken);
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 48)
    .replace(/-+$/, '');
  const base = plain || 'item';
  for (let count = 1; ; count++) {
    const key = count === 1 ? base : `${base}-${count}`;
    if (!used.has(key)) return key;
  }
}
