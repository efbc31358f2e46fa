import { afterAll, beforeAll, expect, test } from 'vitest';
import { addLine } from './features/jobs/lines.js';
import { getWorkOrder } from './features/work-orders/details.js';
import { ApiClient } from './testing/api.js';
import { type TestDatabase, testDatabase } from './testing/database.js';
import { photoBytes } from './testing/media.js';
import { startTestServer, type TestServer } from './testing/server.js';
import { makeShop, openOrders, type TestShop } from './testing/shop.js';
import { uploadFiles } from './testing/upload.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: ApiClient;
let mechanic: ApiClient;
let stranger: ApiClient;
/** With a part that costs $20.00 and is sold for $50.00, and a discount of the whole order. */
let priced: number;
let other: number;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  const { db } = database;
  shop = await makeShop(db);
  const second = await makeShop(db, 'second');
  [priced, other] = (await openOrders(db, shop.staff.advisor, 2)) as [number, number];
  await openOrders(db, second.staff.advisor, 2);
  const job = (await getWorkOrder(db, shop.id, priced)).jobs[0]?.id as number;
  const add = (line: object) => addLine(db, shop.staff.manager, priced, { coreCents: null, fee: null, ...line } as never);
  await add({ job, kind: 'part', fields: { description: 'Brake pads', quantity: '1', cost: '20.00', price: '50.00' } });
  await add({ job: null, kind: 'discount', fields: { description: 'Thanks', price: '5.00' } });
  manager = await ApiClient.signIn(server.client(), shop, 'manager');
  mechanic = await ApiClient.signIn(server.client(), shop, 'mechanic');
  stranger = await ApiClient.signIn(server.client(), second, 'manager');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** Every amount that is anywhere in an answer. */
function amounts(json: unknown): number[] {
  if (json === null || typeof json !== 'object') return [];
  return Object.entries(json).flatMap(([key, value]) => (key === 'cents' ? [value as number] : amounts(value)));
}

test('who sees prices gets sums in cents with the currency; a mechanic gets no amount at all, and no line that is only money', async () => {
  const whole = (await manager.get(`/work-orders/${priced}`)).json;
  expect(whole.totals.total).toEqual({ cents: 4500, currency: 'USD' });
  expect(whole.jobs[0].lines[0]).toMatchObject({ price: { cents: 5000 }, cost: { cents: 2000 }, quantity_hundredths: 100 });
  expect(whole.lines).toHaveLength(1);
  const vehicle = whole.vehicle.id;
  const line = whole.jobs[0].lines[0].id;

  for (const path of ['/work-orders', `/work-orders/${priced}`, `/work-orders/${priced}/lines/${line}`, `/vehicles/${vehicle}/visits`]) {
    expect(amounts((await manager.get(path)).json), path).not.toEqual([]);
    const { status, json, text } = await mechanic.get(path);
    expect(status, path).toBe(200);
    expect(amounts(json), path).toEqual([]);
    expect(text, path).not.toMatch(/5000|4500|2000|Thanks/);
  }
  const { json } = await mechanic.get(`/work-orders/${priced}`);
  expect(json).toMatchObject({ totals: null, lines: [], jobs: [{ lines: [{ description: 'Brake pads', price: null, cost: null }] }] });
  expect((await mechanic.get(`/work-orders/${priced}/lines/${whole.lines[0].id}`)).status).toBe(404);
  expect((await mechanic.get(`/vehicles/${vehicle}`)).json.owner).toBeNull();
  expect((await mechanic.get(`/work-orders/${priced}/authorizations`)).status).toBe(403);
});

test('a change on top of one that was not seen is refused, and leaves what the other wrote', async () => {
  const path = `/work-orders/${other}`;
  const seen = (await manager.get(path)).headers.etag as string;
  const theirs = await manager.send('patch', path, { body: { tag: 'A 1' }, headers: { 'if-match': seen } });
  expect(theirs).toMatchObject({ status: 200, json: { tag: 'A 1' } });
  const mine = await manager.send('patch', path, { body: { tag: 'B 2' }, headers: { 'if-match': seen } });
  expect(mine.status).toBe(412);
  expect((await manager.get(path)).json.tag).toBe('A 1');
  const again = await manager.send('patch', path, { body: { tag: 'B 2' }, headers: { 'if-match': theirs.headers.etag as string } });
  expect(again).toMatchObject({ status: 200, json: { tag: 'B 2' } });
});

