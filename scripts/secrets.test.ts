import { chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findLink, makeLink } from '../src/features/approvals/links.js';
import { LinkKeys } from '../src/features/approvals/tokens.js';
import { checkSecondFactor } from '../src/features/staff/second-factor.js';
import { HookSecrets } from '../src/features/webhooks/secrets.js';
import type { Secrets } from '../src/platform/secrets.js';
import type { Client } from '../src/testing/client.js';
import { type TestDatabase, testDatabase } from '../src/testing/database.js';
import { runScript } from '../src/testing/run-script.js';
import { giveSecondFactor } from '../src/testing/second-factor.js';
import { startTestServer, type TestServer } from '../src/testing/server.js';
import { makeShop, openOrders, PASSWORD, type TestShop } from '../src/testing/shop.js';

let database: TestDatabase;
let shop: TestShop;
const folder = mkdtempSync(join(tmpdir(), 'serviceflow-secrets-'));
const file = join(folder, 'secrets', 'session-secret');
const [OLD, OTHER] = ['the secret that was there from the first day on', 'another secret that nobody here has ever used'];

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  mkdirSync(join(folder, 'secrets'), { mode: 0o700 });
  writeFileSync(file, OLD, { mode: 0o600 });
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true });
});

const run = (script: string, args: string[] = [], more: Record<string, string> = {}) =>
  runScript(script, args, { DATABASE_URL: database.url, DATA_DIR: folder, ...more });
const kept = () => readFileSync(file, 'utf8').trim().split('\n') as unknown as Secrets;
/** Without a secret of its own, it reads the one of DATA_DIR. */
const start = () => startTestServer(database.url, { DATA_DIR: folder, SESSION_SECRET: '' });
const browserAt = (server: TestServer, cookies: Map<string, string>): Client => {
  const client = server.client();
  for (const [name, value] of cookies) client.cookies.set(name, value);
  return client;
};
const isIn = async (client: Client) => (await client.get('/board')).status === 200;

test('a new secret signs nobody out, and everything that hung on the old one goes on working until it is forgotten', async () => {
  const { db } = database;
  const staff = shop.staff.mechanic.staff;
  const app = await giveSecondFactor(db, staff, [OLD]);
  const [number] = await openOrders(db, shop.staff.advisor, 1);
  const made = await makeLink(db, shop.staff.advisor, number as number, new LinkKeys([OLD]).token);

  const signing = new HookSecrets([OLD]).make(shop.id);
  const hook = {
    name: 'Books',
    url: 'https://books.test/',
    kinds: ['*'],
    secret: signing.sealed,
    last_version: 0,
    off_since: new Date(),
    off_why: 'by-hand' as const,
  };
  await db
    .insertInto('webhooks')
    .values({ shop_id: shop.id, ...hook })
    .execute();

  const before = await start();
  const client = await before.clientOf(shop, 'advisor');
  const phone = before.client();
  const visit = String((await phone.get(`/c/${made.token}`)).headers.location);
  expect(await isIn(client)).toBe(true);
  await before.stop();

  // Root, who may run it for the program's own user, must not take the file away from that one.
  const owner = process.getuid?.() === 0 ? 65_534 : statSync(file).uid;
  chownSync(file, owner, statSync(file).gid);
  const rotated = await run('rotate-secret');
  expect(statSync(file).uid).toBe(owner);
  expect(rotated).toMatchObject({ code: 0, err: '' });
  expect(kept()).toHaveLength(2);
  expect(kept()[1]).toBe(OLD);
  expect(kept()[0]).toMatch(/^[\w-]{43}$/);
  expect(rotated.out).not.toContain(kept()[0]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(folder, 'secrets'))).toEqual(['session-secret']);

  const after = await start();
  const { services } = after.app;
  expect(await isIn(browserAt(after, client.cookies))).toBe(true);
  expect((await browserAt(after, phone.cookies).get(visit)).status).toBe(200);
  const advisor = browserAt(after, client.cookies);
  expect((await advisor.get(`/work-orders/${number}/link`)).text).toContain(`/c/${made.token}`);
  expect(await checkSecondFactor(services, staff, await app.code(), true)).toBe('right');
  // Who signs in now is signed in by the new secret alone, and is still in when the old one is forgotten.
  const fresh = await after.clientOf(shop, 'manager');
  const freshPhone = after.client();
  await freshPhone.get(`/c/${made.token}`);
  await after.stop();

  const forgotten = await run('rotate-secret', ['--forget']);
  expect(forgotten).toMatchObject({ code: 0, err: '' });
  expect(forgotten.out).toContain('Encrypted with the first secret: 1 second factors, 1 webhooks.');
  expect(kept()).toHaveLength(1);

  const { secret } = await db.selectFrom('webhooks').select('secret').executeTakeFirstOrThrow();
  expect(new HookSecrets(kept()).open(shop.id, secret)).toBe(signing.secret);

  const later = await start();
  expect(await isIn(browserAt(later, client.cookies))).toBe(false);
  expect(await isIn(browserAt(later, fresh.cookies))).toBe(true);
  expect((await browserAt(later, phone.cookies).get(visit)).status).toBe(404);
  expect((await browserAt(later, freshPhone.cookies).get(visit)).status).toBe(200);
  expect(await checkSecondFactor(later.app.services, staff, await app.code(1), true)).toBe('right');
  expect((await findLink(db, { token: made.token as string }))?.state).toBe('open');
  await later.stop();
}, 120_000);

test('a secret that is given from outside is not touched', async () => {
  const before = kept();
  const outside: Record<string, string>[] = [{ SESSION_SECRET: OTHER }, { SESSION_SECRET_FILE: file }];
  for (const more of outside) {
    const { code, err } = await run('rotate-secret', [], more);
    expect(code).toBe(1);
    expect(err).toContain('put a new line in front of it there');
    expect(err).not.toContain(OTHER);
  }
  expect((await run('rotate-secret', ['--forget'], { SESSION_SECRET: `${OTHER}\n${before[0]}` })).out).toContain('take the old ones out');
  expect((await run('rotate-secret', ['--forgot'])).code).toBe(1);
  expect((await run('rotate-secret', [], { DATA_DIR: join(folder, 'nowhere') })).err).toContain('There is no secret in');
  expect(kept()).toEqual(before);
}, 120_000);

test('a lone manager’s second factor is reset at the server, which is written down', async () => {
  const { db } = database;
  const { staff } = shop.staff.manager;
  expect(await run('reset-second-factor')).toMatchObject({ code: 1, err: expect.stringContaining('Say whose') });
  expect((await run('reset-second-factor', [shop.email('manager')])).err).toContain('has a second factor');
  await giveSecondFactor(db, staff, kept());
  expect(await run('reset-second-factor', [shop.email('manager').toUpperCase()])).toMatchObject({ code: 0, err: '' });
  const server = await start();
  expect((await server.client().signIn(shop.email('manager'), PASSWORD)).headers.location).toBe('/board');
  await server.stop();
  const events = await db.selectFrom('events').select(['actor_id', 'data']).where('kind', '=', 'staff.second-factor-reset').execute();
  expect(events).toEqual([{ actor_id: null, data: { staff } }]);
}, 120_000);
