import type { IncomingMessage } from 'node:http';
import type { Request, Response } from 'express';
import { isCalendarRoom } from './features/calendar/live.js';
import { isMessagesRoom } from './features/messages/live.js';
import { can } from './features/staff/permissions.js';
import { findViewer, OWES_SECOND_FACTOR } from './features/staff/sign-in.js';
import { whoseToday } from './features/today/routes.js';
import { findTvLink } from './features/tv/links.js';
import { audienceOf } from './features/work-orders/audiences.js';
import { isWorkOrder } from './features/work-orders/find.js';
import { NotFound } from './platform/errors.js';
import type { Ticket } from './platform/live/hub.js';
import type { Admitted, Doorkeeper } from './platform/live/sockets.js';
import type { Services } from './platform/services.js';
import { isSameOrigin } from './platform/web/security.js';
import type { Sessions } from './platform/web/sessions.js';
import type { Viewer } from './platform/web/viewer.js';

const OWN_ROOMS = ['board', 'bell', 'today'];

/** The board is everybody's, the bell a person's, and the morning that of the desk or of a mechanic. */
function ownRoom(room: string, viewer: Pick<Viewer, 'role' | 'staff'>): string {
  if (room === 'bell') return `bell:${viewer.staff}`;
  return room === 'today' ? `today:${whoseToday(viewer) ?? 'desk'}` : room;
}

const isOpen = (room: string, { role }: Pick<Viewer, 'role'>) =>
  OWN_ROOMS.includes(room) || isCalendarRoom(room) || (isMessagesRoom(room) && can(role, 'message.see'));

/** A database that does not answer is not a refusal: the screen is to come back. */
function refuseUnknown(error: unknown): null {
  if (error instanceof NotFound) return null;
  throw error;
}

/** Who may watch which room: the same people who may open the page that it belongs to. */
export function createDoorkeeper({ db, config }: Services, sessions: Sessions): Doorkeeper {
  const session = (request: IncomingMessage) =>
    new Promise<Request['session'] | undefined>((resolve, reject) => {
      sessions.handler(request as Request, {} as Response, (error?: unknown) =>
        error ? reject(error) : resolve((request as Request).session),
      );
    });

  async function admitStaff(request: IncomingMessage, room: string): Promise<Admitted | null> {
    const current = await session(request);
    const viewer = current?.passport?.user ? await findViewer(db, Number(current.passport.user), current.shop ?? 0) : null;
    if (!viewer || !current || viewer.owesSecondFactor) return null;
    const [, number] = /^work-order:([1-9]\d{0,14})$/.exec(room) ?? [];
    if (number ? !(await isWorkOrder(db, viewer.shop, Number(number))) : !isOpen(room, viewer)) return null;
    const { staff, name, role } = viewer;
    return {
      shop: viewer.shop,
      room: number ? `${room}:${audienceOf(role)}` : ownRoom(room, viewer),
      version: viewer.version,
      ticket: { kind: 'session', sid: current.id, staff, name, role },
    };
  }

  return {
    async admit(request, asked) {
      // A browser always says where a socket comes from; what does not say it is not let in.
      const protocol = config.publicUrl?.split(':')[0] ?? 'http';
      if (!request.headers.origin || !isSameOrigin({ ...request.headers, 'sec-fetch-site': undefined }, config.publicUrl, protocol))
        return null;
      if (!asked.startsWith('tv:')) return admitStaff(request, asked).catch(refuseUnknown);
      const link = await findTvLink(db, asked.slice('tv:'.length));
      return link && { shop: link.shop, room: `tv:${link.variant}`, version: link.version, ticket: { kind: 'tv', link: link.id } };
    },

    async stillAdmitted(shop, tickets) {
      const sids = tickets.flatMap((ticket) => (ticket.kind === 'session' ? [ticket.sid] : []));
      const links = tickets.flatMap((ticket) => (ticket.kind === 'tv' ? [ticket.link] : []));
      const sessionsLeft = sids.length
        ? await db
            .selectFrom('session')
            .select('sid')
            .where('sid', 'in', sids)
            .where('expire', '>', (eb) => eb.fn('now'))
            .execute()
        : [];
      const membersLeft = await db
        .selectFrom('memberships as m')
        .innerJoin('shops', 'shops.id', 'm.shop_id')
        .select(['m.staff_id', 'm.role'])
        .where('m.shop_id', '=', shop)
        .where('m.disabled_at', 'is', null)
        .where(({ not }) => not(OWES_SECOND_FACTOR))
        .execute();
      const linksLeft = links.length
        ? await db
            .selectFrom('tv_links')
            .select('id')
            .where('shop_id', '=', shop)
            .where('id', 'in', links)
            .where('revoked_at', 'is', null)
            .execute()
        : [];
      const open = {
        sids: new Set(sessionsLeft.map((row) => row.sid)),
        // What a room shows goes by the role: with another role one comes in anew.
        staff: new Map(membersLeft.map((row) => [row.staff_id, row.role as string])),
        links: new Set(linksLeft.map((row) => row.id)),
      };
      const allowed = (ticket: Ticket) =>
        ticket.kind === 'tv' ? open.links.has(ticket.link) : open.sids.has(ticket.sid) && open.staff.get(ticket.staff) === ticket.role;
      return new Set(tickets.filter(allowed));
    },
  };
}
