import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { listQueries } from '../../testing/queries.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, newOrder, openOrders, type TestShop } from '../../testing/shop.js';
import { TestSocket } from '../../testing/socket.js';
import { versionOf } from '../../testing/truth.js';
import { can, ROLES } from '../staff/permissions.js';
import { audienceOf } from '../work-orders/audiences.js';
import { createWorkOrder } from '../work-orders/create.js';
import { getWorkOrder } from '../work-orders/details.js';
import { addJob } from './jobs.js';
import { addLine } from './lines.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let advisor: Client;
let job: number;
let turns = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++turns}`);
  await createWorkOrder(database.db, shop.staff.advisor, newOrder({ concern: '' }));
  advisor = await server.clientOf(shop, 'advisor');
  job = (await addJob(database.db, shop.staff.advisor, 1001, { name: 'Brakes', concern: 'It squeals' })).result.job;
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

const order = () => getWorkOrder(database.db, shop.id, 1001);
const lines = async () => (await order()).jobs.find((one) => one.id === job)?.lines ?? [];
const labor = (more: object = {}) => ({ job, kind: 'labor', description: 'Front pads', quantity: '1', price: '100', ...more });

describe('the page of a work order', () => {
  test('has each job and line with its mark, and a form row where the address asks for one', async () => {
    expect((await advisor.post('/work-orders/1001/lines', labor({ quantity: '2*0.75' }))).status).toBe(303);
    const page = (await advisor.get('/work-orders/1001')).text;
    const [line] = await lines();
    expect(page).toContain(`data-job="${job}" data-consent="proposed"`);
    expect(page).toContain(`data-line="${line?.id}" data-amount-cents="15000"`);
    expect(page).toContain('data-subtotal-cents="15000" data-tax-cents="0" data-total-cents="15000" data-due-cents="15000"');
    expect(page).not.toContain('data-line-form');
    const changing = (await advisor.get(`/work-orders/1001?line=${line?.id}`)).text;
    expect(changing).toMatch(/name="quantity" value="1.5"/);
    expect((await advisor.get(`/work-orders/1001?kind=part&job=${job}`)).text).toMatch(/name="kind".*<option value="part" selected>/);
  });

  test('takes what is sent to it, sends the form again with a sentence when it can’t, and keeps what was typed', async () => {
    const reply = await advisor.post('/work-orders/1001/lines', labor({ quantity: 'two', description: 'Long <b>story</b>' }));
    expect(reply.status).toBe(422);
    expect(reply.text).toContain('value="Long &lt;b&gt;story&lt;/b&gt;"');
    expect(reply.text).toMatch(/name="quantity" value="two"[^>]*aria-invalid="true"/);
    const htmx = await advisor.post('/work-orders/1001/lines', labor({ quantity: '' }), { htmx: true });
    expect([htmx.status, htmx.text.includes('<hx-partial hx-target="#entry-')]).toEqual([422, true]);
    expect(await lines()).toEqual([]);
  });

  test('answers htmx with the jobs, the sums, and the form of the next line', async () => {
    const reply = await advisor.post('/work-orders/1001/lines', labor(), { htmx: true });
    expect(reply.text).toContain('hx-target="#work-order-jobs"');
    expect(reply.text).toContain('data-total-cents="10000"');
    expect(reply.text).toContain(`hx-target="#entry-${job}"`);
  });

  test('opens with 12 jobs and 150 lines in three queries, the session included', async () => {
    for (let count = 1; count < 12; count++) await addJob(database.db, shop.staff.advisor, 1001, { name: `Job ${count}`, concern: '' });
    const { jobs } = await order();
    for (let count = 0; count < 150; count++)
      await addLine(database.db, shop.staff.advisor, 1001, {
        ...{ job: jobs[count % 12]?.id ?? 0, kind: 'part', coreCents: null, fee: null },
        fields: { description: `Part ${count}`, quantity: '1', price: '9.99' },
      });
    let page = await advisor.get('/work-orders/1001');
    const asked = await listQueries(async () => {
      page = await advisor.get('/work-orders/1001');
    });
    expect(page.text.match(/data-line="/g)).toHaveLength(150);
    expect(asked.length).toBeGreaterThan(1);
    expect(asked.length, asked.join('\n\n')).toBeLessThanOrEqual(3);
  });
});

describe('a mechanic', () => {
  const SECRET = /734|919|SECRET/;

  test('sees jobs, hours, parts and quantities, and never a price: not on the page, nor in what is pushed', async () => {
    const mechanic = await server.clientOf(shop, 'mechanic');
    const socket = await TestSocket.open(mechanic, 'work-order:1001');
    await advisor.post('/work-orders/1001/lines', labor({ description: 'Front pads', quantity: '1.5', price: '73.40' }));
    const part = {
      job,
      kind: 'part',
      description: 'Pads',
      partNumber: '04465',
      quantity: '2',
      cost: '73.41',
      price: '91.90',
      core: '73.42',
    };
    await advisor.post('/work-orders/1001/lines', part);
    await advisor.post('/work-orders/1001/lines', {
      job,
      kind: 'sublet',
      description: 'Machining',
      vendor: 'Ace',
      vendorInvoice: 'SECRET',
      quantity: '1',
      price: '91.91',
    });
    const [line] = await lines();
    const edited = await advisor.post(`/work-orders/1001/lines/${line?.id}/edits`, { 'original.price': '73.40', price: '73.45' });
    expect(edited.status).toBe(303);
    const pushed = () => socket.messages.map((message) => message.content).join('');
    await until(() => pushed().includes('Machining') && pushed().includes('changed “Front pads”'), 'the push');
    const page = await mechanic.get('/work-orders/1001');
    const changes = await mechanic.get('/work-orders/1001/changes?since=0', { htmx: true });
    const actions = await mechanic.get('/work-orders/1001/actions', { htmx: true });
    // Random numbers, times and the hashes of the assets may hold these digits by chance; a price is in none of them.
    const chance = /[0-9a-f-]{36}|datetime="[^"]*"|\/assets\/[0-9a-f]+|data-assets="[0-9a-f]+"/g;
    for (const text of [pushed(), page.text, changes.text, actions.text]) expect(text.replaceAll(chance, '')).not.toMatch(SECRET);
    for (const shown of ['Front pads', '1.5 h', '04465', 'Machining', 'by Ace']) expect(page.text).toContain(shown);
    expect(page.text).not.toMatch(/data-amount-cents|data-total-cents|data-change[ >]|gross profit/);
    // M9: 110.18 + 183.80 + 91.91, less 2 × 73.41 that the pads cost; the core's deposit passes through: 239.07 of 532.73.
    expect((await advisor.get('/work-orders/1001')).text).toContain('gross profit 239.07, 45 %');
    socket.close();
  });

  test('writes cause, correction, progress and clocked hours of a job, and nothing else', async () => {
    const mechanic = await server.clientOf(shop, 'mechanic');
    const typed = { cause: 'Pads at 2 mm', correction: 'Replaced', progress: 'complete', clocked: '1.2' };
    expect((await mechanic.post(`/work-orders/1001/jobs/${job}/write-ups`, typed)).status).toBe(303);
    expect((await order()).jobs[0]).toMatchObject({
      cause: 'Pads at 2 mm',
      correction: 'Replaced',
      progress: 'complete',
      clockedHundredths: 120,
    });
    expect((await mechanic.post(`/work-orders/1001/jobs/${job}/write-ups`, { ...typed, name: 'Mine' })).status).toBe(422);
    expect((await mechanic.post(`/work-orders/1001/jobs/${job}/edits`, typed)).status).toBe(403);
    expect((await mechanic.get(`/work-orders/1001/jobs/${job}/write-up`)).text).toContain('Pads at 2 mm');
  });
});

describe('two people at once', () => {
  test('are told of each other, and no more when one leaves', async () => {
    const mechanic = await server.clientOf(shop, 'mechanic');
    const first = await TestSocket.open(advisor, 'work-order:1001');
    const second = await TestSocket.open(mechanic, 'work-order:1001');
    const last = (socket: TestSocket) => socket.messages.at(-1)?.content ?? '';
    await until(() => last(first).includes(`${shop.staff.mechanic.name}</strong> has this open, too.`), 'the one who was there');
    await until(() => last(second).includes(`${shop.staff.advisor.name}</strong> has this open, too.`), 'the one who came');
    second.close();
    await until(() => !last(first).includes('has this open'), 'alone again');
    first.close();
  });

  test('change the same field of the same line: 409, both values, nothing lost; saving again keeps mine', async () => {
    await advisor.post('/work-orders/1001/lines', labor());
    const [line] = await lines();
    const at = `/work-orders/1001/lines/${line?.id}/edits`;
    const opened = { 'original.quantity': '1', 'original.description': 'Front pads' };
    expect((await advisor.post(at, { ...opened, quantity: '2', description: 'Front pads' })).status).toBe(303);
    const stale = await advisor.post(at, { ...opened, quantity: '3', description: 'Front pads, by Bob' });
    expect(stale.status).toBe(409);
    expect(stale.text).toMatch(/name="quantity" value="3"/);
    expect(stale.text).toContain('<q dir="auto">2</q>');
    expect(stale.text).toContain('Front pads, by Bob');
    expect((await lines())[0]).toMatchObject({ quantity: 200, description: 'Front pads' });
    const again = { 'original.quantity': '2', 'original.description': 'Front pads', quantity: '3', description: 'Front pads, by Bob' };
    expect((await advisor.post(at, again)).status).toBe(303);
    expect((await lines())[0]).toMatchObject({ quantity: 300, description: 'Front pads, by Bob' });
  });

  test('change the same field of the same job: 409 with both; different fields both hold', async () => {
    const at = `/work-orders/1001/jobs/${job}/edits`;
    const base = { name: 'Brakes', concern: 'It squeals', progress: 'pending', payType: 'customer', mechanic: '', supplies: 'on' };
    const opened = Object.fromEntries(
      Object.entries({ ...base, cause: '', correction: '', internalNote: '', clocked: '' }).map(([name, value]) => [
        `original.${name}`,
        value,
      ]),
    );
    expect((await advisor.post(at, { ...base, ...opened, cause: 'Worn pads' })).status).toBe(303);
    expect((await advisor.post(at, { ...base, ...opened, correction: 'Replaced' })).status).toBe(303);
    const stale = await advisor.post(at, { ...base, ...opened, cause: 'A stone' });
    expect([stale.status, stale.text.includes('Worn pads'), stale.text.includes('A stone')]).toEqual([409, true, true]);
    expect((await order()).jobs[0]).toMatchObject({ cause: 'Worn pads', correction: 'Replaced' });
  });
});

describe('hostile input', () => {
  const NUMBERS = [
    '-1',
    '1e400',
    '1e3',
    'NaN',
    'Infinity',
    '0x10',
    '0.001',
    '99999999999999999999',
    '1/0',
    '١٢',
    '１２',
    '1,2',
    '',
    '1;drop',
    '(((',
    '9'.repeat(90),
  ];

  test.each(NUMBERS)('the number %j is refused with a sentence, or is a number; nothing breaks', async (number) => {
    for (const field of ['quantity', 'price', 'flat']) {
      const before = await versionOf(database.db, shop.id);
      const reply = await advisor.post('/work-orders/1001/lines', labor({ [field]: number }));
      expect([303, 422]).toContain(reply.status);
      if (reply.status === 422) {
        expect(reply.text).toContain('class="error"');
        expect(await versionOf(database.db, shop.id)).toBe(before);
      }
    }
    const { totals } = await order();
    expect(Number.isSafeInteger(totals.totalCents) && totals.totalCents >= 0).toBe(true);
  });

  test('half a cent, a negative price and a huge one are refused', async () => {
    for (const price of ['0.005', '-5', '100000000.00', '10000000000000'])
      expect((await advisor.post('/work-orders/1001/lines', labor({ price }))).status, price).toBe(422);
    expect(await lines()).toEqual([]);
  });

  test('names in any script, markup and long notes stay what they are; what can’t be saved is refused', async () => {
    const names = ['محمد عبد الرحمن', '👩‍🔧🚜', '<script>alert(1)</script>', '‮evil', `${'x'.repeat(500)}`];
    for (const description of names) expect((await advisor.post('/work-orders/1001/lines', labor({ description }))).status).toBe(303);
    expect((await lines()).map((line) => line.description)).toEqual(names);
    expect((await advisor.get('/work-orders/1001')).text).not.toContain('<script>alert(1)');
    for (const description of ['a\0b', 'x'.repeat(501), '   '])
      expect((await advisor.post('/work-orders/1001/lines', labor({ description }))).status, description.slice(0, 5)).toBe(422);
    const note = '漢'.repeat(10_000);
    const base = {
      name: 'Brakes',
      concern: note,
      cause: note,
      correction: note,
      internalNote: note,
      progress: 'pending',
      payType: 'customer',
      mechanic: '',
    };
    const was = { 'original.concern': 'It squeals', 'original.cause': '', 'original.correction': '', 'original.internalNote': '' };
    expect((await advisor.post(`/work-orders/1001/jobs/${job}/edits`, { ...base, ...was })).status).toBe(303);
    expect((await advisor.post(`/work-orders/1001/jobs/${job}/edits`, { ...base, cause: `${note}x` })).status).toBe(422);
    expect((await order()).jobs[0]?.internalNote).toBe(note);
  });

  test('ids of another shop, of another order, and fields that are not there are refused', async () => {
    const other = await makeShop(database.db, `other${turns}`);
    await openOrders(database.db, other.staff.advisor, 1);
    const theirs = (await addJob(database.db, other.staff.advisor, 1001, { name: 'Theirs', concern: '' })).result.job;
    const theirLine = (
      await addLine(database.db, other.staff.advisor, 1001, {
        ...{ job: theirs, kind: 'part', coreCents: null, fee: null },
        fields: { description: 'Theirs', quantity: '1', price: '1' },
      })
    ).result.line;
    const second = (await createWorkOrder(database.db, shop.staff.advisor, newOrder())).result.number;
    const rate = await database.db.selectFrom('labor_rates').select('id').where('shop_id', '=', other.id).executeTakeFirstOrThrow();
    const before = await versionOf(database.db, shop.id);
    const base = { name: 'Brakes', progress: 'pending', payType: 'customer', mechanic: '' };
    for (const [path, fields, status] of [
      ['/work-orders/1001/lines', labor({ job: theirs }), 404],
      [`/work-orders/${second}/lines`, labor(), 404],
      [`/work-orders/1001/lines/${theirLine}/edits`, { quantity: '1' }, 404],
      [`/work-orders/1001/lines/${theirLine}/removals`, {}, 404],
      [`/work-orders/${second}/jobs/${job}/removals`, {}, 404],
      ['/work-orders/1001/brought-jobs', { job: theirs }, 404],
      ['/work-orders/1001/canned-jobs', { canned: 999_999 }, 404],
      ['/work-orders/1001/lines', labor({ laborRate: rate.id }), 422],
      ['/work-orders/1001/lines', labor({ kind: 'core' }), 422],
      ['/work-orders/1001/lines', labor({ job: '' }), 422],
      ['/work-orders/1001/lines', labor({ fee: 999_999, kind: 'fee' }), 422],
      ['/work-orders/1001/lines', labor({ shop_id: 1 }), 422],
      [`/work-orders/1001/jobs/${job}/edits`, { ...base, mechanic: other.staff.mechanic.staff, 'original.mechanic': '' }, 422],
      [`/work-orders/1001/jobs/${job}/edits`, { ...base, payType: 'nobody' }, 422],
    ] as const)
      expect((await advisor.post(path, fields as Record<string, string>)).status, `${path} ${JSON.stringify(fields)}`).toBe(status);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test('a stale form of a line that is gone, and of an order that was posted, is refused', async () => {
    await advisor.post('/work-orders/1001/lines', labor());
    const [line] = await lines();
    await advisor.post(`/work-orders/1001/lines/${line?.id}/removals`);
    expect((await advisor.post(`/work-orders/1001/lines/${line?.id}/edits`, { quantity: '2' })).status).toBe(404);
    expect((await advisor.post(`/work-orders/1001/lines/${line?.id}/edits`, { quantity: '2' }, { htmx: true })).text).toContain(
      'is not here any more',
    );
  });
});

test('whoever may change jobs sees what they cost and bring: the forms show both', () => {
  for (const role of ROLES)
    if (can(role, 'job.edit')) expect([can(role, 'price.see'), can(role, 'cost.see'), audienceOf(role)]).toEqual([true, true, 'desk']);
  expect(audienceOf('mechanic')).toBe('floor');
});
