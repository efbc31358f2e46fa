import type { Request } from 'express';
import type passport from 'passport';
import { z } from 'zod';
import { Forbidden, Invalid, RequestError } from '../../platform/errors.js';
import { type AccessKind, recordAccess } from '../../platform/observe/access.js';
import type { Services } from '../../platform/services.js';
import { api, type Operation } from '../../platform/web/api.js';
import { checkSecondFactor } from '../staff/second-factor.js';
import { authenticate } from '../staff/sign-in.js';
import type { SignInThrottle } from '../staff/throttle.js';
import { ACCESS_SECONDS, type AccessTokens } from './access-tokens.js';
import { endSignIn, type Family, renewSignIn, startSignIn } from './sign-ins.js';

const Tokens = z
  .strictObject({
    access_token: z.string().meta({ description: 'For `Authorization: Bearer …`.' }),
    refresh_token: z.string().meta({ description: 'For the next two of them, once.' }),
    token_type: z.literal('Bearer'),
    expires_in: z.int().meta({ description: 'Seconds that the access token is good for.' }),
  })
  .meta({ id: 'Tokens' });

const Credentials = z.strictObject({
  email: z.string().trim().min(1, 'The e-mail address is missing.').max(254),
  password: z.string().min(1, 'The password is missing.').max(5000),
  code: z.string().max(50).optional().meta({ description: 'Of the second factor, for those who have one.' }),
});
const RefreshToken = z.string().regex(/^[\w-]{43}$/, 'That is no refresh token.');

/** Signing in, going on, and signing out. */
export function tokenOperations(
  services: Services,
  authenticator: passport.Authenticator,
  throttle: SignInThrottle,
  access: AccessTokens,
): Operation[] {
  const { db, log } = services;
  const note = (request: Request, kind: AccessKind, who: { staff: number | null; shop: number | null; email?: string }): Promise<void> =>
    recordAccess(services, { kind, ...who, address: request.ip ?? '', detail: 'API' });
  const refuse = (request: Request, why: AccessKind, who: Parameters<typeof note>[2]): Promise<void> => {
    log.warn({ security: why, ip: request.ip }, why);
    return note(request, why, who);
  };
  const answer = async ({ refreshToken, ...claims }: Family) => ({
    access_token: await access.make(claims),
    refresh_token: refreshToken,
    token_type: 'Bearer' as const,
    expires_in: ACCESS_SECONDS,
  });

  return [
    api(
      'post',
      '/tokens',
      {
        ...{ id: 'signIn', tag: 'Tokens', summary: 'Signs a person in', may: 'anyone', body: Credentials, answer: Tokens, status: 201 },
        details:
          'The access token works for ten minutes, for all that the role of the person allows. Whoever tries wrong passwords is slowed down.',
        example: { body: { email: 'manager@api.test', password: 'test-shop-floor' } },
      },
      async ({ request, body }) => {
        const email = body.email.toLowerCase();
        const address = request.ip ?? '';
        await throttle.count(email, address, undefined);
        // passport reads the body; it is this one.
        const viewer = await authenticate(authenticator, request);
        if (!viewer) {
          await refuse(request, 'sign-in refused', { staff: null, shop: null, email });
          throw new Invalid({ '': 'E-mail address and password do not go together.' }, 401);
        }
        const factor = await checkSecondFactor(services, viewer.staff, body.code);
        if (factor === 'missing') throw new Invalid({ code: 'The code of the second factor is missing.' }, 401);
        if (factor === 'wrong') {
          await refuse(request, 'second factor refused', viewer);
          throw new Invalid({ code: 'That code is not right, or was used already.' }, 401);
        }
        if (viewer.owesSecondFactor) throw new Forbidden('This shop asks for a second factor: sign in to the pages and set it up.');
        await throttle.forget(email, address, undefined);
        await note(request, 'signed-in', viewer);
        return answer(await startSignIn(db, viewer, request.get('user-agent') ?? ''));
      },
    ),
    api(
      'post',
      '/tokens/refresh',
      {
        ...{ id: 'refreshTokens', tag: 'Tokens', summary: 'Takes a refresh token for new tokens', may: 'anyone', answer: Tokens },
        details:
          'Each refresh token is for one use. When the answer got lost, the same one may be sent again within ten seconds; later it ends the whole sign-in, for somebody else must have it.',
        body: z.strictObject({ refresh_token: RefreshToken }),
        // The shop of the examples has a sign-in with this one.
        example: { body: { refresh_token: 'example-of-a-refresh-token-AAAAAAAAAAAAAAAA' } },
      },
      async ({ request, body }) => {
        const renewed = await renewSignIn(db, body.refresh_token);
        if (renewed && 'refreshToken' in renewed) return answer(renewed);
        if (renewed) await refuse(request, 'refresh token used twice', renewed.reusedOf);
        throw new RequestError(401, 'This refresh token does not work any more. Sign in again.');
      },
    ),
    api(
      'delete',
      '/tokens/current',
      { id: 'signOut', tag: 'Tokens', summary: 'Ends this sign-in with all its tokens', may: 'account.own', answer: null, example: {} },
      async ({ viewer }) => {
        if (viewer.credential.kind !== 'sign-in') throw new Forbidden('A named token is revoked by a manager, in the settings.');
        await endSignIn(db, viewer.shop, viewer.credential.id);
      },
    ),
  ];
}
