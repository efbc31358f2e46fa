import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../observe/log.js';
import type { Hub, Ticket } from './hub.js';

export interface Admitted {
  shop: number;
  room: string;
  /** The shop's version now. */
  version: number;
  ticket: Ticket;
}

export interface Doorkeeper {
  /**
   * @param asked the room by the name that the screen gave
   * @returns null when this request may not watch it; else the room that it joins
   */
  admit(request: IncomingMessage, asked: string): Promise<Admitted | null>;
  /** Of these, the ones that may still watch: asked every few seconds for all screens of the process at once. */
  stillAdmitted(shop: number, tickets: Ticket[]): Promise<Set<Ticket>>;
}

/** Screens of one session, or of one TV's link, in this process: far more than anybody opens, and no way to fill the memory. */
const MOST_OF_ONE = 300;
const CHECK_EVERY = 3_000;
const PING_EVERY = 20_000;
/** Codes of our own: signed out or no longer allowed. 1012 is "service restart": come back. */
const NOT_ALLOWED = 4401;
const RESTART = 1012;

/** The WebSocket door `/live?room=…`: who may come in, who must leave, and who has silently gone. */
export class Sockets {
  readonly #server = new WebSocketServer({
    ...{ noServer: true, perMessageDeflate: false },
    // A screen has nothing to say: enough for a close with its reason.
    ...{ maxPayload: 1024, maxFragments: 16, maxBufferedChunks: 1024 },
  });
  readonly #alive = new WeakSet<WebSocket>();
  readonly #timers: NodeJS.Timeout[];

  constructor(
    private readonly hub: Hub,
    private readonly doorkeeper: Doorkeeper,
    private readonly log: Logger,
  ) {
    this.#timers = [setInterval(() => void this.#checkAll(), CHECK_EVERY), setInterval(() => this.#pingAll(), PING_EVERY)];
  }

  attach(server: Server): void {
    server.on('upgrade', (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      this.#upgrade(request, socket, head).catch((error) => {
        this.log.warn({ err: error }, 'a socket could not be opened');
        refuse(socket, '503 Service Unavailable');
      });
    });
  }

  /** Tells every screen that the server restarts. */
  close(): void {
    for (const timer of this.#timers) clearInterval(timer);
    for (const member of this.hub.members()) member.socket.close(RESTART, 'restart');
    setTimeout(() => {
      for (const member of this.hub.members()) member.socket.terminate();
    }, 1_000).unref();
    this.#server.close();
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const [path, query] = (request.url ?? '').split('?', 2);
    const asked = new URLSearchParams(query).get('room') ?? '';
    if (path !== '/live' || !this.hub.has(asked)) return refuse(socket, '404 Not Found');
    const admitted = await this.doorkeeper.admit(request, asked);
    if (!admitted) return refuse(socket, '403 Forbidden');
    const holder = holderOf(admitted.ticket);
    const others = this.hub.members().filter((member) => holderOf(member.ticket) === holder);
    if (others.length >= MOST_OF_ONE) return refuse(socket, '429 Too Many Requests');
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      webSocket.on('pong', () => this.#alive.add(webSocket));
      this.#alive.add(webSocket);
      this.hub.join({ socket: webSocket, shop: admitted.shop, room: admitted.room, ticket: admitted.ticket }, admitted.version);
    });
  }

  async #checkAll(): Promise<void> {
    try {
      const members = this.hub.members();
      for (const shop of this.hub.shops()) {
        const here = members.filter((member) => member.shop === shop);
        const admitted = await this.doorkeeper.stillAdmitted(
          shop,
          here.map((member) => member.ticket),
        );
        for (const member of here) if (!admitted.has(member.ticket)) member.socket.close(NOT_ALLOWED, 'not allowed any more');
      }
    } catch (error) {
      this.log.warn({ err: error }, 'the right to watch could not be checked; trying again');
    }
  }

  #pingAll(): void {
    for (const { socket } of this.hub.members()) {
      if (!this.#alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }
}

/** Who holds a ticket: a session, or the link of a TV. */
function holderOf(ticket: Ticket): string {
  return ticket.kind === 'session' ? `session ${ticket.sid}` : `tv ${ticket.link}`;
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
