import { randomBytes } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import { API_ROOT } from '../web/api.js';
import { viewerOf } from '../web/mount.js';
import { type RequestContext, within } from './context.js';
import type { Logger } from './log.js';

/** What is known of a request once it was answered. */
export interface Answered {
  id: string;
  method: string;
  /** As the program declares it (`/work-orders/:number`), never as it was asked: that may hold a key. */
  route: string;
  status: number;
  /** From its first line to the end of its answer. */
  ms: number;
  staff: number | null;
  shop: number | null;
  address: string;
  /** The answer waited for something to happen, so its time says nothing. */
  waited: boolean;
}

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const ids = new WeakMap<Request, string>();
const waiting = new WeakSet<Response>();

/** The id under which the log knows this request. */
export function requestIdOf(request: Request): string {
  return ids.get(request) ?? '';
}

/** Says of an answer that it will wait until something happens (long poll): it is logged, and not counted among the times. */
export function waits(response: Response): void {
  waiting.add(response);
}

/** The pattern of the route that answers; `(none)` when there is none. */
export function routeOf(request: Request): string {
  const path: unknown = request.route?.path;
  // Where its router hangs is forgotten once an error has left it.
  const base = request.baseUrl || (request.originalUrl.startsWith(`${API_ROOT}/`) ? API_ROOT : '');
  if (typeof path === 'string') return base + path;
  return request.path.startsWith('/assets/') ? '/assets/:file' : '(none)';
}

/**
 * The first step of every request: gives it an id, and one line in the log when it was answered.
 * @param told of each that was answered, or given up by whoever asked
 */
export function watchRequests(log: Logger, told: (answered: Answered) => void): RequestHandler {
  const mark = randomBytes(4).toString('hex');
  let count = 0;
  return (request, response, next) => {
    const start = performance.now();
    const id = givenId(request) ?? `${mark}-${(++count).toString(36)}`;
    ids.set(request, id);
    const context: RequestContext = { request: id };
    response.once('close', () => {
      const viewer = viewerOf(request);
      const answered = {
        ...{ id, method: METHODS.has(request.method) ? request.method : 'OTHER', route: routeOf(request), status: response.statusCode },
        ms: Math.round((performance.now() - start) * 10) / 10,
        ...{ staff: viewer?.staff ?? null, shop: viewer?.shop ?? null, address: request.ip ?? '', waited: waiting.has(response) },
      };
      within(context, () => {
        const { method, route, status, ms, staff, shop } = answered;
        const whole = response.writableFinished ? undefined : { cut: true };
        log.info({ method, route, status, ms, ...(viewer && { staff, shop }), ...whole }, 'answered');
        told(answered);
      });
    });
    within(context, next);
  };
}

/** The id that a proxy gave the request: believed of those proxies only whose word is taken for the rest, too. */
function givenId(request: Request): string | undefined {
  const given = request.get('X-Request-Id');
  if (!given || !/^[\w.-]{8,64}$/.test(given)) return undefined;
  const trusts: (address: string, hop: number) => boolean = request.app.get('trust proxy fn');
  return trusts(request.socket.remoteAddress ?? '', 0) ? given : undefined;
}
