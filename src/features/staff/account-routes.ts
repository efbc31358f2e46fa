import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showDate, showDateTime } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { changePassword } from './members.js';
import type { ConfirmPassword } from './own-password.js';
import { endOneSession, endOtherSessions, listSessions } from './own-sessions.js';
import { NewPassword } from './passwords.js';
import { secondFactorState } from './second-factor-changes.js';

const PasswordInput = z.strictObject({ current: z.string().max(5000), password: NewPassword });
const OneSession = z.object({ session: z.string().regex(/^[0-9a-f]{64}$/) });
const Nothing = z.strictObject({});

/** One's own account: the password, where one is signed in, and what there is of a second factor. */
export function accountRoutes({ db }: Services, confirm: ConfirmPassword): Route[] {
  const account = async (
    { viewer, request }: { viewer: Viewer; request: { sessionID: string } },
    refused: Refused | null,
  ): Promise<Answer> => {
    const [state, sessions] = await Promise.all([secondFactorState({ db }, viewer), listSessions(db, viewer.staff, request.sessionID)]);
    return page('staff/account', {
      title: 'Your account',
      errors: refused?.fields ?? {},
      factor: { ...state, since: state.since && showDate(state.since, viewer.timeZone) },
      sessions: sessions.map((one) => ({
        ...one,
        since: showDateTime(one.since, viewer.timeZone),
        seen: showDateTime(one.seen, viewer.timeZone),
      })),
    });
  };

  return [
    get('/account', { may: 'account.own' }, (here) => account(here, null)),
    post('/account/password', { may: 'account.own', body: PasswordInput, form: account }, async ({ request, viewer, body }) => {
      await confirm(viewer, request.ip ?? '', body.current, 'current');
      await changePassword(db, viewer, body.password, request.sessionID);
      return done('/account', { flash: { text: 'Your password is changed. Everywhere else you are signed out.' } });
    }),
    post('/account/session-endings', { may: 'account.own', body: Nothing }, async ({ request, viewer }) => {
      const ended = await endOtherSessions(db, viewer, request.sessionID);
      return done('/account', { flash: { text: ended > 0 ? 'Everywhere else you are signed out.' : 'You are signed in nowhere else.' } });
    }),
    post(
      '/account/sessions/:session/endings',
      { may: 'account.own', params: OneSession, body: Nothing, form: account },
      async ({ viewer, params }) => {
        await endOneSession(db, viewer, params.session);
        return done('/account', { flash: { text: 'You are signed out there.' } });
      },
    ),
  ];
}
