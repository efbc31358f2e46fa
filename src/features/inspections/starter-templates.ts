import type { Measure, NewTemplate, Section, TemplateItem } from './content.js';

// What a new shop begins with, to be changed to its own ways. The same thing has the same key in every template. The bounds are
// customary figures to start from, not a standard of any place.

type Options = Partial<Omit<TemplateItem, 'key' | 'name' | 'needs'>> & Partial<TemplateItem['needs']>;

/** Asks for a photo when it is yellow or red, for that is what a customer believes. */
function item(key: string, name: string, { note = 'never', photo = 'never', ...more }: Options = {}): TemplateItem {
  return { key, name, safety: false, measure: null, phrases: [], ...more, needs: { note, photo } };
}
const section = (key: string, name: string, items: TemplateItem[]): Section => ({ key, name, items });

const FOUR = ['LF', 'RF', 'LR', 'RR'];
const low = (unit: string, yellow: number, red: number, positions: string[] = []): Measure => ({
  unit,
  positions,
  bad: 'low',
  yellow,
  red,
});
const high = (unit: string, yellow: number, red: number, positions: string[] = []): Measure => ({
  ...{ unit, positions, bad: 'high', yellow, red },
});

const shown = { photo: 'when-found' } as const;
const unsafe = { safety: true, ...shown };

const lights = (more: string[] = []) =>
  item('exterior-lights', 'Exterior lights', {
    safety: true,
    note: 'when-found',
    phrases: ['Left low beam is out.', 'Right low beam is out.', 'A brake light is out.', 'A turn signal is out.', ...more],
  });
const horn = item('horn', 'Horn', { safety: true });
const glass = item('windshield', 'Windshield and glass', {
  ...shown,
  phrases: ['Stone chip, can be repaired.', 'Crack in the driver’s view.', 'Cracked at the edge.'],
});
const wipers = item('wipers', 'Wiper blades and washer', { phrases: ['Blades streak.', 'Rubber is torn.', 'Washer does not spray.'] });
const battery = item('battery', 'Battery, at rest', {
  measure: low('V', 1240, 1200),
  phrases: ['Terminals are corroded.', 'Weak under load.', 'Hold-down is loose.'],
});
const engineOil = item('engine-oil', 'Engine oil', {
  phrases: ['Low, topped up.', 'Due for a change.', 'Black and thin.', 'Milky: coolant in it.'],
});
const coolant = item('coolant', 'Coolant', {
  phrases: ['Low, topped up.', 'Rusty, flush is due.', 'Leaks at the water pump.', 'Leaks at a hose.'],
});
const brakeFluid = item('brake-fluid', 'Brake fluid, water in it', {
  safety: true,
  measure: high('%', 200, 300),
  phrases: ['Dark, older than two years.', 'Low.'],
});
const belts = item('belts', 'Belts', { ...shown, phrases: ['Cracked.', 'Glazed.', 'Squeals.', 'Tensioner is worn.'] });
const hoses = item('hoses', 'Hoses', { ...shown, phrases: ['Swollen.', 'Hardened.', 'Seeps at the clamp.'] });
const airFilter = item('air-filter', 'Engine air filter', { ...shown, phrases: ['Dirty.', 'Very dirty, replace it.'] });
const steering = item('steering', 'Steering linkage', {
  ...unsafe,
  phrases: ['Outer tie rod has play.', 'Inner tie rod has play.', 'Boot is torn.'],
});
const suspension = item('suspension', 'Suspension', {
  ...unsafe,
  phrases: ['Ball joint has play.', 'Shock absorber leaks.', 'Control arm bushing is torn.', 'Spring is broken.'],
});
const exhaust = item('exhaust', 'Exhaust', { ...shown, phrases: ['Leaks at the gasket.', 'Rusted through.', 'Hanger is broken.'] });
const leaks = item('leaks', 'Oil leaks, from below', {
  ...shown,
  phrases: ['Seeps at the valve cover.', 'Drips at the drain plug.', 'Drips at the main seal.'],
});
const brakeLines = item('brake-lines', 'Brake lines and hoses', { ...unsafe, phrases: ['Hose is cracked.', 'Line is rusted.', 'Leaks.'] });
const parkingBrake = item('parking-brake', 'Parking brake', { safety: true, phrases: ['Does not hold.', 'Travel is too long.'] });
const seatBelts = item('seat-belts', 'Seat belts', { safety: true, phrases: ['Does not retract.', 'Frayed.', 'Buckle does not lock.'] });
const dashLights = item('warning-lights', 'Warning lights', {
  note: 'when-found',
  phrases: ['Check engine light is on.', 'ABS light is on.', 'Tire pressure light is on.'],
});
const frontPads = item('brake-pads-front', 'Front brake pads', {
  ...unsafe,
  measure: low('mm', 500, 300, ['LF', 'RF']),
  phrases: ['Worn evenly.', 'Inner pad is worn more.', 'Metal to metal.'],
});
const rearPads = item('brake-pads-rear', 'Rear brake pads or shoes', {
  ...unsafe,
  measure: low('mm', 400, 200, ['LR', 'RR']),
  phrases: ['Worn evenly.', 'Inner pad is worn more.', 'Metal to metal.'],
});
const rotors = item('rotors', 'Rotors and drums', {
  ...unsafe,
  phrases: ['Scored.', 'Below the minimum thickness.', 'Heat cracks.', 'Lip at the edge.'],
});
const tirePhrases = [
  'Worn on the inside, check the alignment.',
  'Worn on the outside.',
  'Cracked sidewall.',
  'Nail in the tread.',
  'Bulge in the sidewall.',
];
const tread = (positions: string[], yellow = 500, red = 300) =>
  item('tire-tread', 'Tire tread', { ...unsafe, measure: low('32nds in', yellow, red, positions), phrases: tirePhrases });
