import type { Addable, LineFields } from '../../../src/features/jobs/line-fields.js';
import type { Kind } from '../vehicles.js';

/** A line as somebody at the desk types it: all text, the way people write amounts. */
export interface DemoLine {
  kind: Addable;
  fields: LineFields;
  /** What is charged until the old part comes back. */
  core?: string;
  /** Name of one of the shop's fees. */
  fee?: string;
}

/** A job of a work order, with its money. */
export interface Work {
  name: string;
  lines: DemoLine[];
  /** What is said of it where the story's own words are about another job. */
  concern?: string;
  cause?: string;
  correction?: string;
  /** Of alternatives: what this one is called. */
  choice?: 'Good' | 'Better' | 'Best';
}

/** One thing that goes wrong, and what people in a shop write about it. */
export interface Job {
  on: readonly Kind[];
  /** The concern, in the customer's own words. */
  says: string;
  /** What the mechanic found. */
  finds: string;
  /** What it then waits for, if it is more than what lies on the shelf. */
  needs?: string;
  /** What was done about it, with what a second person would want to know. */
  did: string;
  /** How often it happens, 1 where not said. */
  weight?: number;
  /** The jobs it takes. The first one has the words above; alternatives stand together. */
  work: Work[];
}

/** A job of a work order, and what the customer says to it. */
export interface PlannedJob {
  work: Work;
  concern: string;
  cause: string;
  correction: string;
  payType: 'customer' | 'warranty' | 'comeback';
  answer: 'approve' | 'decline' | 'defer';
  reason: string;
  /** A job of an earlier visit that this one brings back. */
  brings: PlannedJob | null;
  /** The item of the inspection that it is proposed because of. */
  found?: string;
}

export const LIGHT = ['car', 'suv', 'pickup', 'van'] as const satisfies Kind[];

export function job(name: string, ...lines: DemoLine[]): Work {
  return { name, lines };
}

export function option(choice: Work['choice'] & string, name: string, ...lines: DemoLine[]): Work {
  return { name, lines, choice };
}

/** @param hours in tenths, as labor is sold @param description what is done in them */
export function labor(hours: string, description: string): DemoLine {
  return { kind: 'labor', fields: { quantity: hours, description } };
}

interface More {
  /** Typed by hand; without it the price matrix makes it from the cost. */
  price?: string;
  core?: string;
  condition?: LineFields['condition'];
}

export function part(
  quantity: string,
  partNumber: string,
  description: string,
  cost: string,
  { price, core, condition = 'new' }: More = {},
): DemoLine {
  return {
    kind: 'part',
    fields: { quantity, partNumber, description, cost, condition, ...(price && { price }) },
    ...(core && { core }),
  };
}

export function tires(quantity: string, partNumber: string, description: string, cost: string, price: string): DemoLine {
  return { kind: 'tire', fields: { quantity, partNumber, description, cost, price, condition: 'new' } };
}

/** Work that somebody else does for the shop. */
export function sublet(vendor: string, vendorInvoice: string, description: string, cost: string, price: string): DemoLine {
  return { kind: 'sublet', fields: { quantity: '1', vendor, vendorInvoice, description, cost, price } };
}

export function fee(name: string, quantity = '1'): DemoLine {
  return { kind: 'fee', fields: { quantity }, fee: name };
}

export const BATTERY_FEE = 'Battery recycling fee';
export const WASTE_FEE = 'Used oil and filter disposal';
