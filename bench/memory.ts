import { setTimeout as sleep } from 'node:timers/promises';
import { residentMemory } from '../src/testing/memory.js';
import { openMany } from './fan-out.js';
import type { Ground } from './support/ground.js';
import { readsPerSecond } from './support/load.js';
import { moveFor, writerOf } from './support/moving.js';
import { startServer } from './support/program.js';
import { atMost, type Figure } from './support/report.js';
import { Visitor } from './support/visitor.js';

const SECONDS = 4;

/** Memory of a fresh server: idle, with 300 sockets, while these stay through a load, and after it. */
export async function measureMemory(ground: Ground): Promise<Figure[]> {
  const server = await startServer(ground.databaseUrl);
  const megabytes = () => residentMemory(server.process.pid as number) / 2 ** 20;
  const visitor = await Visitor.signedIn(server.url);
  await sleep(1000);
  const idle = megabytes();
  const sockets = await openMany(300, () => visitor.socket());
  const version = (await visitor.get('/board/changes?since=-1')).version;
  const writer = writerOf(visitor, version);
  await moveFor(1, [writer], ground.columns);
  const watched = megabytes();
  await moveFor(SECONDS, [writer], ground.columns);
  await readsPerSecond(`${server.url}/board`, { cookie: visitor.cookie }, 16, SECONDS);
  const after = megabytes();
  for (const socket of sockets) socket.terminate();
  visitor.close();
  await server.stop();
  return [
    { measure: 'memory, idle', value: idle, unit: 'MB' },
    atMost('memory, 300 sockets', watched, 'MB', 160),
    atMost('memory, 300 sockets, after the load', after, 'MB', 160),
  ];
}
