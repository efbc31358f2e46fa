import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A file of a ZIP: made already, or read from where it is when its turn comes. */
export type ZipEntry = { path: string } & (
  | { content: string | Buffer }
  | { bytes: number; open: () => Promise<Readable>; compress?: boolean }
);

/**
 * A ZIP, written as fast as it is read; of what is opened there is one at a time, and never more of it in memory than a few chunks.
 * @param at the time that all of its files carry
 * @throws Error, while it is read, when a file can't be read or has another length than it should: then the ZIP has no end
 */
export async function* zip(entries: ZipEntry[], at: Date): AsyncGenerator<Buffer> {
  const file = new ZipFile();
  // The package types it as any stream of Node; it is one of these.
  const out = file.outputStream as Readable;
  let current: Readable | null = null;
  file.on('error', (error: Error) => out.destroy(error));
  for (const entry of entries) {
    if ('content' in entry) {
      file.addBuffer(Buffer.from(entry.content), entry.path, { mtime: at });
      continue;
    }
    // What is in the store is compressed by its own kind.
    const { bytes: size, compress = false } = entry;
    file.addReadStreamLazy(entry.path, { mtime: at, compress, size }, (done) => {
      entry.open().then(
        (stream) => {
          current = stream;
          stream.on('error', (error) => out.destroy(error));
          if (out.destroyed) stream.destroy();
          else done(null, stream);
        },
        (error) => done(error),
      );
    });
  }
  file.end();
  try {
    for await (const chunk of out) yield chunk as Buffer;
  } finally {
    out.destroy();
    (current as Readable | null)?.destroy();
  }
}
