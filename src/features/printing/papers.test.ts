import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { consentForm, postedBefore } from '../../testing/money.js';
import { type PaperJob, type PaperLine, writeJobs, writeLetterhead } from '../../testing/paper.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { recordConsent } from '../billing/authorizations.js';
import { makeInvoice, postInvoice } from '../billing/documents.js';
import { takePayment } from '../billing/payments.js';
import { createWorkOrder } from '../work-orders/create.js';

const SUPPLIES =
  'This charge represents costs and profits to the motor vehicle repair facility for miscellaneous shop supplies or waste disposal.';
const LAW = 'PLEASE READ CAREFULLY, CHECK ONE OF THE STATEMENTS BELOW, AND SIGN.';
const OWN = 'An estimate costs 45.00. We guarantee work and parts for 12 months or 12,000 miles. Storage is 20.00 a day.';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let desk: Client;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  desk = await server.clientOf(shop, 'advisor');
  const texts = { estimate_text: OWN, invoice_text: 'Thank you for your trust.' };
  await writeLetterhead(database.db, shop.id, { ...texts, supplies_base: 'both', supplies_ppm: 50_000 });
  await database.db
    .updateTable('jurisdictions')
    .set({ estimate_text: LAW, invoice_text: 'Auto repair is regulated here.', supplies_text: SUPPLIES })
    .where('shop_id', '=', shop.id)
    .execute();
});

const BRAKES: PaperJob = {
  ...{
    name: 'Front brakes',
    concern: 'It squeals',
    cause: 'Pads are worn',
    correction: 'Pads and rotors renewed',
    internalNote: 'SECRET-JOB',
  },
  lines: [
    { kind: 'labor', description: 'Renew front pads', quantity: 180, cents: 14_501 },
    { kind: 'part', description: 'Brake pad set', partNumber: 'D1210', condition: 'new', cents: 8_999, cost: 4_321 },
    { kind: 'part', description: 'Rotor', partNumber: '34-1187', condition: 'rebuilt', quantity: 200, cents: 6_457, cost: 3_333 },
  ],
};
const WINDSHIELD: PaperJob = {
  name: 'Windshield',
  lines: [{ kind: 'sublet', description: 'Renew windshield', vendor: 'Glass & Co', vendorInvoice: 'VI-7788', cents: 39_907, cost: 30_001 }],
};
const RECALL: PaperJob = {
  ...{ name: 'Recall of the fuel pump', payType: 'warranty' },
  lines: [{ kind: 'part', description: 'Fuel pump relay', partNumber: 'R-9', condition: 'new', cents: 2_903 }],
};
const TIRE_FEE: PaperLine = { kind: 'fee', description: 'Tire fee', cents: 175, legalText: 'Cal. Public Resources Code 42885' };

async function open(jobs: PaperJob[], whole: PaperLine[] = [], more: Parameters<typeof newOrder>[0] = {}) {
  const { number } = (
    await createWorkOrder(
      database.db,
      shop.staff.advisor,
      newOrder({ concern: '', plate: 'KLM 4821', promisedAt: new Date('2027-02-03T22:00:00Z'), ...more }),
    )
  ).result;
  const ids = await writeJobs(database.db, shop.staff.advisor, number, jobs, whole);
  await sql`update work_orders set internal_note = 'SECRET-ORDER' where number = ${number} and shop_id = ${shop.id}`.execute(database.db);
  return { number, ids };
}

