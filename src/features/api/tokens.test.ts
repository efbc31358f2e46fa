import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deriveKey } from '../../platform/secrets.js';
import { hashToken } from '../../platform/tokens.js';
import { ApiClient } from '../../testing/api.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, testEnvironment } from '../../testing/server.js';
import { makeShop, openOrders, PASSWORD, type TestShop } from '../../testing/shop.js';
import { AccessTokens } from './access-tokens.js';
import { makeToken, revokeToken } from './named-tokens.js';
import { sweepSignInsTask } from './sign-ins.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const program = (token: string | null) => new ApiClient(server.client(), token);
const boardWith = async (token: string) => (await program(token).get('/board')).status;
const signIn = async (email = shop.email('manager'), password = PASSWORD) =>
  program(null).send('post', '/tokens', { body: { email, password } });
const refresh = (refresh_token: string) => program(null).send('post', '/tokens/refresh', { body: { refresh_token } });
/** Lets a refresh token have been used so many seconds ago. */
const usedBefore = (token: string, seconds: number) =>
  database.db
    .updateTable('api_refresh_tokens')
    .set({ used_at: new Date(Date.now() - seconds * 1000) })
    .where('token_hash', '=', hashToken(token))
    .execute();

describe('signing in', () => {
  test('gives what the issue fixes, and the access token opens what the role may see', async () => {
    const { status, json, headers } = await signIn();
    expect(status).toBe(201);
    expect(json).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refresh_token: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 600,
    });
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['set-cookie']).toBeUndefined();
    expect(await boardWith(json.access_token)).toBe(200);
    const { iat = 0, exp, ...claims } = decodeJwt(json.access_token);
    expect(exp).toBe(iat + 600);
    // No role, no name: only the database knows those.
    expect(Object.keys(claims).sort()).toEqual(['aud', 'iss', 'shop', 'sid', 'sub']);
  });

  test('is slowed down like the form, with the same words for a wrong password and for nobody', async () => {
    const wrong = await signIn(shop.email('advisor'), 'not the password');
    const nobody = await signIn('nobody@nowhere.test', 'not the password');
    expect([wrong.status, wrong.text]).toEqual([401, nobody.text]);
    for (let turn = 0; turn < 5; turn++) await signIn(shop.email('advisor'), 'not the password');
    const slowed = await signIn(shop.email('advisor'));
    expect(slowed.status).toBe(429);
    expect(Number(slowed.headers['retry-after'])).toBeGreaterThan(0);
    // The same count: the form is slowed down, too.
    expect((await server.client().signIn(shop.email('advisor'))).status).toBe(429);
    expect(server.logged.some((line) => line.security === 'sign-in refused')).toBe(true);
  });
});

describe('a refresh token', () => {
  test('is for one use; sent again within ten seconds it gives others, for the answer may have got lost', async () => {
    const { json } = await signIn();
    const first = await refresh(json.refresh_token);
    expect(first.status).toBe(200);
    const again = await refresh(json.refresh_token);
    expect(again.status).toBe(200);
    expect(again.json.refresh_token).not.toBe(first.json.refresh_token);
    for (const { refresh_token, access_token } of [first.json, again.json]) {
      expect(await boardWith(access_token)).toBe(200);
      expect((await refresh(refresh_token)).status).toBe(200);
    }
  });

  test('that is used a second time later ends the whole sign-in, and the log says so', async () => {
    const { json } = await signIn();
    const next = await refresh(json.refresh_token);
    await usedBefore(json.refresh_token, 300);
    expect((await refresh(json.refresh_token)).status).toBe(401);
    expect((await refresh(next.json.refresh_token)).status).toBe(401);
    expect(await boardWith(next.json.access_token)).toBe(401);
    expect(await boardWith(json.access_token)).toBe(401);
    expect(server.logged.some((line) => line.security === 'refresh token used twice')).toBe(true);
  });

  test('of twenty requests at once gives only tokens of the one sign-in', async () => {
    const { json } = await signIn();
    const all = await Promise.all(Array.from({ length: 20 }, () => refresh(json.refresh_token)));
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(all.map(({ json: { access_token } }) => decodeJwt(access_token).sid)).size).toBe(1);
    expect(new Set(all.map(({ json: { refresh_token } }) => refresh_token)).size).toBe(20);
  });

  test('is kept only as its hash', async () => {
    const { json } = await signIn();
    const rows = JSON.stringify(await database.db.selectFrom('api_refresh_tokens').select(['id', 'token_hash']).execute());
    expect(rows).not.toContain(json.refresh_token);
    expect((await refresh('x'.repeat(43))).status).toBe(401);
  });

  test('goes with its sign-in a month after that has ended', async () => {
    const { json } = await signIn();
    const left = async () =>
      (await database.db.selectFrom('api_refresh_tokens').select('id').where('shop_id', '=', shop.id).execute()).length;
    const ended = (days: number) =>
      database.db
        .updateTable('api_sign_ins')
        .set({ ended_at: new Date(Date.now() - days * 86_400_000), ended_why: 'ended' })
        .where('shop_id', '=', shop.id)
        .execute();
    for (const days of [29, 31]) {
      await ended(days);
      await sweepSignInsTask.run({}, server.app.services, { isLast: false });
      expect(await left()).toBe(days === 29 ? 1 : 0);
    }
    expect((await refresh(json.refresh_token)).status).toBe(401);
  });

  test('works no longer when its sign-in is too old', async () => {
    const { json } = await signIn();
    await database.db
      .updateTable('api_sign_ins')
      .set({ expires_at: new Date(Date.now() - 1000) })
      .where('shop_id', '=', shop.id)
      .execute();
    expect((await refresh(json.refresh_token)).status).toBe(401);
    expect(await boardWith(json.access_token)).toBe(401);
  });
});

