import type { Event, StackFrame } from '@sentry/core';
import { VERSION } from '../version.js';
import type { TellFault } from './faults.js';
import { classOf, scrubText, stackOf } from './scrub.js';

/** Milliseconds in which the other server has to take a fault. */
const PATIENCE = 10_000;

export interface SentryClient {
  tell: TellFault;
  /** Gives what is under way two seconds. */
  close(): Promise<void>;
}

/**
 * Sends each fault to a server that speaks Sentry's protocol (Sentry, GlitchTip, Bugsink …) as well. Nothing else: no sessions, no
 * traces, no requests with their headers and cookies, no addresses of people. What is sent is what the health page has.
 * @param dsn `https://<key>@<host>/<project>`
 */
export function openSentry(dsn: string): SentryClient {
  const opened = open(dsn);
  return {
    tell: async (fault) => {
      const { client, scope } = await opened;
      client.captureEvent(toEvent(fault), undefined, scope);
    },
    close: async () => void (await (await opened).client.close(2_000)),
  };
}

async function open(dsn: string) {
  // Its 300 files take 8 MB, and few shops have such a server.
  const [{ createTransport, Scope }, { ServerRuntimeClient }] = await Promise.all([import('@sentry/core'), import('@sentry/core/server')]);
  const client = new ServerRuntimeClient({
    dsn,
    ...{ integrations: [], stackParser: () => [], release: `serviceflow@${VERSION}`, serverName: '', sendClientReports: false },
    transport: (options) =>
      createTransport(options, async ({ body }) => {
        const headers = { ...options.headers, 'Content-Type': 'application/x-sentry-envelope' };
        const sent = { method: 'POST', headers, body: body as string, redirect: 'error', signal: AbortSignal.timeout(PATIENCE) } as const;
        const reply = await fetch(options.url, sent);
        await reply.arrayBuffer();
        const [limits, retry] = [reply.headers.get('X-Sentry-Rate-Limits'), reply.headers.get('Retry-After')];
        return { statusCode: reply.status, headers: { 'x-sentry-rate-limits': limits, 'retry-after': retry } };
      }),
  });
  client.init();
  return { client, scope: new Scope() };
}

function toEvent({ kind, error, number, marks, route, method, staff }: Parameters<TellFault>[0]): Event {
  const value = scrubText(error instanceof Error ? error.message : String(error));
  return {
    level: 'error',
    platform: kind === 'browser' || kind === 'csp' ? 'javascript' : 'node',
    exception: { values: [{ type: classOf(error), value, stacktrace: { frames: framesOf(error) } }] },
    fingerprint: [marks.fingerprint],
    transaction: route ?? '',
    tags: { kind, number, ...(method && { method }) },
    // A number that says something to the shop only.
    ...(staff && { user: { id: String(staff) } }),
  };
}

/** The innermost last, as the protocol has it. */
function framesOf(error: unknown): StackFrame[] {
  return stackOf(error)
    .flatMap((line) => {
      const [, name, file, row, column] = /^at (?:async )?(?:(.+?) \()?([^()]+?):(\d+):(\d+)\)?$/.exec(line) ?? [];
      if (!file) return [];
      return [
        { function: name ?? '?', filename: file, lineno: Number(row), colno: Number(column), in_app: !/node_modules|^node:/.test(file) },
      ];
    })
    .reverse();
}
