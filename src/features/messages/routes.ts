import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { z } from 'zod';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { showPromise } from '../../platform/time.js';
import { originOf } from '../../platform/web/addresses.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id, OptionalId, optional, RequestId, required, Tick } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import { answerMissed, SinceQuery } from '../../platform/web/screens.js';
import type { Flash } from '../../platform/web/sessions.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { LinkKeys } from '../approvals/tokens.js';
import { can } from '../staff/permissions.js';
import { assign, markAsDone, markAsSent, retry, withdraw } from './acts.js';
import { FROM_ORDER, listWays, readOrderCustomer, wordsFor, writeOwn } from './composing.js';
import { VIEWS, type View } from './list.js';
import { messagesPart, showList } from './live.js';
import { OCCASIONS } from './templates.js';

const One = z.object({ message: Id });
const OneOrder = z.object({ number: Id });
const OfView = z.enum(Object.keys(VIEWS) as [View, ...View[]]);
const OneView = z.object({ view: OfView });
/** Where it was pressed: there it goes on. */
const At = z.enum(['', 'order', ...(Object.keys(VIEWS) as View[])]).default('');
const Act = z.strictObject({ at: At });
const DoneInput = z.strictObject({ at: At, done: z.enum(['yes', 'no']) });
const AssignInput = z.strictObject({ at: At, staff: OptionalId });
const List = z.strictObject({ view: OfView.default('all'), before: Id.optional() });
const ChannelInput = z.enum(['mail', 'sms'], 'That is not one of the choices.');
const Occasion = z.enum(['', ...FROM_ORDER]).default('');
const Compose = z.strictObject({ occasion: Occasion, channel: ChannelInput.optional() });

const WriteInput = z.strictObject({
  channel: ChannelInput,
  occasion: Occasion,
  subject: optional('The subject', 200),
  text: required('The text', 5000),
  agreed: Tick,
  requestId: RequestId,
});

