import { setTimeout as sleep } from 'node:timers/promises';
import type { Ground } from './support/ground.js';
import { quantile } from './support/numbers.js';
import { freePort, spawnProgram, stop } from './support/program.js';
import type { Figure } from './support/report.js';

const ROUNDS = 5;

/** From starting the process to its first answers, on a database that runs and is migrated. */
export async function measureStart(ground: Ground): Promise<Figure[]> {
  const alive: number[] = [];
  const ready: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const port = await freePort();
    const secret = 'a secret of the bench, long enough for it';
    const start = performance.now();
    const child = spawnProgram('src/main.js', {
      ...{ DATABASE_URL: ground.databaseUrl, HOST: '127.0.0.1', PORT: String(port), SESSION_SECRET: secret },
    });
    child.stdout?.resume();
    await untilAnswers(`http://127.0.0.1:${port}/livez`);
    alive.push(performance.now() - start);
    await untilAnswers(`http://127.0.0.1:${port}/readyz`);
    ready.push(performance.now() - start);
    await stop(child);
  }
  return [
    { measure: 'start to /livez', value: quantile(alive), unit: 'ms' },
    { measure: 'start to /readyz', value: quantile(ready), unit: 'ms' },
  ];
}

async function untilAnswers(url: string): Promise<void> {
  for (let tries = 0; tries < 3000; tries++) {
    const status = await fetch(url).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 200) return;
    await sleep(5);
  }
  throw new Error(`${url} never answered.`);
}
