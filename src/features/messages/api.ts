import { z } from 'zod';
import { change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import type { Services } from '../../platform/services.js';
import { originOf } from '../../platform/web/addresses.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf, pageQuery, showTime, showTimeOrNull, Time } from '../../platform/web/api-fields.js';
import { Id, optional, required } from '../../platform/web/forms.js';
import { LinkKeys } from '../approvals/tokens.js';
import { withdraw } from './acts.js';
import { FROM_ORDER, writeOwn } from './composing.js';
import { recordConsent, whatTheySaid } from './consents.js';
import { getMessage, listMessages, VIEWS, type View } from './list.js';
import type { MessageRow } from './shown.js';

const tag = 'Messages';
const One = z.object({ message: Id });
const OnOrder = z.object({ number: Id });
const Channel = z.enum(['mail', 'sms']);
const MessageJson = z
  .strictObject({
    ...{ id: JsonId, direction: z.enum(['out', 'in']), channel: Channel },
    state: z.enum(['waiting', 'sending', 'sent', 'failed', 'withdrawn', 'by-hand', 'received']),
    occasion: z.string().meta({ description: 'Why it was written; empty: in somebody’s own words.' }),
    ...{ work_order: JsonId.nullable(), customer: JsonId.nullable(), name: z.string(), address: z.string() },
    ...{ subject: z.string(), text: z.string(), attempts: z.int() },
    trouble: z.string().meta({ description: 'What went wrong last.' }),
    may_be_twice: z.boolean(),
    ...{ written_at: Time, due_at: Time, ended_at: Time.nullable(), done_at: Time.nullable() },
  })
  .meta({ id: 'Message' });
const Body = z.strictObject({
  channel: Channel,
  occasion: z.enum(['', ...FROM_ORDER]).default(''),
  subject: optional('The subject', 200),
  text: required('The text', 5000),
  agreed: z.boolean().default(false).meta({ description: 'They have agreed to text messages about their vehicle.' }),
});
const Views = z.enum(Object.keys(VIEWS) as [View, ...View[]]).default('all');
const Address = z.strictObject({ channel: Channel, address: required('The address', 254) });
const Said = z.boolean().nullable();
const ConsentsJson = z.strictObject({ service: Said, marketing: Said }).meta({ id: 'MessageConsents' });
const ConsentBody = Address.extend({
  topic: z.enum(['service', 'marketing']),
  granted: z.boolean(),
  words: required('What they said', 500),
});

/** What customers are told, and what they want to hear. */
export function messageOperations({ db, config }: Services): Operation[] {
  const { token: tokenOf } = new LinkKeys(config.sessionSecrets);
  const read = async (from: Database, viewer: ApiViewer, { message }: z.output<typeof One>) =>
    toJson(await getMessage(from, viewer.shop, message), viewer);
  const consents = (from: Database, { shop }: ApiViewer, { channel, address }: z.output<typeof Address>) =>
    whatTheySaid(from, shop, channel, address);
  return [
    api(
      'get',
      '/messages',
      {
        ...{ id: 'listMessages', tag, summary: 'Messages to customers and from them, the latest first', may: 'message.see' },
        ...{ query: pageQuery(JsonId).extend({ view: Views }), answer: pageOf(MessageJson), example: { query: { view: 'by-hand' } } },
      },
      async ({ viewer, query }) => {
        const { rows, next } = await listMessages(db, viewer.shop, query.view, query.after ?? null, query.limit);
        return {
          items: rows.map((row) => toJson(row, viewer)),
          next: next === null ? null : Buffer.from(JSON.stringify(next)).toString('base64url'),
        };
      },
    ),
    api(
      'get',
      '/messages/:message',
      {
        ...{ id: 'getMessage', tag, summary: 'One message', may: 'message.see', params: One, answer: MessageJson },
        example: { params: { message: '1' } },
      },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'post',
      '/work-orders/:number/messages',
      {
        ...{ id: 'writeMessage', tag, summary: 'Writes to the customer of a work order', may: 'message.write', params: OnOrder },
        details:
          'It goes out after the seconds in which it can be taken back, and not by night. `{link}` becomes the address of the customer’s page.',
        ...{ body: Body, answer: MessageJson, status: 201 },
        example: { params: { number: '1001' }, body: { channel: 'sms', text: 'Your car is ready at five.' } },
      },
      async ({ viewer, params, body, request }) => {
        const origin = originOf(config, request);
        const message = await writeOwn(db, viewer, params.number, body, { tokenOf, origin }, undefined);
        return read(db, viewer, { message });
      },
    ),
    api(
      'delete',
      '/messages/:message',
      {
        ...{ id: 'withdrawMessage', tag, summary: 'Takes back a message that has not gone out', may: 'message.write', params: One },
        ...{ match: read, answer: null, example: { params: { message: '2' } } },
      },
      ({ viewer, params }) => withdraw(db, viewer, params.message),
    ),
    api(
      'get',
      '/message-consents',
      {
        ...{
          id: 'getMessageConsents',
          tag,
          summary: 'What somebody said they want to receive at an address',
          may: 'message.see',
          query: Address,
        },
        details:
          'null: nothing yet. A text message needs their yes, a mail about their own vehicle does not, and anything that advertises does.',
        ...{ answer: ConsentsJson, example: { query: { channel: 'sms', address: '+1 555 0142' } } },
      },
      ({ viewer, query }) => consents(db, viewer, query),
    ),
    api(
      'post',
      '/message-consents',
      {
        ...{ id: 'recordMessageConsent', tag, summary: 'Takes down what somebody said they want to receive', may: 'message.write' },
        ...{ body: ConsentBody, answer: ConsentsJson, status: 201 },
        example: { body: { channel: 'sms', address: '+1 555 0142', topic: 'service', granted: true, words: 'Yes, on the phone' } },
      },
      async ({ viewer, body }) => {
        const { granted: isGranted, ...said } = body;
        await change(db, viewer, {}, (tx) => recordConsent(tx, { ...said, isGranted, saidBy: 'staff', customer: null }));
        return consents(db, viewer, body);
      },
    ),
  ];
}

function toJson(row: MessageRow, viewer: ApiViewer): z.input<typeof MessageJson> {
  const { id, direction, channel, state, occasion, customer, name, address, subject, text, attempts, trouble } = row;
  const orNull = (iso: string | null) => showTimeOrNull(iso === null ? null : new Date(iso), viewer);
  return {
    ...{ id, direction, channel, state, occasion, work_order: row.number, customer, name, address, subject, text, attempts, trouble },
    ...{
      may_be_twice: row.mayBeTwice,
      written_at: showTime(new Date(row.writtenAt), viewer),
      due_at: showTime(new Date(row.dueAt), viewer),
    },
    ...{ ended_at: orNull(row.endedAt), done_at: orNull(row.doneAt) },
  };
}
