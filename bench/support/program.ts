import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { projectPath } from '../../src/platform/project.js';

/** Also what bare programs print once they listen. */
const LISTENING = /"url":"(http:[^"]+)"/;

export interface Program {
  url: string;
  process: ChildProcess;
  /** Asks it to stop, and waits until it has. */
  stop(): Promise<void>;
}

/** The program itself, as `npm start` runs it, on a free port. */
export function startServer(databaseUrl: string, more: Record<string, string> = {}): Promise<Program> {
  return startProgram('src/main.js', {
    ...{ DATABASE_URL: databaseUrl, HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'info' },
    SESSION_SECRET: 'a secret of the bench, long enough for it',
    ...more,
  });
}

/**
 * Starts a built program as a process of its own.
 * @param file below dist/
 * @throws Error with what it printed when it ends before it listens
 */
export async function startProgram(file: string, environment: Record<string, string>): Promise<Program> {
  const child = spawnProgram(file, environment);
  let printed = '';
  const url = await new Promise<string | undefined>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        printed = (printed + text).slice(-10_000);
        const found = LISTENING.exec(printed)?.[1];
        if (found) resolve(found);
      });
    }
    child.once('exit', () => resolve(undefined));
  });
  if (!url) throw new Error(`${file} did not start: ${printed}`);
  return { url: url.replace('localhost', '127.0.0.1'), process: child, stop: () => stop(child) };
}

/** Starts a built program, whatever becomes of it. */
export function spawnProgram(file: string, environment: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [...flagsOf(file), ...profiling(file), projectPath('dist', file)], {
    cwd: projectPath(),
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' ? (address?.port ?? 0) : 0;
}

/** What `npm start` gives to Node; nothing for other programs. */
function flagsOf(file: string): string[] {
  const { scripts } = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { scripts: { start: string } };
  const [, ...words] = scripts.start.split(' ');
  return words.at(-1) === `dist/${file}` ? words.slice(0, -1) : [];
}

/** With BENCH_PROFILE=<folder> the program under test writes a CPU profile there when it stops. */
function profiling(file: string): string[] {
  const folder = process.env.BENCH_PROFILE;
  return folder && file === 'src/main.js' ? ['--cpu-prof', `--cpu-prof-dir=${folder}`] : [];
}
