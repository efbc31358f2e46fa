import { fee, type Job, job, labor, part, sublet, WASTE_FEE } from './job.js';

/** Buses, box trucks and tractors. */
export const HEAVY_JOBS: Job[] = [
  {
    on: ['bus'],
    says: 'Annual safety lane is due. Please do not let it fail for lights again.',
    finds: 'Two markers out, crossing arm slow, emergency door buzzer intermittent.',
    did: 'Markers, arm motor greased, buzzer switch. Lane sheet signed, sticker on.',
    weight: 3,
    work: [
      job(
        'Annual safety lane',
        labor('1.8', 'Prepare and run the safety lane inspection, 47 points'),
        part('2', 'ML-1920R', 'Marker light, LED, red', '9.80'),
        part('1', 'SW-447', 'Door buzzer switch', '16.70'),
        sublet('Winnebago Testing Lane', 'WTL-5512', 'State safety lane, bus', '62.00', '62.00'),
      ),
    ],
  },
  {
    on: ['bus'],
    says: 'Stop arm stays out after the doors close. Driver pulls it in by hand.',
    finds: 'Limit switch is full of road salt.',
    needs: 'Stop arm switch kit, Blue Bird parts in Indiana',
    did: 'Switch kit. 30 cycles, in and out each time.',
    work: [
      job(
        'Stop arm switch',
        labor('1.1', 'Replace limit switches of the stop arm, clean and seal'),
        part('1', 'BB-0074432', 'Stop arm switch kit', '88.40'),
      ),
    ],
  },
  {
    on: ['bus'],
    says: 'Air pressure drops over the lunch break. Low air buzzer at the second start.',
    finds: 'Leak at the service brake relay valve, right rear. 3 psi a minute.',
    needs: 'Relay valve',
    did: 'Relay valve, two fittings. Under 1 psi in two minutes, applied.',
    work: [
      job(
        'Service brake relay valve',
        labor('0.8', 'Find air leak, build-up and leak-down test'),
        labor('1.4', 'Replace relay valve and fittings'),
        part('1', 'R12-065104', 'Relay valve', '112.50', { core: '18.00', condition: 'rebuilt' }),
        part('2', 'AF-1268', 'Air fitting, brass', '5.60'),
      ),
    ],
  },
  {
    on: ['bus'],
    says: 'No heat for the last six rows. The parents call me, not you.',
    finds: 'Rear heater booster pump seized.',
    needs: 'Booster pump',
    did: 'Pump, bled. 95 °F at the last row after 15 minutes. Took a picture of the thermometer for them.',
    work: [
      job(
        'Rear heater booster pump',
        labor('1.9', 'Replace booster pump, bleed the heater loop'),
        part('1', 'FL-1101', 'Booster pump, 12 V', '164.00'),
        part('2', 'AF-HD', 'Coolant, heavy duty, gallon', '14.80', { price: '28.95' }),
      ),
    ],
  },
  {
    on: ['bus', 'truck'],
    says: 'Wants a regen every day and the light comes back.',
    finds: 'Differential pressure hose is cracked. Filter 38 % soot.',
    needs: 'Pressure sensor and hose',
    did: 'Sensor, hose, stationary regen 40 minutes, soot 4 %.',
    weight: 2,
    work: [
      job(
        'Particulate filter: pressure sensor and hose',
        labor('1.2', 'Diagnose regeneration, read soot load'),
        labor('1.5', 'Replace sensor and hose, stationary regeneration'),
        part('1', 'DP-4921', 'Differential pressure sensor', '118.00'),
        part('1', 'DPH-30', 'Pressure hose, formed', '36.90'),
      ),
    ],
  },
  {
    on: ['truck'],
    says: 'Lift gate goes up but comes down like an elevator without a cable.',
    finds: 'Flow control valve stuck open, fluid milky.',
    needs: 'Flow control valve, Maxon, next day air',
    did: 'Valve, fluid flushed. 1,500 lb down in 8 seconds.',
    work: [
      job(
        'Lift gate flow control valve',
        labor('2.0', 'Replace valve, flush and fill the hydraulics, load test'),
        part('1', 'MX-280618', 'Flow control valve', '147.00'),
        part('2', 'HYD-15', 'Hydraulic oil, gallon', '16.20', { price: '31.50' }),
        fee(WASTE_FEE),
      ),
    ],
  },
  {
    on: ['truck'],
    says: 'Roll-up door jumped the track with 40 racks of bread behind it. We need it by 3 in the morning.',
    finds: 'Top roller sheared, cable frayed.',
    did: 'Rollers, both cables, spring tension set. Opens with two fingers.',
    work: [
      job(
        'Roll-up door rollers and cables',
        labor('2.2', 'Replace rollers and both cables, set the spring'),
        part('10', 'WH-1121', 'Door roller', '3.90'),
        part('2', 'WH-98', 'Lift cable', '21.40'),
      ),
    ],
  },
  {
    on: ['truck'],
    says: 'DOT stopped us, brakes out of adjustment on the drive axle. Paper is on the seat.',
    finds: 'Slack adjuster left rear does not adjust, S-cam bushing worn.',
    needs: 'Slack adjuster and cam bushings',
    did: 'Slack, bushings, shoes looked good. Stroke 1 5/8" both sides. Repair certified on the form.',
    work: [
      job(
        'Slack adjuster and cam bushings, left rear',
        labor('2.6', 'Replace slack adjuster and S-cam bushings, adjust, certify the repair'),
        part('1', 'AS-1141', 'Automatic slack adjuster', '74.60'),
        part('1', 'CB-9081', 'Cam bushing kit', '28.30'),
      ),
    ],
  },
  {
    on: ['truck'],
    says: 'Box leaks. Flour and water is bread only if you mean it.',
    finds: 'Two roof seams, and a rivet row over the cab.',
    did: 'Seams ground and sealed, rivets replaced. Hosed for 20 minutes, dry inside.',
    work: [
      job(
        'Box roof seams',
        labor('4.5', 'Grind and seal two seams, replace a row of rivets, water test'),
        part('6', 'SEAL-221', 'Seam sealer, cartridge', '11.90'),
        part('48', 'RV-316', 'Sealed rivet', '0.42', { price: '1.10' }),
      ),
    ],
  },
  {
    on: ['truck'],
    says: 'PM service B, and the driver says it wanders.',
    finds: 'King pins have 1/4" play on the left.',
    needs: 'King pin kit',
    did: 'PM B, king pins left and right reamed, aligned. Chassis greased, 24 points.',
    weight: 2,
    work: [
      job(
        'PM service B',
        labor('2.4', 'PM service B: oil, fuel and air filters, chassis lube, inspection'),
        part('15', '15W40-HD', 'Engine oil 15W-40, quart', '3.60', { price: '7.10' }),
        part('1', 'LF-16015', 'Oil filter', '21.80'),
        part('1', 'FF-63009', 'Fuel filter', '38.40'),
        fee(WASTE_FEE),
      ),
      {
        ...job(
          'King pins, both sides',
          labor('7.2', 'Replace and ream king pins left and right'),
          part('1', 'KP-320', 'King pin kit, axle', '238.00'),
          sublet('Rock River Alignment', 'RA-7802', 'Truck alignment, front axle', '165.00', '225.00'),
        ),
        cause: 'Left king pin has 1/4" play.',
        correction: 'King pins reamed, aligned, greased.',
      },
    ],
  },
  {
    on: ['tractor'],
    says: 'PTO kicks out under load, baler stops, I start it again, and so on all afternoon.',
    finds: 'PTO pressure 140 psi, should be 220. Seal rings.',
    needs: 'PTO clutch pack, John Deere in Freeport, two days',
    did: 'Clutch pack, seals. 225 psi hot. Ran an hour against the brake.',
    work: [
      job(
        'PTO clutch pack',
        labor('1.0', 'PTO pressure test'),
        labor('6.5', 'Replace PTO clutch pack and seal rings'),
        part('1', 'RE-211277', 'PTO clutch pack', '486.00'),
        part('1', 'RE-61678', 'Seal ring set', '58.40'),
        part('5', 'HYG-5', 'Hy-Gard transmission oil, gallon', '19.60', { price: '36.00' }),
        fee(WASTE_FEE),
      ),
    ],
  },
  {
    on: ['tractor'],
    says: 'Loader drops over night. In the morning the bucket is on the ground and so is my coffee.',
    finds: 'Left lift cylinder bypasses. The valve is good.',
    needs: 'Cylinder seal kit',
    did: 'Both lift cylinders resealed, pins greased. Two inches in 12 hours.',
    work: [
      job(
        'Loader lift cylinders',
        labor('3.8', 'Remove, reseal and refit both lift cylinders'),
        part('2', 'AHC-18341', 'Cylinder seal kit', '42.70'),
        part('2', 'HYG-5', 'Hydraulic oil, gallon', '19.60', { price: '36.00' }),
      ),
    ],
  },
  {
    on: ['tractor'],
    says: 'Before planting: service all of it, and the seat switch that stops the engine on bumps.',
    finds: 'Fuel filter black, seat switch loose, front axle oil milky.',
    did: 'All filters, all oils, switch fixed at the bracket, axle drained and filled. Hours on the tag.',
    weight: 2,
    work: [
      job(
        'Spring service',
        labor('4.0', 'Change all filters and oils, grease, fix the seat switch'),
        part('4', '15W40-G', 'Engine oil 15W-40, gallon', '15.40', { price: '29.50' }),
        part('1', 'RE-504836', 'Oil filter', '14.90'),
        part('1', 'RE-522878', 'Fuel filter set', '46.20'),
        part('1', 'AL-172780', 'Air filter, outer', '52.80'),
        part('2', 'HYG-5', 'Front axle oil, gallon', '19.60', { price: '36.00' }),
        fee(WASTE_FEE),
      ),
    ],
  },
  {
    on: ['tractor'],
    says: 'Hard to start under 40 degrees. I use ether and I know I should not.',
    finds: 'Two of three glow plugs open, relay pitted.',
    did: 'Glow plugs, relay. Started at 28 °F in three seconds. Ether can retired.',
    work: [
      job(
        'Glow plugs and relay',
        labor('1.6', 'Test and replace glow plugs and relay'),
        part('3', 'GP-94662', 'Glow plug', '22.40'),
        part('1', 'GR-12', 'Glow plug relay', '38.90'),
      ),
    ],
  },
  {
    on: ['tractor'],
    says: 'Parade is in two weeks. She runs on three.',
    finds: 'Burned exhaust valve, number 4.',
    needs: 'Head is at the machine shop',
    did: 'Head done, gasket, points, plugs. Runs on four and idles like a sewing machine.',
    work: [
      job(
        'Valve job, number 4',
        labor('7.0', 'Remove and refit cylinder head, set valves, tune'),
        sublet('Forest City Machine', 'FC-3177', 'Head: valve, guide and seat on number 4, resurface', '240.00', '335.00'),
        part('1', 'HG-SH', 'Head gasket set', '64.00'),
        part('1', 'TU-4', 'Points, condenser and four plugs', '31.20'),
      ),
    ],
  },
];
