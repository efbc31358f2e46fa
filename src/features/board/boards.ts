import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import type { Update } from '../../platform/live/hub.js';
import { escapeHtml } from '../../platform/web/html.js';
import type { Views } from '../../platform/web/views.js';
import { type Card, type CardRow, toCard } from './cards.js';
import type { Column } from './columns.js';
import { type BoardRows, type ChangedRows, loadBoard, loadChangedCards, placeCard } from './loading.js';
import type { Placed } from './moves.js';

/** The board of one shop at one version and minute. */
export interface Board extends BoardRows {
  /** Minutes since 1970 at which what depends on the clock was worked out. */
  minute: number;
  cards: Card[];
  /** Each card's markup, by work order id. */
  html: Map<number, string>;
  /** Everything inside #board; put together when somebody wants it. */
  readonly inside: string;
}

interface Kept extends Board {
  drawn: Map<number, DrawnCard>;
  /** What changed since the board that was kept before it: whoever has that one, or a later one, costs no query. */
  step: { since: number; changed: Map<number, number> } | null;
}

interface DrawnCard {
  row: CardRow;
  card: Card;
  html: string;
}

/** When more cards than this have changed, the whole board is less. */
const MOST_PLACES = 60;
/** Nor is a long history looked through for a screen that is so many versions behind. */
const MOST_BEHIND = 500;

/**
 * The rendered boards of the shops on screen, kept in memory. For a new version only the cards that events tell of are read
 * and rendered, once a minute all of them; whoever asks for a version that is here costs no query at all.
 */
export class Boards {
  readonly #kept = new Map<number, Kept>();
  readonly #loading = new Map<number, Promise<Kept>>();

  constructor(
    private readonly db: Database,
    private readonly views: Views,
  ) {}

  /** @param version the least one that will do; the shop's version is in every viewer */
  get(shop: number, version: number): Promise<Board> {
    return this.#get(shop, version);
  }

