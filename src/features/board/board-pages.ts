import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type Answer, bytes, done, page } from '../../platform/web/answers.js';
import type { Context, Refused } from '../../platform/web/routes.js';
import { answerMissed } from '../../platform/web/screens.js';
import type { Flash } from '../../platform/web/sessions.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { listLabels } from '../labels/labels.js';
import { listMembers } from '../staff/members.js';
import type { Board, Boards } from './boards.js';
import { type BoardFilter, isEmpty, passes } from './filters.js';

const compress = promisify(gzip);
/** Pages kept ready, compressed: one a person, the least used first to go. */
const MOST_READY = 200;

interface Ready {
  etag: string;
  html: Buffer;
  gzip: Buffer;
}

type MoveContext = Context<string, { number: number }, unknown, unknown> & { viewer: Viewer };

/** What the board answers: the page, what changed, and a move that was made or refused. */
export class BoardPages {
  readonly #ready = new Map<number, Ready>();

  constructor(
    private readonly services: Services,
    private readonly boards: Boards,
  ) {}

  async show(context: Context<string, unknown, BoardFilter, unknown> & { viewer: Viewer }): Promise<Answer> {
    const { viewer, query, flash, request } = context;
    const board = await this.boards.get(viewer.shop, viewer.version);
    if (flash || !isEmpty(query)) return page('board/board', await this.#data(board, viewer, query));
    const ready = await this.#readyPage(board, viewer, (data) =>
      this.services.views.render('board/board', { ...context.frame(), ...data }),
    );
    const headers = {
      'Content-Type': 'text/html; charset=utf-8',
      ETag: ready.etag,
      'Cache-Control': 'private, no-store',
      Vary: 'HX-Request, Accept-Encoding',
    };
    if (request.get('If-None-Match') === ready.etag) return bytes(null, headers, 304);
    if (request.acceptsEncodings('gzip')) return bytes(ready.gzip, { ...headers, 'Content-Encoding': 'gzip' });
    return bytes(ready.html, headers);
  }

  /** Catch-up, reconnect, a tab that wakes up, polling: one answer for all. */
  async changes(viewer: Viewer, since: number): Promise<Answer> {
    const read = () => this.boards.changes(viewer.shop, since > viewer.version ? -1 : since, viewer.version);
    return answerMissed(since, viewer.version, read, this.services.assets.revision);
  }

  /** After a move: everything that this screen has not seen yet, its own move among it. */
  async moved(viewer: Viewer, since: string | undefined, version: number, flash: Flash): Promise<Answer> {
    const known = since && /^\d+$/.test(since) ? Number(since) : version - 1;
    const update = await this.boards.changes(viewer.shop, Math.min(known, version - 1), version);
    const notice = this.services.views.render('board/notice', { flash });
    return done('/board', {
      flash,
      fragments: (update?.content ?? '') + notice,
      headers: { 'X-Version': String(update?.version ?? version) },
    });
  }

  /** A refused move: the card goes back, with the sentence at it; a manager is asked for the reason. */
  async refused(context: MoveContext, refused: Refused): Promise<Answer> {
    const { viewer, params, htmx } = context;
    if (!htmx) return this.moveForm(viewer, params.number, refused);
    const text = Object.values(refused.fields)[0] ?? '';
    const back = await this.boards.putBack(viewer.shop, viewer.version, params.number, text);
    const needsReason = refused.fields.reason !== undefined;
    const form = needsReason
      ? this.services.views.render('board/move-form', { ...(await this.#formData(viewer, params.number, refused)), inDialog: true })
      : '';
    // From the sheet of the work order the card is not to be seen, so the sentence stands there as well.
    const isAtSheet = context.request.get('HX-Source') === 'form#move-here';
    return page('board/refused', { back, form, problem: isAtSheet ? text : '', needsReason, number: params.number }, 'board/refused');
  }

  /** @throws NotFound when the card is not on the board, unless it was asked to move: then the page says so itself */
  async moveForm(viewer: Viewer, number: number, refused: Refused | null): Promise<Answer> {
    const data = await this.#formData(viewer, number, refused);
    if (!data.card && !refused) throw new NotFound('That card is not on the board.');
    return page('board/move', data, 'board/move-form');
  }

  async #formData(viewer: Viewer, number: number, refused: Refused | null) {
    const board = await this.boards.get(viewer.shop, viewer.version);
    const card = board.cards.find((one) => one.number === number) ?? null;
    return {
      title: `Move WO-${number}`,
      number,
      card,
      columns: board.columns,
      values: refused?.values ?? {},
      errors: refused?.fields ?? {},
    };
  }

  async #data(board: Board, viewer: Viewer, filter: BoardFilter) {
    const [members, labels] = await Promise.all([listMembers(this.services.db, viewer.shop), listLabels(this.services.db, viewer.shop)]);
    const hidden = board.cards.filter((card) => !passes(card, filter, viewer.staff));
    let inside = board.inside;
    for (const card of hidden) inside = inside.replace(`id="card-${card.number}"`, `id="card-${card.number}" hidden`);
    const filtered = !isEmpty(filter);
    return {
      title: 'Board',
      version: board.version,
      inside,
      filter,
      filtered,
      shown: board.cards.length - hidden.length,
      people: members,
      allLabels: labels,
    };
  }

  /** The whole page for one person, made once per version and minute. */
  async #readyPage(board: Board, viewer: Viewer, render: (data: object) => string): Promise<Ready> {
    const etag = `W/"${board.shop}-${board.version}-${board.minute}-${viewer.staff}-${viewer.role}-${this.services.assets.revision}"`;
    const kept = this.#ready.get(viewer.staff);
    if (kept?.etag === etag) return kept;
    const html = Buffer.from(render(await this.#data(board, viewer, {})));
    const ready = { etag, html, gzip: await compress(html, { level: 6 }) };
    this.#ready.delete(viewer.staff);
    this.#ready.set(viewer.staff, ready);
    if (this.#ready.size > MOST_READY) this.#ready.delete(this.#ready.keys().next().value as number);
    return ready;
  }
}
