import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { TestSocket } from '../../testing/socket.js';
import { createWorkOrder } from '../work-orders/create.js';
import { makeTvLink, revokeTvLink } from './links.js';

/** Nothing of this may stand on a screen in the lobby. */
const PRIVATE = {
  customerName: 'Dana Whitfieldson',
  phone: '(312) 555-0142',
  email: 'dana@private.test',
  plate: 'KLM 4821',
  vehicleDescription: '2019 Toyota Corolla',
  concern: 'It squeals when cold',
};

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let number: number;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  server = await startTestServer(database.url);
  number = (await createWorkOrder(database.db, shop.staff.advisor, newOrder(PRIVATE))).result.number;
  const fleet = newOrder({ ...PRIVATE, customerName: 'Pat Onlyperson', company: 'Northside Courier Co.', plate: 'ABC 1' });
  await createWorkOrder(database.db, shop.staff.advisor, fleet);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const link = (variant: 'floor' | 'lobby') => makeTvLink(database.db, shop.staff.manager, { name: 'Bay 1', variant });

test('an unknown link is not found, as a page and as changes', async () => {
  const tv = server.client();
  for (const path of ['/tv/unknown', '/tv/unknown/changes?since=1', `/tv/${'x'.repeat(500)}`]) {
    expect(await tv.get(path)).toMatchObject({ status: 404 });
  }
});

test('a screen shows the floor, and neither gets nor needs a cookie', async () => {
  const token = await link('floor');
  const manager = await server.clientOf(shop, 'manager');
  for (const tv of [server.client(), manager]) {
    const before = tv.cookie;
    const reply = await tv.get(`/tv/${token}`);
    expect(reply.status).toBe(200);
    expect(reply.headers['set-cookie']).toBeUndefined();
    expect(reply.headers['cache-control']).toContain('no-store');
    expect(reply.text).toContain(`<strong>${number}</strong>`);
    expect(reply.text).toContain(PRIVATE.vehicleDescription);
    expect(tv.cookie).toBe(before);
  }
  const sessions = await database.db.selectFrom('session').select('sid').execute();
  expect(sessions).toHaveLength(1);
});

test('the lobby shows first names and stages, and nothing else of anybody', async () => {
  const token = await link('lobby');
  const tv = server.client();
  const socket = await TestSocket.open(tv, `tv:${token}`);
  await createWorkOrder(database.db, shop.staff.advisor, newOrder({ ...PRIVATE, plate: 'KLM 4822' }));
  await until(() => socket.messages.length > 0, 'the message to the lobby');
  const [, page = ''] = (await tv.get(`/tv/${token}`)).text.split('id="stages"');
  const texts = [page, (await tv.get(`/tv/${token}/changes`)).text, socket.messages[0]?.content ?? ''];
  socket.close();
  for (const text of texts) {
    expect(text).toContain('>Dana<');
    expect(text).toContain('>NC<');
    expect(text).toContain('Estimates');
    for (const secret of [
      'Whitfieldson',
      'Onlyperson',
      'Northside',
      '555',
      'private.test',
      'KLM',
      'ABC',
      'Corolla',
      'squeals',
      `${number}`,
    ]) {
      expect(text).not.toContain(secret);
    }
  }
});

test('changes: 204 at the same version, else everything, with version and assets', async () => {
  const token = await link('floor');
  const tv = server.client();
  const whole = await tv.get(`/tv/${token}/changes?since=-1`);
  expect(whole).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } });
  const version = Number(whole.headers['x-version']);
  expect(whole.headers['x-assets']).toBe(/data-assets="(\w+)"/.exec((await tv.get(`/tv/${token}`)).text)?.[1]);
  expect(await tv.get(`/tv/${token}/changes?since=${version}`)).toMatchObject({ status: 204, text: '' });
  await createWorkOrder(database.db, shop.staff.advisor, newOrder({ vehicleDescription: 'A new tractor' }));
  const next = await tv.get(`/tv/${token}/changes?since=${version}`);
  expect(next.text).toContain('A new tractor');
  expect(Number(next.headers['x-version'])).toBe(version + 1);
});

test('a revoked link is dead at once, and its socket within seconds', async () => {
  const token = await link('floor');
  const tv = server.client();
  const socket = await TestSocket.open(tv, `tv:${token}`);
  const { id } = await database.db.selectFrom('tv_links').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
  await revokeTvLink(database.db, shop.staff.manager, id);
  expect((await tv.get(`/tv/${token}`)).status).toBe(404);
  const changes = await tv.get(`/tv/${token}/changes`);
  expect(changes.status).toBe(404);
  expect(changes.headers['x-assets']).toBeDefined();
  await until(() => socket.closed !== undefined, 'the socket to close');
  expect(socket.closed?.code).toBe(4401);
  await expect(TestSocket.open(tv, `tv:${token}`)).rejects.toThrow('403');
});

test('a manager makes a link that is shown once, and revokes it; of another shop nothing can be revoked', async () => {
  const manager = await server.clientOf(shop, 'manager');
  const made = await manager.post('/settings/tv', { name: 'Waiting room', variant: 'lobby' });
  const url = /value="(http[^"]+\/tv\/[\w-]+)"/.exec(made.text)?.[1] ?? '';
  expect((await server.client().get(new URL(url).pathname)).status).toBe(200);
  const list = await manager.get('/settings/tv');
  expect(list.text).toContain('Waiting room');
  expect(list.text).not.toContain(url);
  const id = /settings\/tv\/(\d+)\/revocations/.exec(list.text)?.[1];
  const other = await makeShop(database.db, 'second');
  const stranger = await server.clientOf(other, 'manager');
  expect((await stranger.post(`/settings/tv/${id}/revocations`)).status).toBe(404);
  expect((await manager.post(`/settings/tv/${id}/revocations`)).status).toBe(303);
  expect((await server.client().get(new URL(url).pathname)).status).toBe(404);
  expect((await (await server.clientOf(shop, 'advisor')).get('/settings/tv')).status).toBe(403);
});

test('a form that is not right comes back with what was typed and a sentence', async () => {
  const manager = await server.clientOf(shop, 'manager');
  const reply = await manager.post('/settings/tv', { name: 'Bay <2>', variant: 'moon' });
  expect(reply.status).toBe(422);
  expect(reply.text).toContain('Bay &lt;2&gt;');
  expect(reply.text).toContain('Please choose what it shows.');
});
