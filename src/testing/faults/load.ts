import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client, Reply } from '../client.js';
import { photoBytes } from '../media.js';
import type { TestShop } from '../shop.js';
import { uploadFiles } from '../upload.js';

export type Kind = 'comment' | 'move' | 'photo';

/** One write: noted before it is sent. */
export interface Entry {
  /** Of the form: sent again it has no second effect. */
  requestId: string;
  kind: Kind;
  number: number;
  /** `unknown`: nobody can say whether it happened. `refused`: answered, and not done. */
  outcome: 'intended' | 'acknowledged' | 'refused' | 'unknown';
  /** The last status, or the error of the connection. */
  answer: string;
  /** How often it was sent. */
  sent: number;
  /** Milliseconds until the last answer. */
  took: number;
}

export interface LoadOptions {
  /** Of all together. */
  perSecond: number;
  kinds?: Kind[];
  /** How long what was refused for the moment, or has an unknown outcome, is sent again under its id; 0: never. Seconds. */
  retryFor?: number;
}

/**
 * People at work: each has a card of their own, which they move to and fro, comment on and photograph, and all is written down in a
 * ledger before it is sent.
 * @param clients signed in; one person each
 * @param numbers of their cards, one each
 */
export class Load {
  readonly ledger: Entry[] = [];
  #going = true;
  readonly #working: Promise<void>[];
  #photos = 0;

  constructor(
    clients: Client[],
    private readonly shop: TestShop,
    numbers: number[],
    private readonly options: LoadOptions,
  ) {
    this.#working = clients.map((client, index) => this.#work(client, numbers[index] as number, index / clients.length, clients.length));
  }

  get acknowledged(): Entry[] {
    return this.#of('acknowledged');
  }

  /** What was answered with anything but success, or with nothing. */
  get failed(): Entry[] {
    return [...this.#of('refused'), ...this.#of('unknown')];
  }

  /** @returns the ledger, in which nothing is under way any more */
  async stop(): Promise<Entry[]> {
    this.#going = false;
    await Promise.all(this.#working);
    return this.ledger;
  }

  #of(outcome: Entry['outcome']): Entry[] {
    return this.ledger.filter((entry) => entry.outcome === outcome);
  }

  async #work(client: Client, number: number, offset: number, people: number): Promise<void> {
    const kinds = this.options.kinds ?? ['move', 'comment'];
    const pause = (people / this.options.perSecond) * 1000;
    await sleep(offset * pause);
    for (let turn = 0; this.#going; turn++) {
      const due = performance.now() + pause;
      const entry: Entry = {
        ...{ requestId: randomUUID(), kind: kinds[turn % kinds.length] as Kind, number, outcome: 'intended', answer: '' },
        ...{ sent: 0, took: 0 },
      };
      this.ledger.push(entry);
      await this.#settle(client, entry, Math.floor(turn / kinds.length));
      await sleep(Math.max(0, due - performance.now()));
    }
  }

  async #settle(client: Client, entry: Entry, turn: number): Promise<void> {
    const photo = entry.kind === 'photo' ? await photoBytes(10_000 + this.#photos++, { width: 64, height: 48 }) : null;
    const deadline = Date.now() + (this.options.retryFor ?? 0) * 1000;
    for (;;) {
      const start = performance.now();
      entry.sent++;
      const reply = await this.#send(client, entry, turn, photo).catch((error: Error) => error);
      entry.took = performance.now() - start;
      entry.answer = reply instanceof Error ? reply.message : String(reply.status);
      if (reply instanceof Error) entry.outcome = 'unknown';
      // Once its outcome was unknown, a later refusal says nothing of the first time.
      else if (reply.status === 303) entry.outcome = 'acknowledged';
      else if (entry.outcome !== 'unknown') entry.outcome = 'refused';
      if (entry.outcome === 'acknowledged' || Date.now() > deadline) return;
      await sleep(100);
    }
  }

  #send(client: Client, { kind, number, requestId }: Entry, turn: number, photo: Buffer | null): Promise<Reply> {
    const path = `/work-orders/${number}`;
    if (kind === 'comment') return client.post(`${path}/comments`, { text: requestId, requestId });
    if (photo) return uploadFiles(client, `${path}/media`, { requestId }, [{ name: `${requestId}.jpg`, bytes: photo }]);
    // To and fro: a card that stood there already would leave no event.
    return client.post(`${path}/moves`, { column: this.shop.columns[1 - (turn % 2)]?.id ?? 0, after: '', requestId });
  }
}
