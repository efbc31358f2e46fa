import { battery } from './battery.js';
import { belt } from './belt.js';
import { boot } from './boot.js';
import { brakes } from './brakes.js';
import { chain } from './chain.js';
import { dashboard } from './dashboard.js';
import { dipstick } from './dipstick.js';
import { exhaust } from './exhaust.js';
import { filter } from './filter.js';
import { coolantHose, hydraulicHose } from './hoses.js';
import { shock } from './shock.js';
import { tread } from './tread.js';
import { walkround } from './walkround.js';

const WHITE_SEDAN = { body: 'sedan', paint: ['#b9bec2', '#666c71'], damaged: true } as const;
const RED_PICKUP = { body: 'pickup', paint: ['#a3342b', '#451311'] } as const;
const BLUE_SUV = { body: 'suv', paint: ['#7ba0b8', '#314a5c'] } as const;
const WHITE_VAN = { body: 'van', paint: ['#bfc3c4', '#70767a'] } as const;

/** Every picture of the demo shop. The project draws them itself; each is the same in every run. */
export const PICTURES = {
  'civic-front': () => walkround(31, 'front', WHITE_SEDAN),
  'civic-left': () => walkround(32, 'left', WHITE_SEDAN),
  'civic-right': () => walkround(33, 'right', WHITE_SEDAN),
  'civic-rear': () => walkround(34, 'rear', WHITE_SEDAN),
  'civic-odometer': () => dashboard(7, { reads: '173125', lamps: ['engine', 'tire'], glow: '#2f78ff' }),
  'civic-pads': () => brakes(3, { pad: 2, worn: 1 }),
  'civic-rotor': () => brakes(22, { pad: 3, worn: 1, zoom: 1.75, turn: 24, aim: { x: 0.3, y: 0.68 } }),
  'civic-tread': () => tread(5, { depth: 4, reads: '4.0' }),
  'civic-filter': () => filter(3, { both: true }),
  'ram-left': () => walkround(41, 'left', RED_PICKUP),
  'ram-front': () => walkround(42, 'front', RED_PICKUP),
  'ram-pads': () => brakes(8, { pad: 1.5, worn: 0.8, flip: true }),
  'ford-pads': () => brakes(14, { pad: 2.5, worn: 0.4, zoom: 2.1, turn: -16, aim: { x: 0.6, y: 0.42 } }),
  'fiat-tread': () => tread(9, { depth: 2, cupped: true, reads: '2.0' }),
  'elantra-shock': () => shock(2, { paint: '#5a2a22', leaks: 0.9 }),
  'elantra-belt': () => belt(4, { cracks: 17 }),
  'rav4-boot': () => boot(2, { torn: true }),
  'rav4-exhaust': () => exhaust(2, { hole: true }),
  'rav4-filter': () => filter(6, { both: false, frame: '#2b2f27' }),
  'rav4-battery': () => battery(4, { corroded: 0.8, volts: '11.8', amperes: '298', bad: true }),
  'malibu-dipstick': () => dipstick(3, { level: 0.1, oil: '#0b0805' }),
  'deere-hose': () => hydraulicHose(3),
  'ninja-chain': () => chain(3, { rust: 0.7 }),
  'ford-hose': () => coolantHose(11, { dried: '#5a5048' }),
  'camper-hose': () => coolantHose(6, { dried: '#7f8f6a', flip: true }),
  'camper-rear': () => walkround(51, 'rear', WHITE_VAN),
  'camper-right': () => walkround(52, 'right', WHITE_VAN),
  'wrangler-right': () => walkround(61, 'right', BLUE_SUV),
  'wrangler-odometer': () =>
    dashboard(12, { reads: '161674', lamps: ['abs'], glow: '#c9502a', zoom: 1.9, turn: -8, aim: { x: 0.44, y: 0.62 } }),
} satisfies Record<string, () => Promise<Buffer>>;

export type PictureName = keyof typeof PICTURES;
export const PICTURE_NAMES = Object.keys(PICTURES) as PictureName[];
