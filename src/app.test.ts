import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeToken } from './features/api/named-tokens.js';
import { type FoundLink, findLink, makeLink } from './features/approvals/links.js';
import { askQuestion } from './features/approvals/questions.js';
import { addContact } from './features/customers/contacts.js';
import { addCustomer } from './features/customers/customers.js';
import { mergeCustomers } from './features/customers/merges.js';
import { NO_FIELDS } from './features/customers/rules.js';
import { saveItem } from './features/inspections/findings.js';
import { startInspection } from './features/inspections/inspections.js';
import { listTemplates } from './features/inspections/templates.js';
import { addJob } from './features/jobs/jobs.js';
import { addLine } from './features/jobs/lines.js';
import { addLabel, listLabels } from './features/labels/labels.js';
import { can, PERMISSIONS, ROLES } from './features/staff/permissions.js';
import { makeTvLink } from './features/tv/links.js';
import { NO_FIELDS as NO_VEHICLE } from './features/vehicles/rules.js';
import { addVehicle } from './features/vehicles/vehicles.js';
import { HookSecrets } from './features/webhooks/secrets.js';
import { addHook } from './features/webhooks/webhooks.js';
import { addComment } from './features/work-orders/comments.js';
import type { Route } from './platform/web/routes.js';
import type { Client, Fields, Reply } from './testing/client.js';
import { type TestDatabase, testDatabase } from './testing/database.js';
import { addPhotos } from './testing/media.js';
import { startTestServer, type TestServer } from './testing/server.js';
import { makeSettings, SETTINGS_BODIES } from './testing/settings-samples.js';
import { makeShop, openOrders, PASSWORD, type TestShop } from './testing/shop.js';
import { versionOf } from './testing/truth.js';

/** What may be opened without signing in. Nothing joins this list by accident. */
const FOR_ANYONE = [
  'get /',
  'get /api/docs',
  'get /api/docs/:file',
  'get /c/:token',
  'get /invitations/:token',
  'get /setup',
  'get /sign-in',
  'get /sign-in/code',
  'get /tv/:token',
  'get /tv/:token/changes',
  'get /visit/:handle',
  'get /visit/:handle/answer',
  'get /visit/:handle/changes',
  'get /visit/:handle/estimate',
  'get /visit/:handle/media/:media/:use',
  'get /visit/:handle/questions/new',
  'get /visit/:handle/total',
  'post /invitations/:token',
  'post /setup',
  'post /sign-in',
  'post /sign-in/code',
  'post /visit/:handle/acknowledgements',
  'post /visit/:handle/answers',
  'post /visit/:handle/questions',
];

/** A test that saw fewer routes than there are would prove nothing. */
const FEWEST_ROUTES = 56;

const SETUP = { shopName: 'Second', timeZone: 'UTC', name: 'Eve', email: 'eve@evil.test', password: 'a password of some length' };
const EDIT = { customerName: 'Dana', vehicleDescription: 'Changed', 'original.vehicleDescription': 'Vehicle 1' };
const COLUMN = { name: 'Alignment', meaning: 'active', color: 'teal', limit: '' };

