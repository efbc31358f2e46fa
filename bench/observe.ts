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
 * What it costs to see: processor time for each read of the board, with times being kept and without, and with a line in the log for
 * each request and without. Processor time, because other work on the machine changes it least; the servers take turns.
 */
export async function measureObserve(ground: Ground): Promise<Figure[]> {
  const start = (OBSERVE: string, LOG_LEVEL: string) => startServer(ground.databaseUrl, { OBSERVE, LOG_LEVEL });
  const servers = { on: await start('on', 'info'), off: await start('off', 'info'), silent: await start('on', 'warn') };
  const visitor = await Visitor.signedIn(servers.on.url);
  for (const { url } of Object.values(servers)) await warmUp(`${url}/board`, { cookie: visitor.cookie }, CONNECTIONS);
  const costs: Record<keyof typeof servers, number[]> = { on: [], off: [], silent: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const names = Object.keys(servers) as (keyof typeof servers)[];
    // Each is the first as often as the others.
    for (const name of [...names.slice(round % 3), ...names.slice(0, round % 3)])
      costs[name].push(await costOf(servers[name], visitor.cookie));
  }
  for (const server of Object.values(servers)) await server.stop();
  visitor.close();
  const [on, off, silent] = [quantile(costs.on), quantile(costs.off), quantile(costs.silent)];
  return [
    { ...compare('processor time of a board read, times kept', on, off), target: '≤ 1.02 × without', met: on <= 1.02 * off },
    compare('processor time of a board read, with its line in the log', on, silent),
  ];
}

function compare(measure: string, value: number, bare: number): Figure {
  return { measure, value, unit: 'µs', bare, ratio: value / bare };
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
