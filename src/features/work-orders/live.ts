import type { RoomKind } from '../../platform/live/hub.js';
import type { Services } from '../../platform/services.js';
import type { Boards } from '../board/boards.js';
import { WorkOrderPages } from './pages.js';

/** The room `work-order:1042`: its facts, comments and history, whenever an event is about it. */
export function workOrderRoom(services: Services, boards: Boards): RoomKind {
  const pages = new WorkOrderPages(services, boards);
  return {
    async changes(shop, room, since) {
      const number = Number(room.split(':')[1]);
      const touched = await services.db
        .selectFrom('events as e')
        .innerJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'e.shop_id').onRef('w.id', '=', 'e.work_order_id'))
        .select((eb) => eb.fn.max('e.version').as('version'))
        .where('e.shop_id', '=', shop)
        .where('w.number', '=', number)
        .where('e.version', '>', since)
        .executeTakeFirst();
      if (!touched?.version) return null;
      return { version: touched.version, content: await pages.parts(shop, number) };
    },
  };
}
