import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, addLine, approve, consentForm, moneyOf, openEmpty, reprice } from '../../testing/money.js';
import { startTestServer, type TestServer, testEnvironment } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { recordConsent } from '../billing/authorizations.js';
import { makeLink, renewLink, revokeLinks } from './links.js';
import { sendToCustomer } from './sending.js';
import { LinkKeys } from './tokens.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let number: number;
const { token } = new LinkKeys(testEnvironment('').SESSION_SECRET as string);

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
const send = (of = number) => sendToCustomer(database.db, who(), of, token);
const job = (name: string, cents: number, more = {}) =>
  addJob(database.db, who(), number, { name, progress: 'pending', lines: [{ cents }], ...more });

interface Phone {
  client: Client;
  base: string;
}

/** A phone that has opened the link of a work order. */
async function phone(of = number): Promise<Phone> {
  const made = await makeLink(database.db, who(), of, token);
  const client = server.client();
  const reply = await client.get(`/c/${made.token}`);
  expect(reply.status).toBe(303);
  return { client, base: reply.headers.location as string };
}

const hidden = (text: string, name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
const consentOf = (text: string, id: number) => new RegExp(`data-job="${id}" data-consent="([a-z]+)"`).exec(text)?.[1];

/** What the review page would send. */
async function reviewed({ client, base }: Phone, choices: Record<string, string>, more: Record<string, string> = {}) {
  const { text } = await client.get(`${base}/answer?${new URLSearchParams(choices)}`);
  const fields = { requestId: hidden(text, 'requestId'), revision: hidden(text, 'revision'), mark: hidden(text, 'mark') };
  return { text, fields: { ...fields, ...choices, name: 'Dana Whitfield', strokes: '', agreed: 'on', ...more } };
}

async function answer(at: Phone, choices: Record<string, string>, more: Record<string, string> = {}) {
  const { fields } = await reviewed(at, choices, more);
  return at.client.post(`${at.base}/answers`, fields);
}

const rows = (of = number) =>
  database.db
    .selectFrom('authorizations as a')
    .innerJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'a.shop_id').onRef('w.id', '=', 'a.work_order_id'))
    .select([
      'a.id',
      'a.method',
      'a.given_by',
      'a.taken_by',
      'a.link_id',
      'a.signature',
      'a.shown',
      'a.authorized_cents',
      'a.from_address',
      'a.user_agent',
      'a.decisions',
    ])
    .where('w.shop_id', '=', shop.id)
    .where('w.number', '=', of)
    .orderBy('a.id')
    .execute();
const consents = async () => {
  const { id } = await moneyOf(database.db, shop.id, number);
  return Object.fromEntries(
    (await database.db.selectFrom('jobs').select(['id', 'consent']).where('work_order_id', '=', id).execute()).map((row) => [
      row.id,
      row.consent,
    ]),
  );
};
const stateOf = async () =>
  (
    await database.db
      .selectFrom('work_orders')
      .select('customer_state')
      .where('shop_id', '=', shop.id)
      .where('number', '=', number)
      .executeTakeFirstOrThrow()
  ).customer_state;

