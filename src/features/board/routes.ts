import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { originOf } from '../../platform/web/addresses.js';
import { done } from '../../platform/web/answers.js';
import { Id, optional, RequestId } from '../../platform/web/forms.js';
import { get, post, type Route } from '../../platform/web/routes.js';
import { SinceQuery } from '../../platform/web/screens.js';
import { tellOfMove } from '../messages/moves.js';
import { BoardPages } from './board-pages.js';
import type { Boards } from './boards.js';
import { BoardQuery } from './filters.js';
import { moveCard, undoMove } from './moves.js';

const Numbered = z.object({ number: Id });
const MoveInput = z.strictObject({
  column: Id,
  after: z.union([z.literal('').transform(() => null), Id]).default(null),
  step: z.enum(['up', 'down']).optional(),
  reason: optional('The reason', 500),
  requestId: RequestId,
});
const UndoInput = z.strictObject({ move: Id });

export function boardRoutes(services: Services, boards: Boards): Route[] {
  const { db, config } = services;
  const pages = new BoardPages(services, boards);

  return [
    get('/', { may: 'anyone' }, () => done('/board')),
    get('/board', { may: 'board.see', query: BoardQuery }, (context) => pages.show(context)),
    get('/board/changes', { may: 'board.see', query: SinceQuery }, ({ viewer, query }) => pages.changes(viewer, query.since)),
    get('/work-orders/:number/moves/new', { may: 'board.move', params: Numbered }, ({ viewer, params }) =>
      pages.moveForm(viewer, params.number, null),
    ),
    post(
      '/work-orders/:number/moves',
      { may: 'board.move', params: Numbered, body: MoveInput, form: (context, refused) => pages.refused(context, refused) },
      async ({ request, viewer, params, body }) => {
        const { result, version, repeated, placed } = await moveCard(db, viewer, params.number, body, body.requestId);
        if (placed) boards.place(viewer.shop, version, placed);
        const undo = result.moved && !repeated ? version : undefined;
        const tell =
          result.moved && !repeated ? await tellOfMove(services, viewer, params.number, version, originOf(config, request)) : null;
        const text = result.moved ? `${params.number} moved to ${result.column}.` : `${params.number} stands there already.`;
        const flash = tell ? { ...tell, text: `${text} ${tell.text}`.trim(), undo } : { text, undo };
        return pages.moved(viewer, request.get('X-Version'), version, flash);
      },
    ),
    post('/board/undos', { may: 'board.move', body: UndoInput }, async ({ request, viewer, body }) => {
      const { result, version } = await undoMove(db, viewer, body.move);
      return pages.moved(viewer, request.get('X-Version'), version, { text: `${result.number} is back in ${result.column}.` });
    }),
  ];
}
