import { query } from './support/database.js';
import type { Ground } from './support/ground.js';
import { readsPerSecond, warmUp } from './support/load.js';
import { inTurns, quantile } from './support/numbers.js';
import { startServer } from './support/program.js';
import type { Figure } from './support/report.js';
import { addFinished } from './support/shop.js';
import { Visitor } from './support/visitor.js';

const FINISHED = 200_000;
const ROUNDS = 3;
const SECONDS = 2;
const CHANGES = 40;
/** What the noise of a machine may add before it counts as growth. */
const NOISE = 0.15;

/** The board's cost with no finished work order and with 200,000: reads, and the first read after a change. */
export async function measureFinished(ground: Ground): Promise<Figure[]> {
  const fullUrl = await ground.databases.copy('bench_pristine', 'bench_finished');
  await addFinished(fullUrl, FINISHED);
  const emptyUrl = await ground.databases.copy('bench_pristine', 'bench_fresh');
  const empty = await open(emptyUrl);
  const full = await open(fullUrl);
  await full.warmUp();
  await empty.warmUp();
  const [fullReads, emptyReads] = await inTurns(
    ROUNDS,
    () => full.reads(SECONDS),
    () => empty.reads(SECONDS),
  );
  const [fullCold, emptyCold] = await inTurns(CHANGES, full.firstRead, empty.firstRead);
  await full.close();
  await empty.close();
  return [
    compare('board reads with 200,000 finished, beside 0', '/s', quantile(fullReads), quantile(emptyReads), true),
    compare('first read after a change, 200,000 beside 0', 'ms', quantile(fullCold), quantile(emptyCold), false),
  ];
}

async function open(databaseUrl: string) {
  const server = await startServer(databaseUrl);
  const visitor = await Visitor.signedIn(server.url);
  return {
    warmUp: () => warmUp(`${server.url}/board`, { cookie: visitor.cookie }, 16),
    reads: (seconds: number) => readsPerSecond(`${server.url}/board`, { cookie: visitor.cookie }, 16, seconds),
    /** Somebody in another process has changed a card: the time until the board is read, rendered and sent anew. */
    firstRead: async () => {
      await query(databaseUrl, CHANGE);
      const start = performance.now();
      await visitor.get('/board', { 'accept-encoding': 'gzip' });
      return performance.now() - start;
    },
    close: async () => {
      visitor.close();
      await server.stop();
    },
  };
}

const CHANGE = `with next as (update shops set version = version + 1 returning id, version),
  changed as (update work_orders set concern = 'Changed in version ' || next.version from next where shop_id = next.id and number = 1001)
  insert into events (shop_id, version, seq, at, kind, work_order_id, hash)
  select next.id, next.version, 1, now(), 'work-order.edited', w.id, sha256('bench') from next
  join work_orders w on w.shop_id = next.id and w.number = 1001`;

function compare(measure: string, unit: string, value: number, bare: number, moreIsBetter: boolean): Figure {
  const ratio = value / bare;
  const met = moreIsBetter ? ratio >= 1 - NOISE : ratio <= 1 + NOISE;
  return { measure, value, unit, bare, ratio, target: 'does not grow (± 15 %)', met };
}
