import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CONTACT, formOn, lastStep, laterSlotsOn, openDoor, slotsOn } from '../../testing/booking.js';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let client: Client;
let services: number[];
const WISH = { concern: 'It squeals', vehicle: 'Corolla' };

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db, 'Riverside');
  services = await openDoor(database.db, shop);
  client = server.client();
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

const step = (name: string, wish: Record<string, string> = WISH) => client.get(`/book?${new URLSearchParams({ ...wish, step: name })}`);
const times = async () => laterSlotsOn(await step('time'));
const countBooked = async () => (await database.db.selectFrom('appointments').select('id').execute()).length;
const stepOf = ({ headers }: { headers: { location?: string | undefined } }) =>
  new URL(String(headers.location), 'http://shop.test').searchParams.get('step');

describe('the steps', () => {
  test('lead from the services to the confirmation, with everything carried on', async () => {
    const first = await client.get('/book');
    expect(first.text).toContain('Step 1 of 5');
    expect(first.text).toContain('Front brakes');
    expect(first.text).not.toContain('$');
    const chosen = `service=${services[0]}&service=${services[1]}&concern=It+squeals`;
    const second = await client.get(`/book?${chosen}&step=vehicle`);
    const third = await client.get(`/book?${new URLSearchParams({ ...formOn(second), vehicle: 'Corolla', plate: 'ABC 1' })}`);
    const [slot] = laterSlotsOn(third) as [string];
    expect(slot).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d-0[56]:00$/);
    const fourth = await client.get(`/book?${new URLSearchParams({ ...formOn(third), slot })}`);
    for (const kind of ['drop-off', 'waiting', 'after-hours', 'ride']) expect(fourth.text).toContain(`value="${kind}"`);
    const fifth = await client.get(`/book?${new URLSearchParams({ ...formOn(fourth), kind: 'waiting' })}`);
    expect(fifth.text).toContain('Step 5 of 5');
    const booked = await client.post('/book', { ...formOn(fifth), ...CONTACT, consentSms: 'on' });
    expect(booked.status).toBe(303);
    const page = await client.get(String(booked.headers.location));
    expect(page.text).toContain('We have your request');
    for (const word of ['Front brakes', 'Oil change', 'It squeals', 'Corolla', 'ABC 1', 'Dana Whitfield'])
      expect(page.text).toContain(word);
    const row = await database.db
      .selectFrom('appointments')
      .select(['kind', 'hundredths', 'state', 'starts_at', 'phone'])
      .executeTakeFirstOrThrow();
    expect(row).toEqual({ kind: 'waiting', hundredths: 200, state: 'requested', starts_at: new Date(slot), phone: CONTACT.phone });
    const consents = await database.db.selectFrom('message_consents').select(['channel', 'address', 'topic', 'said_by', 'words']).execute();
    expect(consents).toEqual([
      {
        channel: 'sms',
        address: '5550142',
        topic: 'service',
        said_by: 'booking',
        words: expect.stringContaining('Riverside may write to me'),
      },
    ]);
    const messages = await database.db.selectFrom('messages').select(['occasion', 'address', 'text']).execute();
    expect(messages).toEqual([
      { occasion: 'requested', address: 'dana@example.com', text: expect.stringContaining(`${server.url}/book/a/`) },
    ]);
  });

  test('that are skipped lead back to the one at which something is missing', async () => {
    expect(stepOf(await client.get('/book?step=who'))).toBe('what');
    expect(stepOf(await step('time', { concern: 'It squeals' }))).toBe('vehicle');
    expect(stepOf(await step('who'))).toBe('time');
    const [slot] = (await times()) as [string];
    expect(stepOf(await step('who', { ...WISH, slot }))).toBe('how');
    expect(stepOf(await step('how', { ...WISH, slot: '2019-12-02T09:00-06:00' }))).toBe('time');
    expect(stepOf(await step('vehicle', { services: '999999' }))).toBe('what');
    expect((await step('time', { ...WISH, slot: '2019-12-02T09:00-06:00' })).text).toContain('is taken. Please choose another time');
  });

  test('a day that is closed says why; the weeks go on to the last day that can be booked', async () => {
    const [day] = (await times()).map((label) => label.slice(0, 10)) as [string];
    await database.db.insertInto('special_days').values({ shop_id: shop.id, day, note: 'Inventory <day>', intervals: '[]' }).execute();
    const page = await step('time', { ...WISH, from: day });
    await database.db.deleteFrom('special_days').execute();
    expect(page.text).toContain('Closed: Inventory &lt;day&gt;');
    expect(slotsOn(page).filter((label) => label.startsWith(day))).toEqual([]);
    const seen = new Set<string>();
    let pages = 0;
    for (let next: string | undefined = '/book?concern=x&vehicle=y&step=time'; next; pages++) {
      const { text } = await client.get(next.replaceAll('&amp;', '&'));
      for (const label of slotsOn({ text })) seen.add(label);
      next = /href="([^"]+)">Later/.exec(text)?.[1];
    }
    expect(pages).toBeGreaterThanOrEqual(9);
    expect(new Set([...seen].map((label) => label.slice(0, 10))).size).toBeGreaterThan(40);
  });

  test('who waits is offered it only where a place for somebody who waits is free', async () => {
    const slot = (await times()).at(-1) as string;
    await client.post('/book', await lastStep(client, slot, { kind: 'waiting' }));
    const { text } = await step('how', { ...WISH, slot });
    expect(text).not.toContain('value="waiting"');
    expect(text).toContain('You can’t wait for it at');
    expect(stepOf(await step('who', { ...WISH, slot, kind: 'waiting' }))).toBe('how');
  });
});

