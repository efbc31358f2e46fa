import { createHash } from 'node:crypto';
import { PassThrough, pipeline, type Readable, Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import { ZipFile } from 'yazl';
import { HEADER, type Header, MANIFEST, type Manifest, type Part } from './archive-format.js';
import { writeDurably } from './disk.js';

/** What seals a stream that is about something; undefined: nothing is sealed. */
export type Sealer = ((about: string) => Transform) | undefined;

/** One archive, part after part, into a file that does not exist yet. Whoever opened it either finishes or abandons it. */
export class ArchiveWriter {
  readonly #zip = new ZipFile();
  readonly #out = this.#zip.outputStream as Readable;
  readonly #written: Promise<void>;

  constructor(
    path: string,
    private readonly madeAt: Date,
    private readonly sealer: Sealer,
  ) {
    this.#zip.on('error', (error: Error) => this.#out.destroy(error));
    this.#written = writeDurably(path, this.#out);
    // Told by whoever waits for it.
    this.#written.catch(() => {});
  }

  /** Takes lines of text, as fast as the disk takes them. @throws what reading or writing throws */
  async add(path: string, lines: () => Readable): Promise<Part> {
    const counted = new Counted();
    const hash = createHash('sha256');
    const tap = new Transform({
      transform(chunk, _encoding, done) {
        hash.update(chunk);
        done(null, chunk);
      },
    });
    const added = new Promise<void>((resolve, reject) => {
      this.#zip.addReadStreamLazy(path, { mtime: this.madeAt, compress: false }, (take) => {
        const stages = [lines(), counted, createGzip({ level: 4 }), this.sealer?.(path) ?? new PassThrough(), tap];
        pipeline(stages, (error) => {
          if (error) this.#out.destroy(error);
          if (error) reject(error);
          else resolve();
        });
        take(null, tap);
      });
    });
    await Promise.race([added, this.#written.then(() => Promise.reject(new Error('The archive ended too early.')))]);
    return { path, lines: counted.lines, bytes: counted.bytes, sha256: hash.digest('hex') };
  }

  /** Returns when all of it is on the disk, under the name it was given. */
  async finish(header: Header, manifest: Manifest): Promise<void> {
    const head = Buffer.from(JSON.stringify(header, null, 2));
    const plain = Buffer.from(JSON.stringify(manifest, null, 2));
    const stored = this.sealer ? await through(plain, this.sealer(MANIFEST)) : plain;
    const options = { mtime: this.madeAt, compress: false };
    this.#zip.addBuffer(head, HEADER, options);
    this.#zip.addBuffer(stored, MANIFEST, options);
    // These two say what the rest must be; the comment at the very end says what they must be.
    this.#zip.end({ comment: createHash('sha256').update(head).update(stored).digest('hex') });
    await this.#written;
  }

  async abandon(): Promise<void> {
    this.#out.destroy(new Error('The archive was abandoned.'));
    await this.#written.catch(() => {});
  }
}

async function through(bytes: Buffer, transform: Transform): Promise<Buffer> {
  transform.end(bytes);
  return Buffer.concat(await transform.toArray());
}

/** Counts what passes. */
class Counted extends Transform {
  lines = 0;
  bytes = 0;

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: (error: Error | null, chunk: Buffer) => void): void {
    this.bytes += chunk.length;
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) this.lines++;
    done(null, chunk);
  }
}
