import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, addLine, approve, consentForm, moneyOf, openEmpty } from '../../testing/money.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { versionOf } from '../../testing/truth.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let number: number;
let advisor: Client;
let manager: Client;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  [number] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
  advisor = await server.clientOf(shop, 'advisor');
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

const at = (path: string) => `/work-orders/${number}${path}`;
const money = () => moneyOf(database.db, shop.id, number);
const CASH = { method: 'cash', amount: '10.00', deposit: 'on' };

/** The hidden fields of the consent form as the page gives them. */
async function consentFields(client = advisor): Promise<Record<string, string>> {
  const { text } = await client.get(at('/authorizations/new'));
  return Object.fromEntries(
    [...text.matchAll(/type="hidden" name="(requestId|offer|shown)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  );
}

test('from an estimate to a posted, paid invoice, with plain forms', async () => {
  const job = await addJob(database.db, shop.staff.advisor, number, { name: 'Brakes <b>', lines: [{ cents: 25_000 }] });
  expect((await advisor.post(at('/revisions'), {})).status).toBe(303);
  const form = await consentFields();
  const consent = {
    ...form,
    [`decision.${job}`]: 'approve',
    [`reason.${job}`]: '',
    givenBy: 'Dana',
    method: 'phone',
    phone: '555 0142',
    note: '',
  };
  expect((await advisor.post(at('/authorizations'), consent)).headers.location).toBe(`/work-orders/${number}`);
  let page = (await advisor.get(at(''))).text;
  expect(page).toContain('data-consent="approved"');
  expect(page).toMatch(/data-subtotal-cents="25000" data-tax-cents="0" data-total-cents="25000" data-due-cents="25000"/);
  expect(page).toContain('$250.00 is authorized.');
  expect(page).toContain('Make the invoice');
  expect((await advisor.post(at('/invoices'), { shown: 25_000 })).status).toBe(303);
  expect((await advisor.post(at('/payments'), { method: 'cash', amount: '250', tendered: '300', reference: '', note: '' })).status).toBe(
    303,
  );
  page = (await advisor.get(at(''))).text;
  expect(page).toContain('Give $50.00 back as change.');
  expect(page).toMatch(/data-due-cents="0"/);
  expect((await advisor.post(at('/postings'), { shown: 25_000 })).status).toBe(303);
  expect((await money()).document).toBe('posted');
  expect((await advisor.post(at('/unpostings'), { reason: 'No' })).status).toBe(403);
  expect((await manager.post(at('/unpostings'), { reason: 'Wrong mileage' })).status).toBe(303);
  expect(
    (await manager.post(at('/refunds'), { method: 'cash', amount: '50', payment: '', reference: '', reason: 'Goodwill' })).status,
  ).toBe(303);
  page = (await manager.get(at(''))).text;
  expect(page).toContain('gave $50.00 back (cash): Goodwill');
  expect(page).toContain('Brakes &lt;b&gt;');
});

describe('a stale form', () => {
  test('of consent is shown again with both sums and what was typed', async () => {
    const job = await addJob(database.db, shop.staff.advisor, number);
    const form = await consentFields();
    await addLine(database.db, shop.staff.advisor, number, job, { cents: 777 });
    const typed = {
      ...form,
      [`decision.${job}`]: 'decline',
      [`reason.${job}`]: 'Too dear',
      givenBy: 'Dana',
      method: 'in-person',
      phone: '',
      note: 'Angry',
    };
    const reply = await advisor.post(at('/authorizations'), typed);
    expect(reply.status).toBe(409);
    for (const part of ['$100.00 then, and $107.77 now', 'value="Too dear"', 'value="Angry"', 'value="decline" checked'])
      expect(reply.text).toContain(part);
    // The form that came back is of now.
    const offer = /name="offer" value="([0-9a-f]+)"/.exec(reply.text)?.[1] ?? '';
    const shown = /name="shown" value="(\d+)"/.exec(reply.text)?.[1] ?? '';
    expect((await advisor.post(at('/authorizations'), { ...typed, offer, shown })).status).toBe(303);
  });

  test('of an invoice is refused', async () => {
    const job = await addJob(database.db, shop.staff.advisor, number);
    await approve(database.db, shop.staff.advisor, number, job);
    const reply = await advisor.post(at('/invoices'), { shown: 9_000 });
    expect(reply).toMatchObject({ status: 409 });
    expect(reply.text).toContain('it came to $90.00 then, and comes to $100.00 now');
  });

  test('of the till is refused', async () => {
    await advisor.post(at('/payments'), CASH);
    const reply = await advisor.post('/till/closes', { 'counted.cash': '5', 'expected.cash': '500' });
    expect(reply.status).toBe(409);
    expect(reply.text).toContain('cash should be $10.00 now');
    expect((await advisor.post('/till/closes', { 'counted.cash': '9.50', 'expected.cash': '1000', note: 'Coffee' })).status).toBe(303);
    expect((await advisor.get('/till')).text).toContain('$0.50 missing');
  });
});

describe('hostile amounts', () => {
  test.each([
    ...[
      '',
      ' ',
      '0',
      '-5',
      '1e400',
      'NaN',
      'Infinity',
      '0x10',
      '1.005',
      '٣',
      '１２',
      '9'.repeat(40),
      '1/0',
      '(((',
      '=1+1',
      '<script>',
      '1;2',
      '\u202e12',
      '💰',
    ],
  ])('“%s” is no payment: a sentence at the field, what was typed, and nothing changed', async (amount) => {
    const before = await versionOf(database.db, shop.id);
    const reply = await advisor.post(at('/payments'), { ...CASH, amount });
    expect(reply.status, reply.text.slice(0, 500)).toBe(422);
    expect(reply.text).toContain('id="amount-error"');
    expect(reply.text).not.toContain('<script>');
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test.each(['1e400', '-1', 'NaN', '1.5', '99999999999999999999'])('“%s” is no sum that a form has shown', async (shown) => {
    const before = await versionOf(database.db, shop.id);
    for (const path of ['/invoices', '/postings']) expect([409, 422]).toContain((await advisor.post(at(path), { shown })).status);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test.each([
    { 'decision.1': 'steal' },
    { 'decision.x': 'approve' },
    { 'decision.99999999999': 'approve' },
    { constructor: 'x' },
    { 'reason.1': 'x'.repeat(10_000) },
    { method: 'telepathy' },
    { givenBy: '' },
    { givenBy: 'a\0b' },
    { offer: 'x' },
    { shown: 'x' },
  ] as Record<string, string>[])('consent with %j is refused', async (bad) => {
    const job = await addJob(database.db, shop.staff.advisor, number);
    const before = await versionOf(database.db, shop.id);
    const form = { ...(await consentFields()), [`decision.${job}`]: 'approve', givenBy: 'Dana', method: 'in-person', ...bad };
    expect([404, 409, 422]).toContain((await advisor.post(at('/authorizations'), form)).status);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });
});

test('names in any script, and markup in them, are shown as text', async () => {
  const job = await addJob(database.db, shop.staff.advisor, number);
  const input = await consentForm(database.db, shop.staff.advisor, number, [{ job, decision: 'approve', reason: '' }]);
  const fields = { ...(await consentFields()), [`decision.${job}`]: 'approve', method: 'in-person', note: 'שלום 🚗 <i>x</i>' };
  expect((await advisor.post(at('/authorizations'), { ...fields, givenBy: 'دانا <script>alert(1)</script>' })).status).toBe(303);
  expect(input.offer).toBe(fields.offer);
  const { text } = await advisor.get(at(''));
  expect(text).toContain('دانا &lt;script&gt;');
  expect(text).not.toContain('<script>alert');
});

test('the same form sent twice counts once', async () => {
  const fields = { ...CASH, requestId: 'one-and-the-same' };
  await Promise.all([1, 2].map(() => advisor.post(at('/payments'), fields)));
  expect((await money()).paid_cents).toBe(1_000);
});

test('a mechanic sees no sums and can do nothing with money', async () => {
  await addJob(database.db, shop.staff.advisor, number, { lines: [{ cents: 98_765 }] });
  const mechanic = await server.clientOf(shop, 'mechanic');
  const { text } = await mechanic.get(at(''));
  expect(text).not.toMatch(/data-total-cents|987\.65|98765|Receivables|Record consent/);
  for (const path of ['/authorizations/new', '/payments/new', '/refunds/new']) expect((await mechanic.get(at(path))).status).toBe(403);
  for (const path of ['/receivables', '/till']) expect((await mechanic.get(path)).status).toBe(403);
});

test('what is owed, and one payment for several invoices', async () => {
  const job = await addJob(database.db, shop.staff.advisor, number);
  await approve(database.db, shop.staff.advisor, number, job);
  const { customer_id: customer } = await database.db
    .selectFrom('work_orders')
    .select('customer_id')
    .where('shop_id', '=', shop.id)
    .executeTakeFirstOrThrow();
  await database.db.updateTable('customers').set({ on_account: true }).where('shop_id', '=', shop.id).execute();
  await advisor.post(at('/invoices'), { shown: 10_000 });
  await advisor.post(at('/postings'), { shown: 10_000 });
  expect((await advisor.get('/receivables')).text).toContain(`data-customer="${customer}" data-due-cents="10000"`);
  const wrong = await advisor.post(`/receivables/${customer}/payments`, { method: 'check', amount: '200', shown: 10_000 });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('Only $100.00 is due in all.');
  const other = await makeShop(database.db, `other${shops}`);
  const stranger = await server.clientOf(other, 'manager');
  for (const client of [stranger]) {
    expect((await client.get(`/receivables/${customer}`)).status).toBe(404);
    expect((await client.post(`/receivables/${customer}/payments`, { method: 'check', amount: '1', shown: 0 })).status).toBe(404);
  }
  expect((await advisor.post(`/receivables/${customer}/payments`, { method: 'check', amount: '100', shown: 10_000 })).status).toBe(303);
  expect((await advisor.get('/receivables')).text).toContain('Nobody owes anything');
});
