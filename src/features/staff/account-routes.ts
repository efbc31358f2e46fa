import type { Request } from 'express';
import type passport from 'passport';
import { z } from 'zod';
import { Invalid, NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import { needsSetup } from '../shops/setup.js';
import { acceptInvitation, findInvitation } from './invitations.js';
import { changePassword } from './members.js';
import { isRightPassword, NewPassword } from './passwords.js';
import { authenticate, endSession, findViewer, startSession } from './sign-in.js';
import type { SignInThrottle } from './throttle.js';

const SignInInput = z.strictObject({
  email: z.string({ error: 'Please type your e-mail address.' }).trim().min(1, 'Please type your e-mail address.').max(254),
  password: z.string({ error: 'Please type your password.' }).min(1, 'Please type your password.').max(5000),
  next: z.string().max(2000).optional(),
});
const PasswordInput = z.strictObject({ current: z.string().max(5000), password: NewPassword });
const TokenParam = z.object({ token: z.string().regex(/^[\w-]{43}$/) });
const DEVICE = 'device';
const YEAR = 365 * 24 * 60 * 60 * 1000;

/** A path of this site, or the board: never another site (CVE-2026-21879 and its like). */
export function safeNext(next: string | undefined): string {
  return next && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && !next.includes('\\') ? next : '/board';
}

/** Signing in and out, one's own password, and the link of an invitation. */
export function accountRoutes(services: Services, authenticator: passport.Authenticator, throttle: SignInThrottle): Route[] {
  const { db, config } = services;
  const https = config.publicUrl?.startsWith('https:') ?? false;

  const signInPage = async (next: string | undefined, refused: Refused | null): Promise<Answer> => {
    if (await needsSetup(db)) return done('/setup');
    return page('staff/sign-in', {
      title: 'Sign in',
      next: next ?? '',
      email: String(refused?.values.email ?? ''),
      errors: refused?.fields ?? {},
    });
  };
  const deviceOf = (request: Request) => /(?:^|;\s*)device=([\w.-]+)/.exec(request.headers.cookie ?? '')?.[1];

  const signIn = async (request: Request, email: string): Promise<void> => {
    const address = request.ip ?? '';
    const device = deviceOf(request);
    await throttle.count(email, address, device);
    const viewer = await authenticate(authenticator, request);
    if (!viewer) {
      services.log.warn({ security: 'sign-in refused', address }, 'sign-in refused');
      throw new Invalid({ '': 'E-mail address and password do not go together.' });
    }
    await throttle.forget(email, address, device);
    await startSession(request, viewer);
    if (!throttle.knowsDevice(email, device)) {
      request.res?.cookie(DEVICE, throttle.newDevice(email), {
        httpOnly: true,
        sameSite: 'lax',
        secure: https,
        path: '/sign-in',
        maxAge: YEAR,
      });
    }
  };

  return [
    get('/sign-in', { may: 'anyone', query: z.object({ next: z.string().max(2000).optional().catch(undefined) }) }, ({ viewer, query }) =>
      viewer ? done(safeNext(query.next)) : signInPage(query.next, null),
    ),
    post(
      '/sign-in',
      { may: 'anyone', body: SignInInput, form: (_context, refused) => signInPage(String(refused.values.next ?? ''), refused) },
      async ({ request, body }) => {
        await signIn(request, body.email.toLowerCase());
        return done(safeNext(body.next));
      },
    ),
    post('/sign-out', { may: 'account.own', body: z.strictObject({}) }, async ({ request }) => {
      await endSession(request);
      return done('/sign-in', { headers: { 'Clear-Site-Data': '"cache"' } });
    }),
    get('/account', { may: 'account.own' }, () => page('staff/account', { title: 'Your account', errors: {} })),
    post(
      '/account/password',
      {
        may: 'account.own',
        body: PasswordInput,
        form: (_context, refused) => page('staff/account', { title: 'Your account', errors: refused.fields }),
      },
      async ({ request, viewer, body }) => {
        const { password_hash } = await db
          .selectFrom('staff')
          .select('password_hash')
          .where('id', '=', viewer.staff)
          .executeTakeFirstOrThrow();
        await throttle.count(`password of ${viewer.staff}`, request.ip ?? '', undefined);
        if (!(await isRightPassword(password_hash, body.current))) throw new Invalid({ current: 'That is not your password now.' });
        await throttle.forget(`password of ${viewer.staff}`, request.ip ?? '', undefined);
        await changePassword(db, viewer, body.password, request.sessionID);
        return done('/account', { flash: { text: 'Your password is changed. Everywhere else you are signed out.' } });
      },
    ),
    get('/invitations/:token', { may: 'anyone', params: TokenParam }, ({ params }) => invitationPage(params.token, null)),
    post(
      '/invitations/:token',
      {
        may: 'anyone',
        params: TokenParam,
        body: z.strictObject({ password: NewPassword }),
        form: ({ params }, refused) => invitationPage(params.token, refused),
      },
      async ({ request, params, body }) => {
        const { staff, shop } = await acceptInvitation(db, params.token, body.password);
        const viewer = await findViewer(db, staff, shop);
        if (viewer) await startSession(request, viewer);
        return done('/board');
      },
    ),
  ];

  async function invitationPage(token: string, refused: Refused | null): Promise<Answer> {
    const invitation = await findInvitation(db, token);
    if (!invitation) throw new NotFound('This link is used up or too old. Ask your manager for a new one.');
    return page('staff/invitation', { title: 'Welcome', token, invitation, errors: refused?.fields ?? {} });
  }
}
