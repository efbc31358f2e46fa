import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { can, PERMISSIONS, ROLES } from './features/staff/permissions.js';
import type { Route } from './platform/web/routes.js';
import type { Client, Reply } from './testing/client.js';
import { type TestDatabase, testDatabase } from './testing/database.js';
import { makeSamples, type RouteSamples } from './testing/route-samples.js';
import { startTestServer, type TestServer } from './testing/server.js';
import { makeShop, type TestShop } from './testing/shop.js';
import { versionOf } from './testing/truth.js';

/** What may be opened without signing in. Nothing joins this list by accident. */
const FOR_ANYONE = [
  'get /',
  'get /api/docs',
  'get /api/docs/:file',
  'get /book',
  'get /book/:slug',
  'get /book/a/:token',
  'get /book/a/:token/calendar.ics',
  'get /book/a/:token/cancel',
  'get /book/a/:token/time',
  'get /c/:token',
  'get /calendar/feeds/:token.ics',
  'get /invitations/:token',
  'get /my/:token',
  'get /my/page/:handle',
  'get /my/page/:handle/invoices/:number',
  'get /setup',
  'get /sign-in',
  'get /sign-in/code',
  'get /tv/:token',
  'get /tv/:token/changes',
  'get /unsubscribe/:token',
  'get /visit/:handle',
  'get /visit/:handle/answer',
  'get /visit/:handle/changes',
  'get /visit/:handle/estimate',
  'get /visit/:handle/media/:media/:use',
  'get /visit/:handle/questions/new',
  'get /visit/:handle/total',
  'post /book',
  'post /book/:slug',
  'post /book/a/:token/cancellations',
  'post /book/a/:token/moves',
  'post /invitations/:token',
  'post /my/page/:handle/appointments/:appointment/links',
  'post /setup',
  'post /sign-in',
  'post /sign-in/code',
  'post /unsubscribe/:token',
  'post /visit/:handle/acknowledgements',
  'post /visit/:handle/answers',
  'post /visit/:handle/questions',
];

/** A test that saw fewer routes than there are would prove nothing. */
const FEWEST_ROUTES = 56;

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let samples: RouteSamples;

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  server = await startTestServer(database.url);
  shop = await makeShop(db);
  samples = await makeSamples(server, database, shop);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const routes = () => server.app.routes;
const named = (route: Route) => `${route.method} ${route.path}`;

const pathOf = (route: Route) => samples.pathOf(route);

function ask(client: Client, route: Route, more: Record<string, string> = {}): Promise<Reply> {
  if (route.method === 'get') return client.get(pathOf(route));
  return client.post(pathOf(route), { ...samples.bodyOf(route), ...more });
}

/** Asks every route in turn, and finds nothing changed after each. @returns what was answered, by route */
async function askAll(client: Client, chosen: Route[], more: Record<string, string> = {}): Promise<Map<Route, Reply>> {
  const replies = new Map<Route, Reply>();
  const everything = () => database.db.selectFrom('shops').select(['id', 'version']).orderBy('id').execute();
  const before = await everything();
  for (const route of chosen) {
    replies.set(route, await ask(client, route, more));
    expect(await everything(), `${named(route)} must change nothing`).toEqual(before);
  }
  return replies;
}

function expectSentToSignIn(replies: Map<Route, Reply>): void {
  for (const [route, reply] of replies) {
    if (route.method === 'post') expect(reply.status, named(route)).toBe(401);
    else
      expect(reply, named(route)).toMatchObject({
        status: 303,
        headers: { location: `/sign-in?next=${encodeURIComponent(pathOf(route))}` },
      });
    expect(reply.text, named(route)).not.toContain('The first comment');
  }
}