/** The outbox and what came in; and writing to the customer of a work order. */
export function messageRoutes(services: Services): Route[] {
  const { db, config } = services;
  const { token } = new LinkKeys(config.sessionSecrets);

  type OnMessage = { viewer: Viewer; params: { message: number } };
  /** The page on which the button is. */
  const placeOf = async ({ viewer, params }: OnMessage, at: z.output<typeof At>): Promise<string> => {
    if (at !== 'order') return `/messages${at && at !== 'all' ? `?view=${at}` : ''}`;
    const row = await db
      .selectFrom('messages as m')
      .innerJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'm.shop_id').onRef('w.id', '=', 'm.work_order_id'))
      .select('w.number')
      .where('m.shop_id', '=', viewer.shop)
      .where('m.id', '=', params.message)
      .executeTakeFirst();
    return row ? `/work-orders/${row.number}` : '/messages';
  };
  const act = <Body extends z.ZodType<{ at: z.output<typeof At> }>>(
    verb: string,
    body: Body,
    /** Does it, and says so. */
    work: (context: OnMessage & { body: z.output<Body> }) => Promise<Flash>,
  ): Route =>
    post(`/messages/:message/${verb}`, { may: 'message.write', params: One, body }, async (context) => {
      const { viewer, params } = context;
      const given = context.body as z.output<Body>;
      const flash = await work({ viewer, params, body: given });
      return done(await placeOf(context, given.at), { flash });
    });

  type OnOrder = { viewer: Viewer; params: { number: number }; request: Request };
  const compose = async ({ viewer, params }: OnOrder, asked: z.output<typeof Compose>, refused: Refused | null): Promise<Answer> => {
    const order = await readOrderCustomer(db, viewer.shop, params.number);
    const ways = await listWays(db, viewer.shop, order.to);
    const open = ways.filter(({ hindrance }) => hindrance === null);
    const best = open.find((way) => way.isSentHere && !way.needsYes) ?? open.find((way) => !way.needsYes) ?? open[0];
    const way = open.find(({ channel }) => channel === asked.channel) ?? best ?? null;
    const words = way && asked.occasion ? await wordsFor(db, viewer.shop, order, asked.occasion, way.channel) : { subject: '', text: '' };
    return page(
      'messages/compose',
      {
        ...{ title: `Message about WO-${params.number}`, order, ways, way, occasion: asked.occasion, requestId: randomUUID() },
        occasions: [['', 'Own words'], ...FROM_ORDER.map((occasion) => [occasion, OCCASIONS[occasion].title])],
        ...{ values: refused?.values ?? words, errors: refused?.fields ?? {} },
      },
      'messages/compose-form',
    );
  };

  return [
    get('/messages', { may: 'message.see', query: List }, async ({ viewer, query }) => {
      const list = await showList(db, { id: viewer.shop, timeZone: viewer.timeZone }, query.view, query.before ?? null);
      return page('messages/list', { title: 'Messages', version: viewer.version, ...list });
    }),
    get('/messages/:view/changes', { may: 'message.see', params: OneView, query: SinceQuery }, ({ viewer, params, query }) => {
      const read = () => messagesPart(services, { id: viewer.shop, timeZone: viewer.timeZone }, params.view);
      return answerMissed(query.since, viewer.version, read, services.assets.revision);
    }),
    act('withdrawals', Act, async ({ viewer, params }) => {
      await withdraw(db, viewer, params.message);
      return { text: 'Taken back. It does not go out.' };
    }),
    act('retries', Act, async ({ viewer, params }) => {
      const isFirst = await retry(db, viewer, params.message);
      return isFirst ? flashOf(viewer, params.message) : { text: 'It is tried again.' };
    }),
    act('markings', Act, async ({ viewer, params }) => {
      await markAsSent(db, viewer, params.message);
      return { text: 'Marked as sent.' };
    }),
    act('answers', DoneInput, async ({ viewer, params, body }) => {
      await markAsDone(db, viewer, params.message, body.done === 'yes');
      return { text: body.done === 'yes' ? 'Done.' : 'It waits for an answer again.' };
    }),
    act('assignments', AssignInput, async ({ viewer, params, body }) => {
      await assign(db, viewer, params.message, body.staff);
      return { text: 'Saved.' };
    }),
    get('/work-orders/:number/messages/new', { may: 'message.write', params: OneOrder, query: Compose }, (context) =>
      compose(context, context.query, null),
    ),
    post(
      '/work-orders/:number/messages',
      {
        ...{ may: 'message.write', params: OneOrder, body: WriteInput },
        form: (context, refused) => {
          const asked = Compose.safeParse({ occasion: refused.values.occasion, channel: refused.values.channel });
          return compose(context, asked.data ?? { occasion: '' }, refused);
        },
      },
      async ({ viewer, params, body, request }) => {
        const { requestId, ...words } = body;
        const id = await writeOwn(db, viewer, params.number, words, { tokenOf: token, origin: originOf(config, request) }, requestId);
        return done(`/work-orders/${params.number}`, { flash: await flashOf(viewer, id) });
      },
    ),
  ];

  /** When it goes out, and, where that is so, how to take it back. */
  async function flashOf(viewer: Viewer, id: number): Promise<Flash> {
    const message = await db
      .selectFrom('messages')
      .select(['state', 'due_at', 'waits_for'])
      .where('shop_id', '=', viewer.shop)
      .where('id', '=', id)
      .executeTakeFirst();
    if (!message) throw new NotFound('That message is not here.');
    if (message.state === 'by-hand')
      return {
        text: 'It is written. Send it from the list of messages, by hand.',
        next: { to: '/messages?view=by-hand', words: 'Send it' },
      };
    const seconds = Math.round((message.due_at.getTime() - Date.now()) / 1000);
    const when =
      message.waits_for === 'undo' ? `in ${Math.max(0, seconds)} seconds` : showPromise(message.due_at, new Date(), viewer.timeZone);
    return { text: `It goes out ${when}.`, message: can(viewer.role, 'message.write') ? id : undefined };
  }
}