const pressure = (yellow: number, red: number, positions: string[]) =>
  item('tire-pressure', 'Tire pressure, as found', {
    measure: low('psi', yellow, red, positions),
    phrases: ['Set to the placard.', 'Leaks at the valve.'],
  });

const CAR: NewTemplate = {
  name: 'Car, full inspection',
  vehicleType: 'car',
  content: {
    sections: [
      section('inside', 'Inside and lights', [dashLights, horn, lights(), seatBelts, parkingBrake]),
      section('outside', 'Outside', [glass, wipers]),
      section('under-hood', 'Under the hood', [
        ...[engineOil, coolant, brakeFluid, battery, belts, hoses, airFilter],
        item('cabin-filter', 'Cabin air filter', { ...shown, phrases: ['Dirty.', 'Leaves in it.'] }),
      ]),
      section('brakes', 'Brakes', [frontPads, rearPads, rotors, brakeLines]),
      section('tires', 'Tires', [tread(FOUR), pressure(3000, 2500, FOUR)]),
      section('under', 'Underneath', [
        ...[steering, suspension],
        item('drive-shafts', 'Drive shafts and boots', { ...shown, phrases: ['Boot is torn, grease is out.', 'Clicks when turning.'] }),
        ...[exhaust, leaks],
      ]),
    ],
  },
};

const AXLES = ['LF', 'RF', 'L1', 'R1', 'L2', 'R2'];
const TRUCK: NewTemplate = {
  name: 'Truck, safety and service',
  vehicleType: 'truck',
  content: {
    sections: [
      section('inside', 'Cab and lights', [
        ...[dashLights, horn, lights(['A marker light is out.']), seatBelts, glass, wipers],
        item('emergency-equipment', 'Triangles and extinguisher', { safety: true, phrases: ['Missing.', 'Extinguisher is out of date.'] }),
      ]),
      section('under-hood', 'Engine', [engineOil, coolant, battery, belts, hoses, airFilter, leaks]),
      section('brakes', 'Brakes', [
        item('brake-linings', 'Brake linings', {
          ...unsafe,
          measure: low('mm', 800, 640, AXLES),
          phrases: ['Cracked.', 'Oil on the lining.'],
        }),
        item('push-rods', 'Push rod stroke', {
          ...unsafe,
          measure: high('in', 175, 200, AXLES),
          phrases: ['Out of adjustment.', 'Slack adjuster is worn.'],
        }),
        item('air-loss', 'Air loss in one minute', {
          safety: true,
          measure: high('psi', 200, 300),
          phrases: ['Leaks at a chamber.', 'Leaks at a line.'],
        }),
        ...[brakeLines, parkingBrake],
      ]),
      section('tires', 'Tires and wheels', [
        item('tire-tread-steer', 'Tread, steer axle', {
          ...unsafe,
          measure: low('32nds in', 600, 400, ['LF', 'RF']),
          phrases: tirePhrases,
        }),
        item('tire-tread-drive', 'Tread, drive axles', {
          ...unsafe,
          measure: low('32nds in', 400, 200, ['L1', 'R1', 'L2', 'R2']),
          phrases: tirePhrases,
        }),
        pressure(9500, 8500, AXLES),
        item('wheel-nuts', 'Wheels and nuts', { ...unsafe, phrases: ['Nut is missing.', 'Rust streaks: loose.', 'Rim is cracked.'] }),
      ]),
      section('under', 'Frame and coupling', [
        ...[steering, suspension],
        item('fifth-wheel', 'Fifth wheel or hitch', { ...unsafe, phrases: ['Jaws are worn.', 'Needs grease.', 'Mount is loose.'] }),
        item('frame', 'Frame', { ...unsafe, phrases: ['Cracked.', 'Rust at a crossmember.'] }),
        exhaust,
      ]),
    ],
  },
};

