import fc from 'fast-check';
import MailComposer from 'nodemailer/lib/mail-composer';
import { expect, test } from 'vitest';
import { readMail, withoutQuote } from './received-mail.js';

const compose = (mail: object) => new MailComposer({ from: 'Dana Bär <dana@home.test>', to: 'shop@shop.test', ...mail }).compile().build();

test('a mail as it comes: who, what, and which message it answers', async () => {
  const raw = await compose({
    messageId: '<m1@home.test>',
    ...{
      subject: 'Re: Fertig für Sie 🚗',
      text: 'Grüße — ich komme um fünf.\n\nAm Di. schrieb Shop:\n> Ihr Auto ist fertig.\n>\n> Bis dann',
    },
    ...{ inReplyTo: '<ours@shop.test>', references: ['<first@shop.test>', '<ours@shop.test>'] },
    attachments: [{ filename: 'dent.jpg', content: Buffer.from('x') }],
  });
  expect(await readMail(raw)).toEqual({
    ...{ channel: 'mail', id: '<m1@home.test>', message_id: '<m1@home.test>', from: 'dana@home.test', name: 'Dana Bär' },
    ...{ subject: 'Re: Fertig für Sie 🚗', text: 'Grüße — ich komme um fünf.\n\n(In the mailbox: dent.jpg)' },
    in_reply_to: ['<first@shop.test>', '<ours@shop.test>'],
  });
});

test('one that has only HTML is read as text', async () => {
  const raw = await compose({ html: '<p>Can I come <b>at five</b>?</p><script>alert(1)</script>' });
  expect((await readMail(raw))?.text).toBe('Can I come at five?');
});

test('a report that one of ours was not delivered answers that one', async () => {
  const report = [
    ...['From: MAILER-DAEMON@mx.test', 'Subject: Undelivered Mail Returned to Sender', 'Message-ID: <r1@mx.test>', 'MIME-Version: 1.0'],
    ...['Content-Type: multipart/report; report-type=delivery-status; boundary=b', '', '--b', 'Content-Type: text/plain', ''],
    ...['The address does not exist.', '', '--b', 'Content-Type: message/delivery-status', '', 'Action: failed', '', '--b'],
    ...[
      'Content-Type: message/rfc822',
      '',
      'Message-ID: <ours@shop.test>',
      'Subject: Ready',
      '',
      'Message-ID: <not@this.test>',
      '--b--',
      '',
    ],
  ];
  const mail = await readMail(Buffer.from(report.join('\r\n')));
  expect(mail).toMatchObject({
    from: 'MAILER-DAEMON@mx.test',
    text: 'The address does not exist.\n\nAction: failed',
    in_reply_to: ['<ours@shop.test>'],
  });
});

test('what nobody has sent is nothing; the same mail has the same id also without one of its own', async () => {
  expect(await readMail(Buffer.from(''))).toBeNull();
  expect(await readMail(Buffer.from('nothing at all'))).toBeNull();
  const raw = Buffer.from('From: dana@home.test\r\n\r\nHello');
  const [first, second] = [await readMail(raw), await readMail(raw)];
  expect(first?.id).toMatch(/^[0-9a-f]{64}$/);
  expect(second).toEqual(first);
});

test.each([
  ['At five', 'At five\n\nOn Tue, Nov 24, 2026 at 9:00 AM Shop\n<shop@shop.test> wrote:\n\n> Ready\n> Bye\n'],
  ['STOP', 'STOP\r\n\r\n> Ready\r\n'],
  ['At five', 'At five\n\n-----Original Message-----\nFrom: Shop\nSubject: Ready\n\nYour car is ready'],
  ['At five', 'At five\n________________________________\nVon: Shop\nGesendet: Dienstag\n\nIhr Auto'],
  // Answered between the lines, and nothing but a quote: all of it stays.
  ['> Shall we?\nYes\n> When?\nAt five', '> Shall we?\nYes\n> When?\nAt five'],
  ['On Tue Shop wrote:\n> Ready', 'On Tue Shop wrote:\n> Ready'],
  ['Three things:\n\n- tires\n- oil\n- wipers:', 'Three things:\n\n- tires\n- oil\n- wipers:\n> Which?'],
  ['a -- b\n--\nDana', 'a -- b\n--\nDana'],
])('%j is what they wrote', (own, text) => {
  expect(withoutQuote(text)).toBe(own);
});

test('what is written above a quote stays, whatever it is, and nothing is made up', () => {
  const line = fc.string().filter((text) => !/[\n\r]/.test(text) && text.trim() !== '' && !/^>|:\s*$|^[ \t]*[-_]{2}/.test(text));
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), fc.array(fc.string()), (own, quoted) => {
      const quote = quoted.map((text) => `> ${text.replace(/[\n\r]/g, ' ')}`).join('\n');
      expect(withoutQuote(`${own.join('\n')}\n\nOn Tue Shop wrote:\n> \n${quote}`)).toBe(own.join('\n').trim());
    }),
  );
  fc.assert(fc.property(fc.string(), (text) => text.replace(/\r\n?/g, '\n').includes(withoutQuote(text))));
});
