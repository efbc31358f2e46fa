import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Channel } from './consents.js';
import { ABOUT_MESSAGE, MESSAGE, type MessageRow } from './shown.js';

const PAGE = 30;

/** What of the messages is looked at. */
export const VIEWS = {
  all: 'All',
  waiting: 'Waiting',
  failed: 'Not sent',
  'by-hand': 'By hand',
  replies: 'Replies',
  sent: 'Sent',
} as const;
export type View = keyof typeof VIEWS;

const WHERE: Record<View, RawBuilder<unknown>> = {
  all: sql`true`,
  waiting: sql`m.state in ('waiting', 'sending')`,
  failed: sql`m.state = 'failed'`,
  'by-hand': sql`m.state = 'by-hand'`,
  // Those that wait for somebody stand first on their own page; done ones are among all.
  replies: sql`m.direction = 'in' and m.done_at is null`,
  sent: sql`m.state = 'sent'`,
};

/** A page of a shop's messages, the latest first. @param before id of the last one of the page before */
export async function listMessages(
  db: Database,
  shop: number,
  view: View,
  before: number | null,
  limit = PAGE,
): Promise<{ rows: MessageRow[]; next: number | null }> {
  const { rows } = await sql<{ message: MessageRow }>`
    select ${MESSAGE} as message from messages m ${ABOUT_MESSAGE}
    where m.shop_id = ${shop} and ${WHERE[view]} ${before === null ? sql`` : sql`and m.id < ${before}`}
    order by m.id desc limit ${limit + 1}`.execute(db);
  const messages = rows.slice(0, limit).map(({ message }) => message);
  return { rows: messages, next: rows.length > limit ? (messages.at(-1)?.id ?? null) : null };
}

/** @throws NotFound when the shop has no such message */
export async function getMessage(db: Database, shop: number, id: number): Promise<MessageRow> {
  const { rows } = await sql<{ message: MessageRow }>`
    select ${MESSAGE} as message from messages m ${ABOUT_MESSAGE} where m.shop_id = ${shop} and m.id = ${id}`.execute(db);
  if (!rows[0]) throw new NotFound('That message is not here.');
  return rows[0].message;
}

/** What is wrong with a provider at the moment. */
export interface Trouble {
  channel: Channel;
  since: Date;
  words: string;
  /** How many wait for it, in order. */
  waiting: number;
  next: Date;
}

export interface Summary {
  /** How many there are of what somebody has to look at. */
  counts: Partial<Record<View, number>>;
  troubles: Trouble[];
  /** What this installation sends by itself. */
  channels: Channel[];
}

/** What stands above the list. */
export async function readSummary(db: Database, shop: number): Promise<Summary> {
  const { rows } = await sql<Summary & { troubles: (Omit<Trouble, 'since' | 'next'> & { since: string; next: string })[] }>`
    select json_build_object(
        'waiting', (select count(*) from messages where shop_id = ${shop} and state in ('waiting', 'sending')),
        'failed', (select count(*) from messages where shop_id = ${shop} and state = 'failed'),
        'by-hand', (select count(*) from messages where shop_id = ${shop} and state = 'by-hand'),
        'replies', (select count(*) from messages where shop_id = ${shop} and direction = 'in' and done_at is null)) as counts,
      coalesce((select json_agg(json_build_object('channel', t.channel, 'since', t.since, 'words', t.words, 'waiting', t.waiting, 'next', t.next)) from (
        select channel, min(failing_since) filter (where hold_until is not null) as since, max(trouble) filter (where hold_until is not null) as words,
          count(*) filter (where due_at <= now()) as waiting, max(hold_until) as next
        from messages where shop_id = ${shop} and state in ('waiting', 'sending') group by channel having max(hold_until) is not null) t), '[]') as troubles,
      array(select channel from message_channels order by channel) as channels`.execute(db);
  const summary = rows[0] as (typeof rows)[number];
  const troubles = summary.troubles.map((trouble) => ({ ...trouble, since: new Date(trouble.since), next: new Date(trouble.next) }));
  return { ...summary, troubles };
}
