import { copyFile } from 'node:fs/promises';
import type { Keeping } from '../../src/features/media/media.js';
import type { FileStore } from '../../src/platform/files/store.js';
import type { Photo, Pictures, Video } from '../../src/platform/pictures/pictures.js';
import type { Album } from './album.js';
import { PICTURE_NAMES, type PictureName } from './pictures/index.js';

/** Brings the pictures of the album to where uploads arrive, and reads them beforehand: that takes as long as everything else together. */
export class Darkroom {
  readonly #ready = new Map<PictureName, Promise<string>>();
  readonly #read = new Map<string, Promise<Photo | Video>>();

  constructor(
    private readonly album: Album,
    private readonly files: FileStore,
    private readonly pictures: Pick<Pictures, 'read'>,
  ) {
    for (const name of PICTURE_NAMES) {
      const ready = this.#bring(name);
      ready.catch(() => undefined);
      this.#ready.set(name, ready);
    }
  }

  /** @returns where a picture is as if it had just been uploaded; it may be taken away from there */
  async take(name: PictureName): Promise<string> {
    const ready = this.#ready.get(name);
    this.#ready.delete(name);
    // Taken a second time, it is another upload.
    return (await ready) ?? this.#bring(name);
  }

  get keeping(): Omit<Keeping, 'db'> {
    return { files: this.files, pictures: { read: (path) => this.#read.get(path) ?? this.pictures.read(path) } };
  }

  async #bring(name: PictureName): Promise<string> {
    const path = this.files.temporary();
    await copyFile(await this.album.path(name), path);
    const read = this.pictures.read(path);
    read.catch(() => undefined);
    this.#read.set(path, read);
    return path;
  }
}
