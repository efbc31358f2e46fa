import { BATTERY_FEE, fee, type Job, job, LIGHT, labor, part, sublet, tires, WASTE_FEE } from './job.js';

/** More of the same, and what only pickups, old ones and odd ones have. */
export const MORE_LIGHT_JOBS: Job[] = [
  {
    on: ['pickup'],
    says: 'Ticking on cold start, left side, goes away when warm. Buddy says exhaust bolt.',
    finds: 'Two manifold bolts broken off at the back of the left head.',
    needs: 'Manifold gasket and bolt kit',
    did: 'Both studs came out with the welder, gasket, all bolts new, 25 ft-lb. Cold start, quiet.',
    work: [
      job(
        'Exhaust manifold gasket and bolts, left',
        labor('4.8', 'Remove manifold, extract two broken bolts, refit'),
        part('1', 'MS-96980', 'Manifold gasket', '18.90'),
        part('1', 'MB-03413', 'Manifold bolt kit', '22.35'),
      ),
    ],
  },
  {
    on: ['pickup'],
    says: 'Black smoke and no power with the gooseneck on. Was fine before I washed the engine.',
    finds: 'Boost leak: boot off the intercooler pipe. MAP sensor plug is wet.',
    did: 'Boot and clamps, plug dried and sealed. 32 psi under load.',
    work: [
      job(
        'Boost leak',
        labor('1.4', 'Boost leak test, refit intercooler pipe, dry the plug'),
        part('1', 'IC-B3', 'Intercooler boot', '31.80'),
        part('2', 'TB-88', 'T-bolt clamp', '6.90'),
      ),
    ],
  },
  {
    on: ['suv'],
    says: 'Leaks oil on my new driveway. I have put cardboard under it. Wife is not happy.',
    finds: 'Oil cooler gasket, not the rear main, luckily.',
    needs: 'Oil cooler gasket set',
    did: 'Gaskets, degreased, 30 minutes on the lift at idle with paper under it: dry.',
    work: [
      job(
        'Oil cooler gaskets',
        labor('2.7', 'Reseal oil cooler, clean the engine, dye check'),
        part('1', 'OC-46', 'Oil cooler gasket set', '23.60'),
        part('1.5', '5W30-FS', 'Full synthetic oil 5W-30, quart', '4.10', { price: '8.25' }),
      ),
    ],
  },
  {
    on: ['suv', 'van'],
    says: 'Rear wiper, third brake light and the camera all quit on the same day.',
    finds: 'Loom into the tailgate is broken at the hinge, five wires.',
    did: 'Loom repaired with flexible wire, boot glued. All three work, also with the gate half open.',
    work: [
      job(
        'Tailgate wiring',
        labor('2.2', 'Repair five wires at the hinge, seal the boot'),
        part('1', 'SW-FLEX', 'Flexible wire and sealed splices', '9.80'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Someone tried to steal it. Ignition is hanging out. Insurance knows, number is in the glove box.',
    finds: 'Column shroud and lock cylinder destroyed, window motor fine.',
    needs: 'Lock cylinder coded to the VIN, three days',
    did: 'Cylinder, shroud, two keys cut and taught. Photos sent to the adjuster.',
    work: [
      job(
        'Ignition lock and column shroud',
        labor('2.1', 'Replace lock cylinder and shroud, teach keys'),
        part('1', 'LC-14180', 'Lock cylinder coded to the VIN', '112.00'),
        part('1', 'SH-45286', 'Column shroud, upper and lower', '64.90'),
        part('2', 'KEY-T', 'Transponder key, cut', '28.50'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Deer. Headlight and fender, it drives fine. Do not tell my mother.',
    finds: 'Headlight, bracket, fender liner. Radiator support is straight.',
    needs: 'Headlight assembly, CAPA certified',
    did: 'Headlight, bracket, liner. Aimed. Fender is for the body shop, customer knows.',
    work: [
      job(
        'Headlight, bracket and liner',
        labor('1.8', 'Replace headlight, bracket and liner, aim'),
        part('1', 'CAPA-2502', 'Headlight assembly, CAPA certified', '186.00', { condition: 'non-oem' }),
        part('1', 'HB-225', 'Headlight bracket', '34.20', { condition: 'non-oem' }),
        part('1', 'FL-1248', 'Fender liner', '27.60', { condition: 'non-oem' }),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Mouse got in. There is a nest and now the fan makes a noise.',
    finds: 'Nest in the blower, two wires chewed to the airbag light.',
    did: 'Blower cleaned, wires soldered and sealed, codes cleared, new cabin filter. Steel wool at the inlet.',
    work: [
      job(
        'Blower and chewed wires',
        labor('1.9', 'Remove and clean blower, repair two wires, clear codes'),
        part('1', 'CF-11182', 'Cabin air filter', '11.60'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Exhaust is dragging. I tied it up with a coat hanger.',
    finds: 'Flange behind the cat is gone. Coat hanger was well tied.',
    needs: 'Mid pipe',
    did: 'Mid pipe, clamp, hangers. Coat hanger returned.',
    work: [
      job(
        'Exhaust mid pipe',
        labor('1.2', 'Cut out and replace mid pipe'),
        part('1', 'EX-45990', 'Mid pipe with flange', '92.40'),
        part('2', 'HG-35', 'Rubber hanger', '4.30'),
        part('1', 'CL-214', 'Band clamp', '11.20'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Key fob works from one foot away. New battery did nothing.',
    finds: 'Antenna plug is loose behind the mirror.',
    did: 'Plug seated and taped. Works from the waiting room.',
    work: [job('Key fob range', labor('0.6', 'Diagnose remote entry, seat the antenna plug'))],
  },
  {
    on: LIGHT,
    says: 'Bought it at an auction. Tell me what I have bought.',
    finds: 'List on paper: brakes 30 %, rear shocks leak, rust left rocker, oil fresh, timing chain quiet. No frame damage.',
    did: 'Inspection done, 41 photos, priced list handed over. He took it well.',
    work: [job('Inspection of a used car', labor('1.2', 'Inspection, 120 points, road test, photos, written list'))],
  },
  {
    on: LIGHT,
    says: 'Grinds when starting, sometimes just clicks. I hit it with a hammer and it goes.',
    finds: 'Starter. Hammer marks confirm.',
    needs: 'Reman starter',
    did: 'Starter, cable end cleaned. 20 starts hot, 1 cold. 35 ft-lb.',
    work: [
      job(
        'Starter',
        labor('0.4', 'Starting system test'),
        labor('1.4', 'Replace starter, clean the cable ends'),
        part('1', '17969', 'Starter', '138.70', { core: '45.00', condition: 'rebuilt' }),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Gas mileage went from 31 to 22. I write it down, here is the list.',
    finds: 'Thermostat stuck open, runs at 150 °F. Nice list.',
    did: 'Thermostat, coolant. 195 °F after four minutes. Asked her to keep writing.',
    work: [
      job(
        'Thermostat',
        labor('1.3', 'Diagnose warm-up, replace thermostat, bleed'),
        part('1', 'TH-195', 'Thermostat, 195 °F', '16.40'),
        part('1', 'AF-50', 'Coolant 50/50, gallon', '11.20', { price: '21.95' }),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Recall letter says do not park indoors. Can you do that or do I have to go to the dealer?',
    finds: 'Recall is dealer only. Did the brake fluid that was due meanwhile.',
    did: 'Brake fluid. Made the appointment at the dealer for the recall, slip on the dash.',
    work: [
      job(
        'Brake fluid exchange',
        labor('0.8', 'Exchange brake fluid, bleed all four'),
        part('1', 'DOT4-32', 'Brake fluid, quart', '8.90', { price: '17.95' }),
        fee(WASTE_FEE),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Seat heater burned a hole in my coat. I would like a word about that too.',
    finds: 'Heater mat broken at the seam. Fuse pulled for now so nothing burns.',
    needs: 'Seat heater mat, dealer only',
    did: 'Mat and foam, connector checked. 104 °F after five minutes and it stays there. Manager spoke with customer.',
    work: [
      job(
        'Seat heater mat, driver',
        labor('2.4', 'Remove seat cover, replace heater mat and foam'),
        part('1', 'SM-88190', 'Seat heater mat, dealer part', '124.60'),
        part('1', 'SF-71', 'Seat foam', '88.00'),
      ),
    ],
  },
  {
    on: ['car'],
    says: 'My grandmother’s car, it has stood for three years. I want to drive it to her birthday.',
    finds: 'Battery dead, gas is varnish, brakes rusted tight, tires from 2011. Body is perfect.',
    needs: 'Wheel cylinders, from a specialist in Ohio',
    did: 'Tank drained, pump, filter, wheel cylinders, shoes, tires, battery. 20 miles, runs sweet.',
    work: [
      job(
        'Fuel system after long standing',
        labor('3.0', 'Drain and rinse tank, replace pump and filter'),
        part('1', 'FP-E2044', 'Fuel pump', '86.00'),
        part('1', 'FF-33', 'Fuel filter', '9.40'),
      ),
      {
        ...job(
          'Rear brakes',
          labor('2.4', 'Replace wheel cylinders and shoes, turn drums, bleed'),
          part('2', 'WC-37015', 'Wheel cylinder', '24.80'),
          part('1', 'BS-451', 'Brake shoe set', '31.60'),
          sublet('Forest City Machine', 'FC-3120', 'Turn two drums', '30.00', '45.00'),
        ),
        cause: 'Cylinders rusted tight, shoes stuck to the drums.',
        correction: 'Cylinders, shoes, drums turned. Pedal high.',
      },
      {
        ...job(
          'Tires and battery',
          labor('1.5', 'Mount and balance four tires, replace battery'),
          tires('4', 'HK-1957014', 'Hankook Kinergy ST 195/70R14', '68.00', '89.00'),
          part('1', 'GR35', 'Battery group 35, 640 CCA', '98.00', { core: '22.00' }),
          fee(BATTERY_FEE),
        ),
        cause: 'Tires from 2011, battery dead.',
        correction: 'Four tires, battery, terminals sealed.',
      },
    ],
  },
  {
    on: ['car', 'pickup'],
    says: 'Carburetor floods when hot. I have the rebuild kit with me, please use mine.',
    finds: 'Float is full of gas. His kit has no float.',
    needs: 'Brass float',
    did: 'Carb rebuilt with customer’s kit and new float, level 7/32". No warranty on his parts, he signed.',
    work: [
      job(
        'Carburetor rebuild',
        labor('3.5', 'Rebuild carburetor with customer’s kit, set level and idle'),
        part('1', 'BF-108', 'Brass float', '26.90'),
      ),
    ],
  },
  {
    on: ['car', 'suv'],
    says: 'Charging stops after five minutes at home. At the grocery store it is fine.',
    finds: 'Car is fine. Inlet latch is worn but holds. His wall outlet sags to 102 V.',
    did: 'Inlet cleaned, latch adjusted, charged two hours here at 240 V. He calls an electrician.',
    work: [job('Charging inlet', labor('1.0', 'Diagnose charging, clean and adjust the inlet'))],
  },
  {
    on: LIGHT,
    says: 'Just put a headlight bulb in please, I cannot get my hand in there and I have tried for an hour.',
    finds: 'Bumper cover must come forward on this one. Also found his 10 mm socket.',
    did: 'Both low beams, aimed. Socket is in the cup holder.',
    weight: 2,
    work: [
      job(
        'Low beam bulbs',
        labor('1.0', 'Bring bumper cover forward, replace both low beams, aim'),
        part('2', 'H11-LL', 'Headlight bulb H11, long life', '9.80'),
      ),
    ],
  },
  {
    on: ['van'],
    says: 'Sliding door will not close by itself, beeps and opens again, in the rain of course.',
    finds: 'Center roller is broken, track has gravel in it.',
    needs: 'Center roller assembly',
    did: 'Roller, track cleaned and greased, pinch sensor tested with a pool noodle.',
    work: [
      job(
        'Sliding door roller',
        labor('1.2', 'Replace center roller, clean and grease the track'),
        part('1', 'DR-72521', 'Center roller assembly', '58.30'),
      ),
    ],
  },
];
