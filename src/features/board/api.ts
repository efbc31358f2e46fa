import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, Person, personOrNull, showTime, showTimeOrNull, Time } from '../../platform/web/api-fields.js';
import { Id, optional } from '../../platform/web/forms.js';
import { LabelJson } from '../labels/json.js';
import { BLOCK_REASONS, type BlockReason } from '../work-orders/blocks.js';
import type { Boards } from './boards.js';
import type { CardRow } from './cards.js';
import { COLORS, type Column, MEANINGS } from './columns.js';
import { moveCard } from './moves.js';
import type { Meaning } from './rules.js';

const keysOf = <Key extends string>(table: Record<Key, unknown>) => Object.keys(table) as [Key, ...Key[]];

const CardJson = z
  .strictObject({
    work_order: JsonId.meta({ description: 'Number of the work order.' }),
    vehicle: z.string(),
    plate: z.string(),
    customer: z.string().meta({ description: 'The company, or else the person.' }),
    concern: z.string(),
    mechanic: Person.nullable(),
    advisor: Person.nullable(),
    promised_at: Time.nullable(),
    in_column_since: Time,
    blocked: z.strictObject({ reason: z.enum(keysOf<BlockReason>(BLOCK_REASONS)), note: z.string(), since: Time }).nullable(),
    held: z.boolean().meta({ description: 'Unsafe: it can’t be handed over.' }),
    comments: z.int(),
    labels: z.array(LabelJson),
  })
  .meta({ id: 'Card' });

const BoardJson = z
  .strictObject({
    version: z.int().meta({ description: 'Of the shop; `since` for the events that follow.' }),
    columns: z.array(
      z.strictObject({
        id: JsonId,
        name: z.string(),
        meaning: z.enum(keysOf<Meaning>(MEANINGS)),
        color: z.enum(COLORS),
        limit: z.int().nullable(),
        cards: z.array(CardJson).meta({ description: 'From the top.' }),
      }),
    ),
  })
  .meta({ id: 'Board' });

const Move = z.strictObject({
  column: JsonId,
  after: JsonId.nullable()
    .default(null)
    .meta({ description: 'Number of the work order that it follows; null for the top. When that one has left the column, the bottom.' }),
  reason: optional('The reason', 500),
});
const Moved = z.strictObject({
  version: z.int().meta({ description: 'Of the shop, after the move.' }),
  moved: z.boolean().meta({ description: 'False when it stood there already.' }),
  column: z.string(),
});

/** The board, and the moves on it. */
export function boardOperations({ db }: Services, boards: Boards): Operation[] {
  return [
    api(
      'get',
      '/board',
      {
        ...{ id: 'getBoard', tag: 'Board', summary: 'The board: its columns, with their cards', may: 'board.see', answer: BoardJson },
        etag: (viewer) => `board ${viewer.shop} ${viewer.version} ${viewer.timeZone}`,
        example: {},
      },
      async ({ viewer }) => {
        const { version, columns, rows } = await boards.get(viewer.shop, viewer.version);
        return { version, columns: columns.map((column) => toColumn(column, rows, viewer)) };
      },
    ),
    api(
      'post',
      '/work-orders/:number/moves',
      {
        ...{ id: 'moveCard', tag: 'Board', summary: 'Puts a card into a column, behind another card', may: 'board.move' },
        ...{ params: z.object({ number: Id }), body: Move, answer: Moved, status: 201 },
        example: { params: { number: '1001' }, body: { column: 2, after: null } },
      },
      async ({ viewer, params, body }) => {
        const { version, result, placed } = await moveCard(db, viewer, params.number, body);
        if (placed) boards.place(viewer.shop, version, placed);
        return { version, ...result };
      },
    ),
  ];
}

function toColumn({ id, name, meaning, color, limit }: Column, rows: CardRow[], viewer: ApiViewer) {
  const cards = rows.filter((row) => row.column_id === id).map((row) => toCard(row, viewer));
  return { id, name, meaning, color: color as (typeof COLORS)[number], limit, cards };
}

function toCard(row: CardRow, viewer: ApiViewer): z.input<typeof CardJson> {
  return {
    work_order: row.number,
    vehicle: row.vehicle,
    plate: row.plate,
    customer: row.company || row.customer,
    concern: row.concern,
    mechanic: personOrNull(row.mechanic_id, row.mechanic),
    advisor: personOrNull(row.advisor_id, row.advisor),
    promised_at: showTimeOrNull(row.promised_at, viewer),
    in_column_since: showTime(row.column_since, viewer),
    blocked:
      row.blocked_reason && row.blocked_since
        ? { reason: row.blocked_reason, note: row.blocked_note, since: showTime(row.blocked_since, viewer) }
        : null,
    held: row.held,
    comments: Number(row.comments),
    labels: row.labels as z.input<typeof LabelJson>[],
  };
}
