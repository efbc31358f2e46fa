import { sql } from 'kysely';
import { Secret } from 'otpauth';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { appOf, giveSecondFactor, type TestApp, wrongCode } from '../../testing/second-factor.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, PASSWORD, type TestShop } from '../../testing/shop.js';
import { TestSocket, tryToOpen } from '../../testing/socket.js';
import { findDamage } from '../../testing/truth.js';
import { checkSecondFactor } from './second-factor.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url, { TRUSTED_PROXIES: '127.0.0.1, ::1' });
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  await server.stop();
  await database.close();
});

const PAGE = '/account/second-factor';
const isIn = async (client: Client) => (await client.get('/board')).status === 200;
const mechanic = () => shop.staff.mechanic.staff;
const check = (code?: string, known = false) => checkSecondFactor(server.app.services, mechanic(), code, known);
const from = (address: string) => ({ headers: { 'x-forwarded-for': address } });
const kinds = async () => {
  const rows = await database.db.selectFrom('events').select('kind').where('shop_id', '=', shop.id).orderBy('version').execute();
  return rows.map(({ kind }) => kind).filter((kind) => /second|recovery|sessions/.test(kind));
};

/** Sets it up by the pages, and tells what they showed. */
async function setUp(client: Client): Promise<{ app: TestApp; codes: string[]; page: string }> {
  const page = (await client.get(PAGE)).text;
  const sealed = /name="secret" value="([^"]+)"/.exec(page)?.[1] as string;
  const text = /class="key">([A-Z2-7 ]+)</.exec(page)?.[1] as string;
  const secret = Buffer.from(Secret.fromBase32(text.replaceAll(' ', '')).bytes);
  const app = appOf(database.db, secret);
  const reply = await client.post(PAGE, { secret: sealed, code: await app.code(), password: PASSWORD });
  expect(reply.status).toBe(200);
  const codes = [...reply.text.matchAll(/<li><code>([0-9A-Z-]{29})<\/code>/g)].map(([, code]) => code as string);
  return { app: { ...app, recovery: codes }, codes, page };
}

describe('a code', () => {
  let app: TestApp;
  beforeEach(async () => {
    app = await giveSecondFactor(database.db, mechanic());
  });

  test('is asked of whoever has a second factor, and of nobody else', async () => {
    expect(await check()).toBe('missing');
    expect(await check('  ')).toBe('missing');
    expect(await check(await app.code())).toBe('right');
    expect(await checkSecondFactor(server.app.services, shop.staff.advisor.staff, undefined)).toBe('not needed');
    expect(await checkSecondFactor(server.app.services, shop.staff.advisor.staff, '123456')).toBe('not needed');
  });

  test('works once, and none before it works afterwards', async () => {
    const [before, now] = [await app.code(-1), await app.code()];
    expect(await check(now)).toBe('right');
    expect(await check(now)).toBe('wrong');
    expect(await check(before)).toBe('wrong');
  });

  test('sent twenty times at once lets one in', async () => {
    const code = await app.code();
    const answers = await Promise.all(Array.from({ length: 20 }, () => check(code, true)));
    expect(answers.filter((answer) => answer === 'right')).toHaveLength(1);
  });

  test('of the next half minute works, of one further away it does not', async () => {
    expect(await check(await app.code(3))).toBe('wrong');
    expect(await check(await app.code(-3))).toBe('wrong');
    const next = await app.code(1);
    expect(await check(`${next.slice(0, 3)} ${next.slice(3)}`)).toBe('right');
  });

  test('of recovery works once each, twenty times at once too', async () => {
    const [first, second] = app.recovery as [string, string];
    const answers = await Promise.all(Array.from({ length: 20 }, () => check(first)));
    expect(answers.filter((answer) => answer === 'right')).toHaveLength(1);
    expect(await check(second.toLowerCase().replaceAll('-', ''))).toBe('right');
    expect(await check('00000-00000-00000-00000-00000')).toBe('wrong');
  });

  test('guessed all day is refused, but not to a device that is known, and a recovery code is not', async () => {
    const wrong = await wrongCode(app);
    for (let count = 0; count < 30; count++) expect(await check(wrong)).toBe('wrong');
    await expect(check(wrong)).rejects.toThrow('Too many wrong codes today');
    await expect(check(await app.code())).rejects.toThrow('Too many wrong codes today');
    expect(await check(await app.code(), true)).toBe('right');
    expect(await check(app.recovery[0])).toBe('right');
  });

  test('and the secret behind it stand nowhere in the database', async () => {
    const row = await database.db
      .selectFrom('second_factors')
      .select('secret')
      .where('staff_id', '=', mechanic())
      .executeTakeFirstOrThrow();
    expect(row.secret.includes(app.secret)).toBe(false);
    expect(row.secret).toHaveLength(48);
    // Copied to somebody else's row it opens nothing.
    await database.db
      .insertInto('second_factors')
      .values({ staff_id: shop.staff.advisor.staff, secret: row.secret, last_step: 0 })
      .execute();
    expect(await checkSecondFactor(server.app.services, shop.staff.advisor.staff, await app.code(), true)).toBe('wrong');
  });
});

