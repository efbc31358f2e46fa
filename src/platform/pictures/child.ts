import { type ChildProcess, fork } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Logger } from '../observe/log.js';
import type { Answer, Work } from './worker.js';

export interface Limits {
  /** How long one piece of work may take; a second more for each five megabytes. */
  workMs: number;
  /** How long the process stays when there is none. */
  idleMs: number;
  /** How large it may grow (resident), where the system tells. */
  residentBytes: number;
}

const DEFAULTS: Limits = { workMs: 20_000, idleMs: 60_000, residentBytes: 500_000_000 };
const LOOK_EVERY_MS = 100;
/** WebAssembly never gives memory back: a process that has grown so far is replaced when it is done. */
const LARGE_BYTES = 200_000_000;

/** A process for one piece of work at a time: begun with the first, replaced when it dies, hangs or grows, ended when there is nothing to do. */
export class PictureProcess {
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #idle: NodeJS.Timeout | undefined;
  #closed = false;
  readonly #limits: Limits;

  constructor(
    private readonly log: Logger,
    limits: Partial<Limits> = {},
  ) {
    this.#limits = { ...DEFAULTS, ...limits };
  }

  /** The id of the process that works now, if there is one. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /**
   * @param bytes how large the file is
   * @returns null when the process ended before it answered
   */
  run(work: Work, bytes: number): Promise<Answer | null> {
    const turn = this.#last.then(() => this.#run(work, this.#limits.workMs + bytes / 5000));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#end();
    await this.#last;
  }

  async #run(work: Work, deadlineMs: number): Promise<Answer | null> {
    if (this.#closed) return null;
    clearTimeout(this.#idle);
    const child = this.#alive();
    const deadline = setTimeout(() => this.#kill(child, 'took too long'), deadlineMs);
    const watch = setInterval(() => void this.#watch(child), LOOK_EVERY_MS);
    try {
      return await answerOf(child, work);
    } finally {
      clearTimeout(deadline);
      clearInterval(watch);
      if (this.#child === child && (await residentBytes(child.pid)) > LARGE_BYTES) this.#end();
      this.#idle = setTimeout(() => this.#end(), this.#limits.idleMs).unref();
    }
  }

  #alive(): ChildProcess {
    if (this.#child) return this.#child;
    const child = start();
    this.#child = child;
    let errors = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      errors = (errors + text).slice(-2000);
    });
    child.once('exit', (code, signal) => {
      // Not ended by us.
      if (this.#child === child && !child.killed) this.log.error({ code, signal, errors }, 'a picture’s process died');
      if (this.#child === child) this.#child = undefined;
    });
    return child;
  }

  async #watch(child: ChildProcess): Promise<void> {
    if ((await residentBytes(child.pid)) > this.#limits.residentBytes) this.#kill(child, 'grew too large');
  }

  #kill(child: ChildProcess, reason: string): void {
    this.log.warn({ reason }, 'a picture was given up');
    child.kill('SIGKILL');
  }

  #end(): void {
    clearTimeout(this.#idle);
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}

function start(): ChildProcess {
  const here = fileURLToPath(import.meta.url);
  const extension = here.endsWith('.ts') ? '.ts' : '.js';
  // From the sources it needs the same translator as the server, however that was started.
  const translator = extension === '.ts' ? ['--import', pathToFileURL(createRequire(here).resolve('tsx')).href] : [];
  const child = fork(fileURLToPath(new URL(`./worker${extension}`, import.meta.url)), {
    execArgv: ['--max-old-space-size=128', ...translator],
    serialization: 'advanced',
    // What the libraries say about a file is looked at only when it was the end.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Few arenas: memory that one thread frees is there for the others. None of the server's secrets are in it.
    env: { PATH: process.env.PATH, MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '2' },
  });
  // The server may end while it waits.
  child.unref();
  child.channel?.unref();
  (child.stderr as Socket | null)?.unref();
  return child;
}

function answerOf(child: ChildProcess, work: Work): Promise<Answer | null> {
  return new Promise((resolve) => {
    const gone = () => resolve(null);
    child.once('exit', gone);
    // That it could not be started, or not be written to: it ends, or has.
    child.once('error', gone);
    child.once('message', (answer) => {
      child.off('exit', gone);
      child.off('error', gone);
      resolve(answer as Answer);
    });
    child.send(work, (error) => error && gone());
  });
}

/** What a process holds in memory; 0 where the system doesn't say (it is told on Linux). */
async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) * 1024;
}
