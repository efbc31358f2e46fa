import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { renameDurably, syncFolder, writeDurably } from './disk.js';
import { newSalt, type SealKeys, sealedBytes } from './seal.js';

/** A file could not be read where it came from, or is not what its name says. */
export class UnreadableFile extends Error {}

/** The name of a file: SHA-256 of its content, in hex. */
export type Digest = string;

/** What of a pool is sealed, and how. */
export interface Seal {
  keys: SealKeys;
  salt: Buffer;
}

/**
 * The files beside the archives, each once, however many archives name it: `files/plain/ab/<sha256>`, or, with a passphrase,
 * `files/sealed-<mark>/ab/<sha256>`, where the mark tells passphrases apart. What stands under such a name is whole.
 */
export class FilePool {
  readonly #made = new Set<string>();

  /**
   * @param folder in which the archives are
   * @param name as the header of an archive says it
   * @param seal undefined when it is not sealed; without a salt it can only be read
   * @param temporary what its unfinished files begin with, below `folder`
   */
  constructor(
    private readonly folder: string,
    readonly name: string,
    private readonly seal: { keys: SealKeys; salt?: Buffer } | undefined,
    private readonly temporary = '.part',
  ) {}

  #path(digest: Digest): string {
    if (!/^[0-9a-f]{64}$/.test(digest)) throw new UnreadableFile('That is not the name of a file.');
    return join(this.folder, this.name, digest.slice(0, 2), digest);
  }

  async has(digest: Digest, bytes: number): Promise<boolean> {
    const found = await stat(this.#path(digest)).catch(() => null);
    return found?.size === (this.seal ? sealedBytes(bytes) : bytes);
  }

  /** Takes the content of a file in, read back before it gets its name. @throws UnreadableFile when the source is at fault */
  async put(digest: Digest, source: Readable): Promise<void> {
    const { seal } = this;
    await this.#take(digest, seal ? sealed(source, seal as Seal, digest) : source, source);
  }

  /** Takes a file over from another place with the same pool, as it stands there. */
  async putFrom(other: FilePool, digest: Digest): Promise<void> {
    const stored = createReadStream(other.#path(digest));
    await this.#take(digest, stored, stored);
  }

  async #take(digest: Digest, stored: Readable, source: Readable): Promise<void> {
    let fault: Error | undefined;
    source.once('error', (error) => {
      fault = error;
    });
    const draft = join(this.folder, `${this.temporary}-${randomBytes(8).toString('hex')}`);
    try {
      await writeDurably(draft, stored);
      if ((await this.#digestOf(createReadStream(draft), digest)) !== digest) throw new UnreadableFile(`${digest} has another content.`);
      await this.#makeFolder(dirname(this.#path(digest)));
      await renameDurably(draft, this.#path(digest));
    } catch (error) {
      // A source that is given up because the disk is full fails as well, but then.
      throw fault && error === fault ? new UnreadableFile(fault.message) : error;
    } finally {
      await rm(draft, { force: true });
    }
  }

  async #makeFolder(path: string): Promise<void> {
    if (this.#made.has(path)) return;
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    // Every new folder is a name in the one above it.
    if (first)
      for (let step = path; step.length >= dirname(first).length && step !== dirname(step); step = dirname(step)) await syncFolder(step);
    this.#made.add(path);
  }

  /** Its content. Ends with an error when it is sealed and was changed. */
  read(digest: Digest): Readable {
    const stored = createReadStream(this.#path(digest));
    return this.#open(stored, digest);
  }

  /** Reads all of it. @returns whether it is what its name says */
  async isWhole(digest: Digest): Promise<boolean> {
    return (await this.#digestOf(createReadStream(this.#path(digest)), digest).catch(() => '')) === digest;
  }

  #open(stored: Readable, digest: Digest): Readable {
    if (!this.seal) return stored;
    const opener = this.seal.keys.opener(digest);
    stored.once('error', (error) => opener.destroy(error));
    return stored.pipe(opener);
  }

  async #digestOf(stored: Readable, digest: Digest): Promise<Digest> {
    const hash = createHash('sha256');
    await pipeline(this.#open(stored, digest), hash);
    return hash.digest('hex');
  }

  /** Everything in it, with the time at which it was put there. */
  async *list(): AsyncIterable<{ digest: Digest; storedAt: Date }> {
    const top = join(this.folder, this.name);
    for (const parent of await readdir(top).catch(() => [])) {
      for (const digest of await readdir(join(top, parent)).catch(() => [])) {
        const found = await stat(join(top, parent, digest)).catch(() => null);
        if (found && /^[0-9a-f]{64}$/.test(digest)) yield { digest, storedAt: found.mtime };
      }
    }
  }

  async remove(digest: Digest): Promise<void> {
    await rm(this.#path(digest), { force: true });
  }
}

function sealed(source: Readable, { keys, salt }: Seal, digest: Digest): Readable {
  const sealer = keys.sealer(salt, digest);
  source.once('error', (error) => sealer.destroy(error));
  return source.pipe(sealer);
}

/** The salt of a folder: made with its first sealed backup. Whatever is sealed carries it too. */
export async function saltOf(folder: string): Promise<Buffer> {
  const path = join(folder, 'files', 'salt');
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const read = async () => Buffer.from((await readFile(path, 'utf8').catch(() => '')).trim(), 'hex');
  const known = await read();
  if (known.length === 16) return known;
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(`${newSalt().toString('hex')}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  return read();
}