const WHEELS = ['Front', 'Rear'];
const MOTORCYCLE: NewTemplate = {
  name: 'Motorcycle inspection',
  vehicleType: 'motorcycle',
  content: {
    sections: [
      section('controls', 'Controls and lights', [
        ...[lights(), horn, battery],
        item('levers-cables', 'Levers and cables', { safety: true, phrases: ['Cable is frayed.', 'Lever is bent.', 'Needs lubrication.'] }),
        item('throttle', 'Throttle, snaps back', { safety: true, phrases: ['Sticks.'] }),
      ]),
      section('brakes', 'Brakes', [
        item('brake-pads', 'Brake pads', { ...unsafe, measure: low('mm', 250, 150, WHEELS), phrases: ['Worn unevenly.', 'Glazed.'] }),
        ...[rotors, brakeFluid, brakeLines],
      ]),
      section('tires', 'Tires and wheels', [
        item('tire-tread', 'Tire tread', {
          ...unsafe,
          measure: low('32nds in', 300, 200, WHEELS),
          phrases: ['Squared off.', ...tirePhrases],
        }),
        pressure(3200, 2800, WHEELS),
        item('tire-age', 'Tire age', { measure: high('years', 500, 1000, WHEELS) }),
        item('wheel-bearings', 'Wheel bearings', { ...unsafe, phrases: ['Play.', 'Rough.'] }),
      ]),
      section('chassis', 'Chassis and drive', [
        item('steering-head', 'Steering head', { ...unsafe, phrases: ['Notchy.', 'Loose.'] }),
        item('forks', 'Forks and shock', { ...unsafe, phrases: ['Seal leaks.', 'Pitted.'] }),
        item('chain', 'Chain and sprockets', {
          ...unsafe,
          measure: high('mm slack', 4000, 5000),
          phrases: ['Tight spot.', 'Sprocket teeth are hooked.', 'Dry.'],
        }),
        item('stand', 'Side stand and switch', { safety: true }),
      ]),
      section('engine', 'Engine', [engineOil, coolant, airFilter, leaks, exhaust]),
    ],
  },
};

const BICYCLE: NewTemplate = {
  name: 'Bicycle check',
  vehicleType: 'bicycle',
  content: {
    sections: [
      section('frame', 'Frame and fork', [
        item('frame', 'Frame', { ...unsafe, phrases: ['Crack.', 'Dent.'] }),
        item('headset', 'Headset', { safety: true, phrases: ['Loose.', 'Notchy.'] }),
        item('stem-bar', 'Stem and handlebar', { safety: true, phrases: ['Not tight.', 'Bar is bent.'] }),
        item('seatpost', 'Saddle and seatpost', { phrases: ['Stuck.', 'Above the mark.'] }),
      ]),
      section('brakes', 'Brakes', [
        item('brake-pads', 'Brake pads', { ...unsafe, measure: low('mm', 150, 100, WHEELS), phrases: ['Contaminated.', 'Rub the tire.'] }),
        item('brake-levers', 'Levers, cables or hoses', {
          safety: true,
          phrases: ['Lever touches the bar.', 'Cable is frayed.', 'Needs bleeding.'],
        }),
        item('rims-rotors', 'Rims or rotors', { ...unsafe, phrases: ['Rim is worn past its mark.', 'Rotor is bent.'] }),
      ]),
      section('wheels', 'Wheels and tires', [
        item('tires', 'Tires', { ...unsafe, phrases: ['Cracked.', 'Threads show.', 'Cut.'] }),
        item('tire-pressure', 'Tire pressure, as found', { measure: { ...low('psi', 5000, 3000, WHEELS), yellow: null, red: null } }),
        item('wheels-true', 'Wheels run true', { measure: high('mm', 100, 300, WHEELS), phrases: ['Broken spoke.'] }),
        item('axles', 'Axles and quick releases', { safety: true, phrases: ['Not closed.', 'Hub has play.'] }),
      ]),
      section('drive', 'Drivetrain', [
        item('chain-wear', 'Chain wear', { measure: high('%', 50, 75), phrases: ['Needs lubrication.', 'Rusty.'] }),
        item('cassette', 'Cassette and chainrings', { ...shown, phrases: ['Teeth are hooked.'] }),
        item('shifting', 'Shifting', { phrases: ['Skips.', 'Hanger is bent.', 'Cable is frayed.'] }),
        item('bottom-bracket', 'Bottom bracket and cranks', { phrases: ['Play.', 'Creaks.', 'Crank bolt is loose.'] }),
      ]),
      section('extras', 'Lights and e-bike', [
        item('lights', 'Lights and reflectors', { safety: true }),
        item('e-battery', 'Battery health', { measure: low('%', 8000, 6000), phrases: ['Error code shown.'] }),
      ]),
    ],
  },
};

