import { type Logger, pino } from 'pino';

export type { Logger };

/** One JSON object a line on standard output. Secrets and what people type never belong in it. */
export function openLog(level: string): Logger {
  return pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ['req.headers.cookie', 'req.headers.authorization', 'password', 'token'],
  });
}
