import { once } from 'node:events';
import WebSocket from 'ws';
import type { Client } from './client.js';

export interface Message {
  version: number;
  since: number;
  content: string;
}

/** One screen's socket: keeps every message in the order it came. */
export class TestSocket {
  readonly messages: Message[] = [];
  closed: { code: number; reason: string } | undefined;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data) => this.messages.push(JSON.parse(String(data))));
    socket.on('close', (code, reason) => {
      this.closed = { code, reason: String(reason) };
    });
    socket.on('error', () => {});
  }

  /** @throws Error with the HTTP status when it is refused before the upgrade */
  static async open(client: Client, room: string, headers: Record<string, string> = {}): Promise<TestSocket> {
    const refused = await tryToOpen(client, room, { origin: client.url, cookie: client.cookie, ...headers });
    if (typeof refused === 'number') throw new Error(`The socket was refused: ${refused}`);
    return new TestSocket(refused);
  }

  close(): void {
    this.socket.terminate();
  }
}

/** Knocks at /live. @returns the open socket, or the HTTP status of the refusal */
export async function tryToOpen(client: Client, room: string, headers: Record<string, string>): Promise<WebSocket | number> {
  const socket = new WebSocket(`${client.url.replace('http', 'ws')}/live?room=${encodeURIComponent(room)}`, { headers });
  // Told of both, so that no refusal is an error that nobody hears.
  socket.on('error', () => {});
  const answer = await Promise.race([
    once(socket, 'open').then(() => 'open' as const),
    once(socket, 'unexpected-response').then(([, response]) => response.statusCode as number),
  ]);
  return answer === 'open' ? socket : answer;
}

/** What a screen shows: cards by column, from the top, and the markup of each card. */
export type Shown = Record<string, number[]>;

/**
 * A screen without a browser: applies messages as public/js/app/live.js does, and nothing more clever. It is strict where
 * a browser is lenient: a card whose neighbour is not where the message says is an error.
 */
export class ScreenModel {
  version: number;
  #columns = new Map<string, number[]>();
  #cards = new Map<number, string>();
  #counts = new Map<string, number>();

  /** @param page the HTML of /board */
  constructor(page: string) {
    this.version = Number(/id="board"[^>]*data-version="(\d+)"/.exec(page)?.[1]);
    this.#showWhole(page);
  }

  /** @returns false for a gap: the screen must catch up over HTTP */
  receive(message: Message): boolean {
    if (message.version <= this.version) return true;
    if (message.since > this.version) return false;
    this.apply(message.content, message.version);
    return true;
  }

  /** The answer of /board/changes, or what a message holds. */
  apply(content: string, version: number): void {
    if (/data-column="/.test(content)) this.#showWhole(content);
    else this.#place(content);
    this.version = version;
  }

  /** Asks for what it has missed, as a screen does after a gap and after opening its socket. */
  async catchUp(client: Client): Promise<void> {
    const reply = await client.get(`/board/changes?since=${this.version}`, { htmx: true });
    if (reply.status === 200) this.apply(reply.text, Number(reply.headers['x-version']));
    else if (reply.status !== 204) throw new Error(`Catching up failed: ${reply.status}`);
  }

  get shown(): Shown {
    return Object.fromEntries(this.#columns);
  }

  /** Each card's markup without what depends on the clock. */
  get cards(): Record<number, string> {
    return Object.fromEntries([...this.#cards].map(([number, html]) => [number, html.replace(/<time.*?<\/time>/gs, '')]));
  }

  /** The number at the head of each column. */
  get counts(): Record<string, number> {
    return Object.fromEntries(this.#counts);
  }

  #showWhole(html: string): void {
    this.#columns = new Map();
    this.#cards = new Map();
    this.#counts = new Map();
    let column = '';
    for (const [article, id, counted, number] of html.matchAll(WHOLE)) {
      if (id) {
        column = id;
        this.#columns.set(column, []);
      } else if (counted) this.#counts.set(column, Number(counted));
      else {
        this.#columns.get(column)?.push(Number(number));
        this.#cards.set(Number(number), article);
      }
    }
  }

  #place(content: string): void {
    for (const [, column, after, article, number, gone, count, counted] of content.matchAll(PLACE)) {
      if (gone) this.#take(Number(gone));
      else if (count) this.#counts.set(count, Number(counted));
      else this.#put(Number(number), column as string, after ? Number(after) : null, article as string);
    }
  }

  #put(number: number, column: string, after: number | null, article: string): void {
    this.#take(number);
    const cards = this.#columns.get(column);
    if (!cards) throw new Error(`There is no column ${column} on the screen.`);
    if (after !== null && !cards.includes(after)) throw new Error(`${number} should follow ${after}, which is not in column ${column}.`);
    cards.splice(after === null ? 0 : cards.indexOf(after) + 1, 0, number);
    this.#cards.set(number, article);
  }

  #take(number: number): void {
    for (const cards of this.#columns.values()) if (cards.includes(number)) cards.splice(cards.indexOf(number), 1);
    this.#cards.delete(number);
  }
}

// Quotes in what people type are escaped, so these can't be mistaken for it.
const ARTICLE = '<article[^>]*? data-card="(\\d+)"[\\s\\S]*?<\\/article>';
const WHOLE = new RegExp(`<section[^>]*? data-column="(\\d+)"|data-counted>(\\d+)<|${ARTICLE}`, 'g');
const PLACE = new RegExp(
  `data-place="(\\d+)" data-after="(\\d*)">\\s*(${ARTICLE})|data-gone="(\\d+)"|data-count="(\\d+)">\\s*(\\d+)\\s*<`,
  'g',
);

/** Replays what a socket received, catching up where there is a gap. */
export async function replay(model: ScreenModel, socket: TestSocket, client: Client): Promise<void> {
  for (const message of socket.messages.splice(0)) if (!model.receive(message)) await model.catchUp(client);
}