/** The paper's words, as somebody reads them. */
async function read(number: number, paper: string, client = desk): Promise<string> {
  const reply = await client.get(`/work-orders/${number}/print/${paper}`);
  expect(reply.status, paper).toBe(200);
  expect(reply.text).not.toMatch(/\sstyle=|undefined|\[object|NaN|Invalid/);
  return wordsOf(reply.text);
}

function wordsOf(html: string): string {
  const text = html.replace(/<svg[\s\S]*?<\/svg>/g, '').replace(/<[^>]+>/g, ' ');
  return text.replaceAll('&#39;', "'").replaceAll('&amp;', '&').replace(/\s+/g, ' ');
}

async function approveAll(number: number, jobs: number[], method: 'phone' | 'in-person' = 'phone'): Promise<void> {
  const answers = jobs.map((job) => ({ job, decision: 'approve' as const, reason: '' }));
  await recordConsent(database.db, shop.staff.advisor, number, await consentForm(database.db, shop.staff.advisor, number, answers, method));
}

async function totalOf(number: number): Promise<number> {
  const row = await database.db
    .selectFrom('work_orders')
    .select('total_cents')
    .where('shop_id', '=', shop.id)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  return row.total_cents;
}

async function readOdometer(number: number): Promise<void> {
  await sql`with m as (
      insert into meters (shop_id, vehicle_id, name, unit) select shop_id, vehicle_id, 'Odometer', 'mi' from work_orders w where w.shop_id = ${shop.id} and w.number = ${number}
        and not exists (select from meters x where x.shop_id = w.shop_id and x.vehicle_id = w.vehicle_id) returning shop_id, id
    ), all_meters as (
      select * from m union select x.shop_id, x.id from meters x join work_orders w on w.shop_id = x.shop_id and w.vehicle_id = x.vehicle_id
        where w.shop_id = ${shop.id} and w.number = ${number}
    )
    insert into meter_readings (shop_id, meter_id, work_order_id, moment, tenths, at)
    select a.shop_id, a.id, w.id, x.moment, x.tenths, now() from all_meters a, work_orders w, (values ('in', 842104), ('out', 842210)) x (moment, tenths)
    where w.shop_id = ${shop.id} and w.number = ${number}`.execute(database.db);
}

test('a worksheet has what to do and no price, not even in its source; and no paper tells what is meant for the shop alone', async () => {
  const { number, ids } = await open([BRAKES, WINDSHIELD, RECALL], [TIRE_FEE]);
  await approveAll(number, [ids[0] as number]);
  const { text } = await (await server.clientOf(shop, 'mechanic')).get(`/work-orders/${number}/print/worksheet`);
  for (const part of ['Front brakes', 'It squeals', 'Renew front pads', '1.8 h', 'D1210', 'Rotor', 'Odometer out', 'Correction'])
    expect(text).toContain(part);
  // With the amounts also their digits are away: of prices, of lines, of sums, of taxes.
  for (const price of [
    '145.01',
    '14501',
    '89.99',
    '8999',
    '64.57',
    '129.14',
    '399.07',
    '261.02',
    '1.75',
    'Total',
    'Sales tax',
    'Shop supplies',
    'USD',
  ])
    expect(text).not.toContain(price);
  expect(text).not.toMatch(/\d\.\d\d\b/);
  for (const paper of ['worksheet', 'estimate', 'repair-order', 'invoice', 'tag']) {
    const html = (await desk.get(`/work-orders/${number}/print/${paper}`)).text;
    // Internal notes; what parts and other shops cost; whose bill it is.
    for (const secret of ['SECRET', '43.21', '33.33', '300.01', 'VI-7788']) expect(html, paper).not.toContain(secret);
  }
});

test('an estimate has everything that Fla. Stat. 559.905(1) asks for', async () => {
  const { number } = await open([BRAKES, WINDSHIELD], [TIRE_FEE], { phone: '305 555 0142' });
  await sql`update customers set address = E'14 Ocean Drive\nMiami, FL 33139' where shop_id = ${shop.id}`.execute(database.db);
  await sql`update vehicles set year = 2019, make = 'Toyota', model = 'Corolla' where shop_id = ${shop.id}`.execute(database.db);
  await readOdometer(number);
  const words = await read(number, 'estimate');
  const demanded = {
    '(a) the shop': [`shop${shops}`, '120 Harbor Road', 'Oakland, CA 94607', '510 555 0100'],
    '(b) the customer': ['Dana Whitfield', '14 Ocean Drive', 'Miami, FL 33139', '305 555 0142'],
    '(d) the vehicle': ['2019 Toyota Corolla', '84,210.4 mi', 'KLM 4821'],
    '(e) when it is done': ['Promised', 'Feb 3, 2027, 4:00 PM'],
    '(f) the problem': ['Concern: It squeals'],
    '(g) flat or hourly rate': ['Labor is charged by the hour', '1.8 h 145.01'],
    '(h) the cost, with supplies and what the law demands': [
      SUPPLIES,
      'Tire fee',
      'Cal. Public Resources Code 42885',
      '1.75',
      'Total, USD',
    ],
    '(i) (l) (n) the estimate, the guarantee, storage': [OWN],
    '(j) how it is paid': ['I pay in cash', 'I pay by card'],
    '(k) somebody else': ['Who else may authorize work for me', 'Their phone'],
    '(m) old parts': ['Keep my old parts for me'],
    'the statement of the law': [LAW, 'Customer’s signature'],
  };
  for (const [item, parts] of Object.entries(demanded)) for (const part of parts) expect(words, item).toContain(part);
  // (c) date and time.
  expect(words).toMatch(/Date and time [A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d [AP]M/);
  // (h) again: its sums can be added up by hand. 5 % supplies on what is after discounts, 7.25 % on parts.
  for (const sum of ['Labor 261.02', 'Parts 219.13', 'Work of other shops 399.07', 'Fees 1.75', 'Sales tax 7.25 % on 219.13 15.89'])
    expect(words).toContain(sum);
});

test('an estimate without prices asks for no signature under nothing', async () => {
  const { number } = await open([{ name: 'It squeals', lines: [] }]);
  const words = await read(number, 'estimate');
  expect(words).toContain('Estimate Not priced yet');
  expect(words).not.toContain('I authorize');
});

test('options are alternatives, and what was declined is said with its reason', async () => {
  const option = (choiceName: string, cents: number, picked: boolean): PaperJob => ({
    ...{ name: 'Alternator', choice: 1, choiceName, picked },
    lines: [{ kind: 'part', description: 'Alternator', condition: 'new', cents }],
  });
  const flush: PaperJob = {
    name: 'Coolant flush',
    consent: 'declined',
    reason: 'Next time',
    lines: [{ kind: 'labor', description: 'Flush', cents: 9_900 }],
  };
  const { number } = await open([option('Good', 18_900, true), option('Best', 38_900, false), flush]);
  const words = await read(number, 'estimate');
  expect(words).toContain('1. Alternator: Good One of 2 to choose from, counted in the total');
  expect(words).toContain('2. Alternator: Best One of 2 to choose from, not in the total');
  expect(words).toContain('Coolant flush, declined: Next time');
  expect(words).toContain('Parts 189.00');
  expect(await read(number, 'invoice')).not.toContain('389.00');
});

test('additional work stands out, with what it adds and the new total, and asks for its own consent', async () => {
  const { number, ids } = await open([BRAKES]);
  await approveAll(number, ids);
  const authorized = await totalOf(number);
  expect(await read(number, 'estimate')).toContain('Estimate, revision 1 ');
  await writeJobs(database.db, shop.staff.advisor, number, [WINDSHIELD]);
  const words = await read(number, 'estimate');
  const show = (cents: number) => (cents / 100).toLocaleString('en-US', { minimumFractionDigits: 2 });
  expect(words).toContain('Estimate, changed since revision 1 Additional work');
  // What was authorized is one line each; what is new is there with its lines.
  expect(words).toContain('Authorized before Front brakes 480.15 1. Windshield Renew windshield');
  expect(words).not.toContain('Renew front pads');
  const total = await totalOf(number);
  expect(words).toContain(`Authorized before ${show(authorized)} This adds ${show(total - authorized)} New total, USD ${show(total)}`);
  const order = await read(number, 'repair-order');
  expect(order).toContain('Renew front pads');
  expect(order).not.toContain('Renew windshield');
  expect(order).toContain(`Authorized, tax included ${show(authorized)}`);
});

test('a repair order and an invoice say who has authorized what, when, how and for how much: 16 CCR 3356(e)', async () => {
  const { number, ids } = await open([BRAKES, RECALL]);
  await approveAll(number, [ids[0] as number]);
  const cents = await totalOf(number);
  for (const paper of ['repair-order', 'invoice']) {
    const words = await read(number, paper);
    expect(words, paper).toMatch(
      /Authorizations .* [A-Z][a-z]{2} \d{1,2}, \d{4}, \d{1,2}:\d\d [AP]M Dana Whitfield by phone, 555 0142 taken by advisor of shop\d+ Approved: Front brakes, /,
    );
    expect(words, paper).toContain((cents / 100).toFixed(2));
    expect(words, paper).toContain('Under warranty: no charge');
    expect(words, paper).not.toContain('29.03');
  }
  expect(await read(number, 'repair-order')).toContain('Customer’s signature');
});

test('an invoice has everything that 16 CCR 3356 asks for', async () => {
  const { number, ids } = await open([BRAKES, WINDSHIELD, RECALL], [TIRE_FEE]);
  await readOdometer(number);
  expect(await read(number, 'invoice')).toContain('Not posted yet');
  await approveAll(number, ids.slice(0, 2));
  const total = await totalOf(number);
  const desker = shop.staff.manager;
  await makeInvoice(database.db, desker, number, total);
  await takePayment(database.db, desker, number, {
    method: 'card',
    cents: 10_000,
    tenderedCents: null,
    reference: 'Visa 4242',
    note: '',
    deposit: false,
  });
  await takePayment(database.db, desker, number, {
    method: 'cash',
    cents: total - 10_000,
    tenderedCents: null,
    reference: '',
    note: '',
    deposit: false,
  });
  await postInvoice(database.db, desker, number, total);
  const words = await read(number, 'invoice');
  const demanded = {
    '(b) registration, name, address': ['Registration ARD 271828', `shop${shops}`, '120 Harbor Road', 'Oakland, CA 94607'],
    '(c)(1) all work, and its prices': [
      'Renew front pads 1.8 h 145.01 261.02',
      'Renew windshield Done by another shop 1 399.07 399.07',
      'Recall of the fuel pump',
      'Under warranty',
    ],
    '(c)(2) each part, its condition and price': [
      'Brake pad set D1210, new 1 89.99 89.99',
      'Rotor 34-1187, rebuilt 2 64.57 129.14',
      'Fuel pump relay R-9, new',
    ],
    '(c)(3) subtotal of work': ['Labor 261.02'],
    '(c)(4) subtotal of parts': ['Parts 219.13'],
    '(c)(5) tax': ['Sales tax 7.25 % on 219.13 15.89'],
    '(c)(6) total': [`Total, USD ${(total / 100).toFixed(2)}`],
    'one number links all papers': [`WO-${number}`, 'Invoice INV-1001'],
    'what was done, and when it was read': ['Correction: Pads and rotors renewed', '84,210.4 mi', '84,221 mi'],
    payments: ['Payment, card Visa 4242 100.00', 'Payment, cash', `Paid ${(total / 100).toFixed(2)}`, 'Due, USD 0.00'],
    texts: ['Auto repair is regulated here.', 'Thank you for your trust.'],
  };
  for (const [item, parts] of Object.entries(demanded)) for (const part of parts) expect(words, item).toContain(part);
  expect(words).not.toContain('Not posted yet');

  // Posted, it stays what it was, whatever is renamed or set since.
  await writeLetterhead(database.db, shop.id, { address: 'Moved away', registration: 'ARD 1', invoice_text: 'Other', invoice_prefix: 'X' });
  await sql`update customers set name = 'Somebody Else', address = 'Elsewhere' where shop_id = ${shop.id}`.execute(database.db);
  await sql`update vehicles set description = 'Another car', plate = 'ZZZ' where shop_id = ${shop.id}`.execute(database.db);
  await sql`update shops set name = 'Renamed' where id = ${shop.id}`.execute(database.db);
  await sql`update jurisdictions set invoice_text = 'New law' where shop_id = ${shop.id}`.execute(database.db);
  expect((await read(number, 'invoice')).replace('Renamed', `shop${shops}`)).toBe(words);
});

test('a lump-sum price shows one price for a job, and no tax', async () => {
  await database.db.updateTable('billing_settings').set({ lump_sum: true, supplies_base: 'none' }).where('shop_id', '=', shop.id).execute();
  const { number } = await open([BRAKES]);
  const words = await read(number, 'estimate');
  expect(words).toContain('Job 1, sum 480.15');
  expect(words).toContain('flat rate: one price for each job');
  expect(words).toContain('D1210, new');
  for (const single of ['145.01', '89.99', '261.02', 'Parts 219.13', 'Sales tax']) expect(words).not.toContain(single);
});

test('tags tell the number, the plate, the vehicle and the first name, and no more of the person', async () => {
  const { number } = await open([BRAKES]);
  const { text } = await desk.get(`/work-orders/${number}/print/tag`);
  expect(text.match(/class="(windshield|key)"/g)).toHaveLength(5);
  expect(text.match(/<svg/g)).toHaveLength(5);
  const words = wordsOf(text);
  for (const part of [`${number}`, 'KLM 4821', '2019 Toyota Corolla', 'Dana', 'Promised Feb 3']) expect(words).toContain(part);
  for (const part of ['Whitfield', '555 0142', 'Front brakes']) expect(words).not.toContain(part);
});

test('a statement says what is owed, by invoice and by age', async () => {
  const { number, ids } = await open([BRAKES]);
  await approveAll(number, ids);
  const total = await totalOf(number);
  await sql`update customers set on_account = true where shop_id = ${shop.id}`.execute(database.db);
  await makeInvoice(database.db, shop.staff.manager, number, total);
  await postInvoice(database.db, shop.staff.manager, number, total);
  await postedBefore(database.db, shop.id, 45, number);
  const { customer_id: customer } = await database.db
    .selectFrom('work_orders')
    .select('customer_id')
    .where('shop_id', '=', shop.id)
    .executeTakeFirstOrThrow();
  const reply = await desk.get(`/customers/${customer}/print/statement?size=a4`);
  expect(reply.status).toBe(200);
  expect(reply.text).toContain('class="a4"');
  const words = wordsOf(reply.text);
  const due = (total / 100).toFixed(2);
  for (const part of [
    `31–60 days, USD ${due}`,
    '0–30 days, USD 0.00',
    `INV-1001, WO-${number}`,
    '45 days',
    `Due, USD ${due}`,
    'Dana Whitfield',
  ])
    expect(words).toContain(part);
  const other = await makeShop(database.db, `stranger${shops}`);
  expect((await (await server.clientOf(other, 'manager')).get(`/customers/${customer}/print/statement`)).status).toBe(404);
  expect((await (await server.clientOf(shop, 'mechanic')).get(`/customers/${customer}/print/statement`)).status).toBe(403);
});

test('who may not see prices gets no paper with prices, and nobody one of another shop or of another kind', async () => {
  const { number } = await open([BRAKES]);
  const mechanic = await server.clientOf(shop, 'mechanic');
  const stranger = await server.clientOf(await makeShop(database.db, `other${shops}`), 'manager');
  for (const [paper, status] of Object.entries({ estimate: 403, 'repair-order': 403, invoice: 403, worksheet: 200, tag: 200 })) {
    expect((await mechanic.get(`/work-orders/${number}/print/${paper}`)).status, paper).toBe(status);
    expect((await stranger.get(`/work-orders/${number}/print/${paper}`)).status, paper).toBe(404);
    expect((await desk.get(`/work-orders/99999/print/${paper}`)).status, paper).toBe(404);
  }
  for (const paper of ['receipt', 'Estimate', 'worksheet/2', '..%2fprint'])
    expect((await desk.get(`/work-orders/${number}/print/${paper}`)).status).toBe(404);
  expect((await desk.get(`/work-orders/${number}/print/estimate?size=a3`)).status).toBeGreaterThanOrEqual(400);
});

test('paper is the shop’s own, and hostile or strange text stands on it as it is', async () => {
  await database.db.updateTable('billing_settings').set({ paper: 'a4' }).where('shop_id', '=', shop.id).execute();
  const name = '<script>alert(1)</script> بنت 🛞';
  const { number } = await open([
    {
      name,
      concern: '{{x}} <b>&amp;',
      lines: [{ kind: 'part', description: 'x'.repeat(3000), cents: 99_999_999_999 }],
    },
  ]);
  const reply = await desk.get(`/work-orders/${number}/print/estimate`);
  expect(reply.status).toBe(200);
  expect(reply.text).toContain('<main class="a4">');
  expect((await desk.get(`/work-orders/${number}/print/estimate?size=letter`)).text).toContain('<main class="letter">');
  expect(reply.text).toContain('&lt;script&gt;alert(1)&lt;/script&gt; بنت 🛞');
  expect(reply.text).not.toContain('<script>');
  expect(reply.text.match(/x{20,}/g)?.join('').length).toBe(3000);
});

test('before the first line is written, papers are in the currency of the shop', async () => {
  await database.db.updateTable('billing_settings').set({ currency: 'CAD' }).where('shop_id', '=', shop.id).execute();
  const { number } = (await createWorkOrder(database.db, shop.staff.advisor, newOrder())).result;
  await takePayment(database.db, shop.staff.advisor, number, {
    ...{ method: 'card', cents: 5_000, tenderedCents: null, reference: '', note: '', deposit: true },
  });
  for (const paper of ['estimate', 'repair-order', 'invoice']) {
    const words = await read(number, paper);
    expect(words, paper).toContain('Total, CAD');
    expect(words, paper).not.toContain('USD');
  }
  expect(await read(number, 'invoice')).toContain('To give back, CAD 50.00');
});
