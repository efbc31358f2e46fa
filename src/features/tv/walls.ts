import type { RoomKind, Update } from '../../platform/live/hub.js';
import type { Views } from '../../platform/web/views.js';
import type { Board, Boards } from '../board/boards.js';
import type { Variant } from './links.js';
import { floorRows, lobbyRows } from './rules.js';

interface Kept extends Update {
  minute: number;
}

/**
 * What the wall TVs show, rendered once per shop, variant, version and minute, from the board in memory. It is always
 * the whole content: some 30 kB, and a screen that runs for weeks never has to trust what it has.
 */
export class Walls {
  readonly #kept = new Map<string, Kept>();

  constructor(
    private readonly boards: Boards,
    private readonly views: Views,
  ) {}

  /** @param version the least one that will do */
  async get(shop: number, variant: Variant, version: number): Promise<Update> {
    const board = await this.boards.get(shop, version);
    const key = `${shop}/${variant}`;
    const kept = this.#kept.get(key);
    if (kept?.version === board.version && kept.minute === board.minute) return kept;
    const drawn = { version: board.version, minute: board.minute, content: this.#draw(board, variant) };
    this.#kept.set(key, drawn);
    return drawn;
  }

  #draw(board: Board, variant: Variant): string {
    if (variant === 'lobby') {
      const stages = board.columns.map((column) => ({ column, rows: lobbyRows(board.rows, column) }));
      return this.views.render('tv/lobby', { stages });
    }
    const now = new Date();
    const stages = board.columns.map((column) => ({ column, rows: floorRows(board.rows, column, now, board.timeZone) }));
    return this.views.render('tv/floor', { stages });
  }
}

/** The rooms `tv:floor` and `tv:lobby`: rendered once for all the screens in them. */
export function tvRoom(walls: Walls): RoomKind {
  return { changes: (shop, room, since) => walls.get(shop, room === 'tv:lobby' ? 'lobby' : 'floor', since + 1) };
}
