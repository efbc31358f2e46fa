import { readFileSync } from 'node:fs';
import { Timings } from '../src/platform/observe/timings.js';
import type { Ground } from './support/ground.js';
import { readsPerSecond, warmUp } from './support/load.js';
import { inTurns, quantile } from './support/numbers.js';
import { type Program, startServer } from './support/program.js';
import type { Figure } from './support/report.js';
import { Visitor } from './support/visitor.js';

const CONNECTIONS = 4;
const PAIRS = 5;
const ROUNDS = 5;
const LOOPS = 300_000;
const SECONDS = 2;
/** Of /proc: clock ticks of Linux are hundredths of a second on every machine. */
const TICK = 10;

/**
 * What it costs to keep times: processor time for each read of the board, beside the same server that keeps none. Processor time, and
 * the lower quartile of it, because what else the machine does only adds to it; several pairs of servers, because two processes of
 * the same program differ by some percent.
 */
export async function measureObserve(ground: Ground): Promise<Figure[]> {
  const on: number[] = [];
  const off: number[] = [];
  for (let pair = 0; pair < PAIRS; pair++) await measurePair(ground, on, off);
  const [value, bare] = [quantile(on, 0.25), quantile(off, 0.25)];
  const counting = countingCost();
  const measure = 'processor time of a board read, while times are kept';
  return [
    { measure, value, unit: 'µs', bare, ratio: value / bare, target: '≤ 1.02 × without', met: value <= 1.02 * bare },
    // Where two processes of the same program differ by more than two percent, only this says what the difference can be at most.
    {
      ...{ measure: 'of it, counting the read and its statement', value: counting, unit: 'µs', bare, ratio: counting / bare },
      ...{ target: '≤ 0.02 of a read', met: counting <= 0.02 * bare },
    },
  ];
}

/** Microseconds of processor time that the program itself adds to a read: the clock, and both counts. */
function countingCost(): number {
  const timings = new Timings();
  const statement = 'select i.sess, m.staff_id as staff from session i where i.sid = $1 '.repeat(8);
  const count = () => {
    for (let turn = 0; turn < LOOPS; turn++) {
      const start = performance.now();
      timings.query(statement, performance.now() - start);
      timings.route('GET /board', turn % 300);
    }
  };
  count();
  const before = process.cpuUsage();
  count();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / LOOPS;
}

async function measurePair(ground: Ground, on: number[], off: number[]): Promise<void> {
  const [observing, blind] = [await startServer(ground.databaseUrl), await startServer(ground.databaseUrl, { OBSERVE: 'off' })];
  const visitor = await Visitor.signedIn(observing.url);
  for (const { url } of [observing, blind]) await warmUp(`${url}/board`, { cookie: visitor.cookie }, CONNECTIONS);
  const [seen, unseen] = await inTurns(
    ROUNDS,
    () => costOf(observing, visitor.cookie),
    () => costOf(blind, visitor.cookie),
  );
  on.push(...seen);
  off.push(...unseen);
  visitor.close();
  await observing.stop();
  await blind.stop();
}

/** Microseconds of processor time for each read. */
async function costOf({ url, process }: Program, cookie: string): Promise<number> {
  const before = processorTime(process.pid);
  const perSecond = await readsPerSecond(`${url}/board`, { cookie }, CONNECTIONS, SECONDS);
  return ((processorTime(process.pid) - before) * 1_000) / (perSecond * SECONDS);
}

/** Milliseconds that a process has had so far, its own and the system's for it. Linux only. */
function processorTime(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 13)
    .map(Number);
  return (user + system) * TICK;
}