test('what is not given stays: a PATCH of one field changes no other', async () => {
  const body = {
    customer_name: 'Ivy Okafor',
    phone: '555 0177',
    vehicle_description: '2021 Honda Civic',
    plate: 'KLM 482',
    concern: 'Oil',
  };
  const made = await manager.send('post', '/work-orders', { body });
  expect(made).toMatchObject({ status: 201, json: { customer: { name: 'Ivy Okafor' }, vehicle: { plate: 'KLM 482' } } });
  const { number, customer, vehicle, jobs } = made.json;
  const changed = await manager.send('patch', `/work-orders/${number}`, { body: { po_number: '77' } });
  expect({ ...changed.json, po_number: '' }).toEqual(made.json);
  const before = (await manager.get(`/customers/${customer.id}`)).json;
  expect((await manager.send('patch', `/customers/${customer.id}`, { body: { email: 'ivy@example.com' } })).json).toEqual({
    ...before,
    email: 'ivy@example.com',
  });
  const car = (await manager.get(`/vehicles/${vehicle.id}`)).json;
  expect((await manager.send('patch', `/vehicles/${vehicle.id}`, { body: { color: 'blue' } })).json).toEqual({ ...car, color: 'blue' });
  const job = await manager.send('patch', `/work-orders/${number}/jobs/${jobs[0].id}`, { body: { cause: 'Old oil' } });
  expect(job.json).toEqual({ ...jobs[0], cause: 'Old oil' });
});

test('refusals of the nouns come back under the names of the API', async () => {
  const job = (await manager.get(`/work-orders/${priced}`)).json.jobs[0].id;
  const body = { kind: 'part', job, description: 'Pads', quantity_hundredths: 0, price_cents: -5 };
  const reply = await manager.send('post', `/work-orders/${priced}/lines`, { body });
  expect(reply.status).toBe(422);
  const named = ({ json }: { json: { errors: { field: string }[] } }) => json.errors.map(({ field }) => field).sort();
  expect(named(reply)).toEqual(['price_cents', 'quantity_hundredths']);
  const empty = await manager.send('post', '/work-orders', { body: {} });
  expect(named(empty)).toEqual(['customer_name', 'vehicle_description']);
});

test('a list is read to its end page by page, each thing once, also when something new comes between', async () => {
  const seen: number[] = [];
  let next: string | null = null;
  do {
    const { json } = await manager.get(`/work-orders?limit=1${next ? `&after=${next}` : ''}`);
    seen.push(...json.items.map((one: { number: number }) => one.number));
    next = json.next;
    if (seen.length === 1) await openOrders(database.db, shop.staff.advisor, 1);
  } while (next);
  expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a));
  expect(seen).toEqual(expect.arrayContaining([priced, other]));
  const since = (await manager.get('/board')).json.version;
  await manager.send('put', `/work-orders/${other}/block`, { body: { reason: 'tool' } });
  const changed = await manager.get(`/work-orders?changed_since=${since}`);
  expect(changed.json.items).toMatchObject([{ number: other, blocked: 'tool' }]);
});

test('photos are sent as files, come back as they were, are shown to the customer by who may, and are nobody else’s', async () => {
  const photo = await photoBytes(7);
  const send = (client: ApiClient, files: { name: string; bytes: Buffer | string }[]) =>
    uploadFiles(server.client(), `/api/v1/work-orders/${priced}/media`, { arrival: 'on' }, files, {
      headers: { authorization: `Bearer ${client.token}` },
    });
  const files = [
    { name: 'a.jpg', bytes: photo },
    { name: 'b.txt', bytes: 'no picture' },
  ];
  const sent = await send(mechanic, files);
  expect(sent.status, sent.text).toBe(201);
  const { files: outcomes } = JSON.parse(sent.text);
  expect(outcomes).toMatchObject([
    { state: 'added', why: null },
    { state: 'refused', media: null },
  ]);
  expect(JSON.parse((await send(mechanic, [files[0] as (typeof files)[0]])).text).files).toMatchObject([{ state: 'already' }]);
  expect((await send(mechanic, [files[1] as (typeof files)[0]])).status).toBe(422);
  expect((await send(stranger, [{ name: 'c.jpg', bytes: await photoBytes(8) }])).status).toBe(201);
  expect((await manager.get(`/work-orders/${priced}/media`)).json.items).toHaveLength(1);

  const path = `/work-orders/${priced}/media/${outcomes[0].media}`;
  const { json } = await mechanic.get(path);
  expect(json).toMatchObject({ arrival: true, released: false, caption: '' });
  const screen = json.files.find(({ use }: { use: string }) => use === 'screen').url.replace('/api/v1', '');
  const shown = await mechanic.get(screen);
  expect(shown).toMatchObject({ status: 200, headers: { 'content-type': 'image/jpeg' } });
  expect((await mechanic.get(`${path}/files/original`)).status).toBe(403);
  expect((await manager.get(`${path}/files/original`)).headers['content-length']).toBe(String(photo.length));
  for (const address of [path, screen, `${path}/files/original`]) expect((await stranger.get(address)).status, address).toBe(404);

  expect((await mechanic.send('put', `${path}/release`, { body: { shown: true } })).status).toBe(403);
  expect((await manager.send('put', `${path}/release`, { body: { shown: true } })).json).toMatchObject({ released: true, seen: true });
  expect((await manager.send('delete', path)).status).toBe(204);
  expect((await manager.get(screen)).status).toBe(404);
});

