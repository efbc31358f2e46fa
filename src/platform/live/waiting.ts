interface Waiting {
  shop: number;
  since: number;
  wake(): void;
}

/** Requests that wait until a shop has a newer version (long polls). The listener tells of versions; nobody asks the database meanwhile. */
export class WaitingRequests {
  readonly #waiting = new Set<Waiting>();
  #closed = false;

  /** Shops that somebody waits for here. */
  shops(): number[] {
    return [...new Set([...this.#waiting].map(({ shop }) => shop))];
  }

  /** A shop has reached a version. */
  advance(shop: number, version: number): void {
    for (const one of this.#waiting) if (one.shop === shop && version > one.since) one.wake();
  }

  /**
   * Begins to wait; from then on no version is missed. Begin before you look whether there is one already.
   * @param since the version that is known
   * @param milliseconds the longest it takes
   * @param signal ends it, when whoever asked has gone
   * @returns `over`, settled as soon as there is more, or time is up, or the program stops; and `stop` for who need not wait after all
   */
  begin(shop: number, since: number, milliseconds: number, signal: AbortSignal): { over: Promise<void>; stop(): void } {
    let stop = () => {};
    const over = new Promise<void>((resolve) => {
      const waiting: Waiting = { shop, since, wake: () => stop() };
      const timer = setTimeout(() => stop(), milliseconds);
      stop = () => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        signal.removeEventListener('abort', stop);
        resolve();
      };
      this.#waiting.add(waiting);
      signal.addEventListener('abort', stop);
      if (signal.aborted || this.#closed) stop();
    });
    return { over, stop };
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Nobody waits any more: the program stops. */
  close(): void {
    this.#closed = true;
    for (const one of this.#waiting) one.wake();
  }
}
