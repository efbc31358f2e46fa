import { measureBoardReads } from './board-reads.js';
import { measureFanOut } from './fan-out.js';
import { measureFinished } from './finished.js';
import { measureFirstLoad } from './first-load.js';
import { measureMemory } from './memory.js';
import { measureMoves } from './moves.js';
import { measureObserve } from './observe.js';
import { measureOrders } from './orders.js';
import { measureSearch } from './search.js';
import { measureSlots } from './slots.js';
import { measureStart } from './start.js';
import { type Ground, layGround } from './support/ground.js';
import { type Figure, print, save } from './support/report.js';
import { measureUploads } from './uploads.js';

const MEASURES: Record<string, (ground: Ground) => Promise<Figure[]>> = {
  'first-load': measureFirstLoad,
  'board-reads': measureBoardReads,
  moves: measureMoves,
  orders: measureOrders,
  'fan-out': measureFanOut,
  memory: measureMemory,
  start: measureStart,
  finished: measureFinished,
  search: measureSearch,
  slots: measureSlots,
  uploads: measureUploads,
  observe: measureObserve,
};

// `npm run bench -- moves fan-out` measures only these.
const asked = process.argv.slice(2);
const start = performance.now();
const ground = await layGround();
const figures: Figure[] = [];
try {
  for (const [name, measure] of Object.entries(MEASURES)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    console.error(`measuring ${name} …`);
    figures.push(...(await measure(ground)));
  }
} finally {
  await ground.close();
}
print(figures);
console.log(await save(figures, Math.round((performance.now() - start) / 1000)));