test('consent is written down for what the customer was asked about, and not for what it has become', async () => {
  const path = `/work-orders/${priced}`;
  const asked = (await manager.get(`${path}/offer`)).json;
  const answer = {
    ...{ method: 'in-person', given_by: 'Dana Whitfield', offer: asked.offer, shown_cents: asked.total.cents },
    answers: [{ job: asked.jobs[0].id, decision: 'approve' }],
  };
  const line = (await manager.get(path)).json.jobs[0].lines[0].id;
  await manager.send('patch', `${path}/lines/${line}`, { body: { price_cents: 6000 } });
  expect((await manager.send('post', `${path}/authorizations`, { body: answer })).status).toBe(409);
  const now = (await manager.get(`${path}/offer`)).json;
  const body = { ...answer, offer: now.offer, shown_cents: now.total.cents };
  expect(await manager.send('post', `${path}/authorizations`, { body })).toMatchObject({ status: 201, json: { authorized: now.total } });
  expect((await manager.get(`${path}/authorizations`)).json.items).toMatchObject([
    { method: 'in-person', given_by: 'Dana Whitfield', authorized: now.total, decisions: [{ decision: 'approve' }] },
  ]);
  expect((await manager.get(path)).json.jobs[0].consent).toBe('approved');
});

test('ids of another shop in a body are no more known than those in an address', async () => {
  const mine = (await manager.get(`/work-orders/${priced}`)).json;
  const [theirs] = (await stranger.get('/work-orders')).json.items;
  const before = (await stranger.get(`/work-orders/${theirs.number}`)).text;
  const tries: [string, string, object][] = [
    ['post', '/work-orders', { vehicle: mine.vehicle.id }],
    ['post', '/work-orders', { customer: mine.customer.id, vehicle_description: 'A car' }],
    ['patch', `/work-orders/${theirs.number}`, { bill_to: mine.customer.id }],
    ['put', `/work-orders/${theirs.number}/assignment`, { mechanic: shop.staff.mechanic.staff, advisor: null }],
    ['post', `/work-orders/${theirs.number}/lines`, { kind: 'fee', job: mine.jobs[0].id, description: 'x', price_cents: 1 }],
    ['put', `/customers/${theirs.customer.id}/payer`, { payer: mine.customer.id }],
  ];
  for (const [method, path, body] of tries) {
    const reply = await stranger.send(method, path, { body });
    expect([404, 422], `${method} ${path}: ${reply.text}`).toContain(reply.status);
  }
  expect((await stranger.get(`/work-orders/${theirs.number}`)).text).toBe(before);
});

test('what an invitation is opened by is in no answer, and in no event', async () => {
  const body = { name: 'Sam Rivera', email: 'sam@example.test', role: 'mechanic' };
  const reply = await manager.send('post', '/staff', { body, headers: { 'idempotency-key': 'invite-sam-0001' } });
  expect(reply).toMatchObject({ status: 201, json: { name: 'Sam Rivera', active: false } });
  const { result } = await database.db.selectFrom('events').select('result').where('kind', '=', 'staff.invited').executeTakeFirstOrThrow();
  expect(Object.keys(result as object).sort()).toEqual(['getsLink', 'staff']);
});

