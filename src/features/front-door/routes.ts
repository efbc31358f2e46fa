import { createHmac, randomUUID } from 'node:crypto';
import type { Request } from 'express';
import type { z } from 'zod';
import type { Change } from '../../platform/database/change.js';
import { Invalid, TooMany } from '../../platform/errors.js';
import { deriveKey } from '../../platform/secrets.js';
import type { Services } from '../../platform/services.js';
import { originOf } from '../../platform/web/addresses.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import { bookSlot } from '../appointments/booking.js';
import { SlotTaken } from '../appointments/places.js';
import { hasStopped, recordConsent } from '../messages/consents.js';
import { BookingPages, consentWords } from './booking-pages.js';
import { type Door, findDoor } from './doors.js';
import { Anything, BookingBody, OneDoor } from './inputs.js';
import { headOf, ORIGIN_ONLY } from './shown.js';
import { type DoorThrottle, TOO_MUCH } from './throttle.js';
import { stepIn, wishIn } from './wishes.js';

type Input = z.output<typeof BookingBody>;

/** Open appointments that one phone number or e-mail address can have here. */
const MOST_OPEN = 12;

/** Booking by customers, who have no account: the steps meet no session, and each stands in its address. */
export function bookingRoutes({ db, config }: Services, throttle: DoorThrottle): Route[] {
  const key = deriveKey(config.sessionSecrets[0], 'appointment-link');
  type At = { params: { slug?: string | undefined }; request: Request };

  const enter = async ({ params, request }: At): Promise<{ door: Door; pages: BookingPages }> => {
    request.res?.set('Referrer-Policy', ORIGIN_ONLY);
    const door = await findDoor(db, params.slug ?? null);
    return { door, pages: new BookingPages(db, door, params.slug === undefined ? '/book' : `/book/${params.slug}`) };
  };
  const show = async (at: At & { query: Record<string, unknown> }): Promise<Answer> => {
    const { door, pages } = await enter(at);
    if (!door.isOnline) return page('front-door/closed', { ...headOf(door), title: 'Appointments', greeting: door.greeting });
    return pages.show(stepIn(at.query), wishIn(at.query), at.query);
  };
  const again = async (at: At, refused: Refused): Promise<Answer> => (await enter(at)).pages.who(wishIn(refused.values), refused);

  const book = async (at: At & { body: Input }): Promise<Answer> => {
    const { body, request } = at;
    if (body.website !== '') throw new Invalid({ website: 'That looked like a robot. Please send it again, or call the shop.' });
    const { door, pages } = await enter(at);
    await throttle.sent(request.ip ?? '', door.shop, [body.phone, body.email]);
    const requestId = body.requestId ?? randomUUID();
    // The same for the same form: whoever sends it twice gets to the same appointment.
    const token = createHmac('sha256', key).update(`${door.shop}/${requestId}`).digest('base64url');
    const within = async (tx: Change) => {
      await refuseTooMany(tx, body);
      await takeConsents(tx, body, door);
    };
    try {
      await bookSlot(db, door.shop, body, token, requestId, { origin: originOf(config, request), within });
    } catch (error) {
      if (!(error instanceof SlotTaken)) throw error;
      const values = request.body as Record<string, unknown>;
      return {
        ...(pages.who(wishIn(values), { values, fields: { slot: error.message }, next: error.next }) as object),
        status: 409,
      } as Answer;
    }
    return done(`/book/a/${token}?booked`);
  };

  return ['/book', '/book/:slug'].flatMap((path) => [
    get(path, { may: 'anyone', params: OneDoor, query: Anything }, show),
    post(path, { may: 'anyone', params: OneDoor, body: BookingBody, form: again }, book),
  ]);
}

/** @throws TooMany, in the words of the throttle: nobody learns whether a number is known here */
async function refuseTooMany(tx: Change, { phone, email }: Input): Promise<void> {
  const digits = phone.replace(/[^0-9]/g, '');
  const { count } = await tx.db
    .selectFrom('appointments')
    .select(({ fn }) => fn.countAll<string>().as('count'))
    .where('shop_id', '=', tx.shop)
    .where('ended_at', 'is', null)
    .where('starts_at', '>', tx.now)
    .where(({ or, and, eb, fn }) =>
      or([
        and([eb('phone_digits', '=', digits), eb('phone_digits', '<>', '')]),
        and([eb(fn('lower', ['email']), '=', email.toLowerCase()), eb('email', '<>', '')]),
      ]),
    )
    .executeTakeFirstOrThrow();
  // The one that is being booked is among them.
  if (Number(count) > MOST_OPEN) throw new TooMany(TOO_MUCH, 3600);
}

async function takeConsents(tx: Change, { phone, email, consentSms, consentMail }: Input, { name, consentText }: Door): Promise<void> {
  const words = consentText || consentWords(name);
  const said = { topic: 'service', isGranted: true, saidBy: 'booking', words, customer: null } as const;
  // Who books has not proved that the address is theirs: a STOP is taken back from there, or at the desk.
  if (consentMail && !(await hasStopped(tx.db, tx.shop, 'mail', email, 'service')))
    await recordConsent(tx, { ...said, channel: 'mail', address: email });
  if (consentSms && !(await hasStopped(tx.db, tx.shop, 'sms', phone, 'service')))
    await recordConsent(tx, { ...said, channel: 'sms', address: phone });
}
