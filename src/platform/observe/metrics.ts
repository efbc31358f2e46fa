import { createHash, timingSafeEqual } from 'node:crypto';
import { type Request, Router } from 'express';
import { sql } from 'kysely';
import type { Pool } from 'pg';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../database/pool.js';
import { VERSION } from '../version.js';
import type { Answered } from './requests.js';

export interface MetricsOptions {
  db: Database;
  pool: Pool;
  sockets(): number;
  /** Who has it may read them from anywhere. */
  token: string | undefined;
}

/** Numbers for Prometheus (text format 0.0.4). Those of Node itself begin with the first one who asks. */
export class Metrics {
  readonly #registry = new Registry();
  readonly #answers: Histogram<'method' | 'route' | 'status'>;
  #hasDefaults = false;

  constructor(private readonly options: MetricsOptions) {
    const registers = [this.#registry];
    this.#answers = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from a request to the end of its answer',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    const { pool, sockets } = options;
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({ name, help, registers, collect: (): void => registry(name).set(read()) });
    const registry = (name: string) => this.#registry.getSingleMetric(name) as Gauge;
    gauge('serviceflow_sockets', 'Screens that follow a shop live', sockets);
    gauge('serviceflow_database_connections', 'Open connections of the pool', () => pool.totalCount);
    gauge('serviceflow_database_connections_idle', 'Connections of the pool that nobody uses', () => pool.idleCount);
    gauge('serviceflow_database_connections_waiting', 'Requests that wait for a connection', () => pool.waitingCount);
    new Gauge({ name: 'serviceflow_info', help: 'The version that runs', labelNames: ['version'], registers }).set({ version: VERSION }, 1);
    this.#addJobs();
  }

  #addJobs(): void {
    const { db } = this.options;
    const jobs = new Gauge({
      name: 'serviceflow_jobs',
      help: 'Background jobs that wait, are being done, or were given up',
      labelNames: ['state'],
      registers: [this.#registry],
      collect: async () => {
        jobs.reset();
        for (const { state, count } of await countJobs(db).catch(() => [])) jobs.set({ state }, count);
      },
    });
  }

  count({ method, route, status, ms, waited }: Answered): void {
    if (!waited) this.#answers.observe({ method, route, status: String(status) }, ms / 1000);
  }

  /** `GET /metrics`, for this machine and for who has the token; nobody else learns that it is here. */
  routes(): Router {
    const router = Router({ caseSensitive: true });
    router.get('/metrics', async (request, response, next) => {
      if (!isLocal(request) && !this.#hasToken(request)) return next();
      if (!this.#hasDefaults) collectDefaultMetrics({ register: this.#registry });
      this.#hasDefaults = true;
      response.set({ 'Content-Type': this.#registry.contentType, 'Cache-Control': 'no-store' }).send(await this.#registry.metrics());
    });
    return router;
  }

  #hasToken(request: Request): boolean {
    const given = /^Bearer (.+)$/i.exec(request.get('Authorization') ?? '')?.[1];
    if (!given || !this.options.token) return false;
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(digest(given), digest(this.options.token));
  }
}

/** By the socket's own address. What a proxy on this machine passes on comes from elsewhere, and says so. */
function isLocal({ socket, headers }: Request): boolean {
  if (headers.forwarded || headers.via || Object.keys(headers).some((name) => name.startsWith('x-forwarded-') || name === 'x-real-ip'))
    return false;
  return /^(?:::ffff:)?127\.|^::1$/.test(socket.remoteAddress ?? '');
}

async function countJobs(db: Database): Promise<{ state: string; count: number }[]> {
  const { rows } = await sql<{ state: string; count: number }>`
    select case when attempts >= max_attempts and locked_at is null then 'given up' when locked_at is not null then 'working' else 'waiting' end as state,
      count(*) as count
    from graphile_worker.jobs group by 1`.execute(db);
  return rows;
}
