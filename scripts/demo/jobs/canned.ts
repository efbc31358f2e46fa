import type { Kind } from '../vehicles.js';
import { BATTERY_FEE, fee, job, LIGHT, labor, part, sublet, WASTE_FEE, type Work } from './job.js';

/** Something that is done again and again, and that a mechanic finds due while a vehicle is here for something else. */
export interface CannedWork extends Work {
  on: readonly Kind[];
  /** What the mechanic writes when it is found; without it, it is never found by chance. */
  cause?: string;
  correction: string;
}

const HEAVY = ['bus', 'truck'] as const satisfies Kind[];

/** The shop's canned jobs. */
export const CANNED: CannedWork[] = [
  {
    ...job(
      'Oil change, full synthetic',
      labor('0.4', 'Change oil and filter, check all fluids, rotate tires'),
      part('5.5', '5W30-FS', 'Full synthetic oil 5W-30, quart', '4.10', { price: '8.25' }),
      part('1', 'PH-9688', 'Oil filter', '4.85'),
      fee(WASTE_FEE),
    ),
    on: LIGHT,
    correction: 'Oil and filter changed, sticker reset, tires rotated.',
  },
  {
    ...job('Wiper blades', labor('0.1', 'Fit wiper blades'), part('1', 'WB-2622', 'Wiper blade pair', '17.80')),
    on: LIGHT,
    cause: 'Blades are torn and chatter.',
    correction: 'Both blades, washer aimed.',
  },
  {
    ...job('Cabin air filter', labor('0.2', 'Replace cabin air filter'), part('1', 'CF-11182', 'Cabin air filter', '11.60')),
    on: LIGHT,
    cause: 'Filter is black and full of leaves.',
    correction: 'New filter, housing vacuumed.',
  },
  {
    ...job('Engine air filter', labor('0.2', 'Replace engine air filter'), part('1', 'CA-10755', 'Engine air filter', '13.20')),
    on: LIGHT,
    cause: 'Filter is grey, light does not get through.',
    correction: 'New filter, housing wiped out.',
  },
  {
    ...job(
      'Brake fluid exchange',
      labor('0.8', 'Exchange brake fluid, bleed all four'),
      part('1', 'DOT4-32', 'Brake fluid, quart', '8.90', { price: '17.95' }),
      fee(WASTE_FEE),
    ),
    on: [...LIGHT, 'motorcycle'],
    cause: 'Brake fluid has 4 % water in it.',
    correction: 'Fluid exchanged, pedal high, 0 % on the tester.',
  },
  {
    ...job(
      'Battery',
      labor('0.3', 'Replace battery, clean and seal the terminals'),
      part('1', 'H6-AGM', 'Battery H6, AGM, 760 CCA', '128.00', { core: '22.00' }),
      fee(BATTERY_FEE),
    ),
    on: LIGHT,
    cause: 'Battery tests 340 of 760 CCA after a full charge.',
    correction: 'Battery, terminals sealed, clock and windows set again.',
  },
  {
    ...job(
      'Rear brake pads and rotors',
      labor('1.6', 'Replace rear pads and rotors, service the pins'),
      part('1', 'CD-1391', 'Ceramic pad set, rear', '35.20'),
      part('2', 'BR-901188', 'Rotor, rear', '43.70'),
    ),
    on: ['car', 'suv', 'pickup'],
    cause: 'Rear pads at 3 mm, good for 4,000 miles or so.',
    correction: 'Rear pads and rotors, pins greased. Bedded in.',
  },
  {
    ...job(
      'Coolant exchange',
      labor('1.0', 'Exchange coolant, pressure test'),
      part('2.5', 'AF-50', 'Coolant 50/50, gallon', '11.20', { price: '21.95' }),
      fee(WASTE_FEE),
    ),
    on: LIGHT,
    cause: 'Coolant is brown and freezes at 5 °F.',
    correction: 'Coolant exchanged, good to -34 °F, no leaks at 16 psi.',
  },
  {
    ...job(
      'Transmission service',
      labor('1.5', 'Drop pan, change filter and fluid'),
      part('1', 'TF-240', 'Filter and pan gasket', '31.50'),
      part('5', 'ATF-LV', 'Transmission fluid, quart', '7.10', { price: '14.50' }),
      fee(WASTE_FEE),
    ),
    on: ['car', 'suv', 'pickup'],
    cause: 'Fluid is dark at 70,000 miles. Shifts fine.',
    correction: 'Filter and fluid, level set at 104 °F.',
  },
  {
    ...job('Four-wheel alignment', sublet('Rock River Alignment', '', 'Four-wheel alignment with printout', '79.00', '119.95')),
    on: LIGHT,
    cause: 'Outside edge of the right front tire is wearing.',
    correction: 'Aligned to specification, printout in the envelope.',
  },
  {
    ...job('Diagnosis, first hour', labor('1.0', 'Diagnosis, first hour')),
    on: LIGHT,
    correction: 'See what was found.',
  },
  {
    ...job(
      'PM service B',
      labor('2.4', 'PM service B: oil, fuel and air filters, chassis lube, inspection'),
      part('15', '15W40-HD', 'Engine oil 15W-40, quart', '3.60', { price: '7.10' }),
      part('1', 'LF-16015', 'Oil filter', '21.80'),
      part('1', 'FF-63009', 'Fuel filter', '38.40'),
      fee(WASTE_FEE),
    ),
    on: HEAVY,
    correction: 'All filters, oil, chassis greased, 24 points.',
  },
  {
    ...job('Wiper motor linkage', labor('1.3', 'Replace wiper linkage bushings'), part('1', 'WL-5518', 'Linkage bushing kit', '26.40')),
    on: HEAVY,
    cause: 'Wiper on the right lags behind, bushings are worn.',
    correction: 'Bushings replaced, both wipers park.',
  },
  {
    ...job(
      'Air dryer cartridge',
      labor('0.6', 'Replace air dryer cartridge, drain tanks'),
      part('1', 'R950068', 'Air dryer cartridge', '48.90', { core: '12.00', condition: 'rebuilt' }),
    ),
    on: HEAVY,
    cause: 'Oil and water come out of the wet tank.',
    correction: 'Cartridge, tanks drained dry.',
  },
  {
    ...job(
      'Hydraulic filter',
      labor('0.7', 'Replace hydraulic filter, top up'),
      part('1', 'HF-6553', 'Hydraulic filter', '36.20'),
      part('1', 'HYG-5', 'Hydraulic oil, gallon', '19.60', { price: '36.00' }),
    ),
    on: ['tractor', 'forklift'],
    cause: 'Filter is 300 hours over, oil is getting dark.',
    correction: 'Filter, oil topped up, hours on the tag.',
  },
];

/** Those that are found while a vehicle is here. */
export function findable(kind: Kind): CannedWork[] {
  return CANNED.filter((one) => one.cause && one.on.includes(kind));
}

/** Why people put something off, and why they say no. */
export const DEFER_REASONS = [
  'Next month, after payday.',
  'At the next oil change.',
  'When the snow tires go on.',
  'Wants to talk about it at home first.',
  'Budget of this quarter is used up.',
];
export const DECLINE_REASONS = [
  'Does it himself.',
  'Sells it in spring.',
  'Gets it from a friend with a shop.',
  'Not worth it any more, at its age.',
];
