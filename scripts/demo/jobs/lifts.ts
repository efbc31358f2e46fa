import { BATTERY_FEE, fee, type Job, job, labor, part, tires, WASTE_FEE } from './job.js';

/** Forklifts and motorcycles. */
export const LIFT_JOBS: Job[] = [
  {
    on: ['forklift'],
    says: 'Mast jerks going up, smooth going down. Operators are scared of it.',
    finds: 'Left lift chain two links longer than the right, rollers dry.',
    needs: 'Lift chains, pair',
    did: 'Both chains, rollers greased, leveled. 4,000 lb to full height and back, smooth.',
    work: [
      job(
        'Lift chains',
        labor('3.4', 'Replace both lift chains, level the carriage, load test'),
        part('2', 'BL-534', 'Leaf chain', '136.00'),
        part('4', 'CP-5', 'Chain pin', '6.40'),
      ),
    ],
  },
  {
    on: ['forklift'],
    says: 'Annual inspection for OSHA, and the horn.',
    finds: 'Horn button, one fork heel at 8 % wear, seat belt frayed.',
    needs: 'Seat belt and horn button',
    did: 'Belt, button, inspection sheet in the pouch. Forks good for another year.',
    weight: 2,
    work: [
      job(
        'Annual forklift inspection',
        labor('1.2', 'Inspection by OSHA 1910.178, sheet'),
        labor('0.6', 'Replace seat belt and horn button'),
        part('1', 'SB-42', 'Seat belt, retractable', '44.60'),
        part('1', 'HB-7', 'Horn button', '12.80'),
      ),
    ],
  },
  {
    on: ['forklift'],
    says: 'Smells of gas and the propane freezes up on long days.',
    finds: 'Vaporizer has no coolant flow, hose kinked.',
    did: 'Hose, coolant, regulator leak tested with soap. CO at 0.4 % idle.',
    work: [
      job(
        'Vaporizer coolant hose',
        labor('1.7', 'Leak test, replace hose, bleed, exhaust gas check'),
        part('1', 'VH-58', 'Coolant hose, formed', '18.60'),
        part('0.5', 'AF-HD', 'Coolant, heavy duty, gallon', '14.80', { price: '28.95' }),
      ),
    ],
  },
  {
    on: ['forklift'],
    says: 'Battery does not get through the second shift anymore.',
    finds: 'Cell 9 and 14 low, water was under the plates.',
    needs: 'Two cells, from the battery house in Elgin',
    did: 'Cells, watered, equalized 8 hours. 6.5 hours under load. Showed them the watering schedule.',
    work: [
      job(
        'Two battery cells',
        labor('2.8', 'Replace cells 9 and 14, water, equalize'),
        part('2', 'EL-85-13', 'Traction cell', '284.00', { core: '40.00' }),
        fee(BATTERY_FEE, '2'),
      ),
    ],
  },
  {
    on: ['motorcycle'],
    says: 'Ready for the season please: oil, tires, and it has sat since October.',
    finds: 'Front tire dated 2016, battery 11.2 V, brake fluid brown.',
    needs: 'Front tire, Michelin, on the truck tomorrow',
    did: 'Tires, oil, battery, brake fluid front and rear. Axle 48 ft-lb. Rides straight.',
    weight: 2,
    work: [
      job(
        'Season service',
        labor('1.4', 'Oil, filter, brake fluid front and rear, check-over'),
        part('4', '10W40-MC', 'Motorcycle oil 10W-40, quart', '6.80', { price: '13.50' }),
        part('1', 'HF-303', 'Oil filter', '6.40'),
        fee(WASTE_FEE),
      ),
      {
        ...job(
          'Tires and battery',
          labor('1.6', 'Mount and balance both tires, replace battery'),
          tires('1', 'MR6-F', 'Michelin Road 6 120/70ZR17 front', '148.00', '189.00'),
          tires('1', 'MR6-R', 'Michelin Road 6 180/55ZR17 rear', '179.00', '229.00'),
          part('1', 'YTZ14S', 'Battery, AGM', '86.00', { core: '12.00' }),
          fee(BATTERY_FEE),
        ),
        cause: 'Front tire dated 2016, battery 11.2 V.',
        correction: 'Both tires, battery. Axle 48 ft-lb.',
      },
    ],
  },
  {
    on: ['motorcycle'],
    says: 'Clutch drags, false neutrals between 4 and 5.',
    finds: 'Cable frayed, plates blue.',
    needs: 'Clutch plates and springs',
    did: 'Plates, springs, cable, adjusted. Clicks through all six.',
    work: [
      job(
        'Clutch plates and cable',
        labor('2.6', 'Replace clutch plates, springs and cable, adjust'),
        part('1', 'CK-3349', 'Clutch plate set', '92.00'),
        part('1', 'CS-5', 'Spring set', '16.50'),
        part('1', 'CC-04', 'Clutch cable', '24.30'),
      ),
    ],
  },
  {
    on: ['motorcycle'],
    says: 'Fork leaks on my boot.',
    finds: 'Left fork seal, tube is fine.',
    needs: 'Fork seal kit',
    did: 'Both seals, bushings, 10W oil, levels equal. Dry after ten stops.',
    work: [
      job(
        'Fork seals',
        labor('2.9', 'Reseal both fork legs, bushings, set the oil level'),
        part('1', 'FSK-43', 'Fork seal kit', '38.60'),
        part('1', 'FB-43', 'Bushing kit', '41.20'),
        part('2', 'FO-10W', 'Fork oil 10W, pint', '8.20', { price: '15.95' }),
      ),
    ],
  },
  {
    on: ['motorcycle'],
    says: 'Dies at stop lights. Starts right up again, but in front of everybody.',
    finds: 'Idle air passage gummed up, vacuum line cracked.',
    did: 'Throttle bodies cleaned and synced, line. Idles at 950 for half an hour.',
    work: [
      job(
        'Throttle bodies',
        labor('2.1', 'Clean and synchronize throttle bodies, replace vacuum line'),
        part('1', 'VL-5', 'Vacuum line', '7.40'),
      ),
    ],
  },
];
