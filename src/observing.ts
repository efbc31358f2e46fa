import type { RequestHandler, Router } from 'express';
import type { Config } from './config.js';
import type { OpenDatabase } from './platform/database/pool.js';
import { recordAccess } from './platform/observe/access.js';
import { Faults } from './platform/observe/faults.js';
import type { Logger } from './platform/observe/log.js';
import { Metrics } from './platform/observe/metrics.js';
import { Observer } from './platform/observe/observer.js';
import { type Answered, watchRequests } from './platform/observe/requests.js';
import { openSentry } from './platform/observe/sentry.js';
import type { Timings } from './platform/observe/timings.js';

/** What is seen of the running program; see docs/observability.md. */
export interface Observing {
  faults: Faults;
  /** The first step of every request. */
  watch: RequestHandler;
  metrics: Router;
  start(): Promise<void>;
  /** Keeps what was seen last; the database must still be open. */
  close(): Promise<void>;
}

/** @param sockets how many screens are connected to this process */
export function openObserving(config: Config, { db, pool }: OpenDatabase, log: Logger, timings: Timings, sockets: () => number): Observing {
  const sentry = config.sentryDsn ? openSentry(config.sentryDsn) : undefined;
  const faults = new Faults(db, log, sentry?.tell);
  const metrics = new Metrics({ db, pool, sockets, token: config.metricsToken });
  const observer = new Observer({ db, pool, log, timings, sockets, dataDir: config.dataDir });
  const told = (answered: Answered) => {
    const { method, route, status, ms, staff, shop, address, waited } = answered;
    if (config.observe && !waited) timings.route(`${method} ${route}`, ms);
    metrics.count(answered);
    if (status === 403 && staff !== null) {
      void recordAccess({ db, log }, { kind: 'not allowed', staff, shop, address, detail: `${method} ${route}` });
    }
  };
  return {
    ...{ faults, watch: watchRequests(log, told), metrics: metrics.routes() },
    start: async () => {
      if (config.observe) await observer.start();
    },
    close: async () => {
      await observer.stop();
      await faults.close();
      await sentry?.close();
    },
  };
}