describe('signing in', () => {
  test('takes password and code; between the two nothing opens', async () => {
    const app = await giveSecondFactor(database.db, mechanic());
    const client = server.client();
    const reply = await client.post('/sign-in', { email: shop.email('mechanic'), password: PASSWORD, next: '/permissions' });
    expect(reply).toMatchObject({ status: 303, headers: { location: '/sign-in/code' } });
    expect(client.cookies.has('device')).toBe(false);
    for (const path of ['/board', '/account', '/permissions', '/board/changes?since=0'])
      expect((await client.get(path)).headers.location).toMatch(/^\/sign-in\?next=/);
    expect((await client.post('/account/session-endings')).status).toBe(401);
    expect((await client.get('/sign-in/code')).text).toContain('authenticator app');
    const refused = await client.post('/sign-in/code', { code: await wrongCode(app) });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('That code is not right');
    const half = client.cookies.get('sid');
    expect(await client.post('/sign-in/code', { code: await app.code() })).toMatchObject({
      status: 303,
      headers: { location: '/permissions' },
    });
    expect(client.cookies.get('sid')).not.toBe(half);
    expect(client.cookies.has('device')).toBe(true);
    expect(await isIn(client)).toBe(true);
    expect(server.logged.some((line) => line.security === 'code refused')).toBe(true);
  });

  test('without the password first there is no page for a code', async () => {
    const client = server.client();
    expect((await client.get('/sign-in/code')).headers.location).toBe('/sign-in');
    expect((await client.post('/sign-in/code', { code: '123456' })).headers.location).toBe('/sign-in');
    expect(await isIn(client)).toBe(false);
  });

  test('half done ends after ten minutes, and when the password is changed or the person disabled', async () => {
    const app = await giveSecondFactor(database.db, mechanic());
    const [late, changed, disabled] = [server.client(), server.client(), server.client()];
    await late.signIn(shop.email('mechanic'));
    const waiting = await sql`select from session where sess -> 'half' ->> 'staff' = ${String(mechanic())}
      and expire between now() + interval '1 minute' and now() + interval '11 minutes'`.execute(database.db);
    expect(waiting.rows).toHaveLength(1);
    await database.db
      .updateTable('session')
      .set({ expire: new Date(0) })
      .execute();
    expect((await late.post('/sign-in/code', { code: await app.code() })).headers.location).toBe('/sign-in');

    await changed.signIn(shop.email('mechanic'));
    const manager = await server.clientOf(shop, 'manager');
    const link = /\/invitations\/[\w-]{43}/.exec((await manager.post(`/staff/${mechanic()}/links`)).text)?.[0] as string;
    const accepting = server.client();
    expect((await accepting.post(link, { password: 'a new long password' })).headers.location).toBe('/sign-in/code');
    expect(await isIn(accepting)).toBe(false);
    expect((await changed.post('/sign-in/code', { code: await app.code() })).headers.location).toBe('/sign-in');

    await disabled.signIn(shop.email('mechanic'), 'a new long password');
    await manager.post(`/staff/${mechanic()}/disablements`);
    expect((await disabled.post('/sign-in/code', { code: await app.code() })).headers.location).toBe('/sign-in');
    for (const client of [late, changed, disabled]) expect(await isIn(client)).toBe(false);
  });

  test('is slowed down for who guesses codes; the owner, from their own device, is not', async () => {
    const app = await giveSecondFactor(database.db, mechanic());
    const owner = server.client();
    await owner.post('/sign-in', { email: shop.email('mechanic'), password: PASSWORD }, from('203.0.113.1'));
    expect((await owner.post('/sign-in/code', { code: app.recovery[0] as string }, from('203.0.113.1'))).status).toBe(303);
    owner.cookies.delete('sid');

    const thief = server.client();
    const wrong = await wrongCode(app);
    const statuses: number[] = [];
    for (let count = 0; count < 7; count++) {
      // The password, right each time, gives no further tries.
      await thief.post('/sign-in', { email: shop.email('mechanic'), password: PASSWORD }, from('203.0.113.1'));
      statuses.push((await thief.post('/sign-in/code', { code: wrong }, from('203.0.113.1'))).status);
    }
    expect(statuses).toEqual([422, 422, 422, 422, 422, 422, 429]);
    await owner.post('/sign-in', { email: shop.email('mechanic'), password: PASSWORD }, from('203.0.113.1'));
    expect((await owner.post('/sign-in/code', { code: await app.code() }, from('203.0.113.1'))).status).toBe(303);
    expect(await isIn(owner)).toBe(true);
  });
});

