import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Logger } from '../observe/log.js';
import type { Video } from './pictures.js';

/** Room for addresses, of which it asks for many more than it uses; and processor time, also when this process is gone. */
const ADDRESS_SPACE = 4_000_000_000;
const MAX_PIXELS = 9_500_000;

export interface Job {
  type: Video['type'];
  from: string;
  /** What stands between the input and the path of the output. */
  args: string[];
  to: string;
  seconds: number;
}

/**
 * The program ffmpeg, when it is installed. It reads foreign bytes, so it gets a network with nobody in it, limits of time and memory,
 * and no way to open anything but the file it is given. No shell is between.
 */
export class Ffmpeg {
  readonly #running = new Set<ChildProcess>();
  #wrapper: Promise<string[]> | undefined;

  private constructor(
    private readonly program: string,
    private readonly log: Logger,
  ) {}

  /** @param given its path; undefined: looked for in PATH @returns null when there is none */
  static find(given: string | undefined, log: Logger): Ffmpeg | null {
    const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
    const program = given ? [given].find(isProgram) : folders.map((folder) => join(folder, 'ffmpeg')).find(isProgram);
    if (!program) log.info({ given }, 'there is no ffmpeg: videos have no poster and are not converted');
    return program ? new Ffmpeg(program, log) : null;
  }

  /** @returns whether it ended well; what it has to say about it is logged */
  async run({ type, from, args, to, seconds }: Job): Promise<boolean> {
    const input = [
      '-f',
      type === 'video/webm' ? 'matroska' : 'mov',
      '-threads',
      '2',
      '-max_pixels',
      String(MAX_PIXELS),
      '-i',
      `file:${from}`,
    ];
    const still = ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', '-protocol_whitelist', 'file,pipe'];
    const limits = await this.#limits(seconds);
    const { ended, errors } = await this.#spawn([...limits, this.program, ...still, ...input, ...args, `file:${to}`], seconds);
    if (!ended) this.log.warn({ errors }, 'ffmpeg could not do it');
    return ended;
  }

  close(): void {
    for (const child of this.#running) child.kill('SIGKILL');
  }

  /** What this system has of `nice`, `prlimit` and `unshare`; containers often refuse the last. Found out once. */
  async #limits(seconds: number): Promise<string[]> {
    this.#wrapper ??= this.#works(['unshare', '--map-root-user', '--net']).then(async (network) => {
      const alone = network ? ['unshare', '--map-root-user', '--net'] : [];
      const limited = (await this.#works(['prlimit', `--as=${ADDRESS_SPACE}`])) ? ['prlimit', `--as=${ADDRESS_SPACE}`, '--core=0'] : [];
      return [...((await this.#works(['nice'])) ? ['nice', '-n', '10'] : []), ...alone, ...limited];
    });
    const wrapper = await this.#wrapper;
    return wrapper.includes('prlimit') ? [...wrapper, `--cpu=${seconds * 2}`] : wrapper;
  }

  async #works(command: string[]): Promise<boolean> {
    return (await this.#spawn([...command, 'true'], 5)).ended;
  }

  #spawn([program, ...args]: string[], seconds: number): Promise<{ ended: boolean; errors: string }> {
    return new Promise((resolve) => {
      const child = spawn(program as string, args, { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: process.env.PATH } });
      this.#running.add(child);
      let errors = '';
      const deadline = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
      const done = (ended: boolean) => {
        clearTimeout(deadline);
        this.#running.delete(child);
        resolve({ ended, errors });
      };
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        errors = (errors + text).slice(0, 2000);
      });
      child.once('error', () => done(false));
      child.once('close', (code) => done(code === 0));
    });
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
