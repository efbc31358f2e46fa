import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Phone, send as sendEstimate, tokenOf } from '../../testing/customer.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { openEmpty } from '../../testing/money.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { makeLink, renewLink, revokeLinks } from './links.js';
import { LinkKeys } from './tokens.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let number: number;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  server = await startTestServer(database.url);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});
beforeEach(async () => {
  [number] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
});

const who = () => shop.staff.advisor;
const send = (of = number) => sendEstimate(database.db, who(), of);
const phone = (of = number) => Phone.open(database.db, who(), of, server.client());
const stateOf = async () =>
  (
    await database.db
      .selectFrom('work_orders')
      .select('customer_state')
      .where('shop_id', '=', shop.id)
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
  ).customer_state;

describe('a link', () => {
  test('is exchanged for a cookie of its visit, and the address keeps no secret', async () => {
    const made = await send();
    const client = server.client();
    const reply = await client.get(`/c/${made.token}`);
    expect(reply.headers.location).toBe(`/visit/${made.handle}`);
    const cookie = String(reply.headers['set-cookie']);
    expect(cookie).toMatch(new RegExp(`Path=/visit/${made.handle};`));
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    expect(reply.headers).toMatchObject({ 'referrer-policy': 'same-origin', 'x-robots-tag': 'noindex, nofollow' });
    expect(reply.headers['cache-control']).toContain('no-store');
    const page = await client.get(`/visit/${made.handle}`);
    expect(page.status).toBe(200);
    expect(page.headers['cache-control']).toContain('no-store');
    expect(page.text).not.toContain(made.token);
    const row = await database.db
      .selectFrom('customer_links')
      .select(['token_hash', 'handle'])
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    expect(row.token_hash).toHaveLength(32);
    const events = await database.db.selectFrom('events').select(['data', 'result']).execute();
    expect(JSON.stringify(events)).not.toContain(made.token);
  });

  test('is the same again when it is sent again, and another after it was made anew', async () => {
    const [first, second] = [await send(), await send()];
    expect(second.token).toBe(first.token);
    const anew = await renewLink(database.db, who(), number, tokenOf);
    expect(anew.token).not.toBe(first.token);
    expect((await server.client().get(`/c/${first.token}`)).status).toBe(410);
    expect((await server.client().get(`/c/${anew.token}`)).status).toBe(303);
  });

  test('that is sent again works as long as a new one', async () => {
    await send();
    const inDays = (days: number) => new Date(Date.now() + days * 24 * 60 * 60_000);
    const expiry = () => database.db.selectFrom('customer_links').select('expires_at').orderBy('id', 'desc').executeTakeFirstOrThrow();
    await database.db
      .updateTable('customer_links')
      .set({ expires_at: inDays(2) })
      .execute();
    await send();
    expect((await expiry()).expires_at.getTime()).toBeGreaterThan(inDays(29).getTime());
    const told = () => database.db.selectFrom('events').select('version').where('kind', '=', 'link.prolonged').execute();
    expect(await told()).toHaveLength(1);
    await send();
    expect(await told()).toHaveLength(1);
  });

  test('is a code on the estimate and on the repair order, as long as it works', async () => {
    const advisor = await server.clientOf(shop, 'advisor');
    const hasCode = async (paper: string) => (await advisor.get(`/work-orders/${number}/print/${paper}`)).text.includes('class="scan"');
    expect(await hasCode('estimate')).toBe(false);
    await send();
    for (const [paper, has] of Object.entries({ estimate: true, 'repair-order': true, worksheet: false, invoice: false }))
      expect(await hasCode(paper), paper).toBe(has);
    await revokeLinks(database.db, who(), number);
    expect(await hasCode('estimate')).toBe(false);
  });

  test('made with another secret still works, and the desk says that it can’t be shown', async () => {
    const old = new LinkKeys(['the secret before this one, long enough as well']);
    const made = await makeLink(database.db, who(), number, old.token);
    expect((await server.client().get(`/c/${made.token}`)).status).toBe(303);
    const advisor = await server.clientOf(shop, 'advisor');
    expect((await advisor.get(`/work-orders/${number}/link`)).text).toContain('not made with the secret that this server has now');
  });

  test('two cars are two links, and a phone may hold both; neither cookie opens the other', async () => {
    const [other] = (await openEmpty(database.db, who(), 1)) as [number];
    const [one, two] = [await send(), await send(other)];
    const client = server.client();
    for (const link of [one, two]) await client.get(`/c/${link.token}`);
    expect((await client.get(`/visit/${one.handle}`)).text).toContain(`Work order ${number}`);
    expect((await client.get(`/visit/${two.handle}`)).text).toContain(`Work order ${other}`);
    const thief = server.client();
    await thief.get(`/c/${one.token}`);
    const [value] = thief.cookies.values();
    thief.cookies.set(`visit-${two.handle}`, value as string);
    expect((await thief.get(`/visit/${two.handle}`)).status).toBe(404);
    expect((await server.client().get(`/visit/${one.handle}`)).status).toBe(404);
  });

  test('revoked or expired is gone at once, with a word of whom to call; unknown, it says nothing of anybody', async () => {
    await database.db.updateTable('billing_settings').set({ phone: '555 0100' }).where('shop_id', '=', shop.id).execute();
    const made = await send();
    const at = await phone();
    await revokeLinks(database.db, who(), number);
    const paths = [
      at.base,
      `${at.base}/changes?since=0`,
      `${at.base}/total`,
      `${at.base}/answer`,
      `${at.base}/estimate`,
      `${at.base}/media/1/customer`,
    ];
    for (const path of paths) expect((await at.client.get(path)).status, path).toBe(410);
    expect((await at.client.get(at.base)).text).toContain('555 0100');
    expect((await at.client.get(`/c/${made.token}`)).status).toBe(410);
    const unknown = await server.client().get(`/c/${'x'.repeat(43)}`);
    expect(unknown.status).toBe(404);
    expect(unknown.text).not.toContain('555 0100');
    expect(unknown.text).not.toContain('/sign-in');
    const other = await phone();
    await database.db
      .updateTable('customer_links')
      .set({ expires_at: new Date(0) })
      .execute();
    expect((await other.client.get(other.base)).status).toBe(410);
  });

  test('opened is told when the page is looked at: not by the exchange, a HEAD, a fetch ahead or without its cookie', async () => {
    await send();
    const made = await makeLink(database.db, who(), number, tokenOf);
    const at = await phone();
    await at.client.send('HEAD', at.base);
    await at.client.get(at.base, { headers: { 'sec-purpose': 'prefetch' } });
    await server.client().get(at.base);
    await at.client.get(`${at.base}/changes?since=-1`);
    expect(await stateOf()).toBe('sent');
    await at.client.get(at.base);
    expect(await stateOf()).toBe('opened');
    const opened = () =>
      database.db.selectFrom('events').select('data').where('kind', '=', 'link.opened').orderBy('version', 'desc').execute();
    const count = (await opened()).length;
    await Promise.all(Array.from({ length: 5 }, () => at.client.get(at.base)));
    expect((await opened()).length).toBe(count);
    await database.db
      .updateTable('customer_links')
      .set({ last_opened_at: new Date(Date.now() - 11 * 60_000) })
      .where('handle', '=', made.handle)
      .execute();
    await at.client.get(at.base);
    expect((await opened()).length).toBe(count + 1);
  });
});

test('over https its cookie is for https alone', async () => {
  const secure = await startTestServer(database.url, { PUBLIC_URL: 'https://shop.test', TRUSTED_PROXIES: '127.0.0.1' });
  const made = await send();
  const client = secure.client();
  const reply = await client.get(`/c/${made.token}`, { headers: { 'x-forwarded-proto': 'https' } });
  expect(String(reply.headers['set-cookie'])).toMatch(
    new RegExp(`^__Secure-visit-${made.handle}=[^;]+; Path=/visit/${made.handle}; .*HttpOnly; Secure; SameSite=Lax$`),
  );
  expect((await client.get(`/visit/${made.handle}`)).status).toBe(200);
  await secure.stop();
});