describe('one’s own', () => {
  test('is turned on with a code and the password, shows its recovery codes once, and is asked for from then on', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    const { app, codes, page } = await setUp(client);
    expect(page).toContain('<svg');
    expect(page).not.toMatch(/<(script|style)[ >](?![^>]*src=)|style="|data:/);
    expect(codes).toHaveLength(10);
    expect((await client.get(PAGE)).text).not.toContain(codes[0]);
    expect((await client.get('/account')).text).toContain('10 of ten recovery codes are left');
    const again = server.client();
    expect((await again.signIn(shop.email('mechanic'))).headers.location).toBe('/sign-in/code');
    expect((await again.post('/sign-in/code', { code: codes[3] as string })).status).toBe(303);
    expect((await client.get('/account')).text).toContain('9 of ten recovery codes are left');
    expect(await kinds()).toEqual(['staff.second-factor-on']);
    expect(await check(await app.code(), true)).toBe('wrong');
    expect(await findDamage(database.db, shop.id)).toEqual([]);
  });

  test('is not turned on without the password, with a wrong code, or with a secret of somebody else', async () => {
    const [client, other] = [await server.clientOf(shop, 'mechanic'), await server.clientOf(shop, 'advisor')];
    const sealedOf = async (who: Client) => /name="secret" value="([^"]+)"/.exec((await who.get(PAGE)).text)?.[1] as string;
    const secret = await sealedOf(client);
    const text = /class="key">([A-Z2-7 ]+)</;
    for (const [fields, status, sentence] of [
      [{ secret, code: '123456', password: 'not mine' }, 422, 'not your password'],
      [{ secret, code: 'abcdef', password: PASSWORD }, 422, 'not the code of the app'],
      [{ secret: await sealedOf(other), code: '123456', password: PASSWORD }, 409, 'too old'],
      [{ secret: 'x'.repeat(64), code: '123456', password: PASSWORD }, 409, 'too old'],
      [{ secret: 'short', code: '123456', password: PASSWORD }, 409, 'too old'],
    ] as const) {
      const reply = await client.post(PAGE, fields);
      expect(reply.status).toBe(status);
      expect(reply.text).toContain(sentence);
      expect(reply.text).toMatch(text);
      expect(reply.text).not.toContain('not mine');
    }
    expect(await check()).toBe('not needed');
  });

  test('shows the same key again after a slip, since the app has it by then', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    const first = (await client.get(PAGE)).text;
    const secret = /name="secret" value="([^"]+)"/.exec(first)?.[1] as string;
    const key = /class="key">([A-Z2-7 ]+)</.exec(first)?.[1] as string;
    expect((await client.post(PAGE, { secret, code: '000', password: PASSWORD })).text).toContain(key);
    expect((await client.get(PAGE)).text).not.toContain(key);
  });

  test('has its recovery codes renewed, and is turned off, with the password alone', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    const { codes } = await setUp(client);
    expect((await client.post(`${PAGE}/recovery-codes`, { password: 'not mine' })).status).toBe(422);
    const renewed = await client.post(`${PAGE}/recovery-codes`, { password: PASSWORD });
    expect(renewed.status).toBe(200);
    expect(await check(codes[0])).toBe('wrong');
    expect((await client.post(`${PAGE}/removals`, { password: 'not mine' })).text).toContain('not your password');
    expect(await check()).toBe('missing');
    expect((await client.post(`${PAGE}/removals`, { password: PASSWORD })).status).toBe(303);
    expect(await check()).toBe('not needed');
    expect((await server.client().signIn(shop.email('mechanic'))).headers.location).toBe('/board');
    expect((await client.post(`${PAGE}/recovery-codes`, { password: PASSWORD })).status).toBe(409);
    expect(await kinds()).toEqual(['staff.second-factor-on', 'staff.recovery-codes-renewed', 'staff.second-factor-off']);
  });

  test('set up twice at the same moment is set up once', async () => {
    const client = await server.clientOf(shop, 'mechanic');
    const page = (await client.get(PAGE)).text;
    const secret = /name="secret" value="([^"]+)"/.exec(page)?.[1] as string;
    const text = /class="key">([A-Z2-7 ]+)</.exec(page)?.[1] as string;
    const app = appOf(database.db, Buffer.from(Secret.fromBase32(text.replaceAll(' ', '')).bytes));
    const code = await app.code();
    const replies = await Promise.all([1, 2, 3].map(() => client.post(PAGE, { secret, code, password: PASSWORD })));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
  });
});

