import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger };

/** One JSON object a line, on standard output unless told otherwise. Secrets and what people type never belong in it. */
export function openLog(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['req.headers.cookie', 'req.headers.authorization', 'password', 'token'],
  };
  return destination ? pino(options, destination) : pino(options);
}
