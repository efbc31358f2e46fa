import type { ErrorRequestHandler, Request, Response } from 'express';
import { hasChanged } from '../database/change.js';
import { OutcomeUnknown } from '../database/pool.js';
import { ElsewhereFirst, RequestError, SavedAlready, TooMany } from '../errors.js';
import { faultNumber, type KeepFaults, recordFault } from '../observe/faults.js';
import type { Logger } from '../observe/log.js';
import { requestIdOf, routeOf } from '../observe/requests.js';
import { isHtmx, viewerOf } from './mount.js';
import { isForApi, sendProblem } from './problems.js';

interface Problem {
  status: number;
  title: string;
  text: string;
  /** Stands on the page and in the log. */
  number?: string;
}

/** Renders a problem as a whole page or, for htmx, as a notice. */
export type ShowProblem = (problem: Problem, request: Request) => string;

const TITLES: Record<number, string> = {
  401: 'Please sign in',
  403: 'That is not yours to do',
  404: 'Nothing here',
  405: 'Not this way',
  409: 'It changed meanwhile',
  413: 'That is too much at once',
  422: 'Something is not right yet',
  429: 'Slow down a little',
  503: 'The database is not answering',
  507: 'No room left',
};

/** The one place where an error becomes an answer: a sentence for what people can act on, a number for a fault. */
export function errorHandler(log: Logger, faults: KeepFaults, show: ShowProblem): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const problem = describe(error, log, faults, request);
    if (error instanceof TooMany) response.set('Retry-After', String(error.retryAfterSeconds));
    if (problem.status === 503) response.set('Retry-After', '5');
    response.set('Cache-Control', 'no-store');
    if (isForApi(request)) return sendProblem(problem, error, request, response);
    if (problem.status === 401) return sendTo('/sign-in', request, response, () => html(problem));
    if (error instanceof ElsewhereFirst) return sendTo(error.to, request, response, () => html(problem));
    html(problem);

    function html(given: Problem): void {
      if (isHtmx(request)) response.set({ 'HX-Retarget': '#notices', 'HX-Reswap': 'innerHTML' });
      response.status(given.status).type('html').send(show(given, request));
    }
  };
}

function describe(error: unknown, log: Logger, faults: KeepFaults, request: Request): Problem {
  const known = error instanceof RequestError ? error : fromElsewhere(error as { status?: number; code?: string; message?: string });
  if (known) return { status: known.status, title: TITLES[known.status] ?? 'That did not work', text: known.message };
  const number = faultNumber();
  const { method } = request;
  const route = routeOf(request);
  // The path is scrubbed: the token of a link is a key to what it opens.
  log.error({ err: error, number, method, route, path: request.path }, 'fault');
  const viewer = viewerOf(request);
  const who = { staff: viewer?.staff ?? null, shop: viewer?.shop ?? null };
  recordFault({ faults }, { kind: 'server', error, number, method, route, request: requestIdOf(request), ...who });
  if (error instanceof OutcomeUnknown) {
    const text = `The connection to the database was lost at the last moment: what you sent may be saved, or not. Please look before you send it again. If this happens again, tell your manager ${number}.`;
    return { status: 503, title: TITLES[503] as string, text, number };
  }
  if (error instanceof SavedAlready || (viewer && hasChanged(viewer))) {
    const text = `What you sent was saved, but the answer to it could not be made. Open the page again to see how it stands. If this happens again, tell your manager ${number}.`;
    return { status: 503, title: 'It was saved', text, number };
  }
  if (isDatabaseDown(error as { code?: string; message?: string })) {
    const text = `Nothing you typed was saved. It will be back by itself: try again in a moment. If it stays away, tell your manager ${number}.`;
    return { status: 503, title: TITLES[503] as string, text, number };
  }
  const text = `That is our fault, not yours, and what you sent was not saved. Try again; if it happens again, tell your manager the number ${number}.`;
  return { status: 500, title: 'Something broke', text, number };
}

/** Errors of the body parser (malformed, too large) and of values that Postgres can't hold. */
function fromElsewhere(error: { status?: number; code?: string; message?: string }): RequestError | null {
  if (error?.status === 413) return new RequestError(413, 'That is more text than fits. Nothing was saved.');
  if (error?.status && error.status >= 400 && error.status < 500)
    return new RequestError(error.status, 'That request can’t be read. Nothing was changed.');
  if (error instanceof URIError) return new RequestError(400, 'That address can’t be read.');
  if (error?.code === '22021' || error?.code === '22P05')
    return new RequestError(422, 'There is a character in the text that can’t be saved.');
  if (error?.code === '22003') return new RequestError(404, 'That is not here.');
  return null;
}

// Also a lock or an answer that took too long, and a conflict that trying again did not solve: nothing that a person can mend.
const DOWN = /^(08|57|53|55P03|40001|40P01)/;
const CUT = /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND)$/;

function isDatabaseDown(error: { code?: string; message?: string }): boolean {
  if (error?.code) return DOWN.test(error.code) || CUT.test(error.code);
  return /timeout|Connection terminated|not queryable/i.test(error?.message ?? '');
}

/** A page leads to where something has to be done first, and knows the way back. */
function sendTo(path: string, request: Request, response: Response, otherwise: () => void): void {
  if (isHtmx(request)) return void response.status(401).set('HX-Redirect', path).end();
  if (request.method === 'GET') response.redirect(303, `${path}?next=${encodeURIComponent(request.originalUrl)}`);
  else otherwise();
}
