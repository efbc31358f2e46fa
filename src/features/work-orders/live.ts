import type { RoomKind } from '../../platform/live/hub.js';
import type { Services } from '../../platform/services.js';
import { escapeHtml } from '../../platform/web/html.js';
import type { Audience } from './audiences.js';
import { WorkOrderPages } from './pages.js';

/**
 * The rooms `work-order:1042:desk` and `work-order:1042:floor`: its facts, jobs, comments and history, whenever an event is
 * about it, with prices or without. A screen asks for `work-order:1042`; the doorkeeper knows which of the two it gets.
 */
export function workOrderRoom(services: Services): RoomKind {
  const pages = new WorkOrderPages(services);
  return {
    async changes(shop, room, since) {
      const [, number, audience] = room.split(':');
      const touched = await services.db
        .selectFrom('events as e')
        .innerJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'e.shop_id').onRef('w.id', '=', 'e.work_order_id'))
        .select((eb) => eb.fn.max('e.version').as('version'))
        .where('e.shop_id', '=', shop)
        .where('w.number', '=', Number(number))
        .where('e.version', '>', since)
        .executeTakeFirst();
      if (!touched?.version) return null;
      return { version: touched.version, content: await pages.parts(shop, Number(number), audience as Audience) };
    },
    /** Desk and floor of one work order are one company. */
    company: (room) => room.split(':').slice(0, 2).join(':'),
    greeting(others) {
      const names = others.map((name) => `<strong dir="auto">${escapeHtml(name)}</strong>`);
      const sentence = `${names.join(names.length > 2 ? ', ' : ' and ')} ${names.length > 1 ? 'have' : 'has'} this open, too.`;
      return `<hx-partial hx-target="#work-order-company" hx-swap="innerHTML">${names.length > 0 ? sentence : ''}</hx-partial>`;
    },
  };
}
