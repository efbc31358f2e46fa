import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { type Consent, recordConsent } from './consents.js';
import { type Outgoing, type Recipient, SEND, takeBack, writeMessage } from './outbox.js';

let database: TestDatabase;
let shop: TestShop;
let turn = 0;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++turn}`);
  await sql`delete from message_channels`.execute(database.db);
  await sql`insert into message_channels values ('mail'), ('sms')`.execute(database.db);
  // Whatever the clock says here, it is day for everybody but for whom a test says otherwise.
  await settings({ day_begins: '00:00', day_ends: '24:00' });
});

const settings = (set: Record<string, string | number>) =>
  database.db.updateTable('message_settings').set(set).where('shop_id', '=', shop.id).execute();
const DANA: Recipient = { customer: null, name: 'Dana', mail: 'Dana@Home.test', phone: '+1 815 555 0142', language: '', timeZone: '' };
const outgoing = (more: Partial<Outgoing> = {}): Outgoing => ({
  ...{ occasion: 'confirmed', onceKey: 'confirmed/1', to: DANA },
  ...{ values: { when: 'Tuesday', vehicle: '2009 Honda Civic', link: 'https://shop.test/book/a/x' } },
  ...more,
});
const write = async (more: Partial<Outgoing> = {}) =>
  (await change(database.db, shop.staff.advisor, {}, (tx) => writeMessage(tx, outgoing(more)))).result;
const consent = (more: Partial<Consent>) =>
  change(database.db, shop.staff.advisor, {}, (tx) =>
    recordConsent(tx, {
      ...{ channel: 'sms', address: DANA.phone, topic: 'service', isGranted: true, saidBy: 'staff', words: 'on the phone', customer: null },
      ...more,
    }),
  );
const read = async (id: number | null) =>
  database.db
    .selectFrom('messages')
    .select(['channel', 'state', 'address', 'subject', 'text', 'due_at', 'written_at', 'waits_for', 'written_by'])
    .where('shop_id', '=', shop.id)
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const jobs = async () =>
  (
    await sql<{ key: string; run_at: Date }>`
      select key, run_at from graphile_worker.jobs where task_identifier = ${SEND} and key like ${`messages ${shop.id} %`} order by key`.execute(
      database.db,
    )
  ).rows;

describe('a message', () => {
  test('says what it is about, waits until it can’t be taken back any more, and has a job', async () => {
    const id = await write();
    const message = await read(id);
    expect(message).toMatchObject({ channel: 'mail', state: 'waiting', address: 'dana@home.test', waits_for: 'undo' });
    expect(message).toMatchObject({ subject: 'Your appointment on Tuesday', written_by: shop.staff.advisor.staff });
    expect(message.text).toContain(`Hello Dana,\n\nwe expect you with your 2009 Honda Civic on Tuesday.`);
    expect(message.text).toContain(`https://shop.test/book/a/x\n\nshop${turn}`);
    expect(Number(message.due_at) - Number(message.written_at)).toBe(30_000);
    expect(await jobs()).toEqual([{ key: `messages ${shop.id} mail`, run_at: message.due_at }]);
  });

  test('is written once for one reason, and never when its change is undone', async () => {
    expect(await write()).toBeGreaterThan(0);
    expect(await write()).toBeNull();
    expect(await write({ onceKey: 'confirmed/2' })).toBeGreaterThan(0);
    const undone = change(database.db, shop.staff.advisor, {}, async (tx) => {
      await writeMessage(tx, outgoing({ onceKey: 'confirmed/3' }));
      throw new Error('back');
    });
    await expect(undone).rejects.toThrow('back');
    expect(await write({ onceKey: 'confirmed/3' })).toBeGreaterThan(0);
  });

  test('goes by itself only where the shop says so, or when somebody does', async () => {
    expect(await write({ occasion: 'ready' })).toBeNull();
    expect(await write({ occasion: 'ready', evenIfAsked: true })).toBeGreaterThan(0);
    const template = { occasion: 'ready', language: 'de', subject: 'Fertig', text: 'Fertig: {vehicle}', short_text: 'Fertig' };
    await database.db
      .insertInto('message_templates')
      .values({ shop_id: shop.id, ...template, mode: 'always' })
      .execute();
    // The mode is of the occasion, whatever the language.
    expect(await read(await write({ occasion: 'ready', onceKey: 'a' }))).toMatchObject({ subject: 'Your 2009 Honda Civic is ready' });
    const german = await write({ occasion: 'ready', onceKey: 'b', to: { ...DANA, language: 'de-AT' } });
    expect(await read(german)).toMatchObject({ subject: 'Fertig', text: 'Fertig: 2009 Honda Civic' });
  });

  test('is written by the way that was agreed to', async () => {
    const noMail = { ...DANA, mail: '' };
    expect(await write({ to: noMail })).toBeNull();
    await consent({});
    expect(await read(await write({ to: noMail }))).toMatchObject({ channel: 'sms', address: '+18155550142', subject: '' });
    // The same number without its country.
    expect(await write({ onceKey: 'a', to: { ...noMail, phone: '(815) 555-0142' } })).toBeGreaterThan(0);
    await consent({ channel: 'mail', address: 'dana@home.TEST', isGranted: false, saidBy: 'link' });
    expect(await read(await write({ onceKey: 'b' }))).toMatchObject({ channel: 'sms' });
    await consent({ isGranted: false, saidBy: 'reply', words: 'STOP' });
    expect(await write({ onceKey: 'c' })).toBeNull();
    const other = { ...DANA, mail: 'ed@home.test', phone: '' };
    expect(await write({ occasion: 'due', evenIfAsked: true, onceKey: 'd', to: other })).toBeNull();
    await consent({ channel: 'mail', address: 'ed@home.test', topic: 'marketing' });
    expect(await write({ occasion: 'due', evenIfAsked: true, onceKey: 'd', to: other })).toBeGreaterThan(0);
  });

  test('is written as the customer wants it', async () => {
    const customer = await database.db
      .insertInto('customers')
      .values({ shop_id: shop.id, name: 'Dana', preferred_channel: 'sms', language: 'de', time_zone: 'Asia/Kolkata' })
      .returning('id')
      .executeTakeFirstOrThrow();
    const to = { ...DANA, customer: customer.id };
    expect(await read(await write({ to }))).toMatchObject({ channel: 'mail' });
    await consent({});
    expect(await read(await write({ to, onceKey: 'b' }))).toMatchObject({ channel: 'sms' });
    await settings({ day_begins: '08:00', day_ends: '21:00' });
    const dueAt = new Date('2099-11-23T15:30Z');
    expect(await read(await write({ to, onceKey: 'c', dueAt }))).toMatchObject({
      due_at: new Date('2099-11-24T02:30Z'),
      waits_for: 'night',
    });
    const here = await write({ onceKey: 'd', dueAt: new Date('2099-11-23T15:30Z') });
    expect(await read(here)).toMatchObject({ due_at: dueAt, waits_for: null });
    const asked = await read(await write({ to, onceKey: 'e', atOnce: true }));
    expect(asked).toMatchObject({ waits_for: null, due_at: asked.written_at });
  });

  test('is sent by hand where nothing sends it', async () => {
    await sql`delete from message_channels where channel = 'mail'`.execute(database.db);
    expect(await read(await write())).toMatchObject({ channel: 'mail', state: 'by-hand', waits_for: null });
    await consent({});
    // What goes by itself is better than what somebody has to do.
    expect(await read(await write({ onceKey: 'b' }))).toMatchObject({ channel: 'sms', state: 'waiting' });
    await sql`delete from message_channels`.execute(database.db);
    const noMail = { ...DANA, mail: '', phone: '815 555 0177' };
    expect(await read(await write({ onceKey: 'c', to: noMail }))).toMatchObject({ channel: 'sms', state: 'by-hand' });
    await consent({ address: noMail.phone, isGranted: false, saidBy: 'reply', words: 'stop' });
    expect(await write({ onceKey: 'd', to: noMail })).toBeNull();
    expect((await jobs()).map(({ key }) => key)).toEqual([`messages ${shop.id} sms`]);
  });

  test('is taken back while it waits, and then never goes; what is on its way is not', async () => {
    const id = (await write()) as number;
    const back = (of = shop) => change(database.db, of.staff.advisor, {}, (tx) => takeBack(tx, id));
    await expect(back(await makeShop(database.db, `other${turn}`))).rejects.toThrow('not here');
    await back();
    await back();
    expect(await read(id)).toMatchObject({ state: 'withdrawn', waits_for: null });
    expect(await write()).toBeNull();
    await database.db.updateTable('messages').set({ state: 'sending' }).where('id', '=', id).execute();
    await expect(back()).rejects.toThrow('too late');
  });
});
