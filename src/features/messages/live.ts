import type { Database } from '../../platform/database/pool.js';
import type { RoomKind } from '../../platform/live/hub.js';
import type { Services } from '../../platform/services.js';
import { showDateTime, showPromise } from '../../platform/time.js';
import { listMembers } from '../staff/members.js';
import { listMessages, readSummary, VIEWS, type View } from './list.js';
import { showMessage } from './shown.js';

/** First words of the kinds of events that change what the list shows. */
const NOUNS = ['message', 'staff'];

/**
 * The list of messages as views/messages/list-part.eta shows it.
 * @param before id of the last one of the page before; null for the latest
 */
export async function showList(db: Database, shop: { id: number; timeZone: string }, view: View, before: number | null) {
  const [summary, { rows, next }, people] = await Promise.all([
    readSummary(db, shop.id),
    listMessages(db, shop.id, view, before),
    listMembers(db, shop.id),
  ]);
  const now = new Date();
  return {
    ...{ view, views: Object.entries(VIEWS), counts: summary.counts, next, isFirst: before === null },
    messages: rows.map((row) => showMessage(row, shop.timeZone, now)),
    troubles: summary.troubles.map((trouble) => ({
      ...{ ...trouble, what: trouble.channel === 'mail' ? 'Mail has' : 'Text messages have' },
      ...{ since: showPromise(trouble.since, now, shop.timeZone), next: showDateTime(trouble.next, shop.timeZone) },
      why: trouble.words.replace(/\.$/, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase()),
    })),
    nothingSends: summary.channels.length === 0,
    people: people.filter((person) => !person.disabled),
  };
}

/** The list as a screen puts it in its place: what stays the same stays, with the focus and the choice that is on it. */
export async function messagesPart({ db, views }: Services, shop: { id: number; timeZone: string }, view: View): Promise<string> {
  const inside = views.render('messages/list-part', await showList(db, shop, view, null));
  return `<hx-partial hx-target="#messages" hx-swap="innerMorph">${inside}</hx-partial>`;
}

/** The rooms `messages:replies` and so on, of the desk: the latest messages of that kind, anew whenever an event may have changed them. */
export function messagesRoom(services: Services): RoomKind {
  return {
    async changes(shop, room, since) {
      const touched = await services.db
        .selectFrom('events as e')
        .innerJoin('shops as s', 's.id', 'e.shop_id')
        .select((eb) => ['s.time_zone as timeZone', eb.fn.max('e.version').as('version')])
        .where('e.shop_id', '=', shop)
        .where('e.version', '>', since)
        .where((eb) => eb(eb.fn<string>('split_part', ['e.kind', eb.val('.'), eb.val(1)]), 'in', NOUNS))
        .groupBy('s.time_zone')
        .executeTakeFirst();
      if (!touched) return null;
      const view = room.slice('messages:'.length) as View;
      return { version: touched.version, content: await messagesPart(services, { id: shop, timeZone: touched.timeZone }, view) };
    },
  };
}

/** Whether a room is one of the list of messages. */
export function isMessagesRoom(room: string): boolean {
  return room.startsWith('messages:') && Object.hasOwn(VIEWS, room.slice('messages:'.length));
}
