import { sql } from 'kysely';
import type { RoomKind } from '../../platform/live/hub.js';
import type { Services } from '../../platform/services.js';
import type { Views } from '../../platform/web/views.js';
import { countUnread } from './notices.js';

/** The bell's inside, as a screen puts it in its place. */
export function showBell(views: Views, unread: number): string {
  return `<hx-partial hx-target="#bell" hx-swap="innerHTML">${views.render('notices/bell', { unread })}</hx-partial>`;
}

/**
 * The rooms `bell:7`, one for each person: how much they have not read. A screen asks for `bell`; the doorkeeper knows whose.
 * Whom a version concerns is asked once for all bells of a shop.
 */
export function bellRoom({ db, views }: Services): RoomKind {
  const asked = new Map<number, { key: string; whom: Promise<Set<number>> }>();
  const findWhom = async (shop: number, since: number, reach: number) => {
    const { rows } = await sql<{ staff: number }>`
      select distinct jsonb_array_elements_text(data -> 'staff')::bigint as staff from events
      where shop_id = ${shop} and version > ${since} and version <= ${reach} and kind like 'notice.%'`.execute(db);
    return new Set(rows.map((row) => Number(row.staff)));
  };
  return {
    async changes(shop, room, since, reach) {
      const staff = Number(room.slice('bell:'.length));
      const key = `${since}-${reach}`;
      let known = asked.get(shop);
      if (known?.key !== key) {
        known = { key, whom: findWhom(shop, since, reach) };
        asked.set(shop, known);
      }
      if (!(await known.whom).has(staff)) return null;
      return { version: reach, content: showBell(views, await countUnread(db, shop, staff)) };
    },
  };
}
