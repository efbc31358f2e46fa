import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Config, readConfig } from '../../config.js';
import { change } from '../../platform/database/change.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { type MailServer, startMailServer } from '../../testing/mail-server.js';
import { type Receiver, startReceiver } from '../../testing/receiver.js';
import { testEnvironment } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { retry } from './acts.js';
import { type Channel, recordConsent } from './consents.js';
import { type Outgoing, takeBack, writeMessage } from './outbox.js';
import { noteChannels } from './providers.js';
import { sendDue } from './sending.js';
import { StopLinks } from './unsubscribing.js';

const SECRET = `whsec_${randomBytes(32).toString('base64')}`;
let database: TestDatabase;
let mail: MailServer;
let sms: Receiver;
let config: Config;
let shop: TestShop;
let turn = 0;

beforeAll(async () => {
  database = await testDatabase();
  [mail, sms] = await Promise.all([startMailServer(), startReceiver()]);
  config = readConfig({
    ...testEnvironment(database.url),
    ...{ SMTP_URL: mail.url, MAIL_FROM: 'service@shop.test', SMS_WEBHOOK_URL: `${sms.url}/send`, SMS_WEBHOOK_SECRET: SECRET },
  });
});
afterAll(async () => {
  await Promise.all([mail.close(), sms.close()]);
  await database.close();
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++turn}`);
  await noteChannels(database.db, config);
  const set = { day_begins: '00:00', day_ends: '24:00', undo_seconds: 0, reply_to: 'desk@shop.test' };
  await database.db.updateTable('message_settings').set(set).where('shop_id', '=', shop.id).execute();
});
afterEach(() => {
  mail.received.length = 0;
  sms.received.length = 0;
  mail.refuse(() => undefined);
  mail.beforeAnswer(async () => {});
  sms.answer(200);
});

let keys = 0;
const DANA = { customer: null, name: 'Dana Müller 🚗', mail: 'dana@home.test', phone: '', language: '', timeZone: '' };
const EVA = { ...DANA, mail: '', phone: '+18155550142' };
const write = async (more: Partial<Outgoing> = {}, to: Partial<Outgoing['to']> = {}) =>
  (
    await change(database.db, shop.staff.advisor, {}, (tx) =>
      writeMessage(tx, {
        ...{ occasion: 'ready', onceKey: `test/${++keys}`, evenIfAsked: true, to: { ...DANA, ...to } },
        ...{ values: { vehicle: 'Škoda “Größe” 🚙', link: 'https://shop.test/c/a_b-C?x=1&y=2' } },
        ...more,
      }),
    )
  ).result as number;
const agree = (address: string, channel: Channel, topic: 'service' | 'marketing' = 'service', isGranted = true) =>
  change(database.db, shop.staff.advisor, {}, (tx) =>
    recordConsent(tx, { channel, address, topic, isGranted, saidBy: 'staff', words: 'yes', customer: null }),
  );
const links = new StopLinks(['a secret that only tests ever use, long enough'], 'https://shop.test');
const send = (channel: Channel = 'mail') => sendDue(database.db, config, links, shop.id, channel);
const read = async (id: number) =>
  database.db
    .selectFrom('messages')
    .select([
      'state',
      'attempts',
      'trouble',
      'may_be_twice',
      'outside_id',
      'waits_for',
      'hold_until',
      'failing_since',
      'due_at',
      'deferrals',
    ])
    .where('shop_id', '=', shop.id)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
/** As if the pause were over. */
const makeDue = () =>
  sql`update messages set hold_until = null, due_at = least(due_at, now()) where shop_id = ${shop.id} and state = 'waiting'`.execute(
    database.db,
  );
const kinds = async () =>
  (
    await database.db
      .selectFrom('events')
      .select('kind')
      .where('shop_id', '=', shop.id)
      .where('kind', 'like', 'message.%')
      .orderBy('version')
      .execute()
  ).map(({ kind }) => kind);

describe('a mail', () => {
  test('arrives as it was written: letters of all kinds, both parts, the head that it needs', async () => {
    const id = await write();
    await send();
    const [{ mail: got, raw, to } = {} as never] = mail.received;
    expect(to).toEqual(['dana@home.test']);
    expect(got.subject).toBe('Your Škoda “Größe” 🚙 is ready');
    expect(got.from?.value).toEqual([{ name: `shop${turn}`, address: 'service@shop.test' }]);
    expect(got.to).toMatchObject({ value: [{ name: 'Dana Müller 🚗', address: 'dana@home.test' }] });
    expect(got.replyTo?.value).toEqual([{ name: `shop${turn}`, address: 'desk@shop.test' }]);
    expect(got.text).toContain('Hello Dana Müller 🚗,\n\nyour Škoda “Größe” 🚙 is ready to be picked up.');
    expect(got.html).toContain('<a href="https://shop.test/c/a_b-C?x=1&amp;y=2">https://shop.test/c/a_b-C?x=1&amp;y=2</a>');
    expect(got.headers.get('auto-submitted')).toBe('no');
    expect(got.headers.has('list-unsubscribe')).toBe(false);
    expect(raw).toMatch(/^Content-Type: multipart\/alternative/m);
    expect(raw).not.toMatch(/[^\x20-\x7e\r\n\t]/);
    const message = await read(id);
    expect(message).toMatchObject({ state: 'sent', attempts: 1, trouble: '', may_be_twice: false, outside_id: got.messageId });
    expect(await kinds()).toEqual(['message.written', 'message.sent']);
    await send();
    expect(mail.received).toHaveLength(1);
  });

  test('has no line in its head that somebody else wrote, and no markup', async () => {
    await change(database.db, shop.staff.manager, {}, async (tx) => {
      await tx.db.updateTable('shops').set({ name: 'Evil\r\nBcc: all@evil.test <i>' }).where('id', '=', shop.id).execute();
      tx.record('shop.made', null, {});
    });
    const evil = 'Eve"\r\nBcc: all@evil.test\r\n\r\n<script>alert(1)</script>';
    await write({ values: { vehicle: evil, link: 'https://x.test/"onclick="a"' } }, { name: evil });
    // There is no way to such an address, and the way itself is closed too.
    const several = ['a@home.test>\r\nRCPT TO:<all@evil.test', 'b@home.test, all@evil.test', 'B <all@evil.test>'];
    for (const address of several) expect(await write({}, { mail: address })).toBeNull();
    const ids = [await write(), await write(), await write()];
    for (const [index, address] of several.entries())
      await database.db
        .updateTable('messages')
        .set({ address })
        .where('id', '=', ids[index] as number)
        .execute();
    await send();
    expect(mail.received.flatMap(({ to }) => to)).not.toContain('all@evil.test');
    const [{ mail: got, raw } = {} as never] = mail.received;
    expect(raw.split('\r\n\r\n')[0]).not.toMatch(/^bcc:/im);
    expect(got.bcc).toBeUndefined();
    expect(got.html).not.toMatch(/<script|<i>|onclick="a/);
    expect(got.html).toContain('&lt;script&gt;');
    for (const id of ids) expect(await read(id)).toMatchObject({ state: 'failed', trouble: 'That is not a mail address.' });
  });

  test('that advertises can be ended with one click, and says so', async () => {
    await agree(DANA.mail, 'mail', 'marketing');
    const id = await write({ occasion: 'due', values: { work: 'Brake fluid', vehicle: 'Škoda', link: 'https://shop.test/my/x' } });
    await send();
    const [{ mail: got, raw } = {} as never] = mail.received;
    const link = links.make(shop.id, id) as string;
    expect(raw.replace(/\r\n\s+/g, ' ')).toContain(`List-Unsubscribe: <${link}>`);
    expect(raw).toContain('List-Unsubscribe-Post: List-Unsubscribe=One-Click');
    expect(got.text).toContain(`No more of these: ${link}`);
    expect(links.read(link.split('/').at(-1) as string)).toEqual({ shop: shop.id, message: id });
    expect(links.read(`${shop.id + 1}${(link.split('/').at(-1) as string).slice(String(shop.id).length)}`)).toBeNull();
  });

  test('is not sent to whom has said stop meanwhile, nor by night after a long fault, nor when it was taken back', async () => {
    const [first, second, third] = [await write(), await write({}, { mail: 'ed@home.test', timeZone: 'UTC' }), await write()];
    await change(database.db, shop.staff.advisor, {}, (tx) => takeBack(tx, third));
    await agree(DANA.mail, 'mail', 'service', false);
    // At any hour it is night: the day is over, or not yet begun.
    const hour = new Date().getUTCHours();
    const day = hour < 12 ? { day_begins: '13:00', day_ends: '14:00' } : { day_begins: '01:00', day_ends: '02:00' };
    await database.db.updateTable('message_settings').set(day).where('shop_id', '=', shop.id).execute();
    await send();
    expect(mail.received).toEqual([]);
    expect(await read(first)).toMatchObject({ state: 'withdrawn', trouble: 'They want no more messages.' });
    expect(await read(second)).toMatchObject({ state: 'waiting', waits_for: 'night', attempts: 0 });
    expect(await read(third)).toMatchObject({ state: 'withdrawn' });
  });
});

describe('the mail server', () => {
  test('is down for a while: all wait behind the oldest, and go out later, in order', async () => {
    await mail.shut();
    const ids: number[] = [];
    try {
      for (let count = 0; count < 4; count++) ids.push(await write({ values: { vehicle: `Car ${count}` } }));
      for (let tries = 1; tries <= 3; tries++) {
        await send();
        // Until the pause is over nobody tries.
        await send();
        expect(await read(ids[0] as number)).toMatchObject({
          state: 'waiting',
          attempts: tries,
          trouble: 'Connection refused.',
          waits_for: 'retry',
        });
        expect((await read(ids[0] as number)).hold_until).not.toBeNull();
        await makeDue();
      }
      for (const id of ids.slice(1)) expect(await read(id)).toMatchObject({ state: 'waiting', attempts: 0 });
      expect((await kinds()).filter((kind) => kind === 'message.delayed')).toHaveLength(1);
    } finally {
      await mail.open();
    }
    await send();
    expect(mail.received.map(({ mail: got }) => got.subject)).toEqual([0, 1, 2, 3].map((count) => `Your Car ${count} is ready`));
    for (const id of ids)
      expect(await read(id)).toMatchObject({ state: 'sent', failing_since: null, hold_until: null, may_be_twice: false });
    expect(new Set(mail.received.map(({ mail: got }) => got.messageId)).size).toBe(4);
  });

  test('refuses one address for good, and another for now: the others go', async () => {
    mail.refuse((address) =>
      address === 'gone@home.test'
        ? { code: 550, text: 'No such user' }
        : address === 'full@home.test'
          ? { code: 452, text: 'Mailbox full' }
          : undefined,
    );
    const [gone, full, fine] = [await write({}, { mail: 'gone@home.test' }), await write({}, { mail: 'full@home.test' }), await write()];
    await send();
    expect(await read(gone)).toMatchObject({ state: 'failed', trouble: expect.stringContaining('No such user') });
    expect(await read(full)).toMatchObject({
      state: 'waiting',
      waits_for: 'retry',
      hold_until: null,
      trouble: expect.stringContaining('Mailbox full'),
    });
    expect(await read(fine)).toMatchObject({ state: 'sent' });
    mail.refuse(() => undefined);
    await makeDue();
    await send();
    expect(await read(full)).toMatchObject({ state: 'sent', attempts: 2 });
    const attempts = await database.db
      .selectFrom('message_attempts')
      .select(['attempt', 'answer'])
      .where('shop_id', '=', shop.id)
      .where('message_id', '=', full)
      .orderBy('attempt')
      .execute();
    expect(attempts).toMatchObject([{ answer: expect.stringContaining('Mailbox full') }, { answer: expect.stringMatching(/^250/) }]);
  });

  test('is down for long, and then one address takes nothing for now: it is tried for two days from then on, and anew when somebody says so', async () => {
    const id = await write();
    await mail.shut();
    try {
      for (let tries = 0; tries < 12; tries++) {
        await send();
        await makeDue();
      }
    } finally {
      await mail.open();
    }
    mail.refuse(() => ({ code: 450, text: 'Come later' }));
    const deferrals = async () => (await read(id)).deferrals;
    for (let count = 1; count <= 8; count++) {
      await send();
      expect(await read(id)).toMatchObject({ state: 'waiting', attempts: 12 + count, trouble: expect.stringContaining('Come later') });
      expect(await deferrals()).toBe(count);
      await makeDue();
    }
    await send();
    expect(await read(id)).toMatchObject({ state: 'failed' });
    await retry(database.db, shop.staff.advisor, id);
    expect(await deferrals()).toBe(0);
    await send();
    expect(await read(id)).toMatchObject({ state: 'waiting', waits_for: 'retry' });
    mail.refuse(() => undefined);
    await makeDue();
    await send();
    expect(await read(id)).toMatchObject({ state: 'sent' });
    expect(mail.received).toHaveLength(1);
  });

  test('cuts the connection when it has the whole mail: the next one is the same, and says that it may be the second', async () => {
    const id = await write();
    let cut = true;
    mail.beforeAnswer(async () => {
      if (!cut) return;
      cut = false;
      await mail.shut();
    });
    await send();
    expect(await read(id)).toMatchObject({ state: 'waiting', may_be_twice: true });
    await mail.open();
    await makeDue();
    await send();
    expect(await read(id)).toMatchObject({ state: 'sent', may_be_twice: true });
    expect(mail.received).toHaveLength(2);
    expect(new Set(mail.received.map(({ mail: got }) => got.messageId)).size).toBe(1);
  });
});

test('what a dead process was sending is sent once more, and then somebody has to look', async () => {
  const id = await write();
  const interrupt = () => sql`update messages set state = 'sending' where shop_id = ${shop.id} and id = ${id}`.execute(database.db);
  await interrupt();
  await send();
  expect(await read(id)).toMatchObject({ state: 'sent', may_be_twice: true });
  await interrupt();
  await send();
  expect(await read(id)).toMatchObject({ state: 'failed', may_be_twice: true });
  expect(mail.received).toHaveLength(1);
});

describe('a text message', () => {
  test('is handed over signed, and keeps the number that the provider gives it', async () => {
    await agree(EVA.phone, 'sms');
    sms.answer((_, response) => response.writeHead(202).end('{"id": "SM42"}'));
    const id = await write({}, EVA);
    await send('sms');
    const [got] = sms.received;
    expect(new Webhook(SECRET).verify(got?.body ?? '', got?.headers as Record<string, string>)).toMatchObject({
      type: 'sms.send',
      data: { message: id, to: '+18155550142', text: `shop${turn}: your Škoda “Größe” 🚙 is ready. https://shop.test/c/a_b-C?x=1&y=2` },
    });
    expect(await read(id)).toMatchObject({ state: 'sent', outside_id: 'SM42' });
  });

  test('is the same one when it is handed over again; what is refused holds nobody up', async () => {
    await agree(EVA.phone, 'sms');
    await agree('+18155550143', 'sms');
    const [first, second] = [await write({}, EVA), await write({}, { ...EVA, phone: '+18155550143' })];
    sms.answer(503);
    await send('sms');
    expect(await read(first)).toMatchObject({ state: 'waiting', waits_for: 'retry', trouble: '503 answer 503', may_be_twice: false });
    sms.answer((got, response) => response.writeHead(got.body.includes('0142') ? 422 : 200).end('{}'));
    await makeDue();
    await send('sms');
    expect(await read(first)).toMatchObject({ state: 'failed', attempts: 2, trouble: '422 {}' });
    expect(await read(second)).toMatchObject({ state: 'sent' });
    const ids = sms.received.map(({ headers }) => headers['webhook-id']);
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });
});

test('what waits for a provider that is gone is left to people', async () => {
  const id = await write();
  await sendDue(database.db, { ...config, mail: undefined }, links, shop.id, 'mail');
  expect(await read(id)).toMatchObject({ state: 'by-hand' });
  expect(await kinds()).toEqual(['message.written', 'message.left-to-people']);
});
