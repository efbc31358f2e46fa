import { checkVin } from '../../src/features/vehicles/vin.js';
import { type Kind, MODELS } from './models.js';
import type { Random } from './random.js';

export type { Kind } from './models.js';

/** A vehicle as somebody at the counter would write it down. */
export interface MadeVehicle
  extends Record<'description' | 'plate' | 'make' | 'model' | 'engine' | 'color' | 'unitNumber' | 'vin' | 'serial', string> {
  kind: Kind;
  year: number;
}

const COLORS = ['white', 'black', 'silver', 'grey', 'blue', 'red', 'dark green', 'beige', 'maroon', 'light blue', 'orange'];
/** What a shop writes beside a fleet vehicle instead of a colour. */
const UNITS: Partial<Record<Kind, string>> = {
  bus: 'bus',
  truck: 'truck',
  forklift: 'lift',
  tractor: 'unit',
  van: 'van',
  pickup: 'truck',
  car: 'car',
};
const LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ';

/** Vehicles that are remembered one by one. */
export const NOTABLE_VEHICLES: MadeVehicle[] = [
  {
    ...{ kind: 'pickup', description: '1972 Chevrolet C10, orange over white, customer’s late father’s', plate: 'ANTIQ 72' },
    ...{ make: 'Chevrolet', model: 'C10', year: 1972, engine: '350 V8', color: 'orange over white', vin: 'CCE142J128311' },
    ...{ unitNumber: '', serial: '' },
  },
  {
    ...{ kind: 'car', description: '1965 Ford Mustang convertible, poppy red', plate: 'EV 65 TYM' },
    ...{ make: 'Ford', model: 'Mustang convertible', year: 1965, engine: '289 V8', color: 'poppy red', vin: '5F08C712345' },
    ...{ unitNumber: '', serial: '' },
  },
  {
    ...{ kind: 'van', plate: 'CMP 4 LIF' },
    description: '2006 Freightliner Sprinter 3500 camper conversion with roof tent, awning, ladder and bicycle rack',
    ...{ make: 'Freightliner', model: 'Sprinter 3500', year: 2006, engine: '2.7 L I5 diesel', color: 'white', vin: 'WD2PD744665912084' },
    ...{ unitNumber: '', serial: '' },
  },
  {
    ...{ kind: 'truck', description: '1998 Grumman Olson step van “Taco Libre”, generator on the tongue', plate: 'TACO 1' },
    ...{ make: 'Grumman Olson', model: 'step van', year: 1998, engine: '5.7 L V8', color: 'turquoise', vin: '' },
    ...{ unitNumber: '', serial: 'GO-98-30417' },
  },
  {
    ...{ kind: 'motorcycle', description: '1978 Honda CB750K with sidecar', plate: 'AB 1' },
    ...{ make: 'Honda', model: 'CB750K', year: 1978, engine: '736 cc I4', color: 'maroon', vin: 'CB750-2132788' },
    ...{ unitNumber: '', serial: '' },
  },
  {
    ...{ kind: 'tractor', description: '2019 John Deere 6120M tractor with 640R loader, cab, duals', plate: '' },
    ...{ make: 'John Deere', model: '6120M', year: 2019, engine: '4.5 L I4 diesel', color: 'green', vin: '' },
    ...{ unitNumber: '', serial: '1L06120MVKH930116' },
  },
  {
    ...{ kind: 'tractor', description: '1954 Farmall Super H, parade tractor', plate: '' },
    ...{ make: 'Farmall', model: 'Super H', year: 1954, engine: '164 I4', color: 'red', vin: '', unitNumber: '', serial: 'SH 31402' },
  },
];

/** Makes of two words; of all others the make is the first one. */
const LONG_MAKES = ['John Deere', 'Case IH', 'Blue Bird', 'IC Bus'];

/** Tractors and forklifts count hours, and have a serial number in place of a VIN. */
export function isEquipment(kind: Kind): boolean {
  return kind === 'tractor' || kind === 'forklift';
}

/** For these an hour costs more. */
export function isHeavy(kind: Kind): boolean {
  return kind === 'bus' || kind === 'truck' || kind === 'tractor';
}

/** A vehicle as somebody at the counter would write it down. @param unit number within a fleet, or null */
export function makeVehicle(random: Random, kind: Kind, unit: number | null): MadeVehicle {
  const [name, from, to, engine, maker] = random.pick(MODELS[kind]);
  // Older ones come more often than new ones.
  const year = from + Math.floor((to - from + 1) * random.next() ** 0.8);
  const color = kind === 'bus' ? 'yellow' : random.pick(COLORS);
  const look = unit === null || !UNITS[kind] ? color : `${UNITS[kind]} ${unit}`;
  const make = LONG_MAKES.find((one) => name.startsWith(one)) ?? (name.split(' ')[0] as string).replace(/\d+$/, '');
  const model = (name.startsWith(`${make} `) ? name.slice(make.length + 1) : name).replace(/ (tractor|forklift|school bus)$/, '');
  const number = String(random.whole(100_000, 999_999));
  return {
    ...{ kind, description: `${year} ${name}, ${look}`, plate: makePlate(random, kind), make, model, year, engine, color },
    unitNumber: unit === null ? '' : String(unit),
    vin: isEquipment(kind) ? '' : makeVin(random, maker, year, number),
    serial: isEquipment(kind) ? `${maker}${model.replace(/\W|electric/g, '').toUpperCase()}${number}` : '',
  };
}

/** The tenth character of a VIN, from 1980 on; they begin anew after thirty years. */
const YEARS = 'ABCDEFGHJKLMNPRSTVWXY123456789';

/** A VIN as 49 CFR 565 wants it, of a vehicle that was never built. */
function makeVin(random: Random, maker: string, year: number, number: string): string {
  const pick = (from: string) => random.pick([...from]);
  const attributes = [1, 2, 3].map(() => pick(`${LETTERS}123456789`)).join('');
  // From 2010 on the seventh is a letter: it tells a year from the one thirty years before.
  const front = `${maker}${attributes}${year >= 2010 ? pick(LETTERS) : pick('123456789')}${pick('123456789')}`;
  const back = `${YEARS[(year - 1980) % YEARS.length]}${pick(LETTERS)}${number}`;
  return [...'0123456789X'].map((digit) => `${front}${digit}${back}`).find((vin) => checkVin(vin) === null) as string;
}

function makePlate(random: Random, kind: Kind): string {
  const letters = (count: number) => Array.from({ length: count }, () => random.pick([...LETTERS])).join('');
  const digits = (count: number) => Array.from({ length: count }, () => random.whole(0, 9)).join('');
  switch (kind) {
    case 'tractor':
    case 'forklift':
      return '';
    case 'bus':
      return `SB ${digits(4)}`;
    case 'truck':
      return `${digits(6)}F`;
    case 'pickup':
      return `${digits(7)}B`;
    case 'motorcycle':
      return `${letters(2)} ${digits(4)}`;
    default:
      return random.chance(0.15) ? `${letters(3)}-${digits(4)}` : `${letters(2)} ${digits(5)}`;
  }
}
