import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { type MailServer, startMailServer } from '../../testing/mail-server.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';

let database: TestDatabase;
let server: TestServer;
let mail: MailServer;
let shop: TestShop;
let manager: Client;

beforeAll(async () => {
  database = await testDatabase();
  mail = await startMailServer();
  server = await startTestServer(database.url, { SMTP_URL: mail.url, MAIL_FROM: 'service@shop.test' });
  shop = await makeShop(database.db);
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  await server.stop();
  await mail.close();
  await database.close();
});

const template = {
  occasion: 'ready',
  language: 'de',
  mode: 'always',
  subject: '{vehicle} fertig',
  text: 'Fertig: {link}',
  shortText: 'Fertig',
};
const save = (more = {}) => manager.post('/settings/messages/templates', { ...template, ...more });

test('the words of an occasion are saved, shown as they will arrive, and given back to the program', async () => {
  const preview = await manager.post('/settings/messages/templates/previews', { ...template, text: 'Hallo {customer} <b>' });
  expect(preview.text).toContain('2019 Toyota Corolla fertig');
  expect(preview.text).toContain('Hallo Alex Morgan &lt;b&gt;');
  expect((await save()).status).toBe(303);
  expect((await save({ language: 'en', mode: 'ask' })).status).toBe(303);
  const rows = () =>
    database.db
      .selectFrom('message_templates')
      .select(['language', 'mode', 'column_id'])
      .where('shop_id', '=', shop.id)
      .orderBy('language')
      .execute();
  expect(await rows()).toEqual([
    { language: 'de', mode: 'ask', column_id: 0 },
    { language: 'en', mode: 'ask', column_id: 0 },
  ]);
  await manager.post('/settings/messages/templates/removals', { occasion: 'ready', language: 'de' });
  expect(await rows()).toMatchObject([{ language: 'en' }]);
});

test('a name that the occasion does not know is refused, beside the field, with what was typed', async () => {
  const reply = await save({ text: 'Your {vehcile}', language: 'fr' });
  expect(reply.status).toBe(422);
  expect(reply.text).toContain('{vehcile} is not known here. What can be named:');
  expect(reply.text).toContain('Your {vehcile}');
  expect((await save({ column: 999_999 })).text).toContain('not on the board any more');
  const other = await makeShop(database.db, 'other');
  expect((await save({ column: other.columns[0]?.id ?? 0 })).status).toBe(422);
});

/** A form as a browser sends it: what stands in its fields, and what it showed when it was opened. */
const formOf = (page: string) => {
  const form = /<form[^>]*id="template"[\s\S]*?<\/form>/.exec(page)?.[0] ?? '';
  const plain = (html: string) =>
    html
      .replace(/&#39;/g, "'")
      .replace(/&quot;/g, '"')
      .replace(/&lt;/g, '<')
      .replace(/&gt;/g, '>')
      .replace(/&amp;/g, '&');
  const fields = [
    ...[...form.matchAll(/<textarea[^>]*name="([^"]+)"[^>]*>\n?([\s\S]*?)<\/textarea>/g)],
    ...[...form.matchAll(/<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"/g)],
    ...[...form.matchAll(/<select[^>]*name="([^"]+)"[\s\S]*?<option value="([^"]*)" selected/g)],
  ];
  return Object.fromEntries(fields.map(([, name, value]) => [name as string, plain(value as string)]));
};

test('of two people who change the words of an occasion, the second sees what the first wrote, and nothing is lost', async () => {
  const path = '/settings/messages/templates?occasion=estimate';
  const open = async (more = '') => formOf((await manager.get(`${path}${more}`)).text);
  const post = (form: Record<string, string>) => manager.post('/settings/messages/templates', form);
  const saved = (language = 'en') =>
    database.db
      .selectFrom('message_templates')
      .select(['mode', 'subject', 'text', 'short_text'])
      .where('shop_id', '=', shop.id)
      .where('occasion', '=', 'estimate')
      .where('language', '=', language)
      .executeTakeFirst();
  const [first, second, third] = [await open(), await open(), await open()];
  expect(first).toMatchObject({ mode: 'ask', language: 'en', 'original.mode': 'ask' });
  expect((await post({ ...first, subject: 'First’s subject', mode: 'always' })).status).toBe(303);
  // Another field of the same form: both stand.
  expect((await post({ ...second, shortText: 'Second’s text message' })).status).toBe(303);
  expect(await saved()).toEqual({
    ...{ mode: 'always', subject: 'First’s subject', text: first.text, short_text: 'Second’s text message' },
  });
  // The same field: what the other one wrote is shown beside what was typed, and saving again keeps it.
  const refused = await post({ ...third, subject: 'Third’s subject', text: 'Third’s text', mode: 'never' });
  expect(refused.status).toBe(409);
  expect(refused.text).toContain('Meanwhile somebody wrote <q dir="auto">First’s subject</q>');
  expect(refused.text).toContain('Meanwhile somebody chose <q>Always, by itself</q>');
  const again = formOf(refused.text);
  expect(again).toMatchObject({ subject: 'Third’s subject', text: 'Third’s text', mode: 'never' });
  expect(await saved()).toMatchObject({ mode: 'always', subject: 'First’s subject' });
  // With a wrong name in it, it comes back as well, and still says so.
  expect((await post({ ...third, subject: 'Third’s {nmae}' })).text).toContain('Meanwhile somebody wrote');
  expect((await post(again)).status).toBe(303);
  expect(await saved()).toEqual({ mode: 'never', subject: 'Third’s subject', text: 'Third’s text', short_text: 'Second’s text message' });
  // A language that has no words yet has nobody else's; one that has them is not written over by the form of another.
  const german = { ...(await open()), language: 'de', subject: 'Auf Deutsch' };
  expect((await post({ ...german, text: '{oops}' })).text).not.toContain('Meanwhile');
  expect((await post(german)).status).toBe(303);
  expect((await post({ ...german, subject: 'Anders' })).status).toBe(409);
  expect(await saved('de')).toMatchObject({ subject: 'Auf Deutsch', mode: 'never' });
  const preview = await manager.post('/settings/messages/templates/previews', await open('&language=de'));
  expect(preview.text).toContain('Auf Deutsch');
});

test('when customers may be written to is set, and has to be a day', async () => {
  const sheet = { language: 'de', dayBegins: '09:00', dayEnds: '24:00', undoSeconds: '10', replyTo: 'desk@shop.test', remindHours: '48' };
  expect((await manager.post('/settings/messages', { ...sheet, dayEnds: '09:00' })).text).toContain('The day has to end after it begins.');
  expect((await manager.post('/settings/messages', sheet)).status).toBe(303);
  const row = await database.db
    .selectFrom('message_settings')
    .select(['day_begins', 'day_ends', 'undo_seconds', 'reply_to'])
    .where('shop_id', '=', shop.id)
    .executeTakeFirst();
  expect(row).toEqual({ day_begins: '09:00:00', day_ends: '24:00:00', undo_seconds: 10, reply_to: 'desk@shop.test' });
  const page = await manager.get('/settings/messages');
  expect(page.text).toContain('value="24:00"');
  expect(page.text).toContain('whsec_');
});

test('a test mail arrives', async () => {
  expect((await manager.post('/settings/messages/tests')).headers.location).toBe('/messages');
  await until(() => mail.received.length === 1, 'the mail', 30);
  expect(mail.received[0]?.mail.subject).toBe('Mail of first works ✓');
  expect(mail.received[0]?.to).toEqual([shop.email('manager')]);
});
