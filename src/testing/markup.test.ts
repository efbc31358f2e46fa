import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeTvLink } from '../features/tv/links.js';
import type { Client, Reply } from './client.js';
import { type TestDatabase, testDatabase } from './database.js';
import { photoBytes } from './media.js';
import { startTestServer, type TestServer, until } from './server.js';
import { makeShop, type TestShop } from './shop.js';
import { TestSocket } from './socket.js';
import { upload, uploadFiles } from './upload.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** Each begins with a mark, by which it is found again wherever it comes out. */
const ATTACKS = [
  'XSS1<img src=x onerror=alert(1)>',
  'XSS2"><svg onload=alert(1)>',
  "XSS3' onmouseover='alert(1)",
  'XSS4</textarea><script>alert(1)</script>',
  'XSS5</title></style><!--',
  `XSS6{{7*7}}<%= 7*7 %>${'$'}{7*7}#{7*7}`,
  'XSS7<a hx-get="/x" hx-on:load="alert(1)" hx-swap-oob="true" id="board">',
  'XSS8</article></hx-partial><hx-partial hx-target="body">',
  'XSS9&lt;b&gt;&#x27;&amp;',
];
const SHORT = ATTACKS.map((attack) => attack.slice(0, 20));

const SETTINGS = ['rates', 'prices', 'taxes', 'fees', 'canned-jobs', 'law', 'paper', 'visits', 'numbering'].map(
  (page) => `/settings/${page}`,
);

/** Every form of the settings that keeps what is typed, with an attack wherever text goes. */
function settingsWith(attack: string, short: string): [string, Record<string, string>][] {
  const name = attack.slice(0, 60);
  const line = { 'line.0.kind': 'part', 'line.0.description': attack, 'line.0.number': short, 'line.0.cost': '1' };
  return [
    ['/settings/rates', { name, perHour: '1' }],
    ['/settings/prices', { name, kind: 'part', basis: 'multiplier', 'band.0.from': '0', 'band.0.factor': '2' }],
    ['/settings/taxes', { name, percent: '1', 'category.part': 'on' }],
    ['/settings/taxes/supplies/changes', { base: 'both', share: '1', flat: '', cap: '', suppliesName: name }],
    ['/settings/fees', { name, amount: '1', legalText: attack }],
    ['/settings/canned-jobs', { name, concern: attack, cause: attack, correction: attack, ...line }],
    ['/settings/law', { name, threshold: 'none', share: '', least: '', cap: '', suppliesText: attack, estimateText: attack }],
    ['/settings/visits', { linkDays: '5', estimateDays: '5', greeting: attack, consentText: attack }],
    ['/settings/paper', { paper: 'a4', address: attack, phone: short, website: attack, registration: attack, invoiceText: attack }],
  ];
}

/** A photo that is called so, with that caption. @returns its id */
async function addMarked(order: string, attack: string, seed: number): Promise<number> {
  const reply = await uploadFiles(manager, `${order}/media`, {}, [{ name: `${attack}.jpg`, bytes: await photoBytes(seed) }], {
    htmx: true,
  });
  expectInert(reply.text, `the photo ${attack}`);
  const id = Number(/data-media="(\d+)"/.exec(reply.text)?.[1]);
  expect((await manager.post(`${order}/media/${id}/edits`, { caption: attack, 'original.caption': '' })).status).toBe(303);
  return id;
}

