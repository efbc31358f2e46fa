import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, showTime, showTimeOrNull, Time } from '../../platform/web/api-fields.js';
import type { ArrivalRow, OrderRow } from './reading.js';
import { whoseToday } from './routes.js';
import { askedSince, readToday } from './today.js';

const Line = z
  .strictObject({ work_order: JsonId, vehicle: z.string(), promised_at: Time.nullable(), since: Time.nullable() })
  .meta({ id: 'TodayLine' });
const Arrival = z
  .strictObject({
    ...{ appointment: JsonId, at: Time, state: z.enum(['requested', 'confirmed', 'arrived']), name: z.string(), vehicle: z.string() },
    work_order: JsonId.nullable(),
  })
  .meta({ id: 'TodayArrival' });
const lists = {
  late: z.array(Line),
  danger: z.array(Line),
  blocked: z.array(Line),
  awaiting_approval: z.array(Line),
  ready: z.array(Line),
};
const TodayJson = z
  .strictObject({
    arrivals: z.array(Arrival),
    requests: z.array(Arrival),
    ...lists,
    replies: z.int().meta({ description: 'How many replies of customers wait.' }),
  })
  .meta({ id: 'Today' });

/** What today needs somebody; of a mechanic's token, only what is theirs. */
export function todayOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/today',
      { id: 'getToday', tag: 'Board', summary: 'What needs somebody today', may: 'board.see', answer: TodayJson, example: {} },
      async ({ viewer }) => {
        const today = await readToday(db, viewer.shop, whoseToday(viewer));
        const comers = (rows: ArrivalRow[]) =>
          rows.map(({ id, at, state, name, vehicle, number }) => ({
            ...{ appointment: id, at: showTime(at, viewer), state, name, vehicle, work_order: number },
          }));
        const lines = (rows: OrderRow[], since: (row: OrderRow) => Date | null) => rows.map((row) => toLine(row, since(row), viewer));
        return {
          arrivals: comers(today.arrivals),
          requests: comers(today.requests),
          late: lines(today.late, (row) => row.promisedAt),
          danger: lines(today.danger, () => null),
          blocked: lines(today.blocked, (row) => row.blockedSince),
          awaiting_approval: lines(today.asked, askedSince),
          ready: lines(today.ready, (row) => row.columnSince),
          replies: today.replies.length,
        };
      },
    ),
  ];
}

function toLine({ number, vehicle, promisedAt }: OrderRow, since: Date | null, viewer: ApiViewer) {
  return { work_order: number, vehicle, promised_at: showTimeOrNull(promisedAt, viewer), since: showTimeOrNull(since, viewer) };
}
