import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Receiver, startReceiver } from '../../testing/receiver.js';
import { sendMail } from './mail.js';
import { sendSms } from './providers.js';
import type { Ready } from './rules.js';

const MESSAGE: Ready = {
  ...{
    id: 1,
    shop: 1,
    shopName: 'First',
    occasion: 'ready',
    name: 'Dana',
    address: 'dana@home.test',
    subject: 'Ready',
    text: 'It is ready.',
  },
  ...{ outsideId: '<1@shop.test>', replyTo: '', inReplyTo: '', byProgram: false, unsubscribe: null },
};
const LIMIT = 1_500;

describe('a mail server that is too slow', () => {
  let server: SMTPServer;
  let received: string[];
  let closed: Promise<unknown>;
  let answer: () => void;
  let at: 'RCPT TO' | 'DATA';

  beforeEach(async () => {
    received = [];
    answer = () => {};
    const slow = () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      });
    let close = () => {};
    closed = new Promise<void>((resolve) => {
      close = resolve;
    });
    server = new SMTPServer({
      ...{ authOptional: true, disabledCommands: ['STARTTLS'], closeTimeout: 50, onClose: () => close() },
      onRcptTo: (_address, _session, done) => void (at === 'RCPT TO' ? slow() : Promise.resolve()).then(() => done()),
      onData(stream, _session, done) {
        text(stream)
          .then(async (mail) => {
            received.push(mail);
            await slow();
            done();
          })
          // What is cut off in the middle is no mail.
          .catch(done);
      },
    });
    server.on('error', () => {});
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
  });
  afterEach(() => new Promise<void>((resolve) => server.close(resolve)));

  const send = () => {
    const { port } = server.server.address() as AddressInfo;
    return sendMail({ url: `smtp://127.0.0.1:${port}`, from: 'service@shop.test' }, MESSAGE, LIMIT);
  };

  test('before it has the mail, does not get it later either', async () => {
    at = 'RCPT TO';
    expect(await send()).toMatchObject({ kind: 'down', answer: 'The mail server did not answer in time.' });
    answer();
    await closed;
    expect(received).toEqual([]);
  });

  test('to say that it has the mail, may have it', async () => {
    at = 'DATA';
    expect(await send()).toEqual({ kind: 'down', answer: 'The mail server did not answer in time.', mayHaveArrived: true });
    answer();
    await closed;
    expect(received).toHaveLength(1);
  });
});

describe('the program that sends text messages', () => {
  let program: Receiver;
  beforeEach(async () => {
    program = await startReceiver();
  });
  afterEach(() => program.close());
  const send = () =>
    sendSms({ url: program.url, secret: `whsec_${randomBytes(32).toString('base64')}` }, { ...MESSAGE, outsideId: 'msg_1' }, LIMIT);

  test('may have sent it when what stands before it gives no answer of it, or nothing answers in time', async () => {
    for (const status of [408, 502, 504]) {
      program.answer(status);
      expect(await send()).toMatchObject({ kind: 'down', mayHaveArrived: true });
    }
    program.answer((_, response) => response.destroy());
    expect(await send()).toMatchObject({ kind: 'down', mayHaveArrived: true });
    program.answer(() => {});
    expect(await send()).toEqual({ kind: 'down', answer: 'No answer within 1.5 seconds.', mayHaveArrived: true });
  });

  test('has not sent it when it says so, or is not there', async () => {
    for (const status of [401, 429, 503]) {
      program.answer(status);
      expect(await send()).toMatchObject({ kind: 'down', mayHaveArrived: false });
    }
    await program.close();
    expect(await send()).toMatchObject({ kind: 'down', mayHaveArrived: false });
    program = await startReceiver();
  });
});