/** As if what was sent had been sent so many days before. */
async function passDays(days: number): Promise<void> {
  await database.db.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx);
    await sql`update estimate_revisions set at = at - make_interval(days => ${days})`.execute(trx);
  });
}

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
    const anew = await renewLink(database.db, who(), number, token);
    expect(anew.token).not.toBe(first.token);
    expect((await server.client().get(`/c/${first.token}`)).status).toBe(410);
    expect((await server.client().get(`/c/${anew.token}`)).status).toBe(303);
  });

  test('made with another secret still works, and the desk says that it can’t be shown', async () => {
    const old = new LinkKeys('the secret before this one, long enough as well');
    const made = await makeLink(database.db, who(), number, old.token);
    expect((await server.client().get(`/c/${made.token}`)).status).toBe(303);
    const advisor = await server.clientOf(shop, 'advisor');
    expect((await advisor.get(`/work-orders/${number}/link`)).text).toContain('secret of this server has changed');
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
    const made = await makeLink(database.db, who(), number, token);
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

describe('an answer', () => {
  test('is an authorization with what was shown, who signed, from where, and nobody of the shop', async () => {
    const [brakes, wipers] = [await job('Brakes', 30_000), await job('Wipers', 4_000)];
    await send();
    const at = await phone();
    const page = await at.client.get(at.base);
    expect([consentOf(page.text, brakes), consentOf(page.text, wipers)]).toEqual(['proposed', 'proposed']);
    const choices = { [`decision.${brakes}`]: 'approve', [`decision.${wipers}`]: 'decline' };
    const { text } = await reviewed(at, choices);
    expect(text).toContain('Approve 1 job, $300.00');
    const total = await at.client.get(`${at.base}/total?${new URLSearchParams(choices)}`);
    expect(total.text).toContain('$300.00');
    const reply = await answer(at, choices, { [`reason.decision.${wipers}`]: 'Too much' });
    expect(reply.status).toBe(303);
    expect((await at.client.get(reply.headers.location as string)).text).toContain('Thank you');
    expect(await consents()).toEqual({ [brakes]: 'approved', [wipers]: 'declined' });
    const [row] = await rows();
    expect(row).toMatchObject({
      method: 'link',
      given_by: 'Dana Whitfield',
      taken_by: null,
      authorized_cents: 30_000,
      from_address: '127.0.0.1',
    });
    expect(row?.signature).toEqual({ kind: 'typed', name: 'Dana Whitfield' });
    expect(row?.shown).toMatchObject({ beforeCents: 0, afterCents: 30_000, sent: 1, wording: [expect.stringContaining('$300.00')] });
    expect(row?.decisions).toEqual(
      expect.arrayContaining([expect.objectContaining({ job: wipers, decision: 'decline', reason: 'Too much' })]),
    );
    expect(await stateOf()).toBe('answered');
  });

  test('may be drawn', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const strokes = [
      [1, 2, 30, 40],
      [500, 100],
    ];
    expect((await answer(await phone(), { [`decision.${brakes}`]: 'approve' }, { strokes: JSON.stringify(strokes) })).status).toBe(303);
    expect((await rows())[0]?.signature).toEqual({ kind: 'drawn', name: 'Dana Whitfield', strokes });
  });

  test('of one of several options declines the others', async () => {
    const good = await job('Good', 10_000, { choice: 1, picked: true });
    const best = await job('Best', 30_000, { choice: 1, picked: false });
    await send();
    const at = await phone();
    expect((await at.client.get(at.base)).text).toContain('choose one');
    expect((await answer(at, { 'option.1': String(best) })).status).toBe(303);
    expect(await consents()).toEqual({ [good]: 'declined', [best]: 'approved' });
    expect((await rows())[0]?.authorized_cents).toBe(30_000);
  });

  test('to work that came later shows only the difference and the new total', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const at = await phone();
    await answer(at, { [`decision.${brakes}`]: 'approve' });
    const hose = await job('Hose', 18_000);
    const before = await at.client.get(at.base);
    expect(before.text).not.toContain('Hose');
    await send();
    const page = await at.client.get(at.base);
    expect(page.text).toContain('$300.00');
    expect(page.text).toContain('+$180.00');
    expect(page.text).toContain('$480.00');
    expect(consentOf(page.text, brakes)).toBe('approved');
    expect((await answer(at, { [`decision.${hose}`]: 'approve' })).status).toBe(303);
    expect((await rows()).map((row) => row.authorized_cents)).toEqual([30_000, 48_000]);
  });

  test('to a job that grew is asked with what it adds', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const at = await phone();
    await answer(at, { [`decision.${brakes}`]: 'approve' });
    await addLine(database.db, who(), number, brakes, { cents: 5_000 });
    await send();
    const page = await at.client.get(at.base);
    expect(consentOf(page.text, brakes)).toBe('revised');
    expect(page.text).toContain('+$50.00');
    await answer(at, { [`decision.${brakes}`]: 'approve' });
    expect((await rows()).at(-1)?.authorized_cents).toBe(35_000);
  });

  test('needs a name, and a tick for what is approved: what was typed stays, and nothing changed', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const at = await phone();
    const choices = { [`decision.${brakes}`]: 'approve' };
    const wrongs: Record<string, string>[] = [{ name: ' ' }, { name: 'Dana', agreed: '' }, { name: 'Dana <b>', strokes: '[[1]]' }];
    for (const more of wrongs) {
      const { fields } = await reviewed(at, choices, more);
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
      const reply = await at.client.post(`${at.base}/answers`, given);
      expect(reply.status, JSON.stringify(more)).toBe(422);
      expect(reply.text).toContain(`name="decision.${brakes}" value="approve"`);
      if (more.name === 'Dana <b>') expect(reply.text).toContain('Dana &lt;b&gt;');
    }
    expect(await rows()).toHaveLength(0);
  });

  test('to what was answered before is refused kindly, and changes nothing', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const [one, two] = [await phone(), await phone()];
    const choices = { [`decision.${brakes}`]: 'decline' };
    const { fields } = await reviewed(two, choices);
    await answer(one, { [`decision.${brakes}`]: 'approve' });
    const reply = await two.client.post(`${two.base}/answers`, fields);
    expect(reply.status).toBe(409);
    expect(reply.text).toContain('You approved “Brakes”');
    expect(await consents()).toEqual({ [brakes]: 'approved' });
    expect(await rows()).toHaveLength(1);
  });

  test('to an older version shows the new one, with what still fits', async () => {
    const [brakes, wipers] = [await job('Brakes', 30_000), await job('Wipers', 4_000)];
    const line = await addLine(database.db, who(), number, wipers, { cents: 1_000 });
    await send();
    const at = await phone();
    const { fields } = await reviewed(at, { [`decision.${brakes}`]: 'approve', [`decision.${wipers}`]: 'decline' });
    await reprice(database.db, who(), number, line, 2_000);
    const changing = await at.client.post(`${at.base}/answers`, fields);
    expect(changing.status).toBe(409);
    expect(changing.text).toContain('The shop is changing this estimate');
    // What was sent is what is shown, not what is being typed.
    expect(changing.text).toContain('$350.00');
    await send();
    const reply = await at.client.post(`${at.base}/answers`, fields);
    expect(reply.status).toBe(409);
    expect(reply.text).toContain('has changed since you opened it');
    expect(reply.text).toMatch(new RegExp(`name="decision.${brakes}" value="approve" checked`));
    expect(await rows()).toHaveLength(0);
  });

  test('comes too late for an estimate that was sent too long ago, until it is sent again', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const at = await phone();
    const { fields } = await reviewed(at, { [`decision.${brakes}`]: 'approve' });
    await passDays(31);
    const page = await at.client.get(at.base);
    expect(page.text).toContain('This estimate was good until');
    expect(page.text).not.toContain('value="approve"');
    expect((await at.client.post(`${at.base}/answers`, fields)).status).toBe(409);
    expect((await send()).fresh).toBe(true);
    expect((await answer(at, { [`decision.${brakes}`]: 'approve' })).status).toBe(303);
  });

  test('sent twice counts once, and of twenty phones at once one wins', async () => {
    const [brakes, wipers] = [await job('Brakes', 30_000), await job('Wipers', 4_000)];
    await send();
    const at = await phone();
    const { fields } = await reviewed(at, { [`decision.${brakes}`]: 'approve' });
    const replies = await Promise.all([1, 2, 3].map(() => at.client.post(`${at.base}/answers`, fields)));
    expect(replies.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await rows()).toHaveLength(1);
    const forms = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const one = await phone();
        return { one, ...(await reviewed(one, { [`decision.${wipers}`]: index % 2 ? 'approve' : 'decline' })) };
      }),
    );
    const statuses = (await Promise.all(forms.map(({ one, fields: own }) => one.client.post(`${one.base}/answers`, own)))).map(
      ({ status }) => status,
    );
    expect(statuses.filter((status) => status === 303)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(19);
    expect(await rows()).toHaveLength(2);
  });

  test('can be given by phone meanwhile: what is left can still be answered', async () => {
    const [brakes, wipers] = [await job('Brakes', 30_000), await job('Wipers', 4_000)];
    await send();
    const at = await phone();
    await recordConsent(
      database.db,
      who(),
      number,
      await consentForm(database.db, who(), number, [{ job: brakes, decision: 'approve', reason: '' }], 'phone'),
    );
    const page = await at.client.get(at.base);
    expect(page.text).toContain(`name="decision.${wipers}"`);
    expect(page.text).not.toContain(`name="decision.${brakes}"`);
    expect((await answer(at, { [`decision.${wipers}`]: 'approve' })).status).toBe(303);
  });

  test('of another site, with strange fields, or larger than anybody types, is refused', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const at = await phone();
    const { fields } = await reviewed(at, { [`decision.${brakes}`]: 'approve' });
    const bad: [Record<string, string>, object, number][] = [
      [fields, { headers: { origin: 'https://evil.test' } }, 403],
      [{ ...fields, [`decision.${brakes}`]: 'yes please' }, {}, 422],
      [{ ...fields, constructor: 'x' }, {}, 422],
      [{ ...fields, strokes: JSON.stringify([Array.from({ length: 20_002 }, () => 5)]) }, {}, 422],
      [{ ...fields, strokes: '[[1.5,2]]' }, {}, 422],
      [{ ...fields, strokes: '[[1,9999]]' }, {}, 422],
      [{ ...fields, strokes: '{"a":1}' }, {}, 422],
      [{ ...fields, name: 'x'.repeat(900_000) }, {}, 413],
      [{ ...fields, name: '\0' }, {}, 422],
      [{ ...fields, mark: 'x' }, {}, 422],
      [{ ...fields, [`decision.${brakes + 999_999}`]: 'approve', [`decision.${brakes}`]: '' }, {}, 422],
    ];
    for (const [given, options, status] of bad) {
      const reply = await at.client.post(`${at.base}/answers`, given, options);
      expect(reply.status, JSON.stringify(given).slice(0, 300)).toBe(status);
    }
    expect(await rows()).toHaveLength(0);
    expect(server.logged.filter((line) => line.level === 50)).toEqual([]);
  });

  test('is a row that nobody changes or removes', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    await answer(await phone(), { [`decision.${brakes}`]: 'approve' });
    const [row] = await rows();
    const id = row?.id as number;
    await expect(database.db.updateTable('authorizations').set({ given_by: 'Somebody' }).where('id', '=', id).execute()).rejects.toThrow(
      'never changed',
    );
    await expect(database.db.deleteFrom('authorizations').where('id', '=', id).execute()).rejects.toThrow('never changed');
    await expect(sql`truncate authorizations cascade`.execute(database.db)).rejects.toThrow('never changed');
  });
});

test('without an estimate that was sent there is no price on the page', async () => {
  await job('Brakes', 31_337);
  await approve(database.db, who(), number, Number(Object.keys(await consents())[0]));
  const at = await phone();
  const { text } = await at.client.get(at.base);
  expect(text).not.toMatch(/\$\d/);
  expect(text).not.toContain('313.37');
  expect(text).toContain('Approved: <span dir="auto">Brakes');
});
