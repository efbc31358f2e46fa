import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showAppointment } from '../../platform/time.js';
import { originOf } from '../../platform/web/addresses.js';
import { type Answer, bytes, done, page } from '../../platform/web/answers.js';
import { optional } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { checkPromise } from '../work-orders/inputs.js';
import { getAppointment } from './appointment.js';
import { appointmentPage, editForm, moveForm, newForm } from './appointment-pages.js';
import { bookAppointment, cancel, confirm, linkAppointment, moveByStaff } from './changes.js';
import { checkIn } from './check-in.js';
import { editAppointment } from './edits.js';
import { CancelInput, CheckInInput, Day, EditInput, LinkInput, MoveInput, NewInput, Nothing, OneAppointment, Typed } from './inputs.js';

const MoveQuery = z.object({ date: Day.nullable().catch(null).default(null), at: optional('The time', 40).catch('') });

/** One appointment: to see, to book, to move, to check in. */
export function appointmentRoutes({ db, views, config }: Services): Route[] {
  const may = 'appointment.change';
  const params = OneAppointment;
  type Here = { viewer: Viewer; params: { appointment: number }; htmx: boolean };
  const at = (id: number) => `/appointments/${id}`;
  const again = ({ viewer, params: { appointment } }: Here, refused: Refused) => appointmentPage(db, viewer, appointment, refused);
  /** After a change: the appointment, in the dialog or as a page. */
  const changed = async ({ viewer, params: { appointment }, htmx }: Here, text: string): Promise<Answer> =>
    htmx ? appointmentPage(db, viewer, appointment, null) : done(at(appointment), { flash: { text } });
  /** A refused move: carried on the calendar, the sentence stands at it. */
  const moveRefused = (here: Here & { request: { get(name: string): string | undefined } }, refused: Refused) => {
    const {
      viewer,
      params: { appointment },
      htmx,
      request,
    } = here;
    if (!htmx || request.get('HX-Source') !== 'div#calendar') return moveForm(db, viewer, appointment, { date: null, at: '' }, refused);
    const text = Object.values(refused.fields)[0] ?? '';
    const data = { appointment, text, slot: String(refused.values.slot ?? ''), canAnyway: refused.fields.anyway !== undefined };
    return page('calendar/refused', data, 'calendar/refused');
  };

  return [
    get('/appointments/new', { may, query: Typed }, ({ viewer, query }) => newForm(db, viewer, { values: query, fields: {} })),
    post(
      '/appointments',
      { may, body: NewInput, form: ({ viewer }, refused) => newForm(db, viewer, refused) },
      async ({ viewer, body, htmx, request }) => {
        const { customer, vehicle, description, technician, bay, anyway, service, time, kind, name, phone, email, plate, concern } = body;
        const given = { kind, services: service ? [service] : [], concern, name, phone, email, vehicle: description, plate };
        const input = {
          given,
          who: { vehicle, customer },
          when: { slot: '', time },
          technician,
          bay,
          anyway,
          origin: originOf(config, request),
        };
        const { result } = await bookAppointment(db, viewer, input, body.requestId);
        if (htmx) return appointmentPage(db, viewer, result.appointment, null);
        return done(at(result.appointment), { flash: { text: 'It is booked.' } });
      },
    ),
    get('/appointments/:appointment', { may: 'appointment.see', params }, ({ viewer, params: { appointment } }) =>
      appointmentPage(db, viewer, appointment, null),
    ),
    get('/appointments/:appointment/moves/new', { may, params, query: MoveQuery }, ({ viewer, params: { appointment }, query }) =>
      moveForm(db, viewer, appointment, query, null),
    ),
    post('/appointments/:appointment/moves', { may, params, body: MoveInput, form: moveRefused }, async (here) => {
      const { requestId, ...input } = here.body;
      const origin = originOf(config, here.request);
      await moveByStaff(db, here.viewer, here.params.appointment, { ...input, origin }, requestId);
      const { name, startsAt } = await getAppointment(db, here.viewer.shop, here.params.appointment);
      const text = `Moved: ${name}, ${showAppointment(startsAt, here.viewer.timeZone)}.`;
      if (here.request.get('HX-Source') !== 'div#calendar') return changed(here, text);
      return bytes(views.render('board/notice', { flash: { text } }), { 'Content-Type': 'text/html; charset=utf-8' });
    }),
    get('/appointments/:appointment/edit', { may, params }, ({ viewer, params: { appointment } }) =>
      editForm(db, viewer, appointment, null),
    ),
    post(
      '/appointments/:appointment/edits',
      { may, params, body: EditInput, form: ({ viewer, params: { appointment } }, refused) => editForm(db, viewer, appointment, refused) },
      async (here) => {
        const { mine, original } = here.body;
        await editAppointment(db, here.viewer, here.params.appointment, original, mine, mine.anyway === true);
        return changed(here, 'Saved.');
      },
    ),
    post('/appointments/:appointment/confirmations', { may, params, body: Nothing, form: again }, async (here) => {
      await confirm(db, here.viewer, here.params.appointment, originOf(config, here.request));
      return changed(here, 'It is confirmed.');
    }),
    post('/appointments/:appointment/cancellations', { may, params, body: CancelInput, form: again }, async (here) => {
      await cancel(db, here.viewer, here.params.appointment, here.body.reason);
      return changed(here, 'It is cancelled.');
    }),
    post('/appointments/:appointment/links', { may, params, body: LinkInput, form: again }, async (here) => {
      await linkAppointment(db, here.viewer, here.params.appointment, here.body.who);
      return changed(here, 'Noted.');
    }),
    post(
      '/appointments/:appointment/check-ins',
      { may, params, body: CheckInInput, form: again },
      async ({ viewer, params: { appointment }, body }) => {
        const { who = { vehicle: null, customer: null }, odometer, promised } = body;
        const arrival = { who, odometer, promisedAt: checkPromise(promised, viewer.timeZone) };
        const { result } = await checkIn(db, viewer, appointment, arrival);
        // What was found on arrival is photographed first: its place is where the page opens.
        return done(`/work-orders/${result.number}#work-order-media`, {
          flash: { text: `WO-${result.number} is open. Now the photos of its arrival.` },
        });
      },
    ),
  ];
}