describe('at the next request', () => {
  test('a sign-in has ended that was signed out', async () => {
    const [one, other] = [await signIn(), await signIn()];
    expect((await program(one.json.access_token).send('delete', '/tokens/current')).status).toBe(204);
    expect(await boardWith(one.json.access_token)).toBe(401);
    expect((await refresh(one.json.refresh_token)).status).toBe(401);
    expect(await boardWith(other.json.access_token)).toBe(200);
  });

  test('somebody who was disabled is out, and another role is in force', async () => {
    const { json } = await signIn(shop.email('advisor'));
    const advisor = program(json.access_token);
    expect((await advisor.send('post', '/labels', { body: { name: 'Rush', color: 'red' } })).status).toBe(403);
    const manager = await server.clientOf(shop, 'manager');
    const { staff } = shop.staff.advisor;
    await manager.post(`/staff/${staff}/roles`, { role: 'manager' });
    expect((await advisor.send('post', '/labels', { body: { name: 'Rush', color: 'red' } })).status).toBe(201);
    await manager.post(`/staff/${staff}/disablements`);
    expect((await advisor.get('/board')).status).toBe(401);
    expect((await refresh(json.refresh_token)).status).toBe(401);
    await manager.post(`/staff/${staff}/enablements`);
    // Whoever comes back signs in anew.
    expect((await advisor.get('/board')).status).toBe(401);
  });

  test('a new password ends every sign-in', async () => {
    const { json } = await signIn(shop.email('mechanic'));
    const mechanic = await server.clientOf(shop, 'mechanic');
    const reply = await mechanic.post('/account/password', { current: PASSWORD, password: 'another long password' });
    expect(reply.status, reply.text).toBe(303);
    expect(await boardWith(json.access_token)).toBe(401);
    expect((await refresh(json.refresh_token)).status).toBe(401);
  });
});

describe('an access token that we did not make opens nothing', () => {
  const secret = testEnvironment('').SESSION_SECRET as string;
  const key = deriveKey(secret, 'access tokens of the API');
  const claims = async () => {
    const { json } = await signIn();
    return decodeJwt(json.access_token);
  };
  const kid = async () => JSON.parse(Buffer.from((await signIn()).json.access_token.split('.')[0], 'base64url').toString()).kid as string;

  test('without a signature, or with somebody else’s', async () => {
    const own = await claims();
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const header = { typ: 'at+jwt', kid: await kid() };
    const forged = [
      new UnsecuredJWT(own).encode(),
      await new SignJWT(own).setProtectedHeader({ alg: 'HS256', ...header }).sign(Buffer.from('another secret, of 32 characters at least')),
      await new SignJWT(own).setProtectedHeader({ alg: 'HS512', ...header }).sign(Buffer.concat([key, key])),
      await new SignJWT(own).setProtectedHeader({ alg: 'RS256', ...header }).sign(rsa.privateKey),
      await new SignJWT(own).setProtectedHeader({ alg: 'ES256', ...header }).sign(ec.privateKey),
      await new SignJWT(own)
        .setProtectedHeader({ alg: 'ES256', ...header, jwk: ec.publicKey.export({ format: 'jwk' }), jku: 'http://127.0.0.1/keys' })
        .sign(ec.privateKey),
    ];
    for (const token of forged) expect(await boardWith(token), token).toBe(401);
  });

  test('with our key, but another purpose, time or person', async () => {
    const { iat, exp, ...own } = await claims();
    const now = Math.floor(Date.now() / 1000);
    const header = { alg: 'HS256', typ: 'at+jwt', kid: await kid() };
    const sign = (changed: object, head: object = {}) =>
      new SignJWT({ ...own, iat: now, exp: now + 600, ...changed }).setProtectedHeader({ ...header, ...head }).sign(key);
    // The test can make one that works: so the others are refused for what is wrong with them.
    expect(await boardWith(await sign({}))).toBe(200);
    const wrong = {
      'another audience': await sign({ aud: 'somebody-else' }),
      'another issuer': await sign({ iss: 'somebody-else' }),
      'another type': await sign({}, { typ: 'JWT' }),
      'no type': await sign({}, { typ: undefined }),
      'another kid': await sign({}, { kid: 'another' }),
      'no kid': await sign({}, { kid: undefined }),
      'a second too old': await sign({ iat: now - 601, exp: now - 1 }),
      'not yet valid': await sign({ nbf: now + 60 }),
      'no end': await sign({ exp: undefined }),
      'no sign-in': await sign({ sid: undefined }),
      'another sign-in': await sign({ sid: '999999' }),
      'a sign-in that is none': await sign({ sid: "1' or '1'='1" }),
      'another person': await sign({ sub: String(shop.staff.mechanic.staff) }),
      'another shop': await sign({ shop: shop.id + 1 }),
      'a shop that is none': await sign({ shop: '1' }),
    };
    for (const [what, token] of Object.entries(wrong)) expect(await boardWith(token), what).toBe(401);
  });

  test.each([
    ['none', ''],
    ['20 kB', 'x'.repeat(12_000)],
    ['dots', '..'],
    ['an unknown named token', `sf_${'x'.repeat(43)}`],
    ['another scheme', 'Basic bWFuYWdlcjpwYXNzd29yZA=='],
  ])('%s', async (_name, token) => {
    const authorization = token.startsWith('Basic') ? token : `Bearer ${token}`;
    expect((await program(null).get('/board', { authorization })).status).toBe(401);
  });

  test('but one of the secret before is still believed', async () => {
    const older = new AccessTokens(['an older secret that is long enough too']);
    const both = new AccessTokens(['a secret that only tests ever use, long enough', 'an older secret that is long enough too']);
    const token = await older.make({ shop: 1, staff: 2, signIn: 3 });
    expect(await both.read(token)).toEqual({ shop: 1, staff: 2, signIn: 3 });
    expect(await new AccessTokens(['a secret that only tests ever use, long enough']).read(token)).toBeNull();
  });
});

