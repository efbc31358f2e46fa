import type { Random } from './random.js';

export type Kind = 'car' | 'suv' | 'pickup' | 'van' | 'motorcycle' | 'bus' | 'truck' | 'tractor' | 'forklift';

/** Make and model, and the years it was sold in that still come to a shop. */
const MODELS: Record<Kind, [model: string, from: number, to: number][]> = {
  car: [
    ['Honda Civic LX', 2009, 2023],
    ['Toyota Corolla LE', 2008, 2024],
    ['Ford Focus SE', 2010, 2018],
    ['Hyundai Elantra', 2012, 2023],
    ['Chevrolet Malibu LT', 2011, 2022],
    ['Nissan Versa', 2012, 2021],
    ['Toyota Camry SE', 2010, 2024],
    ['Volkswagen Jetta', 2011, 2020],
    ['Kia Rio', 2012, 2021],
    ['Subaru Impreza', 2013, 2022],
    ['Mazda3 hatchback', 2011, 2023],
    ['Chevrolet Spark', 2013, 2022],
    ['BMW 328i xDrive', 2009, 2016],
    ['Toyota Prius', 2010, 2022],
    ['Honda Accord EX-L', 2008, 2022],
    ['Buick LeSabre', 1999, 2005],
    ['Tesla Model 3', 2018, 2023],
    ['Fiat 500', 2012, 2017],
  ],
  suv: [
    ['Subaru Outback 2.5i', 2010, 2022],
    ['Toyota RAV4 XLE', 2009, 2023],
    ['Honda CR-V EX', 2010, 2023],
    ['Jeep Grand Cherokee Laredo', 2011, 2021],
    ['Ford Escape SE', 2010, 2022],
    ['Chevrolet Equinox LT', 2011, 2022],
    ['GMC Yukon SLT', 2009, 2020],
    ['Nissan Rogue SV', 2012, 2022],
    ['Volvo XC70', 2008, 2016],
    ['Kia Sorento', 2013, 2022],
    ['Jeep Wrangler Unlimited Rubicon', 2012, 2023],
  ],
  pickup: [
    ['Ford F-150 XLT', 2008, 2023],
    ['Chevrolet Silverado 1500', 2007, 2022],
    ['Ram 1500 Big Horn', 2011, 2022],
    ['Ford F-250 Super Duty', 2008, 2021],
    ['Toyota Tacoma SR5', 2009, 2023],
    ['GMC Sierra 2500HD', 2009, 2020],
    ['Ram 2500 Cummins', 2010, 2021],
    ['Ford Ranger', 2001, 2011],
  ],
  van: [
    ['Ford Transit 250', 2015, 2023],
    ['Ram ProMaster 2500', 2014, 2022],
    ['Chevrolet Express 2500', 2008, 2022],
    ['Mercedes-Benz Sprinter 2500', 2012, 2021],
    ['Honda Odyssey EX-L', 2009, 2021],
    ['Toyota Sienna LE', 2010, 2021],
    ['Chrysler Town & Country', 2010, 2016],
  ],
  motorcycle: [
    ['Harley-Davidson Street Glide', 2009, 2021],
    ['Honda Gold Wing', 2006, 2020],
    ['Yamaha MT-07', 2015, 2022],
    ['Kawasaki Ninja 400', 2018, 2023],
    ['Triumph Bonneville T100', 2008, 2019],
    ['BMW R 1200 GS', 2008, 2018],
  ],
  bus: [
    ['Blue Bird Vision school bus', 2011, 2021],
    ['Thomas Saf-T-Liner C2 school bus', 2010, 2020],
    ['IC Bus CE school bus', 2009, 2019],
  ],
  truck: [
    ['Isuzu NPR box truck, 16 ft', 2011, 2021],
    ['Freightliner M2 106 box truck', 2010, 2019],
    ['Hino 268 box truck', 2012, 2020],
    ['International 4300 flatbed', 2007, 2018],
    ['Ford F-650 box truck', 2009, 2019],
  ],
  tractor: [
    ['John Deere 5075E tractor', 2012, 2021],
    ['John Deere 6120M tractor', 2015, 2021],
    ['Kubota L3901 tractor', 2014, 2022],
    ['Case IH Farmall 75C tractor', 2013, 2020],
  ],
  forklift: [
    ['Toyota 8FGU25 forklift', 2010, 2020],
    ['Hyster H50FT forklift', 2009, 2019],
    ['Crown FC 4500 electric forklift', 2011, 2020],
  ],
};

const COLORS = ['white', 'black', 'silver', 'grey', 'blue', 'red', 'dark green', 'beige', 'maroon', 'light blue', 'orange'];
/** What a shop writes beside a fleet vehicle instead of a colour. */
const UNITS: Partial<Record<Kind, string>> = {
  bus: 'bus',
  truck: 'truck',
  forklift: 'lift',
  tractor: 'unit',
  van: 'van',
  pickup: 'truck',
  car: 'car',
};
const LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ';

/** Vehicles that are remembered one by one. */
export const NOTABLE_VEHICLES: { kind: Kind; description: string; plate: string }[] = [
  { kind: 'pickup', description: '1972 Chevrolet C10, orange over white, customer’s late father’s', plate: 'ANTIQ 72' },
  { kind: 'car', description: '1965 Ford Mustang convertible, poppy red', plate: 'EV 65 TYM' },
  {
    kind: 'van',
    description: '2006 Freightliner Sprinter 3500 camper conversion with roof tent, awning, ladder and bicycle rack',
    plate: 'CMP 4 LIF',
  },
  { kind: 'truck', description: '1998 Grumman Olson step van “Taco Libre”, generator on the tongue', plate: 'TACO 1' },
  { kind: 'motorcycle', description: '1978 Honda CB750K with sidecar', plate: 'AB 1' },
  { kind: 'tractor', description: '2019 John Deere 6120M tractor with 640R loader, cab, duals', plate: '' },
  { kind: 'tractor', description: '1954 Farmall Super H, parade tractor', plate: '' },
];

/** A vehicle as somebody at the counter would write it down. @param unit number within a fleet, or null */
export function makeVehicle(random: Random, kind: Kind, unit: number | null): { description: string; plate: string } {
  const [model, from, to] = random.pick(MODELS[kind]);
  // Older ones come more often than new ones.
  const year = from + Math.floor((to - from + 1) * random.next() ** 0.8);
  const look = unit === null || !UNITS[kind] ? random.pick(COLORS) : `${UNITS[kind]} ${unit}`;
  return { description: `${year} ${model}, ${look}`, plate: makePlate(random, kind) };
}

function makePlate(random: Random, kind: Kind): string {
  const letters = (count: number) => Array.from({ length: count }, () => random.pick([...LETTERS])).join('');
  const digits = (count: number) => Array.from({ length: count }, () => random.whole(0, 9)).join('');
  switch (kind) {
    case 'tractor':
    case 'forklift':
      return '';
    case 'bus':
      return `SB ${digits(4)}`;
    case 'truck':
      return `${digits(6)}F`;
    case 'pickup':
      return `${digits(7)}B`;
    case 'motorcycle':
      return `${letters(2)} ${digits(4)}`;
    default:
      return random.chance(0.15) ? `${letters(3)}-${digits(4)}` : `${letters(2)} ${digits(5)}`;
  }
}
