import type { RoomKind } from '../../platform/live/hub.js';
import type { Boards } from './boards.js';

/** The room `board`: changed cards with their places. */
export function boardRoom(boards: Boards): RoomKind {
  return { changes: (shop, _room, since, reach) => boards.changes(shop, since, reach) };
}
