import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { isTimeZone, showDateTime } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id, optional, required } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { editInput } from '../settings/edit-input.js';
import { formState } from '../settings/fields.js';
import { readWishes, saveWishes, takeDown, WISHES } from './wishes.js';

const One = z.object({ customer: Id });
const LANGUAGE = /^$|^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/;
const WishesInput = editInput(WISHES, {
  language: optional('The language', 35).refine((value) => LANGUAGE.test(value), 'Please write it as en, de or pt-BR.'),
  timeZone: optional('The time zone', 60).refine((value) => value === '' || isTimeZone(value), 'Please choose one of the list.'),
  channel: z.enum(['', 'mail', 'sms']).default(''),
});
const SaidInput = z.strictObject({
  channel: z.enum(['mail', 'sms']),
  topic: z.enum(['service', 'marketing']),
  answer: z.enum(['yes', 'no'], 'Yes or no?'),
  words: required('What they said', 500),
});

const HOW = { booking: 'when they booked', staff: 'to', reply: 'in a reply', link: 'by a link' } as const;

/** How a customer wants to be written to, and what they have agreed to. */
export function wishesRoutes({ db }: Services): Route[] {
  const may = 'message.write';
  const show = async (viewer: Viewer, customer: number, wishes: Refused | null, said: Refused | null): Promise<Answer> => {
    const found = await readWishes(db, viewer.shop, customer);
    return page('messages/wishes', {
      ...{ title: `Messages to ${found.name}`, here: `/customers/${customer}`, name: found.name, phone: found.phone, email: found.email },
      form: { ...formState(WISHES, found.row, wishes?.values ?? null), errors: wishes?.fields ?? {} },
      zones: ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')],
      said: found.said.map(({ at, saidBy, takenBy, ...one }) => ({
        ...one,
        how: saidBy === 'staff' ? `${HOW.staff} ${takenBy ?? 'the shop'}` : HOW[saidBy],
        at: showDateTime(new Date(at), viewer.timeZone),
      })),
      ...{ typed: said?.values ?? {}, errors: said?.fields ?? {} },
    });
  };
  return [
    get('/customers/:customer/messages', { may, params: One }, ({ viewer, params }) => show(viewer, params.customer, null, null)),
    post(
      '/customers/:customer/messages',
      { may, params: One, body: WishesInput, form: ({ viewer, params }, refused) => show(viewer, params.customer, refused, null) },
      async ({ viewer, params, body }) => {
        await saveWishes(db, viewer, params.customer, body.original, body.mine);
        return done(`/customers/${params.customer}/messages`, { flash: { text: 'Saved.' } });
      },
    ),
    post(
      '/customers/:customer/consents',
      { may, params: One, body: SaidInput, form: ({ viewer, params }, refused) => show(viewer, params.customer, null, refused) },
      async ({ viewer, params, body: { answer, ...said } }) => {
        await takeDown(db, viewer, params.customer, { ...said, isGranted: answer === 'yes' });
        return done(`/customers/${params.customer}/messages`, { flash: { text: 'It is on record.' } });
      },
    ),
  ];
}
