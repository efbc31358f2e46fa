import type { Request, RequestHandler } from 'express';

/** How long requests may take to arrive, in milliseconds. */
export interface Deadlines {
  /** The whole of an ordinary request. */
  body: number;
  /** An upload may pause that long between two bytes … */
  pause: number;
  /** … and take that long in all. */
  upload: number;
}

const DEADLINES: Deadlines = { body: 30_000, pause: 60_000, upload: 3_600_000 };

/** Node's own limit for the whole request, which has to let the longest upload pass. */
export const REQUEST_TIMEOUT = DEADLINES.upload + 60_000;

const waiting = new WeakMap<Request, { timer: NodeJS.Timeout; deadlines: Deadlines }>();

/**
 * Cuts the connection of a request whose body does not arrive in time. Node has one limit for all requests; a phone that
 * sends a video on a slow line needs another than a form.
 */
export function bodyDeadline(deadlines = DEADLINES): RequestHandler {
  return (request, _response, next) => {
    const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
    if (encoding !== undefined || Number(length) > 0) {
      const timer = setTimeout(() => cut(request), deadlines.body);
      waiting.set(request, { timer, deadlines });
      const end = () => clearTimeout(waiting.get(request)?.timer);
      request.once('end', end).once('close', end);
    }
    next();
  };
}

/** Gives a request that brings files the time that they take, as long as bytes keep coming. */
export function extendDeadline(request: Request): void {
  const found = waiting.get(request);
  if (!found) return;
  const { deadlines } = found;
  clearTimeout(found.timer);
  const start = Date.now();
  let last = start;
  const timer = setInterval(() => {
    if (Date.now() - last > deadlines.pause || Date.now() - start > deadlines.upload) cut(request);
  }, deadlines.pause / 6);
  found.timer = timer;
  request.on('data', () => {
    last = Date.now();
  });
}

/** As Node does it for its own limits. */
function cut(request: Request): void {
  if (request.complete) return;
  if (!request.res?.headersSent) request.socket.write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
  request.socket.destroy();
}
