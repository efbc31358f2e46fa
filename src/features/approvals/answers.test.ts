import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { inspect, Phone, send as sendEstimate } from '../../testing/customer.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, addLine, approve, consentForm, moneyOf, openEmpty, reprice } from '../../testing/money.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { recordConsent } from '../billing/authorizations.js';
import { makeInvoice, postInvoice } from '../billing/documents.js';
import { takePayment } from '../billing/payments.js';
import { block } from '../work-orders/blocks.js';
import { revokeLinks } from './links.js';

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
const job = (name: string, cents: number, more = {}) =>
  addJob(database.db, who(), number, { name, progress: 'pending', lines: [{ cents }], ...more });

const phone = (of = number) => Phone.open(database.db, who(), of, server.client());
const consentOf = (text: string, id: number) => new RegExp(`data-job="${id}" data-consent="([a-z]+)"`).exec(text)?.[1];

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
const openAnswers = async () => {
  const open = Object.entries(await consents()).filter(([, consent]) => consent === 'proposed');
  return open.map(([id]) => ({ job: Number(id), decision: 'approve' as const, reason: '' }));
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

describe('an answer', () => {
  test('is an authorization with what was shown, who signed, from where, and nobody of the shop', async () => {
    const [brakes, wipers] = [await job('Brakes', 30_000), await job('Wipers', 4_000)];
    await send();
    const at = await phone();
    const page = await at.client.get(at.base);
    expect([consentOf(page.text, brakes), consentOf(page.text, wipers)]).toEqual(['proposed', 'proposed']);
    const choices = { [`decision.${brakes}`]: 'approve', [`decision.${wipers}`]: 'decline' };
    const { text } = await at.get(`/answer?${new URLSearchParams(choices)}`);
    expect(text).toContain('Approve 1 job, $300.00');
    const total = await at.client.get(`${at.base}/total?${new URLSearchParams(choices)}`);
    expect(total.text).toContain('$300.00');
    const reply = await at.answer(choices, { [`reason.decision.${wipers}`]: 'Too much' });
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
    expect((await (await phone()).answer({ [`decision.${brakes}`]: 'approve' }, { strokes: JSON.stringify(strokes) })).status).toBe(303);
    expect((await rows())[0]?.signature).toEqual({ kind: 'drawn', name: 'Dana Whitfield', strokes });
    const pageOf = async (role: 'advisor' | 'mechanic') => (await (await server.clientOf(shop, role)).get(`/work-orders/${number}`)).text;
    expect(await pageOf('advisor')).toMatch(/aria-label="Signature of Dana Whitfield"><path d="M1 2L30 40M500 100h0"/);
    expect(await pageOf('mechanic')).not.toContain('M1 2L30 40');
  });

  test('of one of several options declines the others', async () => {
    const good = await job('Pads', 10_000, { choice: 1, picked: true });
    const best = await job('Pads and rotors', 30_000, { choice: 1, picked: false });
    await inspect(database.db, shop.staff.mechanic, number, { note: '', job: best });
    await send();
    const at = await phone();
    const { text } = await at.client.get(at.base);
    expect(text).toContain('<legend><span dir="auto">Choose one of 2</span></legend>');
    expect(text).toContain('Without one of these the vehicle is not safe');
    const declined = (await at.get('/answer?option.1=decline')).text;
    expect(declined).toContain('<span dir="auto">Pads · Pads and rotors</span><span class="quiet">Declined</span>');
    expect(declined).toContain('not safe to drive');
    expect((await at.answer({ 'option.1': String(best) })).status).toBe(303);
    expect(await consents()).toEqual({ [good]: 'declined', [best]: 'approved' });
    expect((await rows())[0]?.authorized_cents).toBe(30_000);
    const desk = await server.clientOf(shop, 'advisor');
    expect((await desk.get(`/work-orders/${number}`)).text).toContain('</strong> approved Pads and rotors</p>');
    const board = (await desk.get('/board')).text;
    expect(board.slice(board.indexOf(`id="card-${number}"`))).toMatch(/^[\s\S]{0,900}<strong>1 approved<\/strong>/);
  });

  test('to work that came later shows only the difference and the new total', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const at = await phone();
    await at.answer({ [`decision.${brakes}`]: 'approve' });
    const hose = await job('Hose', 18_000);
    const before = await at.client.get(at.base);
    expect(before.text).not.toContain('Hose');
    await send();
    const page = await at.client.get(at.base);
    expect(page.text).toContain('$300.00');
    expect(page.text).toContain('+$180.00');
    expect(page.text).toContain('$480.00');
    expect(consentOf(page.text, brakes)).toBe('approved');
    expect((await at.answer({ [`decision.${hose}`]: 'approve' })).status).toBe(303);
    expect((await rows()).map((row) => row.authorized_cents)).toEqual([30_000, 48_000]);
  });

  test('to a job that grew is asked with what it adds', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const at = await phone();
    await at.answer({ [`decision.${brakes}`]: 'approve' });
    await addLine(database.db, who(), number, brakes, { cents: 5_000 });
    await send();
    const page = await at.client.get(at.base);
    expect(consentOf(page.text, brakes)).toBe('revised');
    expect(page.text).toContain('+$50.00');
    await at.answer({ [`decision.${brakes}`]: 'approve' });
    expect((await rows()).at(-1)?.authorized_cents).toBe(35_000);
  });

  test('ends the waiting for it once all is answered, and no other waiting', async () => {
    const [brakes, hose] = [await job('Brakes', 30_000), await job('Hose', 10_000)];
    await send();
    await block(database.db, who(), number, { reason: 'approval', note: 'She is at work until noon' });
    const blocked = async () =>
      (
        await database.db
          .selectFrom('work_orders')
          .select(['blocked_reason', 'blocked_note', 'blocked_since'])
          .where('shop_id', '=', shop.id)
          .where('number', '=', number)
          .executeTakeFirstOrThrow()
      ).blocked_reason;
    const at = await phone();
    await at.answer({ [`decision.${brakes}`]: 'approve' });
    expect(await blocked()).toBe('approval');
    await at.answer({ [`decision.${hose}`]: 'decline' });
    expect(await blocked()).toBeNull();
    expect((await (await server.clientOf(shop, 'advisor')).get(`/work-orders/${number}`)).text).toContain(
      'removed the mark “Waiting for approval”',
    );
    await job('Wipers', 4_000);
    await block(database.db, who(), number, { reason: 'parts', note: '' });
    await recordConsent(database.db, who(), number, await consentForm(database.db, who(), number, await openAnswers()));
    expect(await blocked()).toBe('parts');
  });

  test('needs a name, and a tick for what is approved: what was typed stays, and nothing changed', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const at = await phone();
    const choices = { [`decision.${brakes}`]: 'approve' };
    const wrongs: Record<string, string>[] = [{ name: ' ' }, { name: 'Dana', agreed: '' }, { name: 'Dana <b>', strokes: '[[1]]' }];
    for (const more of wrongs) {
      const fields = await at.reviewed(choices, more);
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
    const fields = await two.reviewed(choices);
    await one.answer({ [`decision.${brakes}`]: 'approve' });
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
    const fields = await at.reviewed({ [`decision.${brakes}`]: 'approve', [`decision.${wipers}`]: 'decline' });
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
    const fields = await at.reviewed({ [`decision.${brakes}`]: 'approve' });
    await passDays(31);
    const page = await at.client.get(at.base);
    expect(page.text).toContain('This estimate was good until');
    expect(page.text).not.toContain('value="approve"');
    expect((await at.client.post(`${at.base}/answers`, fields)).status).toBe(409);
    expect((await send()).fresh).toBe(true);
    expect((await at.answer({ [`decision.${brakes}`]: 'approve' })).status).toBe(303);
  });

  test('sent twice counts once, and of twenty phones at once one wins', async () => {
    const [brakes, wipers] = [await job('Brakes', 30_000), await job('Wipers', 4_000)];
    await send();
    const at = await phone();
    const fields = await at.reviewed({ [`decision.${brakes}`]: 'approve' });
    const replies = await Promise.all([1, 2, 3].map(() => at.client.post(`${at.base}/answers`, fields)));
    expect(replies.map(({ status }) => status)).toEqual([303, 303, 303]);
    expect(await rows()).toHaveLength(1);
    const forms = await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const one = await phone();
        return { one, own: await one.reviewed({ [`decision.${wipers}`]: index % 2 ? 'approve' : 'decline' }) };
      }),
    );
    const statuses = (await Promise.all(forms.map(({ one, own }) => one.client.post(`${one.base}/answers`, own)))).map(
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
    expect((await at.answer({ [`decision.${wipers}`]: 'approve' })).status).toBe(303);
  });

  test('comes too late once the work is invoiced for good, by a link that is revoked, or from the phone of somebody else', async () => {
    const [brakes, hose] = [await job('Brakes', 30_000, { progress: 'complete' }), await job('Hose', 10_000)];
    await send();
    const at = await phone();
    const opened = await at.reviewed({ [`decision.${hose}`]: 'approve' });
    const [other] = (await openEmpty(database.db, who(), 1)) as [number];
    const neighbor = await phone(other);
    expect((await neighbor.client.post(`${at.base}/answers`, opened)).status).toBe(404);
    expect((await neighbor.client.post(`${neighbor.base}/answers`, opened)).status).toBe(409);
    const by = (id: number, decision: 'approve' | 'decline') => ({ job: id, decision, reason: '' });
    const answers = [by(brakes, 'approve'), by(hose, 'decline')];
    await recordConsent(database.db, who(), number, await consentForm(database.db, who(), number, answers));
    const { total_cents: total } = await moneyOf(database.db, shop.id, number);
    await makeInvoice(database.db, who(), number, total);
    const card = { method: 'card' as const, cents: total, tenderedCents: null, reference: '', note: '', deposit: false };
    await takePayment(database.db, who(), number, card);
    await postInvoice(database.db, who(), number, total);
    const late = await at.client.post(`${at.base}/answers`, opened);
    expect([late.status, late.text]).toEqual([409, expect.stringContaining('This work is invoiced already.')]);
    await revokeLinks(database.db, who(), number);
    expect((await at.client.post(`${at.base}/answers`, opened)).status).toBe(410);
    expect((await at.client.post(`${at.base}/questions`, { job: '', text: 'Why?', requestId: '' })).status).toBe(410);
    expect(await rows()).toHaveLength(1);
    expect(await rows(other)).toHaveLength(0);
    expect((await consents())[hose]).toBe('declined');
  });

  test('of another site, with strange fields, or larger than anybody types, is refused', async () => {
    const brakes = await job('Brakes', 30_000);
    await send();
    const at = await phone();
    const fields = await at.reviewed({ [`decision.${brakes}`]: 'approve' });
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
    await (await phone()).answer({ [`decision.${brakes}`]: 'approve' });
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
