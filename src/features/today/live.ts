import type { RoomKind } from '../../platform/live/hub.js';
import type { Services } from '../../platform/services.js';
import { showToday } from './shown.js';
import { readToday } from './today.js';

/** The inside of the page as a screen puts it in its place: what stays the same stays, with the focus that is on it. */
export async function todayPart(
  { db, views }: Services,
  shop: number,
  mechanic: number | null,
): Promise<{ version: number; content: string }> {
  const shown = showToday(await readToday(db, shop, mechanic), mechanic === null);
  const inside = views.render('today/lines', shown);
  return { version: shown.version, content: `<hx-partial hx-target="#today" hx-swap="innerMorph">${inside}</hx-partial>` };
}

/** The rooms `today:desk` and `today:7`, of a mechanic: anew with whatever changes in the shop, several changes together. */
export function todayRoom(services: Services): RoomKind {
  return {
    changes: (shop, room) => {
      const whose = room.slice('today:'.length);
      return todayPart(services, shop, whose === 'desk' ? null : Number(whose));
    },
  };
}