describe('a named token', () => {
  const make = (more: Partial<Parameters<typeof makeToken>[2]> = {}) =>
    makeToken(database.db, shop.staff.manager, { name: 'Bookkeeping', scopes: ['read', 'write'], expiresAt: null, ...more });

  test('is shown once by the page, acts as who made it, and says when it was last used', async () => {
    const manager = await server.clientOf(shop, 'manager');
    const page = await manager.post('/settings/api-tokens', { name: 'Parts screen', 'scope.read': 'on', 'scope.write': 'on', days: '90' });
    const [token = ''] = /sf_[\w-]{43}/.exec(page.text) ?? [];
    expect(token).not.toBe('');
    expect(page.text).toContain('never used');
    const [number] = await openOrders(database.db, shop.staff.advisor, 1);
    const reply = await program(token).send('post', `/work-orders/${number}/comments`, { body: { text: 'From the parts screen' } });
    expect(reply.json.author.id).toBe(shop.staff.manager.staff);
    const after = await manager.get('/settings/api-tokens');
    expect(after.text).toContain('last used');
    expect(after.text).not.toContain(token);
    expect((await program(token).send('delete', '/tokens/current')).status).toBe(403);
  });

  test('ends when it is revoked, when its time is over, and with its person', async () => {
    const [revoked, old, orphaned] = [await make(), await make({ expiresAt: new Date(Date.now() - 1000) }), await make()];
    expect(await boardWith(old)).toBe(401);
    expect(await boardWith(revoked)).toBe(200);
    const { id } = await database.db
      .selectFrom('api_tokens')
      .select('id')
      .where('token_hash', '=', hashToken(revoked))
      .executeTakeFirstOrThrow();
    await revokeToken(database.db, shop.staff.manager, id);
    expect(await boardWith(revoked)).toBe(401);
    expect(await boardWith(orphaned)).toBe(200);
    await database.db
      .updateTable('memberships')
      .set({ disabled_at: new Date() })
      .where('staff_id', '=', shop.staff.manager.staff)
      .execute();
    expect(await boardWith(orphaned)).toBe(401);
  });

  test('has no more rights than its person has now', async () => {
    const token = await make({ scopes: ['read', 'write', 'manage'] });
    await database.db.updateTable('memberships').set({ role: 'mechanic' }).where('staff_id', '=', shop.staff.manager.staff).execute();
    expect((await program(token).send('post', '/labels', { body: { name: 'Rush', color: 'red' } })).status).toBe(403);
    expect(await boardWith(token)).toBe(200);
  });

  test('notes its use once a minute, not with each request', async () => {
    const token = await make();
    const used = async () =>
      (
        await database.db
          .selectFrom('api_tokens')
          .select('last_used_at')
          .where('token_hash', '=', hashToken(token))
          .executeTakeFirstOrThrow()
      ).last_used_at;
    expect(await used()).toBeNull();
    await boardWith(token);
    const first = await used();
    expect(first).not.toBeNull();
    await boardWith(token);
    expect(await used()).toEqual(first);
  });
});
