import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showDate } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { codeOf } from '../../platform/web/qr-code.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { SECOND_FACTOR_PAGE as PAGE } from './may-now.js';
import type { ConfirmPassword } from './own-password.js';
import { openSecret, sealSecret } from './second-factor.js';
import { renewRecoveryCodes, secondFactorState, turnOff, turnOn } from './second-factor-changes.js';
import { newSecret, otpauthUrl, secretAsText } from './second-factor-codes.js';
import { safeNext } from './sign-in-routes.js';

const Password = z.string({ error: 'Please type your password.' }).min(1, 'Please type your password.').max(5000);
const Next = z.string().max(2000).optional().catch(undefined);
const TurnOn = z.strictObject({
  // What it is shows when it is opened.
  secret: z.string().max(200),
  code: z.string({ error: 'Please type the code.' }).trim().min(1, 'Please type the code.').max(20, 'The code has six digits.'),
  password: Password,
  next: Next,
});
const WithPassword = z.strictObject({ password: Password });

/** Turning one's own second factor on and off, and its recovery codes. */
export function secondFactorRoutes({ db, config }: Services, confirm: ConfirmPassword): Route[] {
  /** @param sealed the secret of the form that was refused: the app has it by then */
  const setUp = async (viewer: Viewer, next: string, refused: Refused | null): Promise<Answer> => {
    const { on, since, left, asked } = await secondFactorState({ db }, viewer);
    if (on) return manage(viewer, { since, left, failed: null, errors: refused?.fields ?? {} });
    const sealed = Buffer.from(String(refused?.values.secret ?? ''), 'base64url');
    const secret = openSecret(config, viewer.staff, sealed) ?? newSecret();
    const { email } = await db.selectFrom('staff').select('email').where('id', '=', viewer.staff).executeTakeFirstOrThrow();
    const url = otpauthUrl(secret, `ServiceFLOW ${viewer.shopName}`, email);
    return page('staff/second-factor-new', {
      ...{ title: 'Second factor', next, asked, errors: refused?.fields ?? {} },
      secret: sealSecret(config, viewer.staff, secret).toString('base64url'),
      text: secretAsText(secret),
      ...{ url, code: await codeOf(url) },
    });
  };
  const manage = (
    viewer: Viewer,
    state: { since: Date | null; left: number; failed: 'codes' | 'off' | null; errors: Refused['fields'] },
  ): Answer =>
    page('staff/second-factor', { title: 'Second factor', ...state, since: state.since && showDate(state.since, viewer.timeZone) });
  const failed = (which: 'codes' | 'off') => async (here: { viewer: Viewer }, refused: Refused) => {
    const { on, since, left } = await secondFactorState({ db }, here.viewer);
    return on ? manage(here.viewer, { since, left, failed: which, errors: refused.fields }) : setUp(here.viewer, '', null);
  };
  const showCodes = (codes: string[], next: string): Answer => page('staff/recovery-codes', { title: 'Recovery codes', codes, next });

  return [
    get(PAGE, { may: 'account.own', query: z.object({ next: Next }) }, ({ viewer, query }) => setUp(viewer, query.next ?? '', null)),
    post(
      PAGE,
      {
        may: 'account.own',
        body: TurnOn,
        form: ({ viewer }, refused) => setUp(viewer, String(refused.values.next ?? ''), refused),
      },
      async ({ request, viewer, body }) => {
        await confirm(viewer, request.ip ?? '', body.password, 'password');
        const codes = await turnOn({ db, config }, viewer, Buffer.from(body.secret, 'base64url'), body.code);
        return showCodes(codes, body.next ? safeNext(body.next) : '/account');
      },
    ),
    post(`${PAGE}/recovery-codes`, { may: 'account.own', body: WithPassword, form: failed('codes') }, async ({ request, viewer, body }) => {
      await confirm(viewer, request.ip ?? '', body.password, 'password');
      return showCodes(await renewRecoveryCodes({ db }, viewer), '/account');
    }),
    post(`${PAGE}/removals`, { may: 'account.own', body: WithPassword, form: failed('off') }, async ({ request, viewer, body }) => {
      await confirm(viewer, request.ip ?? '', body.password, 'password');
      await turnOff({ db }, viewer);
      return done('/account', { flash: { text: 'The second factor is off. The password alone signs you in.' } });
    }),
  ];
}
