/** The package brings no types; this is as much of it as is used. */
declare module 'yazl' {
  import type { EventEmitter } from 'node:events';
  import type { Readable } from 'node:stream';

  interface EntryOptions {
    mtime?: Date;
    compress?: boolean;
    /** Known beforehand; anything else that comes is an error. */
    size?: number;
  }

  export class ZipFile extends EventEmitter {
    readonly outputStream: Readable;
    addBuffer(buffer: Buffer, path: string, options?: EntryOptions): void;
    addReadStreamLazy(path: string, options: EntryOptions, open: (done: (error: Error | null, stream?: Readable) => void) => void): void;
    end(options?: { comment?: string }): void;
  }
}
