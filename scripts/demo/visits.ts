import { CANNED, type Work } from './jobs/index.js';
import { job, labor, part } from './jobs/job.js';
import type { Look, Visit } from './visit.js';

function canned(name: string): Work {
  const work = CANNED.find((one) => one.name === name);
  if (!work) throw new Error(`The demo shop has no canned job ${name}.`);
  return work;
}

const good = (pads: [number, number], tread: [number, number]): Record<string, Look> => ({
  'brake-pads-front': { measures: { LF: pads[0], RF: pads[1] } },
  'tire-tread': { measures: { LF: tread[0], RF: tread[0], LR: tread[1], RR: tread[1] } },
});

const CERAMIC = 'Front brakes, ceramic pads and new rotors';
const REAR_SHOCKS = job('Rear shocks', labor('1.1', 'Replace both rear shocks'), part('2', 'G-5593', 'Shock absorber, rear', '52.40'));
const BELT = job('Serpentine belt', labor('0.5', 'Replace serpentine belt'), part('1', 'K060923', 'Serpentine belt', '24.80'));
const AXLE = job('CV axle, left front', labor('1.5', 'Replace CV axle, torque axle nut'), part('1', 'CV-60088', 'CV axle, new', '86.50'));
const PIPE = job(
  'Exhaust pipe, center',
  labor('1.2', 'Cut out and replace center pipe'),
  part('1', 'EX-49920', 'Center pipe', '94.20'),
  part('2', 'GK-313', 'Gasket and bolt set', '7.60'),
);
const BRAKE_HOSES = job(
  'Rear brake hoses',
  labor('1.4', 'Replace both rear brake hoses, bleed all four'),
  part('2', 'BH-381', 'Brake hose, rear', '16.20'),
);
const FOUR_TIRES = job(
  'Two tires, rear',
  labor('0.8', 'Mount and balance two tires'),
  part('2', 'T-18565R15', 'All-season tire 185/65R15', '71.00', { price: '104.00' }),
);
const LIFT_HOSE = job(
  'Loader lift hose',
  labor('0.9', 'Replace loader lift hose, bleed and check for leaks'),
  part('1', 'HY-2W-58', 'Two-wire hose, made to length', '64.00'),
);
const CHAIN_KIT = job(
  'Chain and sprockets',
  labor('1.6', 'Replace chain and both sprockets, set slack'),
  part('1', 'CK-520', 'Chain and sprocket kit', '98.00'),
);

/**
 * By the number of its work order. The vehicle's kind is there to notice when the story has become another.
 * Those that come again and again wear: pads and tread become less from visit to visit.
 */
