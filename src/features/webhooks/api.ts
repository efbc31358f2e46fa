import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { Invalid } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf, pageQuery, showTime, showTimeOrNull, Time } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { type Delivery, listDeliveries, ping, redeliver } from './deliveries.js';
import { hookInput, valuesOf } from './inputs.js';
import { ALL, KINDS } from './kinds.js';
import { networksOf } from './rules.js';
import { HookSecrets } from './secrets.js';
import {
  addHook,
  changeHook,
  getHook,
  type Hook,
  type HookInput,
  listHooks,
  removeHook,
  renewSecret,
  switchOff,
  switchOn,
} from './webhooks.js';

const One = z.object({ webhook: Id });
const OneDelivery = One.extend({ delivery: Id });
const Kinds = z.array(z.enum([ALL, ...KINDS.keys()])).max(500);
/** What is right for each of them, the form says, which reads it. */
const Body = z.strictObject({
  ...{ name: z.string().max(200), url: z.string().max(2000) },
  kinds: Kinds.meta({ description: 'Of events; `*` for every kind, also those to come.' }),
  full_data: z.boolean().default(false).meta({ description: 'Send what the event says, and not only what it is about.' }),
});
const HookJson = z
  .strictObject({
    ...{ id: JsonId, name: z.string(), url: z.string(), kinds: z.array(z.string()), full_data: z.boolean() },
    ...{ off_since: Time.nullable(), off_why: z.enum(['by-hand', 'gone', 'failing']).nullable() },
    failing_since: Time.nullable().meta({ description: 'Nothing has arrived since; it is tried again.' }),
    previous_until: Time.nullable().meta({ description: 'Until when the former secret signs too.' }),
  })
  .meta({ id: 'Webhook' });
const Secret = z.string().nullable().meta({ description: 'Told once. Null to a repetition: take a new one if it got lost.' });
const DeliveryJson = z
  .strictObject({
    ...{ id: JsonId, kind: z.string(), version: z.int().nullable(), work_order: JsonId.nullable() },
    ...{ state: z.enum(['waiting', 'delivered', 'failed']), attempts: z.int(), made_at: Time, next_at: Time.nullable() },
    last: z
      .strictObject({ at: Time, status: z.int().nullable(), answer: z.string(), milliseconds: z.int().nullable() })
      .nullable()
      .meta({ description: 'The last attempt.' }),
  })
  .meta({ id: 'Delivery' });

const tag = 'Webhooks';
const may = 'webhooks.manage';
const fields = { everything: 'kinds' };

async function read(db: Database, viewer: ApiViewer, { webhook }: z.output<typeof One>) {
  return hookJson(await getHook(db, viewer.shop, webhook), viewer);
}

const one = { tag, may, params: One, match: read, answer: HookJson } as const;
const bare = { tag, may, params: One, answer: null } as const;