test('settings are read as the form reads them, and refused under the names of the API', async () => {
  const refused = async (method: string, path: string, body: object) => {
    const { status, json } = await manager.send(method, path, { body });
    expect(status, path).toBe(422);
    return json.errors.map(({ field }: { field: string }) => field);
  };
  expect(await refused('post', '/labor-rates', { name: 'Diesel', per_hour_cents: 10_000_001 })).toEqual(['per_hour_cents']);
  expect(await refused('post', '/fees', { name: ' ', amount_cents: 5 })).toEqual(['name']);
  const lines = [{ kind: 'fee', description: '' }];
  expect(await refused('post', '/canned-jobs', { name: 'Oil change', lines })).toEqual(['lines.0.description', 'lines.0.price_cents']);
  const matrix = { name: 'Parts', kind: 'part', basis: 'multiplier', bands: [{ from_cents: 0, ppm: 2_500_000 }] };
  const made = await manager.send('post', '/price-matrices', { body: matrix });
  expect(made).toMatchObject({ status: 201, json: { ...matrix, is_default: true, archived: false } });
  expect((await manager.get(`/price-matrices/${made.json.id}`)).json).toEqual(made.json);
  const wrong = [{ from_cents: 0, ppm: 2_000_000 }];
  expect(await refused('put', `/price-matrices/${made.json.id}`, { name: 'Parts', basis: 'margin', bands: wrong })).toEqual([
    'bands.0.ppm',
  ]);
  expect((await stranger.get(`/price-matrices/${made.json.id}`)).status).toBe(404);
  expect((await mechanic.get('/price-matrices')).status).toBe(403);

  const { json: paper, headers } = await manager.get('/settings/paper');
  const ifMatch = { 'if-match': headers.etag as string };
  const mine = await manager.send('put', '/settings/paper', { body: { ...paper, phone: '555 0100' }, headers: ifMatch });
  expect(mine).toMatchObject({ status: 200, json: { ...paper, phone: '555 0100' } });
  expect((await manager.send('put', '/settings/paper', { body: paper, headers: ifMatch })).status).toBe(412);
});

test('the secret of a webhook is told once, and kept nowhere in the clear', async () => {
  const body = { name: 'Bookkeeping', url: 'https://hooks.example.com/x', kinds: ['shop.made'] };
  const headers = { 'idempotency-key': 'a-webhook' };
  const first = await manager.send('post', '/webhooks', { body, headers });
  expect(first).toMatchObject({ status: 201, json: { webhook: { name: 'Bookkeeping', kinds: ['shop.made'] } } });
  expect(first.json.secret).toMatch(/^whsec_/);
  expect((await manager.send('post', '/webhooks', { body, headers })).json).toEqual({ ...first.json, secret: null });
  expect((await manager.get('/webhooks')).json.items).toEqual([first.json.webhook]);
  const kept = await database.db.selectFrom('api_requests').select(['status', 'answer']).where('key', '=', 'a-webhook').execute();
  expect(kept).toEqual([{ status: null, answer: null }]);
  expect(await manager.send('post', '/webhooks', { body: { ...body, kinds: [] } })).toMatchObject({
    json: { errors: [{ field: 'kinds' }] },
  });
});

test('the customer’s link is given to who may change something, and reading tells only until when it works', async () => {
  const path = `/work-orders/${other}`;
  expect((await manager.get(`${path}/link`)).json).toEqual({ expires_at: null });
  const { json } = await manager.send('post', `${path}/links`, { body: {}, headers: { 'idempotency-key': 'a-link' } });
  expect(json.url).toMatch(/\/c\/[\w-]{20,}$/);
  expect((await manager.get(`${path}/link`)).json).toEqual({ expires_at: json.expires_at });
  const again = await manager.send('post', `${path}/links`, { body: {}, headers: { 'idempotency-key': 'a-link' } });
  expect(again.json).toEqual(json);
  expect((await manager.send('delete', `${path}/links`)).status).toBe(204);
  expect((await manager.get(`${path}/link`)).json).toEqual({ expires_at: null });
});

test('a duplicate is put together with the one that is kept, and taken apart again', async () => {
  const { json: kept } = await manager.send('post', '/customers', { body: { name: 'Ivy Okafor', phone: '555 0177' } });
  const { json: gone } = await manager.send('post', '/customers', { body: { name: 'Ivy Okafor', email: 'ivy@example.com' } });
  const contact = await manager.send('post', `/customers/${gone.id}/contacts`, { body: { name: 'Lee', phone: '555 0188' } });
  const changed = await manager.send('patch', `/customers/${gone.id}/contacts/${contact.json.id}`, { body: { role: 'Workshop' } });
  expect(changed.json).toEqual({ ...contact.json, role: 'Workshop' });
  const merge = await manager.send('post', `/customers/${gone.id}/merges`, { body: { into: kept.id } });
  expect(merge).toMatchObject({ status: 201, json: { kind: 'customer', kept: kept.id, gone: gone.id } });
  const merged = { contacts: [changed.json], email: 'ivy@example.com', merges: [{ id: merge.json.id, name: 'Ivy Okafor' }] };
  expect((await manager.get(`/customers/${kept.id}`)).json).toMatchObject(merged);
  expect((await manager.get(`/customers/${gone.id}`)).json).toMatchObject({ merged_into: kept.id, contacts: [] });
  expect((await stranger.send('delete', `/merges/${merge.json.id}`)).status).toBe(404);
  expect(await manager.send('delete', `/merges/${merge.json.id}`)).toMatchObject({ status: 200, json: merge.json });
  expect((await manager.get(`/customers/${kept.id}`)).json).toEqual(kept);
});
