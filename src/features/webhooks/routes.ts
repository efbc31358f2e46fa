import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showDateTime } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { type Delivery, listDeliveries, ping, redeliver } from './deliveries.js';
import { hookInput, valuesOf } from './inputs.js';
import { ALL, GROUPS, KINDS } from './kinds.js';
import { networksOf } from './rules.js';
import { HookSecrets } from './secrets.js';
import { addHook, changeHook, getHook, type Hook, listHooks, removeHook, renewSecret, switchOff, switchOn } from './webhooks.js';

const may = 'webhooks.manage';
const OneHook = z.object({ webhook: Id });
const OneDelivery = z.object({ webhook: Id, delivery: Id });
const Nothing = z.strictObject({});
const Switch = z.strictObject({ on: z.enum(['yes', 'no'], 'Please open the page again.') });
const Log = z.strictObject({ before: Id.optional() });

const OFF_WORDS = {
  'by-hand': 'Off',
  gone: 'Switched itself off: the receiver said that it is gone (410)',
  failing: 'Switched itself off: nothing had arrived for five days',
};

/** The manager's pages of webhooks: who is told what, and what became of it. */
export function webhookRoutes({ db, config }: Services): Route[] {
  const secrets = new HookSecrets(config.sessionSecrets);
  const allowed = networksOf(config.webhooksPrivateNetworks);
  const body = hookInput(allowed, config.webhooksPrivateNetworks.length > 0);

  const list = async (viewer: Viewer, refused: Refused | null): Promise<Answer> => {
    const hooks = await listHooks(db, viewer.shop);
    return page('webhooks/list', {
      title: 'Webhooks',
      hooks: hooks.map((hook) => ({ ...hook, told: toldOf(hook), state: stateOf(hook, viewer.timeZone) })),
      form: { values: refused?.values ?? {}, errors: refused?.fields ?? {}, groups: GROUPS },
    });
  };

  const one = async (
    viewer: Viewer,
    id: number,
    more: { refused?: Refused | null; before?: number; secret?: string | null } = {},
  ): Promise<Answer> => {
    const hook = await getHook(db, viewer.shop, id);
    const { rows, more: next } = await listDeliveries(db, viewer.shop, id, more.before ?? null);
    return page('webhooks/one', {
      title: hook.name,
      hook: { ...hook, told: toldOf(hook), state: stateOf(hook, viewer.timeZone) },
      // What was typed stays typed, also where a tick was taken away.
      form: { values: more.refused?.values ?? valuesOf(hook), errors: more.refused?.fields ?? {}, groups: GROUPS },
      isOpen: Boolean(more.refused),
      secret: more.secret ?? null,
      previousUntil: hook.previousUntil && hook.previousUntil > new Date() ? showDateTime(hook.previousUntil, viewer.timeZone) : null,
      deliveries: rows.map((row) => shownDelivery(row, viewer.timeZone)),
      isFirst: more.before === undefined,
      next,
    });
  };
  const here = (id: number) => `/settings/webhooks/${id}`;
  const onOne = {
    may,
    params: OneHook,
    form: ({ viewer, params }: { viewer: Viewer; params: { webhook: number } }, refused: Refused) =>
      one(viewer, params.webhook, { refused }),
  } as const;
  const onAction = {
    may,
    params: OneHook,
    form: async ({ viewer, params }: { viewer: Viewer; params: { webhook: number } }, { fields }: Refused) =>
      one(viewer, params.webhook, { refused: { fields, values: valuesOf(await getHook(db, viewer.shop, params.webhook)) } }),
  } as const;

  return [
    get('/settings/webhooks', { may }, ({ viewer }) => list(viewer, null)),
    post('/settings/webhooks', { may, body, form: ({ viewer }, refused) => list(viewer, refused) }, async ({ viewer, body }) => {
      const { id, secret } = await addHook(db, viewer, secrets, body);
      return one(viewer, id, { secret });
    }),
    get('/settings/webhooks/:webhook', { may, params: OneHook, query: Log }, ({ viewer, params, query }) =>
      one(viewer, params.webhook, query.before === undefined ? {} : { before: query.before }),
    ),
    post('/settings/webhooks/:webhook/edits', { ...onOne, body }, async ({ viewer, params, body }) => {
      await changeHook(db, viewer, params.webhook, body);
      return done(here(params.webhook), { flash: { text: 'Saved.' } });
    }),
    post('/settings/webhooks/:webhook/secrets', { ...onAction, body: Nothing }, async ({ viewer, params }) =>
      one(viewer, params.webhook, { secret: await renewSecret(db, viewer, secrets, params.webhook) }),
    ),
    post('/settings/webhooks/:webhook/switches', { ...onAction, body: Switch }, async ({ viewer, params, body }) => {
      if (body.on === 'yes') await switchOn(db, viewer, params.webhook);
      else await switchOff(db, viewer, params.webhook, 'by-hand');
      return done(here(params.webhook), { flash: { text: body.on === 'yes' ? 'It is on again.' : 'It is off: nothing is sent.' } });
    }),
    post('/settings/webhooks/:webhook/pings', { ...onAction, body: Nothing }, async ({ viewer, params }) => {
      await ping(db, viewer.shop, params.webhook);
      return done(here(params.webhook), { flash: { text: 'A test is on its way. How it went stands below in a moment.' } });
    }),
    post('/settings/webhooks/:webhook/removals', { ...onAction, body: Nothing }, async ({ viewer, params }) => {
      await removeHook(db, viewer, params.webhook);
      return done('/settings/webhooks', { flash: { text: 'The webhook is removed, and its log with it.' } });
    }),
    post(
      '/settings/webhooks/:webhook/deliveries/:delivery/redeliveries',
      { may, params: OneDelivery, body: Nothing, form: (context, refused) => onAction.form(context, refused) },
      async ({ viewer, params }) => {
        await redeliver(db, viewer.shop, params.webhook, params.delivery);
        return done(here(params.webhook), { flash: { text: 'It is sent again. How it went stands below in a moment.' } });
      },
    ),
  ];
}

function toldOf({ kinds }: Hook): string {
  if (kinds.includes(ALL)) return 'Every kind of event';
  return kinds.length === 1 ? `1 kind of event: ${kinds[0]}` : `${kinds.length} kinds of events`;
}

function stateOf(hook: Hook, timeZone: string): { words: string; isBad: boolean } {
  if (hook.offSince)
    return {
      words: `${OFF_WORDS[hook.offWhy ?? 'by-hand']}, since ${showDateTime(hook.offSince, timeZone)}`,
      isBad: hook.offWhy !== 'by-hand',
    };
  if (hook.failingSince)
    return { words: `Nothing has arrived since ${showDateTime(hook.failingSince, timeZone)}; it is tried again`, isBad: true };
  return { words: 'On', isBad: false };
}

const STATES = { waiting: 'Waiting', delivered: 'Arrived', failed: 'Given up' };

function shownDelivery(row: Delivery, timeZone: string) {
  const at = row.lastAt ?? row.madeAt;
  return {
    ...row,
    about: KINDS.get(row.kind) ?? 'A test',
    words: row.state === 'waiting' && row.attempts === 0 ? 'On its way' : STATES[row.state],
    at: showDateTime(at, timeZone),
    iso: at.toISOString(),
    again: row.nextAt && row.attempts > 0 ? showDateTime(row.nextAt, timeZone) : null,
  };
}
