import type { Request } from 'express';
import type passport from 'passport';
import { z } from 'zod';
import { afterSaving, Invalid, NotFound, TooMany } from '../../platform/errors.js';
import { type AccessKind, recordAccess } from '../../platform/observe/access.js';
import type { Services } from '../../platform/services.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { HalfSignedIn } from '../../platform/web/sessions.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { needsSetup } from '../shops/setup.js';
import { acceptInvitation, findInvitation } from './invitations.js';
import { NewPassword } from './passwords.js';
import { checkSecondFactor, hasSecondFactor } from './second-factor.js';
import { authenticate, endSession, findViewer, startHalfSession, startSession } from './sign-in.js';
import type { SignInThrottle } from './throttle.js';

const SignInInput = z.strictObject({
  email: z.string({ error: 'Please type your e-mail address.' }).trim().min(1, 'Please type your e-mail address.').max(254),
  password: z.string({ error: 'Please type your password.' }).min(1, 'Please type your password.').max(5000),
  next: z.string().max(2000).optional(),
});
const CodeInput = z.strictObject({
  code: z.string({ error: 'Please type the code.' }).trim().min(1, 'Please type the code.').max(100, 'That is too long for a code.'),
});
const TokenParam = z.object({ token: z.string().regex(/^[\w-]{43}$/) });
const DEVICE = 'device';
const YEAR = 365 * 24 * 60 * 60 * 1000;

/** A path of this site, or the board: never another site (CVE-2026-21879 and its like). */
export function safeNext(next: string | undefined): string {
  return next && /^\/(?![/\\])[\x21-\x7e]*$/.test(next) && !next.includes('\\') ? next : '/board';
}

/** Signing in, with a code where there is a second factor, and out; and the link of an invitation. */
export function signInRoutes(services: Services, authenticator: passport.Authenticator, throttle: SignInThrottle): Route[] {
  const { db, config, log } = services;
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
  const codePage = (request: Request, refused: Refused | null): Answer =>
    request.session.half ? page('staff/sign-in-code', { title: 'Sign in', errors: refused?.fields ?? {} }) : done('/sign-in');
  /** For the managers; see features/activity. */
  const note = (request: Request, kind: AccessKind, who: { staff: number | null; shop: number | null; email?: string }): Promise<void> =>
    recordAccess(services, { kind, staff: who.staff, shop: who.shop, ...(who.email && { email: who.email }), address: request.ip ?? '' });
  const noteIfSlowed = (request: Request, email: string) => async (error: unknown) => {
    if (error instanceof TooMany) await note(request, 'slowed down', { staff: null, shop: null, email });
    throw error;
  };
  const deviceOf = (request: Request) => /(?:^|;\s*)device=([\w.-]+)/.exec(request.headers.cookie ?? '')?.[1];

  /** From here on the browser is known: what others try does not hold it up any more. */
  const comeIn = async (request: Request, viewer: Viewer, email: string): Promise<void> => {
    await startSession(request, viewer);
    await note(request, 'signed-in', viewer);
    if (throttle.knowsDevice(email, deviceOf(request))) return;
    const options = { httpOnly: true, sameSite: 'lax', secure: https, path: '/sign-in', maxAge: YEAR } as const;
    request.res?.cookie(DEVICE, throttle.newDevice(email), options);
  };

  const signIn = async (request: Request, email: string, next: string): Promise<Answer> => {
    const address = request.ip ?? '';
    const device = deviceOf(request);
    await throttle.count(email, address, device).catch(noteIfSlowed(request, email));
    const viewer = await authenticate(authenticator, request);
    if (!viewer) {
      log.warn({ security: 'sign-in refused', ip: address }, 'sign-in refused');
      await note(request, 'sign-in refused', { staff: null, shop: null, email });
      throw new Invalid({ '': 'E-mail address and password do not go together.' });
    }
    await throttle.forget(email, address, device);
    return askForCode(request, { staff: viewer.staff, shop: viewer.shop, email, next }, viewer);
  };

  /** In, or one page further: who has a second factor is not in before their code was right. */
  const askForCode = async (request: Request, half: HalfSignedIn, viewer: Viewer): Promise<Answer> => {
    if (await hasSecondFactor(db, viewer.staff)) {
      await startHalfSession(request, half);
      return done('/sign-in/code');
    }
    await comeIn(request, viewer, half.email);
    return done(half.next);
  };

  const checkCode = async (request: Request, code: string): Promise<Answer> => {
    const { half } = request.session;
    if (!half) return done('/sign-in');
    const address = request.ip ?? '';
    const device = deviceOf(request);
    await throttle.countCode(half.email, address, device).catch(noteIfSlowed(request, half.email));
    const checked = await checkSecondFactor(services, half.staff, code, throttle.knowsDevice(half.email, device));
    if (checked === 'wrong' || checked === 'missing') {
      log.warn({ security: 'code refused', staff: half.staff, ip: address }, 'the password was right, the code was not');
      await note(request, 'second factor refused', { staff: half.staff, shop: half.shop });
      throw new Invalid({ code: 'That code is not right, or was used already. Wait for the next one.' });
    }
    await throttle.forgetCode(half.email, address, device);
    const viewer = await findViewer(db, half.staff, half.shop);
    if (!viewer) return done('/sign-in');
    await comeIn(request, viewer, half.email);
    return done(half.next);
  };

  return [
    get('/sign-in', { may: 'anyone', query: z.object({ next: z.string().max(2000).optional().catch(undefined) }) }, ({ viewer, query }) =>
      viewer ? done(safeNext(query.next)) : signInPage(query.next, null),
    ),
    post(
      '/sign-in',
      { may: 'anyone', body: SignInInput, form: (_context, refused) => signInPage(String(refused.values.next ?? ''), refused) },
      ({ request, body }) => signIn(request, body.email.toLowerCase(), safeNext(body.next)),
    ),
    get('/sign-in/code', { may: 'anyone' }, ({ request }) => codePage(request, null)),
    post(
      '/sign-in/code',
      { may: 'anyone', body: CodeInput, form: ({ request }, refused) => codePage(request, refused) },
      ({ request, body }) => checkCode(request, body.code),
    ),
    post('/sign-out', { may: 'account.own', body: z.strictObject({}) }, async ({ request, viewer }) => {
      await endSession(request);
      await note(request, 'signed-out', viewer);
      return done('/sign-in', { headers: { 'Clear-Site-Data': '"cache"' } });
    }),
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
        const { staff, shop, email } = await acceptInvitation(db, params.token, body.password);
        return afterSaving(async () => {
          const viewer = await findViewer(db, staff, shop);
          if (!viewer) return done('/sign-in');
          return askForCode(request, { staff, shop, email: email.toLowerCase(), next: '/board' }, viewer);
        });
      },
    ),
  ];

  async function invitationPage(token: string, refused: Refused | null): Promise<Answer> {
    const invitation = await findInvitation(db, token);
    if (!invitation) throw new NotFound('This link is used up or too old. Ask your manager for a new one.');
    return page('staff/invitation', { title: 'Welcome', token, invitation, errors: refused?.fields ?? {} });
  }
}
