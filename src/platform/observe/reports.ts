import express, { type Request, Router } from 'express';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { viewerOf } from '../web/mount.js';
import type { Faults } from './faults.js';
import { requestIdOf } from './requests.js';

/** Reports of one address, and of all together, that are looked at in a minute: a page that is broken tells so again and again. */
const EACH = 20;
const ALL = 200;
const MOST_AT_ONCE = 20;

const Text = z.string().max(4_000).catch('');
const Line = z.number().int().min(0).max(10_000_000).nullish().catch(null);

/** What our own script tells of an error in a page (public/js/faults.js). */
const ScriptError = z.object({ type: z.literal('script'), page: Text, name: Text, message: Text, stack: Text });
/** Reporting API 1 with CSP level 3. */
const CspReport = z.object({
  type: z.literal('csp-violation'),
  body: z.object({ documentURL: Text, effectiveDirective: Text, blockedURL: Text, sourceFile: Text, lineNumber: Line }),
});
/** `report-uri` of CSP level 2, which Firefox and pages over plain http send. */
const OldCspReport = z.object({
  'csp-report': z.object({
    'document-uri': Text,
    'effective-directive': Text,
    'violated-directive': Text,
    'blocked-uri': Text,
    'source-file': Text,
    'line-number': Line,
  }),
});

interface Reported {
  kind: 'browser' | 'csp';
  /** The page it happened on. */
  page: string;
  error: Error;
}

/** As browsers tell it, so without a stack of ours. */
class BrowserFault extends Error {
  constructor(name: string, message: string, frames: string[]) {
    super(message);
    Object.defineProperty(this, 'constructor', { value: { name } });
    this.stack = [`${name}: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  }
}

/**
 * `POST /reports`: what went wrong in somebody's browser. Anybody may send one, signed in or not; of what a stranger sends only
 * little is believed, and what does not come from a page of ours is dropped.
 * @param patterns of the program's routes, so that pages that are alike belong together
 */
export function reportRoutes(faults: Faults, patterns: () => string[]): Router {
  const each = new RateLimiterMemory({ points: EACH, duration: 60 });
  const all = new RateLimiterMemory({ points: ALL, duration: 60 });
  const router = Router({ caseSensitive: true });
  const types = ['application/json', 'application/csp-report', 'application/reports+json'];
  router.post('/reports', express.json({ type: types, limit: '32kb', strict: false }), async (request, response) => {
    const host = request.get('host') ?? '';
    const told = (Array.isArray(request.body) ? request.body : [request.body]).slice(0, MOST_AT_ONCE);
    for (const reported of told.flatMap((one) => read(one, host))) {
      if (!(await isWithin(each, request.ip ?? '')) || !(await isWithin(all, ''))) break;
      note(faults, reported, request, patterns());
    }
    response.status(204).end();
  });
  return router;
}

async function isWithin(limiter: RateLimiterMemory, key: string): Promise<boolean> {
  return limiter.consume(key).then(
    () => true,
    () => false,
  );
}

function note(faults: Faults, { kind, page, error }: Reported, request: Request, patterns: string[]): void {
  const viewer = viewerOf(request);
  const who = { staff: viewer?.staff ?? null, shop: viewer?.shop ?? null };
  faults.record({ kind, error, route: patternOf(page, patterns), method: 'GET', request: requestIdOf(request), ...who });
}

function read(given: unknown, host: string): Reported[] {
  const script = ScriptError.safeParse(given);
  if (script.success) return ofScript(script.data, host);
  const report = CspReport.safeParse(given);
  if (report.success) {
    const { documentURL, effectiveDirective, blockedURL, sourceFile, lineNumber } = report.data.body;
    return ofPolicy(documentURL, effectiveDirective, blockedURL, sourceFile, lineNumber ?? 0, host);
  }
  const old = OldCspReport.safeParse(given);
  if (!old.success) return [];
  const body = old.data['csp-report'];
  const directive = body['effective-directive'] || body['violated-directive'];
  return ofPolicy(body['document-uri'], directive, body['blocked-uri'], body['source-file'], body['line-number'] ?? 0, host);
}

function ofScript({ page, name, message, stack }: z.output<typeof ScriptError>, host: string): Reported[] {
  const frames = stack.split('\n').flatMap((line) => {
    // Chrome: `at place (https://shop/assets/…/desk.js:3:14)`; Firefox and Safari: `place@https://shop/assets/…/desk.js:3:14`.
    const [, place, url, at] = /^\s*(?:at )?(.*?)[ @(]*\(?(https?:\/\/[^\s()]+?):(\d+:\d+)\)?$/.exec(line) ?? [];
    const script = url && scriptOf(url, host);
    return script ? [`${place || '(top)'} (${script}:${at})`] : [];
  });
  const known = pathHere(page, host);
  // Of an extension of somebody's browser, or of no browser at all.
  if (known === null || frames.length === 0) return [];
  return [
    { kind: 'browser', page: known, error: new BrowserFault(/^\w{1,40}$/.test(name) ? name : 'Error', message.slice(0, 300), frames) },
  ];
}

function ofPolicy(page: string, directive: string, blocked: string, source: string, line: number, host: string): Reported[] {
  const known = pathHere(page, host);
  if (known === null || !/^[a-z-]{3,40}$/.test(directive.split(' ')[0] ?? '')) return [];
  if (/^(?:chrome|moz|safari-web)-extension:/.test(source)) return [];
  const what = /^[a-z-]{2,20}$/.test(blocked) ? blocked : originOf(blocked);
  const script = scriptOf(source, host);
  const frames = script ? [`(script) (${script}:${line}:1)`] : [];
  return [{ kind: 'csp', page: known, error: new BrowserFault('CspViolation', `${directive.split(' ')[0]} stopped ${what}`, frames) }];
}

/** The path of an address of this site, without what is asked; null for any other. */
function pathHere(address: string, host: string): string | null {
  const url = toUrl(address);
  return url && url.host === host && /^https?:$/.test(url.protocol) ? url.pathname : null;
}

/**
 * The path of one of our scripts, without the part that changes with the content: that would make each version's faults look new.
 * @returns null for all else, also for a page itself, whose path may hold a key
 */
function scriptOf(address: string, host: string): string | null {
  const path = pathHere(address, host);
  return path?.startsWith('/assets/') ? path.replace(/^\/assets\/\w+/, '/assets') : null;
}

function toUrl(address: string): URL | null {
  return URL.canParse(address) ? new URL(address) : null;
}

function originOf(address: string): string {
  const url = toUrl(address);
  return url ? `${url.protocol}//${url.host}` : 'something';
}

/** @returns the route that a path belongs to, or `(none)`: a path may hold a key, and a stranger may make paths up */
function patternOf(path: string, patterns: string[]): string {
  const parts = path.split('/');
  const found = patterns.find((pattern) => {
    const wanted = pattern.split('/');
    return wanted.length === parts.length && wanted.every((part, index) => part.startsWith(':') || part === parts[index]);
  });
  return found ?? '(none)';
}
