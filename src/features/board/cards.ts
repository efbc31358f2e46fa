import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { showAge, showPromise } from '../../platform/time.js';
import { BLOCK_REASONS, type BlockReason } from '../work-orders/blocks.js';
import type { Column } from './columns.js';
import { promiseState } from './rules.js';

/** Where a customer stands, as the card says it. */
const CUSTOMER_STATES = { sent: 'Sent', opened: 'Opened', asked: 'Asked', answered: 'Answered' } as const;

/** One card as the database has it. */
export interface CardRow {
  id: number;
  number: number;
  column_id: number;
  /** Its place in the column: the lower, the higher up. */
  rank: number;
  column_since: Date;
  promised_at: Date | null;
  blocked_reason: BlockReason | null;
  blocked_note: string;
  blocked_since: Date | null;
  /** Unsafe, declined, and not released: it can't be handed over. */
  held: boolean;
  customer_state: keyof typeof CUSTOMER_STATES | null;
  customer_state_at: Date | null;
  /** What was answered, while that is where the customer stands: so many of each, options as one. */
  answers: { approved: number; declined: number; deferred: number } | null;
  vehicle: string;
  plate: string;
  customer: string;
  company: string;
  concern: string;
  mechanic_id: number | null;
  mechanic: string | null;
  advisor_id: number | null;
  advisor: string | null;
  comments: number;
  labels: { id: number; name: string; color: string }[];
}

/** One card as views/board/card.eta shows it, with all that depends on the clock worked out. */
export interface Card {
  id: number;
  number: number;
  columnId: number;
  vehicle: string;
  plate: string;
  customer: string;
  mechanic: { id: number; name: string; initials: string } | null;
  advisorId: number | null;
  promise: { iso: string; text: string; state: 'late' | 'soon' | '' } | null;
  since: { iso: string; text: string };
  held: boolean;
  blocked: { kind: BlockReason; reason: string; note: string; iso: string; text: string } | null;
  /** Where the customer stands with what was sent to them: in a word or two, and since when. */
  told: { word: string; at: string; waits: boolean } | null;
  comments: number;
  labels: { id: number; name: string; color: string }[];
  /** What the text filter looks through, in lower case. */
  search: string;
}

const ANSWERS = sql`(
  select json_build_object('approved', count(*) filter (where j.consent in ('approved', 'revised')),
    'declined', count(*) filter (where j.consent = 'declined'), 'deferred', count(*) filter (where j.consent = 'deferred'))
  from jobs j where j.shop_id = w.shop_id and j.work_order_id = w.id and j.pay_type = 'customer' and (j.choice is null or j.picked))`;

/** What a card shows, without the words that say which cards. */
export const CARD_ROWS = sql`
  select w.id, w.number, w.column_id, w.rank, w.column_since, w.promised_at, w.blocked_reason, w.blocked_note, w.blocked_since, w.customer_state, w.customer_state_at, w.concern,
    case when w.customer_state = 'answered' then ${ANSWERS} end as answers,
    exists (select from holds h where h.shop_id = w.shop_id and h.work_order_id = w.id and h.ended_at is null) as held,
    v.description as vehicle, v.plate, c.name as customer, c.company,
    w.mechanic_id, m.name as mechanic, w.advisor_id, a.name as advisor,
    (select count(*) from comments o where o.shop_id = w.shop_id and o.work_order_id = w.id) as comments,
    coalesce((
      select jsonb_agg(jsonb_build_object('id', l.id, 'name', l.name, 'color', l.color) order by l.name)
      from work_order_labels wl join labels l on l.shop_id = wl.shop_id and l.id = wl.label_id
      where wl.shop_id = w.shop_id and wl.work_order_id = w.id
    ), '[]') as labels
  from work_orders w
  join columns k on k.shop_id = w.shop_id and k.id = w.column_id
  join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
  join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
  left join staff m on m.id = w.mechanic_id
  left join staff a on a.id = w.advisor_id`;

/** Every card on the board, column by column from the top: one query, whatever has been finished before. */
export async function loadCards(db: Database, shop: number): Promise<CardRow[]> {
  const { rows } = await sql<CardRow>`${CARD_ROWS}
    where w.shop_id = ${shop} and w.rank is not null
    order by k.position, w.rank`.execute(db);
  return rows;
}

/** @param timeZone of the shop */
export function toCard(row: CardRow, column: Column, now: Date, timeZone: string): Card {
  return {
    id: row.id,
    number: row.number,
    columnId: row.column_id,
    vehicle: row.vehicle,
    plate: row.plate,
    customer: row.company || row.customer,
    mechanic: row.mechanic_id && row.mechanic ? { id: row.mechanic_id, name: row.mechanic, initials: initials(row.mechanic) } : null,
    advisorId: row.advisor_id,
    promise: row.promised_at && {
      iso: row.promised_at.toISOString(),
      text: showPromise(row.promised_at, now, timeZone),
      state: promiseState(row.promised_at, column.meaning, now),
    },
    since: { iso: row.column_since.toISOString(), text: showAge(row.column_since, now) },
    held: row.held,
    blocked: row.blocked_reason &&
      row.blocked_since && {
        kind: row.blocked_reason,
        reason: BLOCK_REASONS[row.blocked_reason],
        note: row.blocked_note,
        iso: row.blocked_since.toISOString(),
        text: showAge(row.blocked_since, now),
      },
    told: toldOf(row, column, now, timeZone),
    comments: row.comments,
    labels: row.labels,
    search: searchText(row),
  };
}

/** Once the work is done it says nothing any more. */
function toldOf(row: CardRow, { meaning }: Column, now: Date, timeZone: string): Card['told'] {
  const { customer_state: state, customer_state_at: at, answers } = row;
  if (!state || !at || meaning === 'done') return null;
  const word = (answers && tellAnswers(answers)) || CUSTOMER_STATES[state];
  return { word, at: showPromise(at, now, timeZone), waits: state === 'sent' || state === 'opened' };
}

/** `2 approved, 1 declined`; '' when nothing is left of what was answered. */
function tellAnswers({ approved, declined, deferred }: NonNullable<CardRow['answers']>): string {
  const counts = [[approved, 'approved'] as const, [declined, 'declined'] as const, [deferred, 'put off'] as const];
  return counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

/** `Maria Dolores Quispe` → `MQ` */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}

function searchText(row: CardRow): string {
  return [row.number, row.vehicle, row.plate, row.customer, row.company, row.mechanic ?? '', row.concern].join(' ').toLowerCase();
}
