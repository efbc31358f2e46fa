import type { WebSocket } from 'ws';
import type { Logger } from '../observe/log.js';

/** What a room's watchers get. Applying one twice changes nothing. */
export interface Update {
  version: number;
  content: string;
}

/** A kind of screen that follows a shop: the board, one work order, a TV. Each feature registers its own. */
export interface RoomKind {
  /**
   * What changed in the room after `since`, rendered once for everybody in it.
   * @param reach the version that the shop has, and that the room should come to
   * @returns all that changed up to its `version`; null when nothing that the room shows has changed up to `reach`
   */
  changes(shop: number, room: string, since: number, reach: number): Promise<Update | null>;
  /** Of a kind in which people are told who else is there: what the rooms of one company have in common. */
  company?(room: string): string;
  /** What one of them is shown: the names of the others in this process, none when all have left. */
  greeting?(others: string[]): string;
}

export interface Member {
  socket: WebSocket;
  shop: number;
  room: string;
  /** Asked every few seconds, with all others at once: may this screen still watch? */
  ticket: Ticket;
}

/** By what right a screen watches: a session of a person, or the link of a TV. */
export type Ticket = { kind: 'session'; sid: string; staff: number; name: string; role: string } | { kind: 'tv'; link: number };

interface Room {
  shop: number;
  name: string;
  members: Set<Member>;
  /** The version up to which the room was looked at. */
  version: number;
  /** The version of the last message; members that joined later have this one or a newer one. */
  sent: number;
  working: boolean;
  wanted: number;
}

/** Bytes that may wait for a reader that does not read; beyond that it is cut off and catches up when it returns. */
const MOST_WAITING = 1024 * 1024;
/** Changes that come faster than this are sent together. */
const COALESCE = 40;
const GREETED_AFTER = 150;

/** The rooms of this process, and who watches them. */
export class Hub {
  readonly #rooms = new Map<string, Room>();
  readonly #kinds = new Map<string, RoomKind>();
  /** Companies that are about to be told. */
  readonly #greeting = new Set<string>();

  constructor(private readonly log: Logger) {}

  /** @param kind the part of a room's name before the colon, e.g. `work-order` for `work-order:1042` */
  register(kind: string, room: RoomKind): void {
    this.#kinds.set(kind, room);
  }

  has(room: string): boolean {
    return this.#kinds.has(kindOf(room));
  }

  join(member: Member, version: number): void {
    const key = `${member.shop}/${member.room}`;
    let room = this.#rooms.get(key);
    if (!room) {
      room = { shop: member.shop, name: member.room, members: new Set(), version, sent: version, working: false, wanted: version };
      this.#rooms.set(key, room);
    }
    room.members.add(member);
    this.#greet(member);
    member.socket.once('close', () => {
      room.members.delete(member);
      if (room.members.size === 0 && this.#rooms.get(key) === room) this.#rooms.delete(key);
      this.#greet(member);
    });
  }

  /** Somebody came or left: soon, so that a page which is loaded anew is no coming and going, everybody is told. */
  #greet({ shop, room }: Member): void {
    const kind = this.#kinds.get(kindOf(room));
    if (!kind?.company || !kind.greeting) return;
    const company = kind.company(room);
    const key = `${shop}/${company}`;
    if (this.#greeting.has(key)) return;
    this.#greeting.add(key);
    setTimeout(() => {
      this.#greeting.delete(key);
      this.#tellWhoIsHere(shop, company, kind);
    }, GREETED_AFTER).unref();
  }

  /** Tells everybody of a company who else is there. Without a version: it is no change of the shop. */
  #tellWhoIsHere(shop: number, company: string, kind: RoomKind): void {
    const here = this.members().filter(
      (one) => one.shop === shop && this.#kinds.get(kindOf(one.room)) === kind && kind.company?.(one.room) === company,
    );
    const people = new Map(here.flatMap(({ ticket }) => (ticket.kind === 'session' ? [[ticket.staff, ticket.name]] : [])));
    for (const { socket, ticket } of here) {
      const others = [...people].filter(([staff]) => ticket.kind !== 'session' || staff !== ticket.staff).map(([, name]) => name);
      deliver(socket, JSON.stringify({ content: kind.greeting?.(others) ?? '' }));
    }
  }

  /** Shops that somebody watches here. */
  shops(): number[] {
    return [...new Set([...this.#rooms.values()].map((room) => room.shop))];
  }

  members(): Member[] {
    return [...this.#rooms.values()].flatMap((room) => [...room.members]);
  }

  /** A shop has reached a version: every room of it that is behind gets what changed. */
  advance(shop: number, version: number): void {
    for (const room of this.#rooms.values()) {
      if (room.shop !== shop) continue;
      room.wanted = Math.max(room.wanted, version);
      if (!room.working) void this.#follow(room);
    }
  }

  async #follow(room: Room): Promise<void> {
    room.working = true;
    try {
      while (room.wanted > room.version && room.members.size > 0) {
        await this.#send(room);
        await new Promise((resolve) => setTimeout(resolve, COALESCE));
      }
    } catch (error) {
      // The members still have their old version: the next change, or the next sweep, tries again.
      this.log.error({ err: error, room: room.name }, 'a live update failed');
    } finally {
      room.working = false;
    }
  }

  async #send(room: Room): Promise<void> {
    const wanted = room.wanted;
    const update = await this.#kinds.get(kindOf(room.name))?.changes(room.shop, room.name, room.version, wanted);
    // Never more than the update says that it holds: what lies beyond it would be lost.
    room.version = update?.version ?? wanted;
    if (!update) return;
    // `since` lets several changes travel as one message: it fits whoever has `since` or anything later.
    const message = JSON.stringify({ version: room.version, since: room.sent, content: update.content });
    room.sent = room.version;
    for (const member of room.members) deliver(member.socket, message);
  }
}

function deliver(socket: WebSocket, message: string): void {
  if (socket.readyState !== socket.OPEN) return;
  if (socket.bufferedAmount > MOST_WAITING) socket.terminate();
  else socket.send(message);
}

function kindOf(room: string): string {
  return room.split(':', 1)[0] as string;
}
