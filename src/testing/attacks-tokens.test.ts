import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deriveKey } from '../platform/secrets.js';
import { type TestDatabase, testDatabase } from './database.js';
import { giveSecondFactor, wrongCode } from './second-factor.js';
import { startTestServer, type TestServer, testEnvironment } from './server.js';
import { makeShop, PASSWORD, type TestShop } from './shop.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
/** The header and claims of a good token, and the key that signs them. */
let header: { alg: string; typ: string; kid: string };
let claims: Record<string, string | number>;
const key = deriveKey(testEnvironment('').SESSION_SECRET as string, 'access tokens of the API');

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  const reply = await send('/tokens', { email: shop.email('manager'), password: PASSWORD });
  const { access_token } = JSON.parse(reply.text) as { access_token: string };
  [header, claims] = access_token
    .split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString())) as [typeof header, typeof claims];
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const send = (path: string, body: object) =>
  server.client().send('POST', `/api/v1${path}`, { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const statusWith = async (token: string) =>
  (await server.client().get('/api/v1/board', { headers: { authorization: `Bearer ${token}` } })).status;
const now = () => Math.floor(Date.now() / 1000);
const signed = (head: object, body: object, by: Parameters<SignJWT['sign']>[0] = key) =>
  new SignJWT({ ...claims, ...body }).setProtectedHeader({ ...header, ...head }).sign(by);

describe('an access token', () => {
  test('that is made as the server makes it is taken: what follows is refused for its one fault', async () => {
    expect(await statusWith(await signed({}, {}))).toBe(200);
  });

  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ATTACKS: [string, () => Promise<string> | string][] = [
    ['without a signature', () => new UnsecuredJWT(claims).encode()],
    ['with an empty signature', async () => `${(await signed({}, {})).split('.').slice(0, 2).join('.')}.`],
    ['signed by another secret', () => signed({}, {}, randomBytes(32))],
    ['signed by a key pair of one’s own', () => signed({ alg: 'RS256' }, {}, rsa.privateKey)],
    ['signed with the text of a public key', () => signed({}, {}, Buffer.from(rsa.publicKey.export({ type: 'spki', format: 'pem' })))],
    ['of a stronger algorithm that is not ours', () => signed({ alg: 'HS512' }, {}, key)],
    ['of another kid', () => signed({ kid: 'another' }, {})],
    ['whose kid is a path', () => signed({ kid: '../../../../dev/null' }, {}, Buffer.alloc(32))],
    [
      'that brings its own key',
      () => signed({ kid: 'own', jwk: { kty: 'oct', k: Buffer.alloc(32).toString('base64url') } }, {}, Buffer.alloc(32)),
    ],
    ['that says where its keys are', () => signed({ kid: 'own', jku: 'http://127.0.0.1:9/keys' }, {}, Buffer.alloc(32))],
    ['of another type', () => signed({ typ: 'JWT' }, {})],
    ['for another audience', () => signed({}, { aud: 'another' })],
    ['of another issuer', () => signed({}, { iss: 'another' })],
    ['that ended a second ago', () => signed({}, { iat: now() - 601, exp: now() - 1 })],
    ['that begins in an hour', () => signed({}, { nbf: now() + 3600 })],
    ['without an end', () => signed({}, { exp: undefined })],
    ['of another shop', () => signed({}, { shop: 999_999 })],
    ['of somebody else', () => signed({}, { sub: String(shop.staff.mechanic.staff) })],
    ['whose person is no number', () => signed({}, { sub: '1 or 1=1' })],
    ['of a critical extension that nobody knows', () => signed({ crit: ['x'], x: 1 }, {}).catch(() => 'a.b.c')],
  ];
  test.each(ATTACKS)('%s is refused', async (_what, make) => {
    expect(await statusWith(await make())).toBe(401);
  });

  test.each(['', 'x', '..', 'a.b.c', 'é', `${'x'.repeat(3000)}.${'y'.repeat(3000)}.${'z'.repeat(3000)}`])(
    '%j is refused',
    async (token) => {
      expect(await statusWith(encodeURI(token))).toBe(401);
    },
  );

  test('of 20,000 characters is not even read', async () => {
    expect(await statusWith('x'.repeat(20_000))).toBe(431);
  });
});

test('the API asks for the second factor, too', async () => {
  const { staff } = shop.staff.advisor;
  const app = await giveSecondFactor(database.db, staff);
  const ask = async (more: object) => (await send('/tokens', { email: shop.email('advisor'), password: PASSWORD, ...more })).status;
  expect(await ask({})).toBe(401);
  expect(await ask({ code: await wrongCode(app) })).toBe(401);
  const code = await app.code();
  expect(await ask({ code })).toBe(201);
  expect(await ask({ code })).toBe(401);
  expect(await ask({ code: app.recovery[0] })).toBe(201);
});

test('where everybody must have one, the API lets nobody in without', async () => {
  const other = await makeShop(database.db, 'strict');
  await database.db.updateTable('shops').set({ second_factor: 'everybody' }).where('id', '=', other.id).execute();
  const reply = await send('/tokens', { email: other.email('mechanic'), password: PASSWORD });
  expect(reply.status).toBe(403);
  expect(reply.text).not.toContain('access_token');
});
