import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PICTURE_NAMES, type PictureName } from './pictures/index.js';

interface Wait {
  done(): void;
  failed(error: Error): void;
}

/** The demo's pictures as files. They are drawn in a process of their own, while everything else is loaded. */
export class Album {
  readonly #child: ChildProcess;
  readonly #drawn = new Map<PictureName, Promise<void>>();
  readonly #waits = new Map<PictureName, Wait>();

  private constructor(private readonly folder: string) {
    this.#child = this.#start();
    for (const name of PICTURE_NAMES) this.#draw(name);
  }

  /** Begins to draw all of them. */
  static async begin(): Promise<Album> {
    return new Album(await mkdtemp(join(tmpdir(), 'serviceflow-pictures-')));
  }

  /** @returns where a picture is, as soon as it is drawn: it stays there */
  async path(name: PictureName): Promise<string> {
    await this.#drawn.get(name);
    return this.#path(name);
  }

  async close(): Promise<void> {
    this.#child.kill();
    await Promise.allSettled(this.#drawn.values());
    await rm(this.folder, { recursive: true, force: true });
  }

  #path(name: PictureName): string {
    return join(this.folder, `${name}.jpg`);
  }

  #draw(name: PictureName): void {
    const drawn = new Promise<void>((done, failed) => this.#waits.set(name, { done, failed }));
    // Whoever asks for it is told; nobody may ask.
    drawn.catch(() => undefined);
    this.#drawn.set(name, drawn);
    this.#child.send({ name, path: this.#path(name) });
  }

  #start(): ChildProcess {
    const here = fileURLToPath(import.meta.url);
    const extension = here.endsWith('.ts') ? '.ts' : '.js';
    // From the sources it needs the same translator as this process.
    const translator = extension === '.ts' ? ['--import', pathToFileURL(createRequire(here).resolve('tsx')).href] : [];
    const child = fork(fileURLToPath(new URL(`./pictures/draw${extension}`, import.meta.url)), { execArgv: translator });
    child.on('message', ({ name, failed }: { name: PictureName; failed?: string }) => {
      if (failed) this.#waits.get(name)?.failed(new Error(`The picture ${name} can't be drawn: ${failed}`));
      else this.#waits.get(name)?.done();
    });
    const gone = () => {
      for (const wait of this.#waits.values()) wait.failed(new Error('The process that draws the pictures has ended.'));
    };
    child.once('exit', gone).once('error', gone);
    child.unref();
    child.channel?.unref();
    return child;
  }
}