/** For every write a body that would change something, if it were let in. */
const BODIES: Record<string, (shop: TestShop) => Fields> = {
  '/setup': () => SETUP,
  '/sign-in': (shop) => ({ email: shop.email('manager'), password: PASSWORD }),
  '/sign-in/code': () => ({ code: '123456' }),
  '/sign-out': () => ({}),
  '/account/session-endings': () => ({}),
  '/account/sessions/:session/endings': () => ({}),
  '/account/second-factor': () => ({ secret: 'x'.repeat(64), code: '123456', password: PASSWORD }),
  '/account/second-factor/recovery-codes': () => ({ password: PASSWORD }),
  '/account/second-factor/removals': () => ({ password: PASSWORD }),
  '/account/password': () => ({ current: PASSWORD, password: 'another long password' }),
  '/invitations/:token': () => ({ password: 'another long password' }),
  '/work-orders/:number/moves': (shop) => ({ column: shop.columns[1]?.id ?? 0, after: '' }),
  '/board/undos': () => ({ move: 1 }),
  '/work-orders': () => ({ customerName: 'Eve', vehicleDescription: 'Van' }),
  '/work-orders/:number/edits': () => EDIT,
  '/work-orders/:number/assignments': (shop) => ({ mechanic: shop.staff.mechanic.staff, advisor: '' }),
  '/work-orders/:number/takes': () => ({}),
  '/work-orders/:number/blocks': () => ({ reason: 'parts', note: 'belt' }),
  '/work-orders/:number/blocks/removals': () => ({}),
  '/work-orders/:number/labels': () => ({ label: 1, on: 'yes' }),
  '/work-orders/:number/hand-overs': () => ({}),
  '/work-orders/:number/returns': () => ({ reason: 'It squeals again' }),
  '/work-orders/:number/comments': () => ({ text: 'Hello' }),
  '/work-orders/:number/comments/:comment/edits': () => ({ text: 'Changed' }),
  '/work-orders/:number/comments/:comment/removals': () => ({}),
  '/work-orders/:number/acknowledgements': () => ({ holds: '1', givenBy: 'Eve', how: 'phone' }),
  '/work-orders/:number/releases': () => ({ holds: '1', note: 'Towed' }),
  '/work-orders/:number/quality-checks': () => ({ passed: 'yes' }),
  '/work-orders/:number/readings': () => ({ meter: values.meter ?? 0, in: '84512', out: '' }),
  '/work-orders/:number/revisions': () => ({}),
  '/work-orders/:number/sendings': () => ({}),
  '/work-orders/:number/links': () => ({ anew: 'yes' }),
  '/work-orders/:number/links/revocations': () => ({}),
  '/work-orders/:number/questions/:question/answers': () => ({ answer: 'Yes, by Friday' }),
  '/visit/:handle/answers': () => ({ name: 'Eve', revision: 1, mark: 'a'.repeat(64), agreed: 'on', 'decision.1': 'approve' }),
  '/visit/:handle/questions': () => ({ text: 'Is it safe?', job: '' }),
  '/visit/:handle/acknowledgements': () => ({ holds: '1', name: 'Eve', agreed: 'on' }),
  '/work-orders/:number/authorizations': () => ({ givenBy: 'Eve', method: 'in-person', offer: 'a'.repeat(64), shown: 0 }),
  '/work-orders/:number/invoices': () => ({ shown: 0 }),
  '/work-orders/:number/postings': () => ({ shown: 0 }),
  '/work-orders/:number/unpostings': () => ({ reason: 'Wrong mileage' }),
  '/work-orders/:number/payments': () => ({ method: 'cash', amount: '1.00', deposit: 'on' }),
  '/work-orders/:number/refunds': () => ({ method: 'cash', amount: '1.00', reason: 'Goodwill' }),
  '/receivables/:customer/payments': () => ({ method: 'cash', amount: '1.00', shown: 0 }),
  '/till/closes': () => ({}),
  '/customers': () => ({ name: 'Eve' }),
  '/customers/:customer/edits': () => ({ name: 'Eve', 'original.name': 'Dana Whitfield' }),
  '/customers/:customer/contacts': () => ({ name: 'Eve' }),
  '/customers/:customer/contacts/:contact': () => ({ name: 'Eve', 'original.name': 'Lee' }),
  '/customers/:customer/contacts/:contact/removals': () => ({}),
  '/customers/:customer/payers': () => ({ payer: values.payer ?? 0 }),
  '/customers/:customer/merges': () => ({ into: values.payer ?? 0 }),
  '/customers/:customer/vehicles': () => ({ description: 'Van' }),
  '/vehicles/:vehicle/edits': () => ({ description: 'Van', 'original.description': 'Vehicle 1' }),
  '/vehicles/:vehicle/meters': () => ({ name: 'PTO', unit: 'h' }),
  '/vehicles/:vehicle/meters/:meter': () => ({ name: 'PTO', unit: 'h' }),
  '/vehicles/:vehicle/meters/:meter/removals': () => ({}),
  '/vehicles/:vehicle/transfers': () => ({ from: values.customer ?? 0, name: 'Eve' }),
  '/vehicles/:vehicle/merges': () => ({ into: values.other ?? 0 }),
  '/merges/:merge/undos': () => ({}),
  '/work-orders/:number/jobs': () => ({ name: 'Brakes' }),
  '/work-orders/:number/canned-jobs': () => ({ canned: values.canned ?? 1 }),
  '/work-orders/:number/brought-jobs': () => ({ job: values.job ?? 0 }),
  '/work-orders/:number/jobs/:job/edits': () => ({
    name: 'Changed',
    progress: 'pending',
    payType: 'customer',
    mechanic: '',
    'original.name': 'It squeals',
  }),
  '/work-orders/:number/jobs/:job/write-ups': () => ({ cause: 'Worn', progress: 'complete', 'original.cause': '' }),
  '/work-orders/:number/jobs/:job/removals': () => ({}),
  '/work-orders/:number/jobs/:job/shifts': () => ({ direction: 'down' }),
  '/work-orders/:number/jobs/:job/copies': () => ({}),
  '/work-orders/:number/jobs/:job/options': () => ({ name: 'Better' }),
  '/work-orders/:number/jobs/:job/picks': () => ({}),
  '/work-orders/:number/lines': () => ({ job: values.job ?? 0, kind: 'labor', description: 'Pads', quantity: '1' }),
  '/work-orders/:number/lines/:line/edits': () => ({ quantity: '2', 'original.quantity': '1' }),
  '/work-orders/:number/lines/:line/removals': () => ({}),
  '/work-orders/:number/lines/:line/shifts': () => ({ direction: 'down' }),
  '/work-orders/:number/lines/:line/copies': () => ({}),
  '/work-orders/:number/inspections': () => ({ template: values.template ?? 0 }),
  '/work-orders/:number/inspections/:inspection/items/:item': () => ({ color: 'red' }),
  '/work-orders/:number/inspections/:inspection/items/:item/carries': () => ({ finding: values.finding ?? 0 }),
  '/work-orders/:number/inspections/:inspection/finishes': () => ({}),
  '/work-orders/:number/inspections/:inspection/reopenings': () => ({}),
  '/work-orders/:number/inspections/:inspection/releases': () => ({ on: 'yes' }),
  '/work-orders/:number/findings/:finding/releases': () => ({ on: 'no' }),
  '/work-orders/:number/findings/:finding/jobs': () => ({}),
  '/settings/inspections': () => ({ name: 'Before a trip' }),
  '/settings/inspection-starters': () => ({}),
  '/settings/inspections/:template/edits': () => ({ name: 'Changed' }),
  '/settings/inspections/:template/removals': () => ({}),
  '/settings/inspections/:template/restorations': () => ({}),
  '/settings/inspections/:template/sections': () => ({ name: 'Lights' }),
  '/settings/inspections/:template/sections/:section/edits': () => ({ name: 'Lamps', 'original.name': 'Lights' }),
  '/settings/inspections/:template/sections/:section/shifts': () => ({ direction: 'down' }),
  '/settings/inspections/:template/sections/:section/removals': () => ({}),
  '/settings/inspections/:template/items': () => ({ section: values.section ?? 'brakes', name: 'Pads' }),
  '/settings/inspections/:template/items/:item/edits': () => ({ name: 'Pads', 'original.name': 'Front brake pads' }),
  '/settings/inspections/:template/items/:item/shifts': () => ({ direction: 'up' }),
  '/settings/inspections/:template/items/:item/removals': () => ({}),
  '/work-orders/:number/media': () => ({}),
  '/work-orders/:number/media/:media/edits': () => ({ caption: 'Changed' }),
  '/work-orders/:number/media/:media/releases': () => ({ shown: 'yes' }),
  '/work-orders/:number/media/:media/shifts': () => ({ direction: 'earlier' }),
  '/work-orders/:number/media/:media/removals': () => ({}),
  '/work-orders/:number/media/:media/returns': () => ({}),
  '/work-orders/:number/media/:media/drawings': () => ({ shape: 'circle', place: '5' }),
  '/settings/columns': () => COLUMN,
  '/settings/columns/:column': () => COLUMN,
  '/settings/columns/:column/shifts': () => ({ direction: 'right' }),
  '/settings/columns/:column/removals': () => ({}),
  '/settings/labels': () => ({ name: 'Rush', color: 'red' }),
  '/settings/labels/:label': () => ({ name: 'Rush', color: 'red' }),
  '/settings/labels/:label/removals': () => ({}),
  ...SETTINGS_BODIES,
  '/settings/api-tokens': () => ({ name: 'Bookkeeping', 'scope.read': 'on', days: '90' }),
  '/settings/api-tokens/:apiToken/revocations': () => ({}),
  '/settings/tv': () => ({ name: 'Lobby', variant: 'lobby' }),
  '/settings/tv/:link/revocations': () => ({}),
  '/settings/webhooks': () => ({ name: 'Books', url: 'https://books.example.com/hook', everything: 'on' }),
  '/settings/webhooks/:webhook/edits': () => ({ name: 'Changed', url: 'https://books.example.com/hook', everything: 'on' }),
  '/settings/webhooks/:webhook/secrets': () => ({}),
  '/settings/webhooks/:webhook/switches': () => ({ on: 'no' }),
  '/settings/webhooks/:webhook/pings': () => ({}),
  '/settings/webhooks/:webhook/removals': () => ({}),
  '/settings/webhooks/:webhook/deliveries/:delivery/redeliveries': () => ({}),
  '/activity/exports': () => ({}),
  '/activity/verifications': () => ({}),
  '/settings/retention': () => ({ accessDays: '90', faultDays: '30' }),
  '/staff': () => ({ name: 'Eve', email: 'eve@evil.test', role: 'manager' }),
  '/staff/:staff/links': () => ({}),
  '/staff/:staff/roles': () => ({ role: 'manager' }),
  '/staff/:staff/disablements': () => ({}),
  '/staff/:staff/enablements': () => ({}),
  '/staff/:staff/session-endings': () => ({}),
  '/staff/:staff/second-factor-resets': () => ({}),
  '/staff/second-factors': () => ({ asked: 'everybody' }),
};

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let values: Record<string, string | number>;

