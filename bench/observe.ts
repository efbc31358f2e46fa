import { readFileSync } from 'node:fs';
import type { Ground } from './support/ground.js';
import { readsPerSecond, warmUp } from './support/load.js';
import { quantile } from './support/numbers.js';
import { type Program, startServer } from './support/program.js';
import type { Figure } from './support/report.js';
import { Visitor } from './support/visitor.js';

const CONNECTIONS = 4;
const ROUNDS = 12;
const SECONDS = 2;
/** Of /proc: clock ticks of Linux are hundredths of a second on every machine. */
const TICK = 10;

/**
 * What it costs to keep times: processor time for each read of the board, beside the same server that keeps none. Processor time,
 * because other work on the machine changes it least; the two take turns, each as often the first.
 */
export async function measureObserve(ground: Ground): Promise<Figure[]> {
  const [on, off] = [await startServer(ground.databaseUrl), await startServer(ground.databaseUrl, { OBSERVE: 'off' })];
  const visitor = await Visitor.signedIn(on.url);
  for (const { url } of [on, off]) await warmUp(`${url}/board`, { cookie: visitor.cookie }, CONNECTIONS);
  const costs = new Map<Program, number[]>([
    [on, []],
    [off, []],
  ]);
  for (let round = 0; round < ROUNDS; round++)
    for (const server of round % 2 === 0 ? [on, off] : [off, on]) costs.get(server)?.push(await costOf(server, visitor.cookie));
  await on.stop();
  await off.stop();
  visitor.close();
  const [value, bare] = [quantile(costs.get(on) ?? []), quantile(costs.get(off) ?? [])];
  const measure = 'processor time of a board read, while times are kept';
  return [{ measure, value, unit: 'µs', bare, ratio: value / bare, target: '≤ 1.02 × without', met: value <= 1.02 * bare }];
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
