import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showDate, showDateTime } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { SCOPES, type Scope } from '../../platform/web/api.js';
import { Id, required, Tick } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { listTokens, makeToken, type NamedToken, revokeToken } from './named-tokens.js';

const may = 'api-tokens.manage';
const DAY = 24 * 60 * 60 * 1000;

const SCOPE_WORDS: Record<Scope, string> = {
  read: 'Read: the board, work orders, customers, everything its person sees',
  write: 'Write: what the day brings, such as moving cards, comments, jobs',
  manage: 'Manage: what only managers change, such as columns, prices, staff',
};
const LIVES = { '30': '30 days', '90': '90 days', '365': 'a year', '': 'until it is revoked' };

const TokenInput = z
  .strictObject({
    name: required('The name', 60),
    'scope.read': Tick,
    'scope.write': Tick,
    'scope.manage': Tick,
    days: z.enum(['30', '90', '365', ''], 'Please choose how long it works.'),
  })
  .transform(({ name, days, ...ticks }, context) => {
    const scopes = SCOPES.filter((scope) => ticks[`scope.${scope}`]);
    if (scopes.length === 0) context.addIssue({ code: 'custom', path: ['scopes'], message: 'Please choose at least one.' });
    return { name, scopes, days: Number(days) };
  });

/** The manager's page of named tokens: what lets other programs in. */
export function apiTokenRoutes({ db }: Services): Route[] {
  const list = async (viewer: Viewer, refused: Refused | null, made: { name: string; token: string } | null = null): Promise<Answer> =>
    page('api/tokens', {
      title: 'API tokens',
      tokens: (await listTokens(db, viewer.shop)).map((token) => shown(token, viewer.timeZone)),
      scopes: SCOPE_WORDS,
      lives: LIVES,
      values: refused?.values ?? { 'scope.read': 'on', days: '365' },
      errors: refused?.fields ?? {},
      made,
    });
  const form = ({ viewer }: { viewer: Viewer }, refused: Refused) => list(viewer, refused);

  return [
    get('/settings/api-tokens', { may }, ({ viewer }) => list(viewer, null)),
    post('/settings/api-tokens', { may, body: TokenInput, form }, async ({ viewer, body }) => {
      const expiresAt = body.days ? new Date(Date.now() + body.days * DAY) : null;
      const token = await makeToken(db, viewer, { name: body.name, scopes: body.scopes, expiresAt });
      // Shown once: only its hash is kept.
      return list(viewer, null, { name: body.name, token });
    }),
    post(
      '/settings/api-tokens/:apiToken/revocations',
      { may, params: z.object({ apiToken: Id }), body: z.strictObject({}), form },
      async ({ viewer, params }) => {
        await revokeToken(db, viewer, params.apiToken);
        return done('/settings/api-tokens', { flash: { text: 'The token is revoked. What uses it is refused from now on.' } });
      },
    ),
  ];
}

function shown({ id, name, scopes, person, createdAt, expiresAt, lastUsedAt, revokedAt }: NamedToken, timeZone: string) {
  const isOver = expiresAt !== null && expiresAt < new Date();
  const life = isOver ? 'ended' : 'works until';
  return {
    ...{ id, name, person, scopes: scopes.join(', ') },
    made: showDate(createdAt, timeZone),
    used: lastUsedAt ? `last used ${showDateTime(lastUsedAt, timeZone)}` : 'never used',
    ends: revokedAt
      ? `revoked ${showDate(revokedAt, timeZone)}`
      : expiresAt
        ? `${life} ${showDate(expiresAt, timeZone)}`
        : 'works until it is revoked',
    isDead: isOver || revokedAt !== null,
    isRevoked: revokedAt !== null,
  };
}