export const VISITS: Record<number, Visit> = {
  // A pickup, three times.
  1011: { kind: 'pickup', inspection: { found: good([7.4, 7.6], [8, 9]) } },
  1207: { kind: 'pickup', inspection: { found: good([5.4, 5.8], [7, 7.5]) }, checked: 'Test drive, no noise.' },
  1332: {
    kind: 'pickup',
    inspection: {
      found: {
        ...good([2.5, 3.5], [6.5, 7]),
        'brake-pads-front': {
          ...{ measures: { LF: 2.5, RF: 3.5 }, note: 'Inner pad is worn more. Sliders are dry.', job: CERAMIC },
          pictures: [['ford-pads', 'Left front: 2.5 mm of lining left. New ones have 11.']],
        },
      },
    },
    checked: 'Torqued, marked, 6 miles with twelve stops. Quiet.',
  },
  // A small car, five times.
  1001: { kind: 'car', inspection: { found: good([8.6, 8.5], [8, 7]) } },
  1020: { kind: 'car', inspection: { found: good([8.2, 8.1], [7.5, 6.5]) } },
  1098: { kind: 'car', inspection: { found: good([7.5, 7.4], [7, 6]) } },
  1147: { kind: 'car', inspection: { found: good([7.1, 6.9], [6.5, 5.5]) }, checked: 'Fine.' },
  1321: {
    kind: 'car',
    inspection: {
      found: {
        'brake-pads-front': { measures: { LF: 6.6, RF: 6.4 } },
        'tire-tread': {
          ...{ measures: { LF: 6, RF: 6, LR: 2, RR: 4 }, note: 'Left rear is worn on the inside to the bars, check the alignment.' },
          pictures: [['fiat-tread', 'Left rear, inside: 2/32. The bars stand level with the blocks.']],
          job: { work: FOUR_TIRES, answer: 'decline', reason: 'His brother has a set in the garage.' },
        },
      },
    },
    acknowledged: { at: 0.62, note: 'He knows, and drives straight to his brother’s.' },
  },
  // A compact, and today its inspection is half done.
  1186: { kind: 'car', inspection: { found: good([6.2, 6.3], [7, 7]) } },
  1289: { kind: 'car', inspection: { found: good([5.9, 6.1], [6.5, 7]) } },
  1309: { kind: 'car', inspection: { found: {}, at: 0.86, until: 'belts' } },
  // An SUV that has just come.
  1105: { kind: 'suv', inspection: { found: good([7.0, 7.2], [9, 9]) } },
  1155: { kind: 'suv', inspection: { found: good([6.6, 6.9], [8.5, 8.5]) } },
  1343: {
    kind: 'suv',
    arrival: [
      ['wrangler-right', 'Right side, no damage.'],
      ['wrangler-odometer', 'As it came. ABS light is on.'],
    ],
  },
  // A parcel van, and a school bus.
  1002: { kind: 'van', inspection: { found: good([9.2, 9.0], [9, 9]) } },
  1021: { kind: 'van', inspection: { found: good([8.1, 7.8], [8, 8]) } },
  // The proof is that of another car: the shop is told.
  1344: {
    kind: 'van',
    inspection: {
      found: {
        ...good([6.2, 6.0], [6, 6.5]),
        belts: { color: 'yellow', note: 'Cracked.', pictures: [['elantra-belt', 'Belt']] },
      },
    },
    remark: 'That is the belt of the Elantra. Please take a picture of this one.',
  },
  1058: {
    kind: 'bus',
    inspection: { found: { 'tire-tread-steer': { measures: { LF: 12, RF: 12 } }, 'brake-linings': { measures: linings(14) } } },
  },
  1255: {
    kind: 'bus',
    inspection: { found: { 'tire-tread-steer': { measures: { LF: 10.5, RF: 10 } }, 'brake-linings': { measures: linings(12.5) } } },
    checked: 'Lane sheet and lights checked once more.',
  },
  1102: { kind: 'pickup', inspection: { found: good([8.0, 8.0], [10, 10]) } },
  1219: { kind: 'pickup', inspection: { found: good([7.3, 7.4], [9.5, 9]) } },
  1324: { kind: 'pickup', checked: 'No codes, no leaks.' },
  // Declined, acknowledged, released by a second person: it has left.
  1257: {
    kind: 'pickup',
    inspection: {
      found: {
        ...good([6.1, 6.0], [7, 7]),
        'brake-lines': {
          ...{ color: 'red', note: 'Both rear hoses are cracked to the cord.' },
          pictures: [['ford-hose', 'Left rear hose, cracked all around.']],
          job: { work: BRAKE_HOSES, answer: 'decline', reason: 'Does it himself.' },
        },
      },
    },
    acknowledged: { at: 0, note: 'Takes it home on his trailer.', released: 'Leaves on a trailer, not on its own wheels.' },
  },

  // The customer's link that is printed: opened, and not answered yet.
  1326: {
    kind: 'car',
    arrival: [
      ['civic-front', 'As it came.'],
      ['civic-right', ''],
      ['civic-rear', ''],
      ['civic-left', 'Scratches and a dent on the left rear door were there.'],
      ['civic-odometer', 'Odometer on arrival. Two lights are on.'],
    ],
    inspection: {
      found: {
        'warning-lights': { color: 'yellow', note: 'Tire pressure light is on.' },
        'brake-pads-front': {
          ...{ measures: { LF: 2, RF: 2.5 }, note: 'Down to 2 mm. The rotor has grooves you can feel with a fingernail.', job: CERAMIC },
          pictures: [['civic-pads', 'Left front: 2 mm left. New pads have 11.']],
        },
        rotors: { color: 'yellow', note: 'Scored. Too thin to be turned.', pictures: [['civic-rotor', 'Right front, the grooves.']] },
        'tire-tread': {
          ...{ measures: { LF: 4, RF: 4, LR: 6, RR: 6 }, note: 'Fine for the summer, not for another winter.' },
          pictures: [['civic-tread', 'Right front: 4/32 left.']],
        },
        'air-filter': {
          note: 'Gray and full of leaves. The new one lies below it.',
          ...{ color: 'yellow', pictures: [['civic-filter', 'Above: yours. Below: a new one.']] },
          job: { work: canned('Engine air filter'), answer: 'approve' },
        },
        wipers: { color: 'yellow', note: 'Blades streak.', job: { work: canned('Wiper blades'), answer: 'approve' } },
        battery: { measures: { '': 12.5 } },
      },
    },
    link: { opened: 0.71 },
  },
  // Some answered by link, one put off, and a question that waits for the shop.
  1322: {
    kind: 'car',
    inspection: {
      found: {
        suspension: {
          ...{ color: 'red', note: 'Shock absorber leaks. It is dry inside by now, and the tire begins to cup.' },
          pictures: [['elantra-shock', 'Right rear: oil all the way down.']],
          job: { work: REAR_SHOCKS, answer: 'approve' },
        },
        belts: {
          ...{ color: 'yellow', note: 'Cracked across all ribs, one piece has come off.' },
          pictures: [['elantra-belt', 'The belt that drives alternator and A/C.']],
          job: { work: BELT, answer: 'defer', reason: 'Next month, after payday.' },
        },
      },
    },
    link: {
      opened: 0.31,
      answered: { at: 0.34, only: ['belts'], drawn: false },
      asked: {
        at: 0.36,
        about: 'suspension',
        text: 'Can the shocks wait until after the holidays? I only drive to work and back, about 6 miles.',
      },
    },
  },
  // Answered by link with a drawn signature: the card has moved by itself.
  1325: {
    kind: 'suv',
    inspection: {
      found: {
        'drive-shafts': {
          ...{ color: 'red', note: 'Boot is torn, grease is out. Clicks at full lock.' },
          pictures: [['rav4-boot', 'Left front, outer boot.']],
          job: { work: AXLE, answer: 'approve' },
        },
        exhaust: {
          ...{ color: 'yellow', note: 'Rusted through in front of the muffler. Loud, but holds.' },
          pictures: [['rav4-exhaust', 'Hole at the joint.']],
          job: { work: PIPE, answer: 'defer', reason: 'Wants to talk to the seller first.' },
        },
        'air-filter': { color: 'yellow', note: 'Very dirty, replace it.', pictures: [['rav4-filter', '']], job: 'Engine air filter' },
        battery: { measures: { '': 11.8 }, note: 'Terminals are corroded. 298 of 640 A.', pictures: [['rav4-battery', '']] },
      },
    },
    link: { opened: 0.375, answered: { at: 0.405, drawn: true } },
  },
  // Unsafe and declined: it is held.
  1331: {
    kind: 'pickup',
    arrival: [
      ['ram-front', 'As it came.'],
      ['ram-left', 'Left side, no damage.'],
    ],
    inspection: {
      found: {
        ...good([6.5, 6.5], [8, 8]),
        'brake-pads-rear': {
          ...{ measures: { LR: 1.5, RR: 2.5 }, note: 'Inner pad left is worn more: 1.5 mm.' },
          pictures: [['ram-pads', 'Left rear: 1.5 mm.']],
          job: { work: canned('Rear brake pads and rotors'), answer: 'decline', reason: 'Sells it in spring.' },
        },
      },
    },
    checked: 'Oil level, drain plug, sticker. Rear brakes are NOT done.',
  },
  1310: {
    kind: 'car',
    inspection: {
      found: {
        'engine-oil': {
          color: 'yellow',
          note: 'A quart low. It is on the manifold, that is what smells.',
          pictures: [['malibu-dipstick', 'Below the lower mark.']],
        },
      },
    },
  },
  1335: {
    kind: 'van',
    arrival: [
      ['camper-rear', 'Ladder is bent, was so.'],
      ['camper-right', ''],
    ],
    inspection: {
      at: 0.84,
      found: {
        hoses: { color: 'yellow', note: 'Seeps at the clamp, hard beside it.', pictures: [['camper-hose', 'Upper radiator hose.']] },
      },
    },
  },
  1338: {
    kind: 'tractor',
    inspection: {
      found: {
        'hydraulic-hoses': {
          ...{ color: 'red', note: 'Hose is chafed to the wire, left side of the loader. Wets the frame.' },
          pictures: [['deere-hose', 'Left lift hose. That is wire.']],
          job: { work: LIFT_HOSE, answer: 'approve' },
        },
      },
    },
  },
  1340: {
    kind: 'motorcycle',
    inspection: {
      found: {
        chain: {
          ...{ measures: { '': 52 }, note: 'Stretched and rusty, sprocket teeth are hooked.' },
          pictures: [['ninja-chain', 'The gauge drops in: past its limit.']],
          job: { work: CHAIN_KIT, answer: 'approve' },
        },
      },
    },
    link: {},
  },
  1320: { kind: 'suv', link: { opened: 0.52 } },
  1328: { kind: 'van', checked: 'Warm, no leaks, heat is hot.' },
};

function linings(millimeters: number): Record<string, number> {
  return Object.fromEntries(['LF', 'RF', 'L1', 'R1', 'L2', 'R2'].map((position, index) => [position, millimeters - (index % 3) * 0.5]));
}