const TRAILER: NewTemplate = {
  name: 'Trailer inspection',
  vehicleType: 'trailer',
  content: {
    sections: [
      section('coupling', 'Coupling', [
        item('coupler', 'Coupler and latch', { ...unsafe, phrases: ['Does not lock.', 'Worn.', 'Needs grease.'] }),
        item('safety-chains', 'Safety chains and breakaway', { ...unsafe, phrases: ['Hook has no latch.', 'Breakaway battery is dead.'] }),
        item('jack', 'Jack', { phrases: ['Bent.', 'Hard to turn.'] }),
      ]),
      section('lights', 'Lights', [
        lights(['A marker light is out.']),
        item('wiring', 'Plug and wiring', { ...shown, phrases: ['Plug is corroded.', 'Wire is chafed.'] }),
      ]),
      section('brakes', 'Brakes', [
        item('brake-linings', 'Brake linings', {
          ...unsafe,
          measure: low('mm', 400, 200, ['L1', 'R1', 'L2', 'R2']),
          phrases: ['Magnet is worn.', 'Oil on the lining.'],
        }),
        brakeLines,
      ]),
      section('tires', 'Tires and wheels', [
        tread(['L1', 'R1', 'L2', 'R2'], 400, 200),
        pressure(5500, 4500, ['L1', 'R1', 'L2', 'R2']),
        item('tire-age', 'Tire age', { measure: high('years', 500, 700) }),
        item('wheel-bearings', 'Wheel bearings', { ...unsafe, phrases: ['Play.', 'Rough.', 'Needs grease.'] }),
      ]),
      section('body', 'Frame and body', [
        item('frame', 'Frame', { ...unsafe, phrases: ['Cracked weld.', 'Rusted through.'] }),
        item('suspension', 'Springs and shackles', { ...unsafe, phrases: ['Leaf is broken.', 'Shackle is worn.'] }),
        item('floor', 'Floor, ramps and doors', { ...shown, phrases: ['Boards are rotten.', 'Hinge is broken.'] }),
        item('plate', 'Plate and reflectors', { phrases: ['Missing.'] }),
      ]),
    ],
  },
};

const MACHINE: NewTemplate = {
  name: 'Machine, daily and service',
  vehicleType: 'machine',
  content: {
    sections: [
      section('walk-around', 'Walk-around', [
        item('structure', 'Structure, pins and bushings', { ...unsafe, phrases: ['Pin has play.', 'Crack at a weld.'] }),
        item('attachments', 'Bucket, forks or attachment', { ...shown, phrases: ['Cutting edge is worn.', 'Tooth is missing.'] }),
        item('tracks-tires', 'Tracks or tires', { ...unsafe, phrases: ['Cut.', 'Track is loose.', 'Roller is seized.'] }),
        item('guards', 'Guards, steps and decals', { safety: true, phrases: ['Guard is missing.', 'Step is bent.'] }),
      ]),
      section('engine', 'Engine', [
        ...[engineOil, coolant, belts, hoses, airFilter, battery],
        item('fuel-filter', 'Fuel and water separator', { phrases: ['Water drained.', 'Filter is due.'] }),
      ]),
      section('hydraulics', 'Hydraulics', [
        item('hydraulic-oil', 'Hydraulic oil', { phrases: ['Low.', 'Milky.', 'Due for a change.'] }),
        item('hydraulic-hoses', 'Hoses and cylinders', { ...unsafe, phrases: ['Hose is chafed.', 'Cylinder seal leaks.'] }),
        item('hydraulic-drift', 'Drift of the boom in five minutes', { safety: true, measure: high('mm', 2500, 5000) }),
      ]),
      section('cab', 'Cab and safety', [
        ...[seatBelts, horn],
        item('rops', 'Roll-over protection', { ...unsafe, phrases: ['Bent.', 'Bolt is missing.'] }),
        item('backup-alarm', 'Backup alarm and beacon', { safety: true, phrases: ['Does not sound.'] }),
        item('machine-lights', 'Work lights', { phrases: ['One is out.'] }),
        item('service-brake', 'Service and parking brake', { safety: true, phrases: ['Does not hold on a slope.'] }),
        item('extinguisher', 'Fire extinguisher', { safety: true, phrases: ['Missing.', 'Out of date.'] }),
      ]),
    ],
  },
};

/** The templates that a shop begins with, by a name that stays. */
export const STARTER_TEMPLATES = { car: CAR, truck: TRUCK, motorcycle: MOTORCYCLE, bicycle: BICYCLE, trailer: TRAILER, machine: MACHINE };
export type Starter = keyof typeof STARTER_TEMPLATES;