beforeAll(async () => {
  database = await testDatabase();
  const { db } = database;
  server = await startTestServer(database.url);
  shop = await makeShop(db);
  const [number] = await openOrders(db, shop.staff.advisor, 1);
  await addComment(db, shop.staff.advisor, number as number, 'The first comment');
  await addLabel(db, shop.staff.manager, { name: 'Warranty', color: 'blue' });
  await makeTvLink(db, shop.staff.manager, { name: 'Hall', variant: 'floor' });
  const [label] = await listLabels(db, shop.id);
  const comment = await db.selectFrom('comments').select('id').executeTakeFirstOrThrow();
  const link = await db.selectFrom('tv_links').select('id').executeTakeFirstOrThrow();
  const people = await makeCustomers(db, shop);
  const { job } = (await addJob(db, shop.staff.advisor, number as number, { name: 'Brakes', concern: '' })).result;
  const pads = { job, kind: 'labor' as const, coreCents: null, fee: null, fields: { description: 'Pads', quantity: '1' } };
  const { line } = (await addLine(db, shop.staff.advisor, number as number, pads)).result;
  const [, media] = await addPhotos(server.app.services, shop.staff.mechanic, number as number, [1, 2]);
  values = {
    ...people,
    ...{ media: media as number, use: 'thumbnail' },
    ...(await inspectOne(db, shop, number as number)),
    ...{ job, line },
    ...{ handle: 'x'.repeat(22), question: await askOne(db, shop, number as number) },
    ...{ number: number as number, comment: comment.id, label: label?.id ?? 0, link: link.id, column: shop.columns[0]?.id ?? 0 },
    ...{ file: 'nothing.css', apiToken: await makeApiToken(db, shop) },
    ...{ staff: shop.staff.mechanic.staff, token: 'x'.repeat(43), session: 'a'.repeat(64) },
    ...(await makeSettings(db, shop)),
    ...(await makeWebhook(server, shop)),
    fault: await makeFault(server, shop),
  };
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** Something that broke for a person of the shop. */
async function makeFault({ app: { services } }: TestServer, { id, staff }: TestShop): Promise<number> {
  services.faults.record({ kind: 'server', error: new Error('The first comment'), shop: id, staff: staff.mechanic.staff });
  await services.faults.settled();
  return (await services.db.selectFrom('fault_groups').select('id').executeTakeFirstOrThrow()).id;
}

/** A webhook that is told of nothing that these tests do, with a test that waits. */
async function makeWebhook({ app: { services } }: TestServer, { id, staff }: TestShop): Promise<Record<string, number>> {
  const input = { name: 'Books', url: 'https://books.invalid/hook', kinds: ['till.closed'], fullData: false };
  const { id: webhook } = await addHook(services.db, staff.manager, new HookSecrets(services.config.sessionSecrets), input);
  const row = { shop_id: id, webhook_id: webhook, message_id: 'msg_1', kind: 'webhook.ping', state: 'failed' as const, next_at: null };
  const delivery = await services.db.insertInto('webhook_deliveries').values(row).returning('id').executeTakeFirstOrThrow();
  return { webhook, delivery: delivery.id };
}

/** A token of a program. */
async function makeApiToken(db: TestDatabase['db'], { staff }: TestShop): Promise<number> {
  await makeToken(db, staff.manager, { name: 'Bookkeeping', scopes: ['read'], expiresAt: null });
  return (await db.selectFrom('api_tokens').select('id').executeTakeFirstOrThrow()).id;
}

/** A customer's question. */
async function askOne(db: TestDatabase['db'], { staff }: TestShop, number: number): Promise<number> {
  const { handle } = await makeLink(db, staff.advisor, number, () => 'y'.repeat(43));
  const link = (await findLink(db, { handle })) as FoundLink;
  return (await askQuestion(db, link, { job: null, text: 'Is it safe?' })).result.question;
}

/** An inspection by the template of a car, with a finding. */
async function inspectOne(db: TestDatabase['db'], { id, staff }: TestShop, number: number) {
  const { inspection } = (await startInspection(db, staff.mechanic, number, { starter: 'car' })).result;
  const place = { section: 'brakes', item: 'brake-pads-front' };
  const { finding } = (await saveItem(db, staff.mechanic, number, inspection, place.item, { color: 'red', note: 'The first comment' }))
    .result;
  const template = (await listTemplates(db, id)).find(({ vehicleType }) => vehicleType === 'car')?.id as number;
  return { ...place, inspection, finding, template };
}

/** A customer with a contact, a vehicle and a meter; others to put them together with; and a merge that can be undone. */
async function makeCustomers(db: TestDatabase['db'], { staff }: TestShop): Promise<Record<string, number>> {
  const order = await db.selectFrom('work_orders').select(['customer_id', 'vehicle_id']).executeTakeFirstOrThrow();
  const { result } = await addContact(db, staff.advisor, order.customer_id, { name: 'Lee', role: '', phone: '', email: '' });
  const meter = await db.selectFrom('meters').select('id').where('vehicle_id', '=', order.vehicle_id).executeTakeFirstOrThrow();
  const add = async (name: string) => (await addCustomer(db, staff.advisor, { ...NO_FIELDS, name })).result.customer;
  const [payer, gone] = [await add('Payer'), await add('Gone')];
  const other = (await addVehicle(db, staff.advisor, payer, { ...NO_VEHICLE, description: 'Other' })).result.vehicle;
  const { merge } = (await mergeCustomers(db, staff.manager, gone, payer)).result;
  return { customer: order.customer_id, vehicle: order.vehicle_id, contact: result.contact, meter: meter.id, payer, other, merge };
}

const routes = () => server.app.routes;
const named = (route: Route) => `${route.method} ${route.path}`;

/** @throws Error for a parameter that this test has no value for */
function pathOf(route: Route): string {
  return route.path.replace(/:(\w+)/g, (_, name: string) => {
    if (values[name] === undefined) throw new Error(`This test knows no value for :${name} of ${route.path}.`);
    return String(values[name]);
  });
}

function ask(client: Client, route: Route, more: Record<string, string> = {}): Promise<Reply> {
  if (route.method === 'get') return client.get(pathOf(route));
  const body = BODIES[route.path];
  if (!body) throw new Error(`This test knows no body for ${named(route)}.`);
  return client.post(pathOf(route), { ...(body(shop) as Record<string, string>), ...more });
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
      [...new Set([...operations, ...routes().map((route) => route.path), '/livez', '/metrics', '/readyz', '/reports'])].sort(),
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
    const particular = routes().filter((route) => route.path.includes(':'));
    expect(particular.length).toBeGreaterThan(20);
    for (const [route, reply] of await askAll(manager, particular)) {
      expect(reply.status, named(route)).toBe(404);
      expect(reply.text).not.toMatch(/The first comment|Vehicle 1|Dana Whitfield|Warranty|first\.test/);
    }
    for (const route of routes().filter((one) => one.method === 'get' && !one.path.includes(':'))) {
      expect((await manager.get(route.path)).text, named(route)).not.toMatch(
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
      ...Object.fromEntries(FOR_ANYONE.filter((name) => / \/(c|visit)\//.test(name)).map((name) => [name, 404])),
      ...{ 'get /invitations/:token': 404, 'post /invitations/:token': 404 },
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
