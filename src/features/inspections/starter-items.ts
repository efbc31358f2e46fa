import type { Measure, Section, TemplateItem } from './content.js';

// What the templates to begin with are made of. The same thing has the same key in every one of them. The bounds are customary figures to
// start from, not a standard of any place.

type Options = Partial<Omit<TemplateItem, 'key' | 'name' | 'needs'>> & Partial<TemplateItem['needs']>;

/** Asks for a photo when it is yellow or red, for that is what a customer believes. */
export function item(key: string, name: string, { note = 'never', photo = 'never', ...more }: Options = {}): TemplateItem {
  return { key, name, safety: false, measure: null, phrases: [], ...more, needs: { note, photo } };
}
export const section = (key: string, name: string, items: TemplateItem[]): Section => ({ key, name, items });

export const FOUR = ['LF', 'RF', 'LR', 'RR'];
export const low = (unit: string, yellow: number, red: number, positions: string[] = []): Measure => ({
  unit,
  positions,
  bad: 'low',
  yellow,
  red,
});
export const high = (unit: string, yellow: number, red: number, positions: string[] = []): Measure => ({
  ...{ unit, positions, bad: 'high', yellow, red },
});

export const shown = { photo: 'when-found' } as const;
export const unsafe = { safety: true, ...shown };

export const lights = (more: string[] = []) =>
  item('exterior-lights', 'Exterior lights', {
    safety: true,
    note: 'when-found',
    phrases: ['Left low beam is out.', 'Right low beam is out.', 'A brake light is out.', 'A turn signal is out.', ...more],
  });
export const horn = item('horn', 'Horn', { safety: true });
export const glass = item('windshield', 'Windshield and glass', {
  ...shown,
  phrases: ['Stone chip, can be repaired.', 'Crack in the driver’s view.', 'Cracked at the edge.'],
});
export const wipers = item('wipers', 'Wiper blades and washer', {
  phrases: ['Blades streak.', 'Rubber is torn.', 'Washer does not spray.'],
});
export const battery = item('battery', 'Battery, at rest', {
  measure: low('V', 1240, 1200),
  phrases: ['Terminals are corroded.', 'Weak under load.', 'Hold-down is loose.'],
});
export const engineOil = item('engine-oil', 'Engine oil', {
  phrases: ['Low, topped up.', 'Due for a change.', 'Black and thin.', 'Milky: coolant in it.'],
});
export const coolant = item('coolant', 'Coolant', {
  phrases: ['Low, topped up.', 'Rusty, flush is due.', 'Leaks at the water pump.', 'Leaks at a hose.'],
});
export const brakeFluid = item('brake-fluid', 'Brake fluid, water in it', {
  safety: true,
  measure: high('%', 200, 300),
  phrases: ['Dark, older than two years.', 'Low.'],
});
export const belts = item('belts', 'Belts', { ...shown, phrases: ['Cracked.', 'Glazed.', 'Squeals.', 'Tensioner is worn.'] });
export const hoses = item('hoses', 'Hoses', { ...shown, phrases: ['Swollen.', 'Hardened.', 'Seeps at the clamp.'] });
export const airFilter = item('air-filter', 'Engine air filter', { ...shown, phrases: ['Dirty.', 'Very dirty, replace it.'] });
export const steering = item('steering', 'Steering linkage', {
  ...unsafe,
  phrases: ['Outer tie rod has play.', 'Inner tie rod has play.', 'Boot is torn.'],
});
export const suspension = item('suspension', 'Suspension', {
  ...unsafe,
  phrases: ['Ball joint has play.', 'Shock absorber leaks.', 'Control arm bushing is torn.', 'Spring is broken.'],
});
export const exhaust = item('exhaust', 'Exhaust', { ...shown, phrases: ['Leaks at the gasket.', 'Rusted through.', 'Hanger is broken.'] });
export const leaks = item('leaks', 'Oil leaks, from below', {
  ...shown,
  phrases: ['Seeps at the valve cover.', 'Drips at the drain plug.', 'Drips at the main seal.'],
});
export const brakeLines = item('brake-lines', 'Brake lines and hoses', {
  ...unsafe,
  phrases: ['Hose is cracked.', 'Line is rusted.', 'Leaks.'],
});
export const parkingBrake = item('parking-brake', 'Parking brake', { safety: true, phrases: ['Does not hold.', 'Travel is too long.'] });
export const seatBelts = item('seat-belts', 'Seat belts', {
  safety: true,
  phrases: ['Does not retract.', 'Frayed.', 'Buckle does not lock.'],
});
export const dashLights = item('warning-lights', 'Warning lights', {
  note: 'when-found',
  phrases: ['Check engine light is on.', 'ABS light is on.', 'Tire pressure light is on.'],
});
export const frontPads = item('brake-pads-front', 'Front brake pads', {
  ...unsafe,
  measure: low('mm', 500, 300, ['LF', 'RF']),
  phrases: ['Worn evenly.', 'Inner pad is worn more.', 'Metal to metal.'],
});
export const rearPads = item('brake-pads-rear', 'Rear brake pads or shoes', {
  ...unsafe,
  measure: low('mm', 400, 200, ['LR', 'RR']),
  phrases: ['Worn evenly.', 'Inner pad is worn more.', 'Metal to metal.'],
});
export const rotors = item('rotors', 'Rotors and drums', {
  ...unsafe,
  phrases: ['Scored.', 'Below the minimum thickness.', 'Heat cracks.', 'Lip at the edge.'],
});
export const tirePhrases = [
  'Worn on the inside, check the alignment.',
  'Worn on the outside.',
  'Cracked sidewall.',
  'Nail in the tread.',
  'Bulge in the sidewall.',
];
export const tread = (positions: string[], yellow = 500, red = 300) =>
  item('tire-tread', 'Tire tread', { ...unsafe, measure: low('32nds in', yellow, red, positions), phrases: tirePhrases });
export const pressure = (yellow: number, red: number, positions: string[]) =>
  item('tire-pressure', 'Tire pressure, as found', {
    measure: low('psi', yellow, red, positions),
    phrases: ['Set to the placard.', 'Leaks at the valve.'],
  });