  async #get(shop: number, version: number): Promise<Kept> {
    const kept = this.#kept.get(shop);
    if (kept && kept.version >= version && kept.minute === currentMinute()) return kept;
    const loading = this.#loading.get(shop);
    if (loading) {
      const board = await loading;
      if (board.version >= version) return board;
      return this.#get(shop, version);
    }
    const load = this.#load(shop).finally(() => this.#loading.delete(shop));
    this.#loading.set(shop, load);
    return load;
  }

  /**
   * What changed on the board after `since`: the changed cards with their places, or the whole board when that is less,
   * or when columns or labels changed.
   * @param version the least one the answer must reach
   * @returns null when nothing on the board has changed
   */
  async changes(shop: number, since: number, version: number): Promise<Update | null> {
    const board = await this.#get(shop, version);
    if (since >= board.version) return null;
    const changed = board.step && since >= board.step.since ? board.step.changed : await this.#findChanged(board, since);
    if (changed === 'all' || changed.size > MOST_PLACES)
      return { version: board.version, content: placing(board, `<div data-whole>${board.inside}</div>`) };
    if (changed.size === 0) return null;
    return { version: board.version, content: placing(board, places(board, changed)) };
  }

  /** The markup that puts one card back where it belongs, on a screen that has moved it, with a sentence at the card. */
  async putBack(shop: number, version: number, number: number, sentence: string): Promise<string> {
    const board = await this.get(shop, version);
    const card = board.cards.find((one) => one.number === number);
    const notice = `<div data-notice="${number}">${escapeHtml(sentence)}</div>`;
    return placing(board, (card ? places(board, new Map([[card.id, card.number]])) : '') + notice, ' data-back');
  }

  async #load(shop: number): Promise<Kept> {
    const kept = this.#kept.get(shop);
    const little = kept?.minute === currentMinute() ? await loadChangedCards(this.db, kept) : null;
    if (!kept || !little) return this.#keep(this.#draw(await loadBoard(this.db, shop), kept, null));
    return this.#advance(kept, little);
  }

  /** Spares the reading after a move that was made here, when nothing else has happened since the board that is kept. */
  place(shop: number, version: number, placed: Placed): void {
    const kept = this.#kept.get(shop);
    if (kept?.version !== version - 1 || kept.minute !== currentMinute()) return;
    const after = placeCard(kept, version, placed);
    if (after) this.#advance(kept, after);
  }

  #advance(kept: Kept, after: ChangedRows): Kept {
    const changed = new Map<number, number>();
    for (const { rows } of [kept, after]) for (const row of rows) if (after.changed.has(row.id)) changed.set(row.id, row.number);
    return this.#keep(this.#draw(after, kept, { since: kept.version, changed }));
  }

  /** The cards that events since then tell of, by work order id with their numbers. */
  async #findChanged(board: Board, since: number): Promise<Map<number, number> | 'all'> {
    if (since < 0 || board.version - since > MOST_BEHIND) return 'all';
    const { rows } = await sql<{ id: number | null; number: number | null; kind: string }>`
      select distinct e.work_order_id as id, w.number, split_part(e.kind, '.', 1) as kind
      from events e left join work_orders w on w.shop_id = e.shop_id and w.id = e.work_order_id
      where e.shop_id = ${board.shop} and e.version > ${since} and e.version <= ${board.version} and e.kind <> 'column.renumbered'`.execute(
      this.db,
    );
    if (rows.some((row) => row.kind === 'column' || row.kind === 'label')) return 'all';
    return new Map(rows.filter((row) => row.id !== null).map((row) => [row.id as number, row.number as number]));
  }

  /** Works out and renders only what differs from the board before: a card whose row, columns and minute are the same is the same. */
  #draw({ shop, shopName, timeZone, version, columns, rows }: BoardRows, before: Kept | undefined, step: Kept['step']): Kept {
    const now = new Date();
    const minute = currentMinute();
    const alike = before && surroundings(before) === surroundings({ columns, timeZone, minute }) ? before.drawn : undefined;
    const byId = new Map(columns.map((column) => [column.id, column]));
    const drawn = new Map<number, DrawnCard>();
    for (const row of rows) {
      const column = byId.get(row.column_id);
      const same = alike?.get(row.id);
      if (same?.row === row) drawn.set(row.id, same);
      else if (same && isSame(same.row, row)) drawn.set(row.id, { ...same, row });
      else if (column) drawn.set(row.id, this.#drawCard(row, toCard(row, column, now, timeZone), columns));
    }
    const cards = [...drawn.values()].map((one) => one.card);
    const html = new Map([...drawn].map(([id, one]) => [id, one.html]));
    const drawInside = () => columns.map((column) => this.#drawColumn(column, cards, html)).join('');
    let inside: string | undefined;
    return {
      ...{ shop, shopName, timeZone, version, columns, rows, cards, drawn, html, step, minute },
      get inside() {
        inside ??= drawInside();
        return inside;
      },
    };
  }

  #drawCard(row: CardRow, card: Card, columns: Column[]): DrawnCard {
    return { row, card, html: this.views.render('board/card', { card, columns }) };
  }

  #drawColumn(column: Column, cards: Card[], html: Map<number, string>): string {
    const own = cards.filter((card) => card.columnId === column.id);
    const inner = own.map((card) => html.get(card.id)).join('');
    return this.views.render('board/column', { column, count: own.length, cards: inner });
  }

  #keep(board: Kept): Kept {
    const kept = this.#kept.get(board.shop);
    // A slower read must not replace a newer board.
    if (!kept || kept.version <= board.version) this.#kept.set(board.shop, board);
    return board;
  }
}

/**
 * The partial that public/js/app/live.js places. It carries the version it brings, whichever way it travels.
 * @param back ` data-back`: what it places must stand there even if the screen has moved on meanwhile
 */
function placing(board: Board, content: string, back = ''): string {
  return `<hx-partial hx-target="#board" hx-swap="place"><div data-version="${board.version}"${back}></div>${content}</hx-partial>`;
}

/** Puts each changed card behind its neighbour, takes away the gone ones, and sets the counts. */
function places(board: Board, changed: Map<number, number>): string {
  const parts: string[] = [];
  let previous: Card | undefined;
  for (const card of board.cards) {
    const after = previous?.columnId === card.columnId ? previous.number : '';
    if (changed.has(card.id)) parts.push(`<div data-place="${card.columnId}" data-after="${after}">${board.html.get(card.id)}</div>`);
    previous = card;
  }
  for (const [id, number] of changed) if (!board.html.has(id)) parts.push(`<div data-gone="${number}"></div>`);
  for (const column of board.columns) {
    parts.push(`<div data-count="${column.id}">${board.cards.filter((card) => card.columnId === column.id).length}</div>`);
  }
  return parts.join('');
}

function isSame(before: CardRow, row: CardRow): boolean {
  return JSON.stringify(before) === JSON.stringify(row);
}

/** What every card's markup depends on besides its own row. */
function surroundings(board: Pick<Board, 'columns' | 'timeZone' | 'minute'>): string {
  return JSON.stringify([board.columns, board.timeZone, board.minute]);
}

function currentMinute(): number {
  return Math.floor(Date.now() / 60_000);
}
