import { fee, type Job, job, LIGHT, labor, option, part, sublet, tires, WASTE_FEE } from './job.js';

/** Brakes, tires, steering and what turns, on cars, SUVs, pickups and vans. */
export const WHEEL_JOBS: Job[] = [
  {
    on: LIGHT,
    says: 'Squeals when I back out in the morning, then it goes away after a few stops.',
    finds: 'Front pads at 2 mm, rotors have a lip. Rears 6 mm, fine for now.',
    needs: 'Front rotors, left one came in with the wrong offset',
    did: 'Front pads and rotors, pins cleaned and greased. Bedded in, no squeal. Lugs 100 ft-lb, checked twice.',
    weight: 3,
    work: [
      option(
        'Good',
        'Front brakes, semi-metallic pads',
        labor('1.5', 'Replace front pads, resurface rotors, service the pins'),
        part('1', 'MD-1184', 'Semi-metallic pad set, front', '24.60'),
      ),
      option(
        'Better',
        'Front brakes, ceramic pads and new rotors',
        labor('1.6', 'Replace front pads and rotors, service the pins'),
        part('1', 'CD-1184', 'Ceramic pad set, front', '38.40'),
        part('2', 'BR-900412', 'Rotor, front', '46.15'),
      ),
      option(
        'Best',
        'Front brakes, ceramic pads, coated rotors, hardware',
        labor('1.8', 'Replace front pads, rotors and hardware, service the pins'),
        part('1', 'PCD-1184', 'Premium ceramic pad set, front', '57.90'),
        part('2', 'GX-900412', 'Coated rotor, front', '71.30'),
        part('1', 'HK-5731', 'Hardware kit, front', '12.45'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Steering wheel shakes when I brake from highway speed.',
    finds: 'Front rotors 0.006" runout, past turning. Pads half.',
    needs: 'Rotors and pads, on the afternoon truck',
    did: 'Rotors and pads, hubs cleaned. Straight and quiet from 65.',
    weight: 2,
    work: [
      job(
        'Front brake pads and rotors',
        labor('1.6', 'Replace front pads and rotors, clean the hubs'),
        part('1', 'CD-1210', 'Ceramic pad set, front', '41.20'),
        part('2', 'BR-900874', 'Rotor, front', '52.80'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Clunk from the front when I go over the railroad tracks, worse on the right.',
    finds: 'Right sway bar link has a hole where the boot was. Left starts too.',
    did: 'Both links. Drove the tracks twice, quiet.',
    weight: 2,
    work: [job('Sway bar links, front', labor('0.9', 'Replace both front sway bar links'), part('2', 'K750158', 'Sway bar link', '21.70'))],
  },
  {
    on: LIGHT,
    says: 'Humming noise that gets louder with speed. Radio up does not help anymore.',
    finds: 'Left rear wheel bearing. Tires are cupped a little but it is the bearing.',
    needs: 'Hub assembly left rear',
    did: 'Hub and bearing left rear, ABS wire clipped back. Quiet at 70. Axle nut 137 ft-lb.',
    weight: 2,
    work: [
      job(
        'Hub and bearing, left rear',
        labor('0.5', 'Road test and chassis ears'),
        labor('1.4', 'Replace hub assembly'),
        part('1', 'HA-590412', 'Hub and bearing assembly', '88.60'),
        part('1', 'AN-22', 'Axle nut', '4.70'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Tire light on. I put air in it every Sunday.',
    finds: 'Screw in the right rear, in the tread, can be patched. Others 33 psi.',
    did: 'Patch and plug, balanced. All at 35 psi, light off.',
    weight: 3,
    work: [
      job(
        'Tire repair',
        labor('0.3', 'Dismount, patch and plug from inside, balance'),
        part('1', 'PP-8', 'Patch plug', '2.10', { price: '6.00' }),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Four new tires please, the all-weather ones we talked about on the phone.',
    finds: 'Old ones at 3/32, inside edge worn. Alignment is off in front.',
    needs: 'Two of four tires are here, other two come tomorrow morning',
    did: 'Mounted, balanced, aligned, printout in the envelope. Lugs 100 ft-lb, retorque card on the mirror.',
    weight: 3,
    work: [
      option(
        'Good',
        'Four tires, 50,000 miles',
        labor('1.2', 'Mount and balance four tires, new valves'),
        tires('4', 'MV-2155517', 'Milestar Weatherguard 215/55R17', '78.00', '99.00'),
      ),
      option(
        'Better',
        'Four tires, 60,000 miles, all weather',
        labor('1.2', 'Mount and balance four tires, new valves'),
        tires('4', 'CA-2155517', 'General AltiMAX 365AW 215/55R17', '118.50', '149.00'),
      ),
      option(
        'Best',
        'Four tires, 80,000 miles, all weather',
        labor('1.2', 'Mount and balance four tires, new valves'),
        tires('4', 'MX-2155517', 'Michelin CrossClimate2 215/55R17', '156.20', '194.00'),
      ),
      {
        ...job('Alignment', sublet('Rock River Alignment', 'RA-7741', 'Four-wheel alignment with printout', '79.00', '119.95')),
        concern: 'Inside edges of the old front tires are worn.',
        cause: 'Toe-out 0.3° in front.',
        correction: 'Aligned to specification, printout in the envelope.',
      },
    ],
  },
  {
    on: LIGHT,
    says: 'Pulls to the right since I hit that pothole on Perryville.',
    finds: 'Right front rim is bent on the inside, tie rod end has play.',
    needs: 'Steel rim from the yard in Beloit',
    did: 'Rim, outer tie rod, alignment. Hands off straight on 173.',
    work: [
      job(
        'Rim and tie rod end, right front',
        labor('1.5', 'Replace outer tie rod end, change rim, balance'),
        part('1', 'ES-80993', 'Tie rod end, outer', '29.40'),
        part('1', 'USED-RIM', 'Steel rim from the yard', '45.00', { price: '95.00', condition: 'used' }),
        sublet('Rock River Alignment', 'RA-7768', 'Four-wheel alignment with printout', '79.00', '119.95'),
      ),
    ],
  },
  {
    on: ['car'],
    says: 'Clutch goes to the floor and comes up slow, burned smell on the ramp.',
    finds: 'Clutch slips in 4th. Slave cylinder leaks into the bell housing.',
    needs: 'Clutch kit with flywheel',
    did: 'Clutch, flywheel, slave, bled. Flywheel bolts new, 66 ft-lb plus 90 degrees.',
    work: [
      job(
        'Clutch, flywheel and slave cylinder',
        labor('6.4', 'Remove transmission, replace clutch, flywheel and slave cylinder, bleed'),
        part('1', 'LUK-04259', 'Clutch kit', '189.00'),
        part('1', 'LFW-480', 'Flywheel', '146.50'),
        part('1', 'CSC-37', 'Slave cylinder', '64.20'),
        part('6', 'FB-M10', 'Flywheel bolt', '2.35'),
      ),
    ],
  },
  {
    on: ['car', 'van'],
    says: 'Sliding around like a boat. My husband says it is the shocks. I say it is his driving.',
    finds: 'Rear shocks leak, one is dry. He is not wrong.',
    did: 'Both rear shocks, mounts good. Bounces once and stops.',
    work: [job('Rear shocks', labor('1.1', 'Replace both rear shocks'), part('2', 'G-5593', 'Shock absorber, rear', '52.40'))],
  },
  {
    on: ['pickup'],
    says: 'Brake pedal is soft and there is something wet on the inside of the back wheel.',
    finds: 'Steel line over the axle is rusted through. The other one is next.',
    needs: 'Pre-bent line kit',
    did: 'Both rear lines, all bled, pedal high. Reservoir marked.',
    work: [
      job(
        'Rear brake lines',
        labor('3.2', 'Replace both rear brake lines, bleed all four'),
        part('1', 'BLK-R44', 'Pre-bent line kit, stainless', '96.80'),
        part('2', 'DOT4-32', 'Brake fluid, quart', '8.90', { price: '17.95' }),
        fee(WASTE_FEE),
      ),
    ],
  },
  {
    on: ['pickup'],
    says: 'Leaf spring broke, it leans like a drunk.',
    finds: 'Main leaf left rear is in two pieces, shackle is thin.',
    needs: 'Spring pack, ships from Peoria',
    did: 'Both packs, shackles, U-bolts 75 ft-lb, to be retorqued after 100 miles. Customer knows.',
    work: [
      job(
        'Rear leaf springs, pair',
        labor('4.2', 'Replace both rear spring packs and shackles'),
        part('2', '43-1321', 'Leaf spring pack, rear', '218.00'),
        part('2', 'SH-722', 'Shackle kit', '34.60'),
        part('4', 'UB-316', 'U-bolt with nuts', '11.80'),
      ),
    ],
  },
  {
    on: ['pickup'],
    says: '4x4 will not engage. Snow is coming and I plow.',
    finds: 'Actuator on the front axle is full of water.',
    needs: 'Front axle actuator, one left in the state',
    did: 'Actuator, connector greased. In and out ten times on the gravel.',
    work: [
      job(
        'Front axle actuator',
        labor('0.7', 'Diagnose 4x4 engagement'),
        labor('1.1', 'Replace front axle actuator'),
        part('1', '600-115', 'Front axle actuator', '132.40'),
      ),
    ],
  },
  {
    on: ['pickup', 'suv'],
    says: 'Low range grinds and pops out. I do need low range.',
    finds: 'Transfer case shift fork pads are gone.',
    needs: 'Transfer case rebuild kit',
    did: 'Transfer case rebuilt, chain too. Low range holds on the hill by the quarry.',
    work: [
      job(
        'Transfer case rebuild',
        labor('7.5', 'Remove, rebuild and refit transfer case'),
        part('1', 'BK-NP263', 'Rebuild kit with fork pads and seals', '246.00'),
        part('1', 'HV-072', 'Drive chain', '138.50'),
        part('2', 'ATF-LV', 'Transfer case fluid, quart', '7.10', { price: '14.50' }),
        fee(WASTE_FEE),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'ABS light and the speedometer drops to zero sometimes.',
    finds: 'Tone ring right rear is cracked.',
    needs: 'CV axle with ring',
    did: 'Axle with ring. Speed signal clean on the scope.',
    work: [
      job(
        'CV axle with tone ring, right rear',
        labor('0.8', 'Diagnose ABS, scope on all four sensors'),
        labor('1.6', 'Replace axle'),
        part('1', 'CV-60112', 'CV axle with tone ring', '104.30', { core: '30.00', condition: 'rebuilt' }),
      ),
    ],
  },
];
