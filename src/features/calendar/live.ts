import type { RoomKind } from '../../platform/live/hub.js';
import type { Services } from '../../platform/services.js';
import { calendarPart, screenOf } from './pages.js';
import { rangeOf } from './rules.js';

/** First words of the kinds of events that change what a calendar shows. */
const NOUNS = ['appointment', 'opening-hours', 'special-days', 'booking', 'bay', 'technician-hours', 'absence', 'staff'];

/**
 * The rooms `calendar:week:2026-11-30`: what one screen shows, anew whenever an event may have changed it. Everybody who has the same
 * days open is in the same room, so it is read and rendered once for all of them.
 */
export function calendarRoom(services: Services): RoomKind {
  return {
    async changes(shop, room, since) {
      const [, name = '', date = ''] = room.split(':');
      const touched = await services.db
        .selectFrom('events')
        .select((eb) => eb.fn.max('version').as('version'))
        .where('shop_id', '=', shop)
        .where('version', '>', since)
        .where((eb) => eb(eb.fn<string>('split_part', ['kind', eb.val('.'), eb.val(1)]), 'in', NOUNS))
        .executeTakeFirst();
      if (!touched?.version) return null;
      return { version: touched.version, content: await calendarPart(services, shop, screenOf(name, date)) };
    },
  };
}

const ROOM = /^calendar:(day|day-bay|week|month):(20\d\d-\d\d-\d\d)$/;

/** Whether a room is one of the calendar: the same days have one room only. */
export function isCalendarRoom(room: string): boolean {
  const [, name = '', date = ''] = ROOM.exec(room) ?? [];
  if (!name || Number.isNaN(Date.parse(date))) return false;
  const screen = screenOf(name, date);
  return rangeOf(screen.view, new Date(date).toISOString().slice(0, 10)).of === date;
}
