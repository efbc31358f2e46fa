import { z } from 'zod';
import { afterSaving, NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { isTimeZone } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Email, required } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import { NewPassword } from '../staff/passwords.js';
import { findViewer, startSession } from '../staff/sign-in.js';
import { needsSetup, setUp } from './setup.js';

const SetupInput = z.strictObject({
  shopName: required('The name of the shop', 100),
  timeZone: z.string().refine(isTimeZone, 'Please choose a time zone from the list.'),
  name: required('Your name', 100),
  email: Email,
  password: NewPassword,
});

/** The first page of a new installation; it is gone once there is a shop. */
export function setupRoutes({ db }: Services): Route[] {
  const form = async (refused: Refused | null): Promise<Answer> => {
    if (!(await needsSetup(db))) throw new NotFound('This shop is set up already.');
    const zones = [...Intl.supportedValuesOf('timeZone'), 'UTC'];
    const { password: _, ...values } = refused?.values ?? {};
    return page('shops/setup', {
      title: 'Set up your shop',
      values,
      errors: refused?.fields ?? {},
      zones,
      guess: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
  };
  return [
    get('/setup', { may: 'anyone' }, () => form(null)),
    post('/setup', { may: 'anyone', body: SetupInput, form: (_context, refused) => form(refused) }, async ({ request, body }) => {
      const made = await setUp(db, body);
      await afterSaving(async () => {
        const viewer = await findViewer(db, made.staff, made.shop);
        if (viewer) await startSession(request, viewer);
      });
      return done('/board', { flash: { text: `${body.shopName} is ready. Open the first work order.` } });
    }),
  ];
}
