import type { FileStore } from '../files/store.js';
import type { Flash } from './sessions.js';

/** What a handler says; `routes.ts` turns it into the right bytes for a browser, for htmx, or for a program. */
export type Answer = PageAnswer | DoneAnswer | BytesAnswer | StreamAnswer | FileAnswer;

export interface PageAnswer {
  kind: 'page';
  view: string;
  data: object;
  /** The view that htmx gets instead of the whole page. */
  fragment?: string | undefined;
  status?: number;
}

export interface DoneAnswer {
  kind: 'done';
  /** Where a plain form goes next (303). */
  to: string;
  flash?: Flash | undefined;
  /** What htmx gets. Without it htmx goes to `to` as well. */
  fragments?: string | undefined;
  headers?: Record<string, string>;
}

export interface BytesAnswer {
  kind: 'bytes';
  body: Buffer | string | null;
  status: number;
  headers: Record<string, string>;
}

export interface StreamAnswer {
  kind: 'stream';
  chunks: AsyncIterable<string | Uint8Array>;
  headers: Record<string, string>;
}

export interface FileAnswer {
  kind: 'file';
  store: FileStore;
  sha256: Buffer;
  /** Its length. */
  bytes: number;
  /** As its row in `files` says: judged by content. */
  type: string;
  /** What it is called where it is saved; any text. */
  name?: string;
  /** To be saved, not shown. */
  attachment?: boolean;
}

/** A whole page, or, when htmx asks and `fragment` is given, that part of it. */
export function page(view: string, data: object, fragment?: string): PageAnswer {
  return { kind: 'page', view, data, fragment };
}

/** A change was made: post/redirect/get for a plain form, fragments for htmx. */
export function done(to: string, options: Omit<DoneAnswer, 'kind' | 'to'> = {}): DoneAnswer {
  return { kind: 'done', to, ...options };
}

/** Anything that is not a page: fragments with their own headers, an empty 204, JSON. */
export function bytes(body: Buffer | string | null, headers: Record<string, string>, status = 200): BytesAnswer {
  return { kind: 'bytes', body, headers, status };
}

/** What is too large to hold in memory: written as fast as it is read, chunk by chunk. */
export function stream(chunks: AsyncIterable<string | Uint8Array>, headers: Record<string, string>): StreamAnswer {
  return { kind: 'stream', chunks, headers };
}

/**
 * A file of the store, whole or the range that is asked for. Whoever calls it has made sure that this viewer may read it:
 * a hash alone never opens anything. An address must always mean the same bytes, for browsers keep them for a year.
 */
export function file(given: Omit<FileAnswer, 'kind'>): FileAnswer {
  return { kind: 'file', ...given };
}