describe('booking', () => {
  test('sent twice, also at once, is one appointment at one address', async () => {
    const form = await lastStep(client, (await times())[2] as string);
    const before = await countBooked();
    const replies = await Promise.all([1, 2, 3].map(() => client.post('/book', form)));
    expect(new Set(replies.map(({ headers }) => headers.location)).size).toBe(1);
    expect(await countBooked()).toBe(before + 1);
  });

  test('what is wrong is said, and nothing typed is lost', async () => {
    const form = await lastStep(client, (await times())[3] as string);
    const before = await countBooked();
    for (const [wrong, sentence] of [
      [{ phone: '', email: '' }, 'nobody can reach you'],
      [{ email: 'dana' }, 'That is not an e-mail address'],
      [{ phone: '12' }, 'That is not a phone number'],
      [{ phone: '', consentSms: 'on' }, 'The number for text messages is missing'],
      [{ website: 'https://spam.example' }, 'looked like a robot'],
      [{ services: '999999' }, 'does not offer one of these'],
      [{ kind: 'fly' }, 'choose how you come'],
    ] as const) {
      const reply = await client.post('/book', { ...form, ...wrong });
      expect(reply.status, sentence).toBe(422);
      expect(reply.text).toContain(sentence);
      // Above everything, too, where a phone shows it.
      expect(reply.text).toMatch(/<p class="problem" role="alert" id="problem">[^<]+</);
      expect(formOn(reply)).toMatchObject({ name: 'Dana Whitfield', concern: 'It squeals', website: '' });
    }
    expect(await countBooked()).toBe(before);
  });

  test('a time that went meanwhile brings the next ones, which book with one tap', async () => {
    const slot = (await times())[5] as string;
    const forms = [await lastStep(client, slot), await lastStep(client, slot), await lastStep(client, slot)];
    const replies = [];
    for (const form of forms) replies.push(await client.post('/book', form));
    expect(replies.map(({ status }) => status)).toEqual([303, 303, 409]);
    const refused = replies[2] as (typeof replies)[0];
    expect(refused.text).toContain('Somebody has just taken that time');
    const [next] = slotsOn(refused) as [string];
    expect(slotsOn(refused)).not.toContain(slot);
    expect(formOn(refused)).toMatchObject({ ...CONTACT, vehicle: '2019 Toyota Corolla' });
    expect((await client.post('/book', { ...formOn(refused), slot: next })).status).toBe(303);
  });

  test('twelve open appointments of one phone are enough; the words are those of any other flood', async () => {
    const free = await times();
    const email = 'many@example.com';
    const statuses: number[] = [];
    for (const slot of free.slice(10, 23)) {
      const reply = await client.post('/book', { ...(await lastStep(client, slot)), phone: '', email });
      statuses.push(reply.status);
      if (reply.status === 429) {
        expect(reply.text).toContain('That was a lot at once');
        expect(reply.text).not.toContain('appointments with');
        expect(formOn(reply)).toMatchObject({ email, name: 'Dana Whitfield' });
      }
    }
    expect(statuses.slice(0, 12)).toEqual(Array.from({ length: 12 }, () => 303));
    expect(statuses[12]).toBe(429);
  });

  test('what people type stays text on every page', async () => {
    const attack = `<img src=x onerror=alert(1)>"'{{7*7}}`;
    const text = { concern: `c${attack}`, vehicle: `v${attack}`, plate: `p<b>"'` };
    const slot = (await times())[6] as string;
    const form = { ...(await lastStep(client, slot, text)), name: `n${attack}`, phone: '555 0199', email: '' };
    const refused = await client.post('/book', { ...form, email: attack });
    expect(formOn(refused)).toMatchObject({ ...text, name: `n${attack}`, email: attack });
    const booked = await client.post('/book', form);
    const own = String(booked.headers.location).replace('?booked', '');
    const query = new URLSearchParams({ ...text, slot, kind: 'drop-off' });
    const pages = ['what', 'vehicle', 'time', 'how', 'who'].map((one) => `/book?${query}&step=${one}&from=${encodeURIComponent(attack)}`);
    for (const path of [...pages, own, `${own}/time`, `${own}/cancel`]) {
      const reply = await client.get(path);
      expect(reply.status, path).toBe(200);
      expect(reply.text, path).not.toMatch(/<img|<b>/);
    }
    expect(refused.text).not.toMatch(/<img|<b>/);
  });

  test('a shop’s own words stand there as they are, and are what was agreed to', async () => {
    const set = (consent_text: string, greeting: string) =>
      database.db.updateTable('booking_settings').set({ consent_text, greeting }).execute();
    await set('Yes, write <b>me</b>.', 'Welcome <b>back</b>');
    expect((await client.get('/book')).text).toContain('Welcome &lt;b&gt;back');
    const form = await lastStep(client, (await times())[9] as string);
    await client.post('/book', { ...form, consentMail: 'on' });
    await set('', '');
    const { words } = await database.db
      .selectFrom('message_consents')
      .select('words')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    expect(words).toBe('Yes, write <b>me</b>.');
  });

  test('from another site it is refused; without an origin and cookies it is somebody’s program', async () => {
    const form = await lastStep(client, (await times())[7] as string);
    const foreign = await client.post('/book', form, { headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
    expect((await client.post('/book', form, { headers: { origin: undefined } })).status).toBe(303);
  });
});

describe('doors', () => {
  test('one that is closed says to call, and takes nothing', async () => {
    const form = await lastStep(client, (await times())[8] as string);
    await database.db.updateTable('booking_settings').set({ is_online: false }).execute();
    const page = await client.get('/book');
    expect(page.text).toContain('Please call us');
    expect(page.text).toContain('tel:5550142200');
    const before = await countBooked();
    expect((await client.post('/book', form)).status).toBe(409);
    expect(await countBooked()).toBe(before);
    await database.db.updateTable('booking_settings').set({ is_online: true }).execute();
  });

  test('of several shops each has its own address, and /book alone is the one without a name', async () => {
    const second = await makeShop(database.db, 'Second');
    await openDoor(database.db, second, { slug: 'second-garage' });
    expect((await client.get('/book')).text).toContain('Riverside');
    const page = await client.get('/book/second-garage?concern=x&vehicle=y&step=time');
    expect(page.text).toContain('Second');
    const [slot] = laterSlotsOn(page) as [string];
    const last = await client.get(`/book/second-garage?${new URLSearchParams({ ...WISH, slot, kind: 'ride', step: 'who' })}`);
    expect((await client.post('/book/second-garage', { ...formOn(last), ...CONTACT })).status).toBe(303);
    const row = await database.db.selectFrom('appointments').select('kind').where('shop_id', '=', second.id).executeTakeFirstOrThrow();
    expect(row.kind).toBe('ride');
    expect((await client.get('/book/nowhere')).status).toBe(404);
    await database.db.updateTable('booking_settings').set({ slug: 'riverside' }).where('shop_id', '=', shop.id).execute();
    expect((await client.get('/book')).status).toBe(404);
  });
});