describe('a shop that asks for it', () => {
  const ask = (client: Client, asked: string) => client.post('/staff/second-factors', { asked });

  test('leads who has none to set it up, before anything else opens', async () => {
    const manager = await server.clientOf(shop, 'manager');
    expect((await ask(manager, 'everybody')).text).toContain('your own second factor first');
    await setUp(manager);
    const client = await server.clientOf(shop, 'mechanic');
    const screen = await TestSocket.open(client, 'board');
    expect((await ask(manager, 'everybody')).status).toBe(303);
    await until(() => screen.closed?.code === 4401, 'what was open is closed');
    expect(await tryToOpen(client, 'board', { origin: client.url, cookie: client.cookie })).toBe(403);

    expect((await client.get('/board?text=x')).headers.location).toBe(`${PAGE}?next=%2Fboard%3Ftext%3Dx`);
    expect((await client.get('/board', { htmx: true })).headers['hx-redirect']).toBe(PAGE);
    for (const path of ['/work-orders', '/search', '/vehicles/1']) expect((await client.get(path)).status).toBe(303);
    expect((await client.post('/work-orders/1001/takes')).status).toBe(403);
    const page = await client.get(`${PAGE}?next=%2Fboard%3Ftext%3Dx`);
    expect(page.text).toContain('asks everybody');
    await setUp(client);
    expect(await isIn(client)).toBe(true);
    expect(await isIn(manager)).toBe(true);
    expect(await kinds()).toContain('shop.second-factor-asked');
  });

  test('asks managers alone if it says so, and nobody any more when it is taken back', async () => {
    const manager = await server.clientOf(shop, 'manager');
    await setUp(manager);
    await ask(manager, 'managers');
    const advisor = await server.clientOf(shop, 'advisor');
    expect(await isIn(advisor)).toBe(true);
    await manager.post(`/staff/${shop.staff.advisor.staff}/roles`, { role: 'manager' });
    expect(await isIn(advisor)).toBe(false);
    // Nor may they take the rule back.
    expect((await ask(advisor, 'nobody')).status).toBe(403);
    await ask(manager, 'nobody');
    expect(await isIn(advisor)).toBe(true);
    expect((await ask(await server.clientOf(shop, 'mechanic'), 'everybody')).status).toBe(403);
    expect((await ask(manager, 'customers')).status).toBe(422);
  });
});

describe('of a member', () => {
  test('is reset by a manager, who signs them out with it; it is written down', async () => {
    const manager = await server.clientOf(shop, 'manager');
    const client = await server.clientOf(shop, 'mechanic');
    await setUp(client);
    expect((await manager.get('/staff')).text).toContain('Reset second factor');
    expect((await client.post(`/staff/${mechanic()}/second-factor-resets`)).status).toBe(403);
    expect((await manager.post(`/staff/${mechanic()}/second-factor-resets`)).status).toBe(303);
    expect(await isIn(client)).toBe(false);
    expect(await check()).toBe('not needed');
    expect((await client.signIn(shop.email('mechanic'))).headers.location).toBe('/board');
    expect(await kinds()).toEqual(['staff.second-factor-on', 'staff.second-factor-reset']);
  });

  test('is not reset for oneself, from another shop, or for who belongs to another shop too', async () => {
    const manager = await server.clientOf(shop, 'manager');
    await setUp(manager);
    expect((await manager.post(`/staff/${shop.staff.manager.staff}/second-factor-resets`)).status).toBe(409);
    const other = await makeShop(database.db, `other${shops}`);
    await giveSecondFactor(database.db, other.staff.mechanic.staff);
    expect((await manager.post(`/staff/${other.staff.mechanic.staff}/second-factor-resets`)).status).toBe(404);
    await database.db
      .insertInto('memberships')
      .values({ shop_id: shop.id, staff_id: other.staff.mechanic.staff, role: 'mechanic' })
      .execute();
    expect((await manager.post(`/staff/${other.staff.mechanic.staff}/second-factor-resets`)).status).toBe(409);
    const left = await database.db
      .selectFrom('second_factors')
      .select('staff_id')
      .where('staff_id', 'in', [shop.staff.manager.staff, other.staff.mechanic.staff])
      .execute();
    expect(left).toHaveLength(2);
  });
});
