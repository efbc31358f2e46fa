import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';
import { currentContext } from './context.js';
import { escapeUnprintable, scrub } from './scrub.js';

export type { Logger };

/**
 * One JSON object a line, on standard output unless told otherwise; while a request is answered each line has its id. Secrets and what
 * people type never belong in it; what comes into it by mistake is hidden (scrub.ts), wherever it stands.
 */
export function openLog(level: string, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: () => ({ ...currentContext() }),
    // Errors are made plain by the hook, with all else.
    serializers: { err: (error) => error },
    hooks: {
      logMethod(given, method) {
        const [first, ...others] = given as [unknown, ...unknown[]];
        const fields = first instanceof Error ? { err: scrub(first), msg: undefined } : scrub(first);
        const message = first instanceof Error && others.length === 0 ? ['an error'] : others.map(clean);
        method.apply(this, [fields, ...message] as unknown as Parameters<typeof method>);
      },
    },
  };
  return pino(options, destination ?? standardOutput());
}

/**
 * A full disk or a closed pipe behind the standard output ends nothing: pino's own would throw in the middle of whatever is logged.
 * What can't be written waits for the next line, up to a limit, and is then left out.
 */
function standardOutput(): DestinationStream {
  const stream = pino.destination({ dest: 1, sync: true, maxLength: 1_000_000 });
  stream.on('error', () => {});
  return stream;
}

/** Of what follows the fields: the message is ours, what it is filled with need not be. */
function clean(part: unknown): unknown {
  return typeof part === 'string' ? escapeUnprintable(part) : scrub(part);
}
