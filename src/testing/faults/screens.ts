import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../../platform/database/pool.js';
import type { Client } from '../client.js';
import { ScreenModel, type Shown, TestSocket } from '../socket.js';
import { boardInDatabase } from '../truth.js';

/** The pause of the browser's own script, before the first try and at most. Milliseconds. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 10_000;

/** A board that is open somewhere: comes back as a browser does when its socket ends, and catches up. */
export class Screen {
  /** How long it had no socket, each time, until it had caught up. Milliseconds. */
  readonly gaps: number[] = [];
  /** Codes with which its sockets were closed. */
  readonly codes: number[] = [];
  #socket: TestSocket | undefined;
  #closed = false;
  #applying: Promise<void> = Promise.resolve();

  private constructor(
    private readonly client: Client,
    private readonly model: ScreenModel,
  ) {}

  static async open(client: Client): Promise<Screen> {
    const screen = new Screen(client, new ScreenModel((await client.get('/board')).text));
    await screen.#join();
    return screen;
  }

  get isLive(): boolean {
    return this.#socket !== undefined;
  }

  async shown(): Promise<Shown> {
    await this.#applying;
    return this.model.shown;
  }

  close(): void {
    this.#closed = true;
    this.#socket?.close();
  }

  async #join(): Promise<void> {
    const socket = await TestSocket.open(this.client, 'board');
    this.#socket = socket;
    const apply = () => {
      this.#applying = this.#applying.then(async () => {
        for (const message of socket.messages.splice(0)) if (!this.model.receive(message)) await this.model.catchUp(this.client);
      });
      // The next close or message tries again.
      this.#applying = this.#applying.catch(() => {});
    };
    socket.socket.on('message', apply);
    socket.socket.once('close', (code) => {
      this.#socket = undefined;
      this.codes.push(code);
      if (!this.#closed) void this.#comeBack();
    });
    // First the socket, then the catch-up: nothing falls between.
    await this.model.catchUp(this.client);
    apply();
  }

  async #comeBack(): Promise<void> {
    const start = performance.now();
    for (let attempt = 0; !this.#closed; attempt++) {
      await sleep(Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** attempt) * (0.7 + Math.random() * 0.6));
      try {
        await this.#join();
        this.gaps.push(performance.now() - start);
        return;
      } catch {
        // Not yet.
      }
    }
  }
}

/** Waits until every screen shows what the database has (I6). @returns how long it took, in milliseconds @throws Error after `seconds` */
export async function untilAllShow(screens: Screen[], db: Database, shop: number, seconds: number): Promise<number> {
  const start = performance.now();
  for (;;) {
    const truth = JSON.stringify(await boardInDatabase(db, shop));
    const shown = await Promise.all(screens.map((screen) => screen.shown()));
    const behind = shown.filter((one) => JSON.stringify(one) !== truth).length;
    const away = screens.filter((screen) => !screen.isLive).length;
    if (behind + away === 0) return performance.now() - start;
    if (performance.now() - start > seconds * 1000)
      throw new Error(`After ${seconds} s ${behind} of ${screens.length} screens show something else, ${away} have no socket.`);
    await sleep(50);
  }
}
