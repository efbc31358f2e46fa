import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { projectPath } from '../../platform/project.js';
import { testEnvironment } from '../server.js';

export interface KillableServer {
  url: string;
  /** From now on it counts its steps, and kills itself after the `at`-th; 0: it does not. */
  arm(at: number): Promise<void>;
  /** @returns once it has ended, by itself or not */
  end(): Promise<void>;
}

/** The program as a process of its own that can kill itself at a step (killable-program.ts). */
async function startKillable(databaseUrl: string, dataDir: string): Promise<KillableServer> {
  const more = { OBSERVE: 'off', DATA_DIR: dataDir, API_REQUESTS_PER_MINUTE: '1000000' };
  const child = spawn(process.execPath, [projectPath('dist/src/testing/faults/killable-program.js')], {
    ...{ cwd: projectPath(), env: { PATH: process.env.PATH, ...testEnvironment(databaseUrl), ...more } },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = once(child, 'exit');
  const url = await Promise.race([addressOf(child), ended.then(() => undefined)]);
  if (!url) throw new Error('The program did not start.');
  return {
    url,
    arm: async (at) => {
      const ready = once(child, 'message');
      child.send(at);
      await ready;
    },
    end: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  let output = '';
  return new Promise((resolve) => {
    child.stderr?.resume();
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output = `${output}${text}`.slice(-10_000);
      const found = /"url":"(http:[^"]+)"/.exec(output);
      if (found) resolve(found[1] as string);
    });
  });
}

/** Some that are started already, so that nobody waits for the next one. */
export class Standbys {
  readonly #waiting: Promise<KillableServer>[] = [];

  constructor(
    private readonly databaseUrl: string,
    private readonly dataDir: string,
    count: number,
  ) {
    for (let index = 0; index < count; index++) this.#add();
  }

  /** The next one; another is started in its place. */
  take(): Promise<KillableServer> {
    this.#add();
    return this.#waiting.shift() as Promise<KillableServer>;
  }

  async close(): Promise<void> {
    const started = await Promise.allSettled(this.#waiting);
    await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value.end()));
  }

  #add(): void {
    const starting = startKillable(this.databaseUrl, this.dataDir);
    // Whoever takes it hears of it.
    starting.catch(() => {});
    this.#waiting.push(starting);
  }
}