/** Where an answer leads, without the place on the page. */
const pathOf = ({ headers }: Reply) => String(headers.location).replace(/#.*/, '');

/** A template, and an inspection by it, with an attack wherever text goes. @returns the pages that show them */
async function inspectWith(order: string, attack: string): Promise<string[]> {
  const post = async (path: string, fields: Record<string, string>) => {
    const reply = await manager.post(path, fields);
    expect(reply.status, `${path} ${attack}`).toBe(303);
    return pathOf(reply);
  };
  const template = await post('/settings/inspections', { name: attack.slice(0, 80), vehicleType: 'car' });
  await post(`${template}/sections`, { name: attack.slice(0, 80) });
  const [section] = (await database.db
    .selectFrom('inspection_template_versions')
    .select('content')
    .orderBy('template_id', 'desc')
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow()
    .then(({ content }) => (content as { sections: { key: string }[] }).sections)) as [{ key: string }];
  const item = await post(`${template}/items`, { section: section.key, name: attack });
  const measure = { unit: attack.slice(0, 20), positions: attack.slice(0, 12).replaceAll(',', ' '), bad: 'low', yellow: '5', red: '3' };
  await post(`${item}/edits`, { name: attack, phrases: attack, note: 'always', ...measure });
  const first = await post(`${order}/inspections`, { template: template.split('/').at(-1) as string });
  const [inspection] = first.split('?') as [string];
  const here = `${inspection}/items/${item.split('/').at(-1)}`;
  await post(here, { 'measure.0': '1', note: attack });
  expect(first).toContain('?item=');
  return [first, inspection, template, item, '/settings/inspections', `${order}/inspections/new`];
}

/** None of the attacks may stand in an answer as it was typed, nor as a template would have worked it out. */
function expectInert(html: string, where: string): void {
  expect(html, where).not.toMatch(
    /<img src=x|<svg onload|<script>alert|onmouseover='alert\(|<a hx-get|<hx-partial hx-target="body"|<\/title><\/style><!--|XSS9&lt;b/,
  );
  expect(html, where).not.toContain('XSS649');
}

test('what people type is shown as text, on every page, on every screen and on paper', async () => {
  const numbers: number[] = [];
  const previews: string[] = [];
  const inspected: string[] = [];
  const media: string[] = [];
  for (const [index, attack] of ATTACKS.entries()) {
    const short = SHORT[index] as string;
    expect((await manager.post('/settings/labels', { name: short, color: 'red' })).status, short).toBe(303);
    const opened = await manager.post('/work-orders', {
      ...{
        customerName: attack,
        company: index % 2 ? attack : '',
        phone: short,
        vehicleDescription: attack,
        plate: short,
        concern: attack,
        email: '',
      },
    });
    expect(opened.status).toBe(303);
    const path = pathOf(opened);
    numbers.push(Number(path.split('/').at(-1)));
    const label = await database.db.selectFrom('labels').select('id').where('name', '=', short).executeTakeFirstOrThrow();
    const forms: [string, Record<string, string | number>][] = [
      ['comments', { text: attack }],
      ['blocks', { reason: 'other', note: attack }],
      ['labels', { label: label.id, on: 'yes' }],
      [
        'edits',
        {
          customerName: `${attack}!`,
          vehicleDescription: attack,
          concern: `${attack} changed`,
          'original.customerName': attack,
          'original.vehicleDescription': attack,
          'original.concern': attack,
        },
      ],
    ];
    for (const [name, fields] of forms) expect((await manager.post(`${path}/${name}`, fields)).status, `${name} ${attack}`).toBe(303);
    media.push(`${path}/media/${await addMarked(path, attack, index)}`);
    await manager.post('/staff', { name: attack, email: `xss${index}@shop.test`, role: 'mechanic' });
    await manager.post('/settings/tv', { name: attack, variant: 'floor' });
    for (const [path, fields] of settingsWith(attack, short)) {
      const { status } = await manager.post(path, fields);
      expect(status, `${path} ${attack}`).toBe(303);
    }
    inspected.push(...(await inspectWith(path, attack)));
    const part = `number,description,maker\n"${index}","${attack.replaceAll('"', '""')}","${short.replaceAll('"', '""')}"\n,"${attack.replaceAll('"', '""')}",`;
    const file = { field: 'file', name: attack.replaceAll('"', ''), bytes: part };
    previews.push(String((await upload(manager, '/settings/import', { kind: 'parts' }, file)).headers.location));
  }
  expect((await manager.post('/settings/columns', { name: SHORT[0] as string, meaning: 'active', color: 'teal', limit: '' })).status).toBe(
    303,
  );
  await database.db
    .updateTable('shops')
    .set({ name: ATTACKS[1] as string })
    .execute();
  await database.db
    .updateTable('staff')
    .set({ name: ATTACKS[1] as string })
    .where('id', '=', shop.staff.manager.staff)
    .execute();

  const tokens = await Promise.all(
    (['floor', 'lobby'] as const).map((variant) => makeTvLink(database.db, shop.staff.manager, { name: 'Hall', variant })),
  );
  const pages = [
    ...[
      '/board',
      '/board/changes?since=0',
      '/work-orders',
      '/staff',
      '/settings/labels',
      '/settings/columns',
      '/settings/tv',
      ...SETTINGS,
      '/account',
      '/permissions',
      '/work-orders/new',
    ],
    ...numbers.flatMap((number) => ['', '/edit', '/print', '/moves/new', '/changes?since=0'].map((end) => `/work-orders/${number}${end}`)),
    ...tokens.flatMap((token) => [`/tv/${token}`, `/tv/${token}/changes?since=0`]),
    `/work-orders/matches?find=xss`,
    ...[
      '/customers',
      '/customers?find=xss',
      '/search?q=xss',
      '/search?q=XSS2',
      '/customers/1',
      '/customers/1/edit',
      '/customers/1/merges/new?find=xss',
    ],
    ...['/vehicles/1', '/vehicles/1/edit', '/vehicles/1/transfers/new?find=xss', '/vehicles/1/merges/new?find=xss'],
    ...previews,
    ...media.flatMap((path) => [path, `${path}/drawings/new`]),
  ];
  for (const path of pages) {
    for (const htmx of /changes|print|tv/.test(path) ? [false] : [false, true]) {
      const reply = await manager.get(path, { htmx });
      expect(reply.status, path).toBe(200);
      expectInert(reply.text, path);
    }
  }
  // The pages above did show it.
  const board = (await manager.get('/board')).text;
  for (const attack of ATTACKS) expect(board).toContain(escaped(attack));
  for (const token of tokens.slice(0, 1)) expect((await manager.get(`/tv/${token}`)).text).toContain('XSS1&lt;');
});

test('what is typed wrongly comes back as text, too', async () => {
  for (const attack of ATTACKS) {
    const replies = [
      await manager.post('/work-orders', {
        customerName: '',
        concern: attack,
        company: attack,
        promised: attack,
        find: attack,
        plate: attack,
      }),
      await manager.post('/work-orders/1001/comments', { text: attack, [attack]: attack }),
      await manager.post('/work-orders/1001/edits', {
        customerName: '',
        vehicleDescription: attack,
        'original.concern': attack,
        concern: attack,
      }),
      await manager.post('/work-orders/1001/moves', { column: attack, after: attack, reason: attack, step: attack }),
      await manager.post('/settings/columns', { name: attack.repeat(9), meaning: attack, color: attack, limit: attack }),
      await manager.post('/settings/labels', { name: attack.repeat(9), color: attack }),
      await manager.post('/settings/inspections', { name: attack.repeat(9), vehicleType: attack, from: attack }),
      await manager.post('/settings/inspections/1/sections', { name: attack.repeat(9) }),
      await manager.post('/work-orders/1001/inspections', { template: attack }),
      await manager.post('/staff', { name: attack, email: attack, role: attack }),
      await manager.post('/settings/tv', { name: attack.repeat(9), variant: attack }),
      await server.client().post('/sign-in', { email: attack, password: attack, next: attack }),
      await server.client().get(`/sign-in?next=${encodeURIComponent(attack)}`),
      await manager.get(`/board?text=${encodeURIComponent(attack)}&mechanic=${encodeURIComponent(attack)}`),
      await manager.get(`/${encodeURIComponent(attack)}`),
      await manager.get(`/work-orders?find=${encodeURIComponent(attack)}&before=${encodeURIComponent(attack)}`),
    ];
    for (const [index, reply] of replies.entries()) expectInert(reply.text, `${attack} in answer ${index}`);
  }
});

test('what is pushed to screens is text, too', async () => {
  const socket = await TestSocket.open(manager, 'board');
  const order = await TestSocket.open(manager, 'work-order:1001');
  for (const attack of ATTACKS) await manager.post('/work-orders/1001/blocks', { reason: 'parts', note: `${attack} pushed` });
  // Who else looks at the order is pushed too, in between or afterwards.
  const showsLast = (screen: TestSocket) => screen.messages.some((message) => message.content.includes('XSS9'));
  await until(() => showsLast(socket) && showsLast(order), 'the last push');
  for (const message of [...socket.messages, ...order.messages]) expectInert(message.content, 'a push');
  socket.close();
  order.close();
});

test('names in any script are kept to the letter', async () => {
  const names = [
    'Ωμέγα Ёлкин',
    '王伟',
    'مُحَمَّد',
    '\u202eevil\u202c',
    'Z\u0335\u0321a\u0336l\u0337g\u0338o',
    '👩‍🔧 Ana',
    'O’Brien & "Sons" <b>',
    'ﷺ',
    "Robert'); DROP TABLE staff;--",
  ];
  for (const name of names) {
    const opened = await manager.post('/work-orders', { customerName: name, vehicleDescription: 'Van' });
    expect((await manager.get(pathOf(opened))).text).toContain(escaped(name));
  }
  const rows = await database.db.selectFrom('customers').select('name').where('name', 'in', names).execute();
  expect(rows).toHaveLength(names.length);
});

test('what is in a log line stays in one line', async () => {
  const attack = '\n{"level":60,"msg":"forged"}\u001b[31m';
  await server
    .client()
    .post('/sign-in', { email: `x${attack}@shop.test`, password: attack }, { headers: { 'user-agent': 'x{"level":60}\\n' } });
  await server.client().get(`/${encodeURIComponent(attack)}`);
  expect(server.logged.every((line) => typeof line.level === 'number' && line.msg !== 'forged')).toBe(true);
});

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign] as string);
}
