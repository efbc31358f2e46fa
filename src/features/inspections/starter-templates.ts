import type { NewTemplate } from './content.js';
import {
  airFilter,
  battery,
  belts,
  brakeFluid,
  brakeLines,
  coolant,
  dashLights,
  engineOil,
  exhaust,
  FOUR,
  frontPads,
  glass,
  high,
  horn,
  hoses,
  item,
  leaks,
  lights,
  low,
  parkingBrake,
  pressure,
  rearPads,
  rotors,
  seatBelts,
  section,
  shown,
  steering,
  suspension,
  tirePhrases,
  tread,
  unsafe,
  wipers,
} from './starter-items.js';

// What a new shop begins with, to be changed to its own ways.

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