/** Who is told what happens, and what became of it. */
export function webhookOperations({ db, config }: Services): Operation[] {
  const secrets = new HookSecrets(config.sessionSecrets);
  const form = hookInput(networksOf(config.webhooksPrivateNetworks), config.webhooksPrivateNetworks.length > 0);
  /** As the form of the page reads it. */
  const readBody = ({ full_data: fullData, ...body }: z.output<typeof Body>): HookInput => {
    const typed = form.safeParse(valuesOf({ ...body, fullData }));
    if (typed.success) return typed.data;
    throw new Invalid(Object.fromEntries(typed.error.issues.map(({ path, message }) => [path.join('.'), message])));
  };
  return [
    api(
      'get',
      '/webhooks',
      { id: 'listWebhooks', tag, summary: 'All webhooks, by name', may, answer: pageOf(HookJson), example: {} },
      async ({ viewer }) =>
        asPage(
          (await listHooks(db, viewer.shop)).map((hook) => hookJson(hook, viewer)),
          null,
        ),
    ),
    api(
      'post',
      '/webhooks',
      {
        ...{ id: 'addWebhook', tag, summary: 'Adds a webhook; it is told of what happens from then on', may, body: Body, fields },
        ...{ answer: z.strictObject({ webhook: HookJson, secret: Secret }), status: 201, keep: false },
        example: { body: { name: 'Reminders', url: 'https://hooks.example.com/serviceflow', kinds: ['shop.made', 'till.closed'] } },
      },
      async ({ viewer, body }) => {
        const { id, secret } = await addHook(db, viewer, secrets, readBody(body));
        return { webhook: await read(db, viewer, { webhook: id }), secret };
      },
    ),
    api(
      'get',
      '/webhooks/:webhook',
      { id: 'getWebhook', tag, summary: 'One webhook', may, params: One, answer: HookJson, example: { params: { webhook: '1' } } },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'put',
      '/webhooks/:webhook',
      {
        ...{ ...one, id: 'changeWebhook', summary: 'Changes what it is told, and where', body: Body, fields },
        example: { params: { webhook: '2' }, body: { name: 'Messages', url: 'https://hooks.example.com/messages', kinds: ['shop.made'] } },
      },
      async ({ viewer, params, body }) => {
        await changeHook(db, viewer, params.webhook, readBody(body));
        return read(db, viewer, params);
      },
    ),
    api(
      'put',
      '/webhooks/:webhook/pause',
      { ...one, id: 'pauseWebhook', summary: 'Nothing is sent to it', example: { params: { webhook: '2' } } },
      async ({ viewer, params }) => {
        await switchOff(db, viewer, params.webhook, 'by-hand');
        return read(db, viewer, params);
      },
    ),
    api(
      'delete',
      '/webhooks/:webhook/pause',
      { ...one, id: 'resumeWebhook', summary: 'It is told again, of what happens from then on', example: { params: { webhook: '2' } } },
      async ({ viewer, params }) => {
        await switchOn(db, viewer, params.webhook);
        return read(db, viewer, params);
      },
    ),
    api(
      'post',
      '/webhooks/:webhook/secrets',
      {
        ...{ ...bare, id: 'renewWebhookSecret', summary: 'Gives it a new secret; for a day both sign', keep: false, status: 201 },
        ...{ answer: z.strictObject({ secret: Secret }), example: { params: { webhook: '1' } } },
      },
      async ({ viewer, params }) => ({ secret: await renewSecret(db, viewer, secrets, params.webhook) }),
    ),
    ...logOf({ db }),
    api(
      'delete',
      '/webhooks/:webhook',
      {
        ...one,
        id: 'removeWebhook',
        summary: 'Takes a webhook away, and its log with it',
        answer: null,
        example: { params: { webhook: '1' } },
      },
      ({ viewer, params }) => removeHook(db, viewer, params.webhook),
    ),
  ];
}

function logOf({ db }: Pick<Services, 'db'>): Operation[] {
  return [
    api(
      'get',
      '/webhooks/:webhook/deliveries',
      {
        ...{ id: 'listDeliveries', tag, summary: 'What it was sent, the latest first', may, params: One, query: pageQuery(JsonId) },
        ...{ answer: pageOf(DeliveryJson), example: { params: { webhook: '1' } } },
      },
      async ({ viewer, params, query }) => {
        await getHook(db, viewer.shop, params.webhook);
        const { rows, more } = await listDeliveries(db, viewer.shop, params.webhook, query.after ?? null, query.limit);
        return asPage(
          rows.map((row) => deliveryJson(row, viewer)),
          more,
        );
      },
    ),
    api(
      'post',
      '/webhooks/:webhook/pings',
      { ...bare, id: 'pingWebhook', summary: 'Sends a test', example: { params: { webhook: '1' } } },
      ({ viewer, params }) => ping(db, viewer.shop, params.webhook),
    ),
    api(
      'post',
      '/webhooks/:webhook/deliveries/:delivery/redeliveries',
      {
        ...{ ...bare, id: 'redeliver', summary: 'Sends one again, as the same message', params: OneDelivery },
        example: { params: { webhook: '1', delivery: '1' } },
      },
      ({ viewer, params }) => redeliver(db, viewer.shop, params.webhook, params.delivery),
    ),
  ];
}

function hookJson(hook: Hook, viewer: ApiViewer): z.input<typeof HookJson> {
  const { id, name, url, kinds, fullData, offSince, offWhy, failingSince, previousUntil } = hook;
  return {
    ...{ id, name, url, kinds, full_data: fullData, off_why: offWhy, off_since: showTimeOrNull(offSince, viewer) },
    ...{ failing_since: showTimeOrNull(failingSince, viewer), previous_until: showTimeOrNull(previousUntil, viewer) },
  };
}

function deliveryJson(row: Delivery, viewer: ApiViewer): z.input<typeof DeliveryJson> {
  const { id, kind, version, number, state, attempts, madeAt, nextAt, lastAt } = row;
  return {
    ...{ id, kind, version, work_order: number, state, attempts },
    ...{ made_at: showTime(madeAt, viewer), next_at: showTimeOrNull(nextAt, viewer) },
    last: lastAt && { at: showTime(lastAt, viewer), status: row.lastStatus, answer: row.lastAnswer, milliseconds: row.lastMilliseconds },
  };
}
