import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { change } from '../../platform/database/change.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { dateOf, showAppointment, showTime, showWeekday } from '../../platform/time.js';
import { originOf } from '../../platform/web/addresses.js';
import { type Answer, bytes, done, type PageAnswer, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import { readAvailability, slotsIn } from '../appointments/availability.js';
import { calendarFile } from '../appointments/calendar-file.js';
import { cancelAppointment, moveAppointment } from '../appointments/changing.js';
import { appointmentLink } from '../appointments/links.js';
import { SlotTaken } from '../appointments/places.js';
import { type Slot, slotLabel } from '../appointments/slots.js';
import { readNotes } from './doors.js';
import { Anything, CancelBody, MoveBody, OneToken } from './inputs.js';
import { findOwnAppointment, type OwnAppointment, refuseTooManyMoves, whyFixed } from './own-appointments.js';
import { headOf, ORIGIN_ONLY, showAbout, showSlots, WAYS } from './shown.js';
import type { DoorThrottle } from './throttle.js';
import { weekOf } from './weeks.js';

/** An appointment's own page, by its link: to look at, to move, to cancel. */
export function ownAppointmentRoutes({ db, config }: Services, throttle: DoorThrottle): Route[] {
  type At = { params: { token: string }; request: Request };

  const enter = async ({ params, request }: At): Promise<OwnAppointment> => {
    request.res?.set({ 'X-Robots-Tag': 'noindex, nofollow', 'Referrer-Policy': ORIGIN_ONLY });
    try {
      return await findOwnAppointment(db, params.token, new Date());
    } catch (error) {
      if (error instanceof NotFound) await throttle.wrong(request.ip ?? '');
      throw error;
    }
  };
  const show = async (at: At, more: { booked?: boolean; problem?: string } = {}): Promise<PageAnswer> => {
    const own = await enter(at);
    return page('front-door/appointment', { ...frameOf(own, at.params.token), ...more }) as PageAnswer;
  };
  const times = async (at: At, from: string, refused: { problem: string; next?: readonly Slot[] } | null): Promise<Answer> => {
    const own = await enter(at);
    const now = new Date();
    if (whyFixed(own, now)) return show(at);
    const availability = await readAvailability(db, own.shop, now, own.id);
    const free = slotsIn(availability, { hundredths: own.hundredths, isWaiting: own.kind === 'waiting' }, now);
    const chosen = slotLabel(own.startsAt, own.timeZone);
    const week = weekOf(availability, free, { from, chosen, notes: await readNotes(db, own.shop), now });
    const to = (day: string | null) => day && `/book/a/${at.params.token}/time?from=${day}`;
    return page('front-door/move', {
      ...frameOf(own, at.params.token),
      ...{ title: 'Change the time', week, isEmpty: free.length === 0, problem: refused?.problem ?? '' },
      next: refused?.next ? showSlots(refused.next, own.timeZone) : null,
      links: { earlier: to(week.earlier), later: to(week.later), first: to(week.first) },
    });
  };
  const problemOf = ({ fields }: Refused) => Object.values(fields)[0] ?? '';
  const cancelAgain = async (at: At, refused: Refused | null): Promise<Answer> => {
    const own = await enter(at);
    if (whyFixed(own, new Date())) return show(at);
    return page('front-door/cancel', {
      ...frameOf(own, at.params.token),
      ...{ title: 'Cancel the appointment', values: refused?.values ?? {}, errors: refused?.fields ?? {} },
    });
  };
  const by = (own: OwnAppointment) => ({ shop: own.shop, staff: null });

  return [
    get('/book/a/:token', { may: 'anyone', params: OneToken, query: Anything }, (at) => show(at, { booked: 'booked' in at.query })),
    get('/book/a/:token/calendar.ics', { may: 'anyone', params: OneToken }, async (at) => {
      const own = await enter(at);
      const link = appointmentLink(config.publicUrl, `/book/a/${at.params.token}`, at.request);
      return bytes(calendarFile(own.shopName, entryOf(own, link), new Date()), {
        'Content-Type': 'text/calendar; charset=utf-8',
        'Content-Disposition': `attachment; filename="appointment-${dateOf(own.startsAt, own.timeZone)}.ics"`,
      });
    }),
    get('/book/a/:token/time', { may: 'anyone', params: OneToken, query: Anything }, (at) =>
      times(at, typeof at.query.from === 'string' ? at.query.from : '', null),
    ),
    post(
      '/book/a/:token/moves',
      { may: 'anyone', params: OneToken, body: MoveBody, form: (at, refused) => times(at, '', { problem: problemOf(refused) }) },
      async (at) => {
        const own = await enter(at);
        const { slot, requestId = randomUUID() } = at.body;
        await throttle.sent(at.request.ip ?? '', own.shop, []);
        const origin = originOf(config, at.request);
        try {
          await change(db, by(own), { requestId: `move/${own.id}/${requestId}/${slot}` }, async (tx) => {
            await refuseTooManyMoves(tx, own);
            return moveAppointment(tx, own.id, slot, { evenIfFull: false, origin });
          });
        } catch (error) {
          if (!(error instanceof SlotTaken)) throw error;
          return { ...((await times(at, slot.slice(0, 10), { problem: error.message, next: error.next })) as PageAnswer), status: 409 };
        }
        return done(`/book/a/${at.params.token}?booked`);
      },
    ),
    get('/book/a/:token/cancel', { may: 'anyone', params: OneToken }, (at) => cancelAgain(at, null)),
    post('/book/a/:token/cancellations', { may: 'anyone', params: OneToken, body: CancelBody, form: cancelAgain }, async (at) => {
      const own = await enter(at);
      const { reason, requestId = randomUUID() } = at.body;
      await throttle.sent(at.request.ip ?? '', own.shop, []);
      await change(db, by(own), { requestId: `cancel/${own.id}/${requestId}` }, (tx) => cancelAppointment(tx, own.id, reason));
      return done(`/book/a/${at.params.token}`);
    }),
  ];
}

function frameOf(own: OwnAppointment, token: string) {
  return {
    ...headOf({ name: own.shopName, phone: own.phone, address: own.address }),
    ...{ title: 'Your appointment', own, base: `/book/a/${token}`, requestId: randomUUID(), fixed: whyFixed(own, new Date()) },
    ...{ day: showWeekday(own.startsAt, own.timeZone), time: showTime(own.startsAt, own.timeZone) },
    ...{ when: showAppointment(own.startsAt, own.timeZone), way: WAYS[own.kind].summary, about: showAbout(own.hundredths) },
    what: [...own.services, own.concern].filter(Boolean),
    door: own.isOnline ? (own.slug ? `/book/${own.slug}` : '/book') : null,
    afterHours: own.kind === 'after-hours' ? own.afterHoursText : '',
    ...{ problem: '', booked: false },
  };
}

/** Who waits is there for as long as the work takes, who drops off for a moment. */
function entryOf(own: OwnAppointment, link: string) {
  const { shop, id, state, startsAt, bookedAt, sequence } = own;
  const minutes = own.kind === 'waiting' ? Math.max(own.slotMinutes, Math.round(own.hundredths * 0.6)) : own.slotMinutes;
  const what = [...own.services, own.concern].filter(Boolean).join('\n');
  return {
    ...{ shop, id, state, startsAt, bookedAt, sequence, minutes, url: link, location: own.address.split('\n').join(', ') },
    summary: `${own.shopName}: ${own.vehicle}`,
    description: [what, WAYS[own.kind].summary, own.phone, `Change or cancel: ${link}`].filter(Boolean).join('\n'),
  };
}