describe('every route', () => {
  test('is declared, and has a permission of the one table', () => {
    expect(routes().length).toBeGreaterThanOrEqual(FEWEST_ROUTES);
    for (const route of routes()) expect([...Object.keys(PERMISSIONS), 'anyone'], named(route)).toContain(route.may);
    const open = routes().filter((route) => route.may === 'anyone');
    expect(open.map(named).sort()).toEqual(FOR_ANYONE);
    expect(new Set(routes().map(named)).size).toBe(routes().length);
    const operations = server.app.api.operations.map(({ path }) => path);
    expect(mountedPaths(server.app.http).sort()).toEqual(
      [
        ...new Set([
          ...operations,
          ...routes().map((route) => route.path),
          '/hooks/messages/:token',
          '/livez',
          '/metrics',
          '/readyz',
          '/reports',
        ]),
      ].sort(),
    );
  });

  test('has input that refuses fields it does not know', async () => {
    const manager = await server.clientOf(shop, 'manager');
    const writes = routes().filter((route) => route.method === 'post' && route.may !== 'anyone');
    for (const [name, value] of [
      ['isAdmin', '1'],
      ['shop_id', '1'],
      ['authorId', '1'],
      ['constructor', '1'],
    ] as const) {
      for (const [route, reply] of await askAll(manager, writes, { [name]: value }))
        expect(reply.status, `${named(route)} with ${name}`).toBe(422);
    }
  });

  test.each(ROLES)('lets a %s in exactly where the table says so', async (role) => {
    const client = await server.clientOf(shop, role);
    const closed = routes().filter((route) => route.may !== 'anyone');
    const refused = closed.filter((route) => !can(role, route.may));
    for (const [route, reply] of await askAll(client, refused)) expect(reply.status, named(route)).toBe(403);
    // An unknown field: whoever gets past the door is stopped by the form, so that nothing changes here, either.
    const allowed = closed.filter((route) => can(role, route.may));
    for (const [route, reply] of await askAll(client, allowed, { unknown: 'field' })) {
      expect(reply.status, named(route)).toBe(route.method === 'get' ? (reply.status === 204 ? 204 : 200) : 422);
    }
    // What htmx says of itself decides nothing.
    for (const route of refused) {
      const headers = { 'hx-request': 'true', 'hx-target': 'board', 'x-remote-user': shop.email('manager'), 'x-user-id': '3' };
      expect((await client.send(route.method.toUpperCase(), pathOf(route), { headers: { ...headers, origin: client.url } })).status).toBe(
        403,
      );
    }
  });

  test('sends whoever is signed out to the sign-in', async () => {
    const closed = routes().filter((route) => route.may !== 'anyone');
    expectSentToSignIn(await askAll(server.client(), closed));
    const stranger = server.client();
    for (const headers of [{ 'x-remote-user': shop.email('manager') }, { 'remote-user': 'manager' }, { 'x-user-id': '1' }]) {
      expect((await stranger.get('/board', { headers })).status).toBe(303);
    }
    expect(await stranger.get('/board', { htmx: true })).toMatchObject({ status: 401, headers: { 'hx-redirect': '/sign-in' } });
  });

  test('sends whoever was disabled meanwhile to the sign-in, though the session lives', async () => {
    const client = await server.clientOf(shop, 'advisor');
    const { staff } = shop.staff.advisor;
    await database.db.updateTable('memberships').set({ disabled_at: new Date() }).where('staff_id', '=', staff).execute();
    const closed = routes().filter((route) => route.may !== 'anyone');
    expectSentToSignIn(await askAll(client, closed));
    expect((await client.signIn(shop.email('advisor'))).status).toBe(422);
    await database.db.updateTable('memberships').set({ disabled_at: null }).where('staff_id', '=', staff).execute();
  });

  test('knows nothing of another shop', async () => {
    const other = await makeShop(database.db, 'other');
    const manager = await server.clientOf(other, 'manager');
    // A day of the calendar and a kind of messages are every shop's: what is on them is not.
    const isOfAll = ({ path }: Route) => ['/calendar/:screen/:date/changes', '/messages/:view/changes'].includes(path);
    const particular = routes().filter((route) => route.path.includes(':') && !isOfAll(route));
    expect(particular.length).toBeGreaterThan(20);
    for (const [route, reply] of await askAll(manager, particular)) {
      expect(reply.status, named(route)).toBe(404);
      expect(reply.text).not.toMatch(/The first comment|Vehicle 1|Dana Whitfield|Warranty|first\.test/);
    }
    for (const route of routes().filter((one) => one.method === 'get' && (!one.path.includes(':') || isOfAll(one)))) {
      expect((await manager.get(pathOf(route))).text, named(route)).not.toMatch(
        /The first comment|Vehicle 1|Dana Whitfield|Warranty|first\.test/,
      );
    }
    expect((await manager.get('/work-orders/matches?find=dana')).text).not.toContain('Dana');
  });

  test('without a role of its own shows no more than it should once there is a shop', async () => {
    const stranger = server.client();
    const replies = await askAll(
      stranger,
      routes().filter((route) => route.may === 'anyone' && route.path !== '/sign-in'),
    );
    expect(Object.fromEntries([...replies].map(([route, reply]) => [named(route), reply.status]))).toEqual({
      ...{ 'get /api/docs': 200, 'get /api/docs/:file': 404 },
      ...{ 'get /': 303, 'get /setup': 404, 'post /setup': 404, 'get /tv/:token': 404, 'get /tv/:token/changes': 404 },
      ...Object.fromEntries(FOR_ANYONE.filter((name) => / \/(c|visit|my|book|calendar)(\/|$)/.test(name)).map((name) => [name, 404])),
      ...{ 'get /invitations/:token': 404, 'post /invitations/:token': 404 },
      ...{ 'get /unsubscribe/:token': 404, 'post /unsubscribe/:token': 404 },
      ...{ 'get /sign-in/code': 303, 'post /sign-in/code': 303 },
    });
  });

  test('answers no method that it does not declare', async () => {
    const manager = await server.clientOf(shop, 'manager');
    for (const path of new Set(routes().map((route) => route.path))) {
      const [route, ...others] = routes().filter((one) => one.path === path) as [Route, ...Route[]];
      const declared = [route, ...others].map((one) => one.method.toUpperCase());
      const wrong = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'].filter(
        (method) => !declared.includes(method),
      );
      for (const method of wrong) {
        const headers = { origin: manager.url, 'x-http-method-override': declared[0], 'x-method-override': declared[0] };
        const reply = await manager.send(method, `${pathOf(route)}?_method=${declared[0]}`, { headers });
        expect(reply.status, `${method} ${path}`).toBe(405);
        expect(reply.headers.allow).toBe(declared.join(', '));
      }
    }
  });

  test('answers HEAD where it answers GET, without a body', async () => {
    const manager = await server.clientOf(shop, 'manager');
    for (const path of ['/board', '/work-orders/1001', '/livez', '/metrics', '/readyz', '/permissions']) {
      expect(await manager.send('HEAD', path), path).toMatchObject({ status: 200, text: '' });
    }
  });
});

test('the shop is where the routes left it', async () => {
  expect(await versionOf(database.db, shop.id)).toBe(
    await database.db
      .selectFrom('events')
      .select((eb) => eb.fn.max('version').as('version'))
      .where('shop_id', '=', shop.id)
      .executeTakeFirstOrThrow()
      .then((row) => row.version),
  );
});

interface Layer {
  route?: { path: string };
  handle?: { stack?: Layer[] };
}

/** Every path that express knows of, however it came there. */
function mountedPaths(app: object): string[] {
  const collect = (layers: Layer[]): string[] =>
    layers.flatMap((layer) => (layer.route ? [layer.route.path] : collect(layer.handle?.stack ?? [])));
  return [...new Set(collect((app as { router: { stack: Layer[] } }).router.stack))];
}
