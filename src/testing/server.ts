import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readConfig } from '../config.js';
import type { Role } from '../features/staff/permissions.js';
import { openLog } from '../platform/observe/log.js';
import { projectPath } from '../platform/project.js';
import { type RunningServer, runServer } from '../server.js';
import { Client } from './client.js';
import type { TestShop } from './shop.js';

/** Enough to start; every test may override it. Its folder is made by the program, and goes when the server is stopped. */
export function testEnvironment(databaseUrl: string): Record<string, string> {
  return {
    ...{ PORT: '0', HOST: '127.0.0.1', DATABASE_URL: databaseUrl, DATABASE_POOL: '5', LOG_LEVEL: 'info', BACKUP_AT: 'off' },
    DATA_DIR: join(process.env.TEST_FOLDER ?? tmpdir(), `data-${randomBytes(6).toString('hex')}`),
    SESSION_SECRET: 'a secret that only tests ever use, long enough',
  };
}

export interface TestServer extends RunningServer {
  /** What it has logged, line by line. */
  logged: Record<string, unknown>[];
  client(): Client;
  /** A client that is signed in. */
  clientOf(shop: TestShop, role: Role): Promise<Client>;
}

/**
 * The real program, in this process, on a free port.
 * @param overrides environment variables that differ from testEnvironment()
 */
export async function startTestServer(databaseUrl: string, overrides: Record<string, string> = {}): Promise<TestServer> {
  const environment = testEnvironment(databaseUrl);
  const config = readConfig({ ...environment, ...overrides });
  const logged: Record<string, unknown>[] = [];
  const running = await runServer(config, openLog(config.logLevel, { write: (line) => void logged.push(JSON.parse(line)) }));
  const clients: Client[] = [];
  const client = () => {
    const made = new Client(running.url);
    clients.push(made);
    return made;
  };
  return {
    ...running,
    logged,
    client,
    clientOf: (shop, role) => client().signInAs(shop, role),
    stop: async () => {
      for (const one of clients) one.close();
      await running.stop();
      await removeFolder(environment);
    },
  };
}

export interface SpawnedServer {
  url: string;
  process: ChildProcess;
  /** What it has written so far, its log for the most part. */
  output: string[];
  /** Ends it, and tells how it ended: `exit code 0`, `SIGKILL`. */
  end(signal: NodeJS.Signals): Promise<string>;
}

/** The real program as a process of its own, to be killed. */
export async function spawnServer(databaseUrl: string, overrides: Record<string, string> = {}, root?: string): Promise<SpawnedServer> {
  const environment = testEnvironment(databaseUrl);
  const spawned = spawnProgram({ ...environment, ...overrides }, root);
  const url = await Promise.race([spawned.url, spawned.ended.then(() => undefined)]);
  if (!url) throw new Error(`The server did not start: ${spawned.output.join('')}`);
  return {
    url,
    process: spawned.process,
    output: spawned.output,
    end: async (signal) => {
      spawned.process.kill(signal);
      const how = await spawned.ended;
      await removeFolder(environment);
      return how;
    },
  };
}

/** The folder that a test did not choose itself. */
function removeFolder({ DATA_DIR }: Record<string, string>): Promise<void> {
  return rm(DATA_DIR as string, { recursive: true, force: true });
}

/**
 * Starts the compiled program, whether or not it will come up.
 * @param root of the project, or of another version of it, compiled too
 * @param before a command that starts it, such as `unshare`
 */
export function spawnProgram(environment: Record<string, string>, root = projectPath(), before: string[] = []) {
  const [command = '', ...args] = [...before, process.execPath, join(root, 'dist/src/main.js')];
  const child = spawn(command, args, {
    cwd: root,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  const errors: string[] = [];
  const url = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.push(text);
      const found = /"url":"(http:[^"]+)"/.exec(output.join(''));
      if (found) resolve(found[1] as string);
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.push(text);
    errors.push(text);
  });
  const ended = once(child, 'close').then(([code, signal]) => (signal ? String(signal) : `exit code ${code}`));
  return { process: child, url, ended, output, errors };
}

/** Waits until something holds. @throws Error after `seconds` */
export async function until(holds: () => boolean | Promise<boolean>, what: string, seconds = 15): Promise<void> {
  for (const deadline = Date.now() + seconds * 1000; !(await holds()); await sleep(25)) {
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s in vain: ${what}.`);
  }
}
