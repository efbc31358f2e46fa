import { BATTERY_FEE, fee, type Job, job, LIGHT, labor, part, sublet, WASTE_FEE } from './job.js';

/** What brings cars, SUVs, pickups and vans in, and they stay a day or two: engine, heat and electrics. */
export const LIGHT_JOBS: Job[] = [
  {
    on: LIGHT,
    says: 'Oil change and whatever is due. Sticker says I am 1,200 over.',
    finds: 'Oil was a quart low. Cabin filter is full of leaves, air filter fine.',
    did: 'Oil, filter, cabin filter, tires rotated. Sticker reset. Lugs 100 ft-lb.',
    weight: 7,
    work: [
      job(
        'Oil change, full synthetic',
        labor('0.4', 'Change oil and filter, check all fluids, rotate tires'),
        part('5.5', '5W30-FS', 'Full synthetic oil 5W-30, quart', '4.10', { price: '8.25' }),
        part('1', 'PH-9688', 'Oil filter', '4.85'),
        fee(WASTE_FEE),
      ),
      {
        ...job('Cabin air filter', labor('0.2', 'Replace cabin air filter'), part('1', 'CF-11182', 'Cabin air filter', '11.60')),
        cause: 'Filter is full of leaves, air comes only from fan level 3.',
        correction: 'New filter, housing vacuumed.',
      },
    ],
  },
  {
    on: LIGHT,
    says: 'Check engine light came on last week, blinking once in a while on the hill by the quarry.',
    finds: 'P0302. Coil 2 is cracked, plug has carbon tracks.',
    did: 'All plugs, coil 2. Misfire counts zero over 12 miles. Old coil in the passenger footwell for the customer.',
    weight: 2,
    work: [
      job(
        'Misfire: plugs and one coil',
        labor('1.0', 'Diagnose misfire, scan tool and swap test'),
        labor('0.9', 'Replace spark plugs and coil 2'),
        part('4', 'SP-9723', 'Spark plug, iridium', '9.40'),
        part('1', 'UF-602', 'Ignition coil', '42.80'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'No heat on the driver side. Passenger side is fine. Kids are complaining it is the other way around.',
    finds: 'Blend door actuator left clicks and does not move. Coolant full.',
    needs: 'Blend door actuator, dealer only, two days out',
    did: 'Actuator replaced, recalibrated. 128 °F out of the vents both sides.',
    work: [
      job(
        'Blend door actuator, left',
        labor('0.6', 'Diagnose heat on one side'),
        labor('1.4', 'Replace actuator and calibrate the doors'),
        part('1', '604-252', 'Blend door actuator, dealer part', '61.20'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Cranks and cranks but will not start when it has sat overnight. Fine the rest of the day.',
    finds: 'Fuel pressure bleeds down to 5 psi in ten minutes. Check valve in the pump module.',
    needs: 'Fuel pump module, coming from the warehouse in Rockford',
    did: 'Pump module and lock ring. Holds 55 psi after one hour. Started cold the next morning.',
    work: [
      job(
        'Fuel pump module',
        labor('0.8', 'Fuel pressure and bleed-down test'),
        labor('2.4', 'Lower tank, replace pump module'),
        part('1', 'FG-1688', 'Fuel pump module', '214.60'),
        part('1', 'LR-16', 'Tank lock ring and seal', '13.90'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Battery light on and it died at the light on Mulford Road. Neighbor jumped me here.',
    finds: 'Alternator puts out 11.8 V. Battery tests weak, 310 of 650 CCA.',
    needs: 'Reman alternator, 3 pm run',
    did: 'Alternator and battery, belt looked new so it stays. 14.3 V with everything on. Core goes back.',
    weight: 2,
    work: [
      job(
        'Alternator',
        labor('0.5', 'Starting and charging system test'),
        labor('1.5', 'Replace alternator'),
        part('1', '11341', 'Alternator, 130 A', '172.40', { core: '55.00', condition: 'rebuilt' }),
      ),
      {
        ...job(
          'Battery',
          labor('0.3', 'Replace battery, clean and seal the terminals'),
          part('1', 'H6-AGM', 'Battery H6, AGM, 760 CCA', '128.00', { core: '22.00' }),
          fee(BATTERY_FEE),
        ),
        cause: 'Tests 310 of 650 CCA after a full charge.',
        correction: 'Battery, terminals sealed, clock and windows set again.',
      },
    ],
  },
  {
    on: LIGHT,
    says: 'Smells like syrup in the car and the windshield fogs up.',
    finds: 'Heater core. Carpet is wet on the passenger side.',
    needs: 'Heater core, aftermarket is two days, dealer is five. Customer takes aftermarket',
    did: 'Heater core, hoses, flushed. Dash back in, all clips in, no rattles. Carpet dried over night with the fan.',
    work: [
      job(
        'Heater core',
        labor('6.8', 'Remove dash, replace heater core, dry the carpet'),
        part('1', 'HC-94724', 'Heater core', '86.50'),
        part('2', 'HH-70', 'Heater hose, molded', '14.75'),
        part('2', 'AF-50', 'Coolant 50/50, gallon', '11.20', { price: '21.95' }),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'There is a puddle under it, green, about the size of a dinner plate.',
    finds: 'Water pump weeps from the hole. Belt has coolant on it.',
    needs: 'Water pump kit',
    did: 'Pump, thermostat, belt, coolant. Vacuum filled, 15 psi for 20 minutes, dry.',
    weight: 2,
    work: [
      job(
        'Water pump and thermostat',
        labor('2.6', 'Replace water pump, thermostat and belt, vacuum fill'),
        part('1', 'WP-9312K', 'Water pump kit with gasket', '74.30'),
        part('1', 'TH-195', 'Thermostat, 195 °F', '16.40'),
        part('1', 'K060841', 'Serpentine belt', '24.10'),
        part('2', 'AF-50', 'Coolant 50/50, gallon', '11.20', { price: '21.95' }),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Temperature goes up at the drive-through and down again on the highway.',
    finds: 'Fan does not come on. Relay good, motor open.',
    needs: 'Fan assembly, second one, the first had a broken shroud',
    did: 'Fan assembly. Cycles at 212 °F, with A/C at once.',
    work: [
      job(
        'Cooling fan assembly',
        labor('0.5', 'Diagnose cooling fan'),
        labor('1.3', 'Replace fan assembly'),
        part('1', 'RF-76112', 'Fan assembly with shroud', '118.90'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'A/C blows cold for ten minutes, then warm.',
    finds: 'Low by 0.6 lb. Dye at the condenser, lower left corner.',
    needs: 'Condenser, coming by freight',
    did: 'Condenser, drier, o-rings. Pulled down 45 minutes, 1.4 lb in. 41 °F at the center vent.',
    work: [
      job(
        'A/C condenser',
        labor('0.8', 'A/C performance and leak test with dye'),
        labor('2.3', 'Recover, replace condenser and drier, evacuate, charge'),
        part('1', 'CN-3992', 'Condenser with drier', '142.70'),
        part('1', 'OR-KIT', 'O-ring kit', '6.30'),
        part('1.4', 'R1234YF', 'Refrigerant R-1234yf, pound', '58.00', { price: '94.00' }),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Will not go into reverse until I have shifted through everything twice.',
    finds: 'Fluid is brown, a quart low. Solenoid B slow on the scan tool.',
    needs: 'Shift solenoid and pan gasket',
    did: 'Solenoid, filter, fluid, relearn done. Ten times into reverse, ten times right away.',
    work: [
      job(
        'Transmission solenoid and fluid',
        labor('1.0', 'Diagnose shift complaint, read line pressures'),
        labor('2.8', 'Drop pan, replace solenoid and filter, relearn'),
        part('1', 'TS-74421', 'Shift solenoid B', '67.40'),
        part('1', 'TF-240', 'Filter and pan gasket', '31.50'),
        part('6', 'ATF-LV', 'Transmission fluid, quart', '7.10', { price: '14.50' }),
        fee(WASTE_FEE),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Back window only goes down, and it is down now.',
    finds: 'Regulator cable is off the drum.',
    needs: 'Window regulator left rear',
    did: 'Regulator. Window was held up with a wedge over night, car stayed inside.',
    work: [
      job(
        'Window regulator, left rear',
        labor('1.3', 'Remove door panel, replace regulator, set the stops'),
        part('1', '748-981', 'Window regulator with motor', '78.25'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'State inspection is up for my rideshare, please go through all of it.',
    finds: 'Wipers, one plate light. Otherwise good.',
    did: 'Wipers, bulb, form filled and signed, copy in the glove box.',
    weight: 2,
    work: [
      job(
        'Rideshare inspection',
        labor('0.5', 'Inspection, 19 points, form'),
        part('1', 'WB-2622', 'Wiper blade pair', '17.80'),
        part('1', 'W5W', 'License plate bulb', '1.60'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Going to Denver on Friday with a trailer. Please look at everything that could leave me on the shoulder.',
    finds: 'Serpentine belt cracked, front tires fine, trailer plug green inside.',
    did: 'Belt, plug cleaned and greased, fluids topped. Trailer lights checked with the tester.',
    work: [
      job('Trip inspection', labor('1.0', 'Inspection before a long trip, trailer plug cleaned')),
      {
        ...job('Serpentine belt', labor('0.5', 'Replace serpentine belt'), part('1', 'K061005', 'Serpentine belt', '27.30')),
        cause: 'Cracked across four ribs.',
        correction: 'New belt, tensioner moves freely.',
      },
    ],
  },
  {
    on: ['suv', 'car'],
    says: 'Smells like burning after the highway. Someone told me they all do that.',
    finds: 'Both valve cover gaskets leak onto the exhaust.',
    needs: 'Valve cover gasket set',
    did: 'Both covers, plug tubes, cleaned down. No smoke after 20 minutes hot.',
    work: [
      job(
        'Valve cover gaskets',
        labor('3.4', 'Reseal both valve covers, clean the engine'),
        part('1', 'VS-50824', 'Valve cover gasket set with tube seals', '58.60'),
      ),
    ],
  },
  {
    on: ['car', 'suv'],
    says: 'Hybrid warning came on and it has no power uphill.',
    finds: 'P0A80. Blocks 7 and 8 are 1.2 V under the others. Battery fan is packed with dog hair.',
    needs: 'Reman battery pack from Chicago, core deposit paid',
    did: 'Pack installed, fan cleaned, 40 miles, block spread 0.2 V. Warranty card is with the invoice.',
    work: [
      job(
        'Hybrid battery pack',
        labor('1.0', 'Diagnose hybrid warning, read all blocks'),
        labor('3.6', 'Replace battery pack, clean battery fan and duct'),
        part('1', 'G9510-RM', 'Hybrid battery pack, 36 months warranty', '1480.00', { core: '350.00', condition: 'rebuilt' }),
        fee(BATTERY_FEE),
      ),
    ],
  },
  {
    on: ['van'],
    says: 'Unit is down to limp mode with a full load. Driver needs it back, we are renting a truck meanwhile.',
    finds: 'EGR valve sticks, hose at the charge cooler has a split.',
    needs: 'EGR valve, Mercedes says two days',
    did: 'EGR valve and hose, adaptation run, forced regen. Boost to spec under load.',
    work: [
      job(
        'EGR valve and charge hose',
        labor('1.2', 'Diagnose limp mode, smoke test'),
        labor('3.1', 'Replace EGR valve and hose, adaptation, forced regen'),
        part('1', 'A642-140', 'EGR valve with gaskets', '386.00'),
        part('1', 'A906-528', 'Charge air hose', '72.40'),
      ),
    ],
  },
  {
    on: LIGHT,
    says: 'Rock hit the windshield on 39. The crack was an inch yesterday.',
    finds: 'Crack is 14 inches now, in the driver’s view. Too long to fill.',
    needs: 'Windshield, the glass man comes to us in the afternoon',
    did: 'Windshield by Stateline Glass, camera calibrated, one hour to cure before it left.',
    work: [
      job(
        'Windshield',
        labor('0.4', 'Calibrate forward camera after glass'),
        sublet('Stateline Glass', 'SG-20418', 'Windshield with molding, fitted here', '264.00', '345.00'),
      ),
    ],
  },
];
