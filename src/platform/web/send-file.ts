import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { FileAnswer } from './answers.js';

interface Range {
  first: number;
  last: number;
}

/** Writes a file of the store as fast as it is read; a reader that goes away ends it. */
export async function sendFile(given: FileAnswer, request: Request, response: Response): Promise<void> {
  const etag = `"${given.sha256.toString('hex')}"`;
  const isKnown = namesTag(request.get('If-None-Match'), etag);
  const range = isKnown ? null : wantedRange(request, etag, given.bytes);
  if (range === 'unsatisfiable') return void response.status(416).set('Content-Range', `bytes */${given.bytes}`).end();
  const isEmpty = isKnown || request.method === 'HEAD';
  // Before any header: when it is missing, an ordinary page says so.
  const source = isEmpty ? null : await given.store.read(given.sha256, range ?? undefined);
  response.status(isKnown ? 304 : range ? 206 : 200).set({
    ...headersOf(given, etag),
    ...(!isKnown && { 'Content-Length': String(range ? range.last - range.first + 1 : given.bytes) }),
    ...(range && { 'Content-Range': `bytes ${range.first}-${range.last}/${given.bytes}` }),
  });
  if (!source) return void response.end();
  await pipeline(source, response).catch((error: { code?: string }) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

function headersOf(given: FileAnswer, etag: string): Record<string, string> {
  return {
    ETag: etag,
    'Accept-Ranges': 'bytes',
    'Content-Type': given.type,
    'Cache-Control': 'private, max-age=31536000, immutable',
    'Content-Disposition': disposition(given.name ?? '', given.attachment ?? false),
    // Whatever it is, it can't do anything but be looked at.
    'Content-Security-Policy': "sandbox; default-src 'none'",
    'Cross-Origin-Resource-Policy': 'same-origin',
    'X-Content-Type-Options': 'nosniff',
  };
}

/**
 * One range, as players ask for it. Of several nobody needs more than the whole, and sending each would let a small
 * request ask for the same bytes a hundred times.
 */
function wantedRange(request: Request, etag: string, bytes: number): Range | 'unsatisfiable' | null {
  const condition = request.get('If-Range');
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(request.get('Range') ?? '') ?? [];
  if (from === undefined || to === undefined || (!from && !to) || (condition !== undefined && condition !== etag)) return null;
  if (from && to && Number(from) > Number(to)) return null;
  const first = from ? Number(from) : Math.max(0, bytes - Number(to));
  const last = from && to ? Math.min(Number(to), bytes - 1) : bytes - 1;
  return first > last ? 'unsatisfiable' : { first, last };
}

/** Whether `If-None-Match` or its like names an ETag, compared weakly: a proxy that compresses makes it weak. */
export function namesTag(header: string | undefined, etag: string): boolean {
  return header === '*' || (header ?? '').split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** RFC 6266: a name for old programs, and the true one beside it, encoded (RFC 8187). */
function disposition(name: string, attachment: boolean): string {
  const kind = attachment ? 'attachment' : 'inline';
  if (!name) return kind;
  const plain = name.replace(/[^\x20-\x7e]|["\\%/]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
