import type pg from 'pg';

export type When = 'before' | 'after';
type Callback = (error: Error | null, result?: unknown) => void;
type AnyQuery = (...args: unknown[]) => unknown;

/** Breaks one statement of a pool: a statement of a request or of anything else that this process does meanwhile. */
export class FailingStatements {
  #count = 0;
  #at = 0;
  #when: When = 'before';
  /** What was broken; undefined when it never came to that. */
  broken: string | undefined;
  readonly #wrapped = new WeakSet<object>();

  constructor(pool: pg.Pool) {
    const connect = pool.connect.bind(pool) as AnyQuery;
    const holder = pool as unknown as { connect: AnyQuery };
    holder.connect = (callback?: unknown) => {
      if (typeof callback !== 'function') return (connect() as Promise<pg.PoolClient>).then((client) => this.#wrap(client));
      return connect((error: Error | undefined, client: pg.PoolClient | undefined, release: unknown) =>
        callback(error, client && this.#wrap(client), release),
      );
    };
  }

  /** From now on the `at`-th statement fails, before or after it has taken effect, as if the connection was lost there. */
  arm(at: number, when: When): void {
    this.#count = 0;
    this.#at = at;
    this.#when = when;
    this.broken = undefined;
  }

  disarm(): void {
    this.#at = 0;
  }

  #wrap(client: pg.PoolClient): pg.PoolClient {
    if (this.#wrapped.has(client)) return client;
    this.#wrapped.add(client);
    const query = client.query.bind(client) as unknown as AnyQuery;
    (client as unknown as { query: AnyQuery }).query = (...args) => {
      if (this.#at === 0 || ++this.#count !== this.#at) return query(...args);
      this.broken = typeof args[0] === 'string' ? args[0] : String((args[0] as { text?: string }).text);
      const lost = new Error('Connection terminated unexpectedly');
      const callback = typeof args.at(-1) === 'function' ? (args.at(-1) as Callback) : null;
      if (callback) {
        if (this.#when === 'before') return void setImmediate(callback, lost);
        return query(...args.slice(0, -1), () => callback(lost));
      }
      if (this.#when === 'before') return Promise.reject(lost);
      return (query(...args) as Promise<unknown>).then(() => Promise.reject(lost));
    };
    return client;
  }
}
