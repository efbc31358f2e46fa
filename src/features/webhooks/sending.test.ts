import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../../testing/receiver.js';
import { networksOf } from './rules.js';
import { sendMessage } from './sending.js';

const loopback = networksOf(['127.0.0.0/8']);
const secret = () => `whsec_${randomBytes(32).toString('base64')}`;
const SECRET = secret();
let receiver: Receiver;

beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(() => receiver.close());

const message = (url: string, more = {}) => ({ id: 'msg_1', url, body: '{"type":"card.moved"}', secrets: [SECRET], ...more });
const port = () => new URL(receiver.url).port;

test('a message is signed as the specification says, also while two secrets hold', async () => {
  const older = secret();
  const outcome = await sendMessage(message(`${receiver.url}/hook?x=1`, { secrets: [SECRET, older] }), loopback);
  expect(outcome).toMatchObject({ status: 200, answer: 'answer 200' });
  const [got] = receiver.received;
  expect(got).toMatchObject({ path: '/hook?x=1', body: '{"type":"card.moved"}' });
  expect(got?.headers).toMatchObject({ 'webhook-id': 'msg_1', 'content-type': 'application/json', host: `127.0.0.1:${port()}` });
  for (const one of [SECRET, older])
    expect(new Webhook(one).verify(got?.body ?? '', got?.headers as Record<string, string>)).toEqual({ type: 'card.moved' });
  expect(() => new Webhook(secret()).verify(got?.body ?? '', got?.headers as Record<string, string>)).toThrow();
});

describe('where it may not go, nothing arrives', () => {
  test('a private address, however it is written', async () => {
    const written = ['127.1', '0x7f000001', '2130706433', '[::ffff:7f00:1]', '[::127.0.0.1]', '[64:ff9b::7f00:1]', '0', 'localhost'];
    for (const host of written) {
      for (const scheme of ['http', 'https']) {
        const outcome = await sendMessage(message(`${scheme}://${host}:${port()}/`), networksOf([]));
        expect(outcome.status, host).toBeNull();
        expect(outcome.answer, host).toContain('private network');
      }
    }
    expect(receiver.received).toEqual([]);
  });

  test('a name one of whose addresses is private', async () => {
    const url = `https://rebinding.test:${port()}/`;
    for (const addresses of [['127.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::1'], []])
      expect((await sendMessage(message(url), networksOf([]), { resolve: async () => addresses })).answer).toContain('private network');
    expect(receiver.received).toEqual([]);
  });

  test('the public internet without encryption', async () => {
    const outcome = await sendMessage(message('http://example.test/'), loopback, { resolve: async () => ['93.184.216.34'] });
    expect(outcome.answer).toContain('Without encryption');
  });

  test('another address than the one that was looked at, though the name changes at once', async () => {
    let asked = 0;
    const rebinding = async () => (asked++ === 0 ? ['127.0.0.1'] : ['127.0.0.2']);
    const outcome = await sendMessage(message(`http://rebinding.test:${port()}/`), loopback, { resolve: rebinding });
    expect(outcome.status).toBe(200);
    expect(asked).toBe(1);
    expect(receiver.received[0]?.headers.host).toBe(`rebinding.test:${port()}`);
  });

  test('where a redirect leads', async () => {
    receiver.answer((_, response) => response.writeHead(307, { location: `${receiver.url}/elsewhere` }).end());
    expect(await sendMessage(message(receiver.url), loopback)).toMatchObject({ status: 307 });
    expect(receiver.received.map(({ path }) => path)).toEqual(['/']);
  });
});

describe('whatever the receiver does', () => {
  test('no more than the beginning of its answer is read', async () => {
    let closed: Promise<void> | undefined;
    receiver.answer((_, response) => {
      closed = new Promise((resolve) => response.once('close', resolve));
      response.writeHead(500);
      const pour = () => {
        if (!response.destroyed && response.write('x'.repeat(65_536))) setImmediate(pour);
        else if (!response.destroyed) response.once('drain', pour);
      };
      pour();
    });
    const outcome = await sendMessage(message(receiver.url), loopback);
    expect(outcome).toMatchObject({ status: 500, answer: 'x'.repeat(500) });
    await closed;
  });

  test('an answer that never ends is not waited for', async () => {
    receiver.answer((_, response) => void response.writeHead(200).write('a'));
    const outcome = await sendMessage(message(receiver.url), loopback, { limit: 500 });
    expect(outcome).toMatchObject({ status: null, answer: 'No answer within 0.5 seconds.' });
    const name = await sendMessage(message('https://slow.test/'), loopback, { limit: 100, resolve: () => new Promise(() => {}) });
    expect(name).toMatchObject({ status: null, answer: 'No answer within 0.1 seconds.' });
  });

  test('a cut connection and a closed port are told in words', async () => {
    receiver.answer((_, response) => void response.destroy());
    expect((await sendMessage(message(receiver.url), loopback)).answer).toBe('The connection was cut.');
    const gone = receiver.url;
    await receiver.close();
    expect((await sendMessage(message(gone), loopback)).answer).toBe('Nothing listens there.');
    receiver = await startReceiver();
  });
});
