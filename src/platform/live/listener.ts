import pg from 'pg';
import { connectionSettings, type Database } from '../database/pool.js';
import type { Logger } from '../observe/log.js';

const SWEEP_EVERY = 5_000;
const LONGEST_PAUSE = 10_000;

/**
 * Tells when a shop has a new version. NOTIFY is only a wake-up and may be lost (a cut connection, a restart of
 * Postgres), so the versions of the shops on screen are also looked up every few seconds and after each reconnect.
 */
export class Listener {
  #client: pg.Client | undefined;
  #sweep: NodeJS.Timeout;
  #retry: NodeJS.Timeout | undefined;
  #attempt = 0;
  #stopped = false;

  constructor(
    private readonly url: string,
    private readonly db: Database,
    private readonly log: Logger,
    private readonly watched: () => number[],
    private readonly onVersion: (shop: number, version: number) => void,
  ) {
    this.#sweep = setInterval(() => void this.sweep(), SWEEP_EVERY);
    this.#sweep.unref();
  }

  async start(): Promise<void> {
    const client = new pg.Client({ ...connectionSettings(this.url), application_name: 'serviceflow listener' });
    this.#client = client;
    client.on('error', (error) => this.#lost(client, error));
    client.on('end', () => this.#lost(client, new Error('connection ended')));
    client.on('notification', ({ payload }) => {
      const [shop, version] = (payload ?? '').split(':').map(Number);
      if (shop && version) this.onVersion(shop, version);
    });
    try {
      await client.connect();
      await client.query('listen shop');
      this.#attempt = 0;
      await this.sweep();
    } catch (error) {
      this.#lost(client, error as Error);
    }
  }

  /** Looks up the versions of the shops on screen. */
  async sweep(): Promise<void> {
    const shops = this.watched();
    if (shops.length === 0 || this.#stopped) return;
    try {
      const rows = await this.db.selectFrom('shops').select(['id', 'version']).where('id', 'in', shops).execute();
      for (const row of rows) this.onVersion(row.id, row.version);
    } catch (error) {
      this.log.warn({ err: error }, 'versions could not be looked up; trying again');
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweep);
    clearTimeout(this.#retry);
    await this.#client?.end().catch(() => {});
  }

  #lost(client: pg.Client, error: Error): void {
    if (client !== this.#client || this.#stopped) return;
    this.#client = undefined;
    void client.end().catch(() => {});
    const pause = Math.min(LONGEST_PAUSE, 100 * 2 ** this.#attempt++) * (0.75 + Math.random() / 2);
    this.log.warn({ err: error, pause: Math.round(pause) }, 'the listening connection was lost; connecting again');
    this.#retry = setTimeout(() => void this.start(), pause);
  }
}
