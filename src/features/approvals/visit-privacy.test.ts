import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { inspect, Phone, send, tokenOf } from '../../testing/customer.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addPhotos } from '../../testing/media.js';
import { addJob, openEmpty } from '../../testing/money.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { TestSocket } from '../../testing/socket.js';
import { addComment } from '../work-orders/comments.js';
import { makeLink, revokeLinks } from './links.js';

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
  [number] = (await openEmpty(database.db, who(), 1)) as [number];
});

const who = () => shop.staff.advisor;
const phone = (of = number) => Phone.open(database.db, who(), of, server.client());
const orderId = async (of = number) =>
  (
    await database.db
      .selectFrom('work_orders')
      .select('id')
      .where('shop_id', '=', shop.id)
      .where('number', '=', of)
      .executeTakeFirstOrThrow()
  ).id;

test('nothing that is the shop’s own is on any page of a customer', async () => {
  const MARK = 'QQQ-not-for-customers';
  const { db } = database;
  const job = await addJob(db, who(), number, { name: 'Brakes', progress: 'pending', lines: [{ kind: 'part', cents: 30_000 }] });
  const internal = await addJob(db, who(), number, { name: MARK, payType: 'internal' });
  const id = await orderId();
  const values = { id, shop: shop.id, mechanic: shop.staff.mechanic.staff };
  await sql`update work_orders set internal_note = ${MARK}, blocked_reason = 'parts', blocked_note = ${MARK}, blocked_since = now(), tag = ${MARK},
    advisor_id = ${who().staff}, mechanic_id = ${values.mechanic} where id = ${id}`.execute(db);
  await sql`update jobs set internal_note = ${MARK}, clocked_hundredths = 98765, mechanic_id = ${values.mechanic} where work_order_id = ${id}`.execute(
    db,
  );
  await sql`update lines set cost_cents = 7654321, vendor = ${MARK}, vendor_invoice = ${MARK} where work_order_id = ${id}`.execute(db);
  await sql`update customers set phone = ${MARK}, email = ${MARK}, address = ${MARK} where id = (select customer_id from work_orders where id = ${id})`.execute(
    db,
  );
  await addComment(db, who(), number, MARK);
  await inspect(db, shop.staff.mechanic, number, { note: MARK, released: { finding: false, inspection: true } });
  await inspect(db, shop.staff.mechanic, number, { note: MARK, released: { finding: true, inspection: false } });
  const seen = await inspect(db, shop.staff.mechanic, number, { note: 'Two millimeters left' });
  const [secret] = await addPhotos(server.app.services, shop.staff.mechanic, number, [1]);
  await sql`update media set caption = ${MARK}, name = ${MARK} where id = ${secret}`.execute(db);
  const [shown] = await addPhotos(server.app.services, shop.staff.mechanic, number, [2], { finding: seen });
  await sql`update media set name = ${MARK}, caption = 'Worn down', to_customer = true where id = ${shown}`.execute(db);
  await send(db, who(), number);
  const at = await phone();
  const chosen = `decision.${job}=approve`;
  const texts = [];
  for (const path of [
    '',
    '?answered',
    `/answer?${chosen}`,
    '/estimate',
    '/questions/new',
    `/questions/new?job=${job}`,
    `/questions/new?job=${internal}`,
    '/changes?since=-1',
    `/total?${chosen}`,
  ]) {
    const reply = await at.get(path);
    expect(reply.status, path).toBe(200);
    texts.push(reply.text);
  }
  expect((await at.answer({ [`decision.${job}`]: 'approve' })).status).toBe(303);
  texts.push((await at.get('?answered')).text);
  const all = texts.join('\n');
  for (const good of ['Brakes', 'Two millimeters left', 'Front pads', 'LF 1.5 mm', 'Worn down', '$300.00', `/media/${shown}/thumbnail`])
    expect(all).toContain(good);
  for (const secretText of [MARK, '76,543', '7654321', '987', `/media/${secret}/`, who().name, shop.staff.mechanic.name, 'IMG_'])
    expect(all, secretText).not.toContain(secretText);
});

test('a picture goes to its customer alone, as a copy, and to nobody once the link is revoked', async () => {
  const { db } = database;
  const [mine, hidden] = await addPhotos(server.app.services, shop.staff.mechanic, number, [3, 4]);
  const [other] = (await openEmpty(db, who(), 1)) as [number];
  const [theirs] = await addPhotos(server.app.services, shop.staff.mechanic, other, [5]);
  await sql`update media set to_customer = true where id in (${mine}, ${theirs})`.execute(db);
  const [at, neighbor] = [await phone(), await phone(other)];
  const status = async (client: Phone['client'], path: string) => (await client.get(path)).status;
  const file = await db
    .selectFrom('media_files')
    .select('sha256')
    .where('media_id', '=', mine as number)
    .where('use', '=', 'customer')
    .executeTakeFirstOrThrow();
  for (const use of ['thumbnail', 'customer']) {
    const reply = await at.get(`/media/${mine}/${use}`);
    expect(reply).toMatchObject({ status: 200, headers: { 'content-type': 'image/jpeg', 'x-content-type-options': 'nosniff' } });
    expect(await status(neighbor.client, `${at.base}/media/${mine}/${use}`)).toBe(404);
    expect(await status(neighbor.client, `${neighbor.base}/media/${mine}/${use}`)).toBe(404);
    expect(await status(server.client(), `${at.base}/media/${mine}/${use}`)).toBe(404);
    expect(await status(at.client, `${at.base}/media/${theirs}/${use}`)).toBe(404);
    expect(await status(at.client, `${at.base}/media/${hidden}/${use}`)).toBe(404);
  }
  for (const use of ['original', 'screen', 'playable', file.sha256.toString('hex'), '..%2foriginal'])
    expect(await status(at.client, `${at.base}/media/${mine}/${use}`), use).toBe(404);
  const staff = await server.clientOf(shop, 'manager');
  expect(await status(staff, `${at.base}/media/${mine}/customer`)).toBe(404);
  await revokeLinks(db, who(), number);
  expect(await status(at.client, `${at.base}/media/${mine}/customer`)).toBe(410);
});

test('what was seen is kept with the answer: findings, and every file by its hash', async () => {
  const { db } = database;
  const job = await addJob(db, who(), number, { name: 'Brakes', progress: 'pending' });
  const finding = await inspect(db, shop.staff.mechanic, number, { note: 'Two millimeters left' });
  const [picture] = await addPhotos(server.app.services, shop.staff.mechanic, number, [6], { finding });
  await sql`update media set to_customer = true where id = ${picture}`.execute(db);
  await send(db, who(), number);
  await (await phone()).answer({ [`decision.${job}`]: 'approve' });
  const row = await db.selectFrom('authorizations').select(['id', 'shown']).orderBy('id', 'desc').executeTakeFirstOrThrow();
  expect(row.shown).toMatchObject({
    findings: { [finding]: { note: 'Two millimeters left', color: 'red' } },
    media: { [picture as number]: { kind: 'photo' } },
  });
  const kept = await db.selectFrom('authorization_files').select('sha256').where('authorization_id', '=', row.id).execute();
  const files = await db
    .selectFrom('media_files')
    .select('sha256')
    .where('media_id', '=', picture as number)
    .where('use', 'in', ['thumbnail', 'customer'])
    .execute();
  const hex = (all: { sha256: Buffer }[]) => all.map(({ sha256 }) => sha256.toString('hex')).sort();
  expect(hex(kept)).toEqual(hex(files));
  expect(kept.length).toBeGreaterThan(1);
});

test('a question stands on the work order and on the card at once, and its answer on the customer’s page', async () => {
  const { db } = database;
  const job = await addJob(db, who(), number, { name: 'Brakes', progress: 'pending' });
  await send(db, who(), number);
  const hose = await addJob(db, who(), number, { name: 'Hose', progress: 'pending' });
  const advisor = await server.clientOf(shop, 'advisor');
  const room = await TestSocket.open(advisor, `work-order:${number}`);
  const at = await phone();
  expect((await at.client.post(`${at.base}/questions`, { job: hose, text: 'What is that?' })).status).toBe(404);
  expect((await at.client.post(`${at.base}/questions`, { job, text: ' ' })).status).toBe(422);
  expect((await at.client.post(`${at.base}/questions`, { job, text: 'Can it wait <until> Friday?' })).status).toBe(303);
  await until(
    () => room.messages.some(({ content }) => content.includes('Can it wait &lt;until&gt; Friday?')),
    'the question on the work order',
  );
  const { id } = await db.selectFrom('questions').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
  const [other] = (await openEmpty(db, who(), 1)) as [number];
  expect((await advisor.post(`/work-orders/${other}/questions/${id}/answers`, { answer: 'Yes' })).status).toBe(404);
  const mechanic = await server.clientOf(shop, 'mechanic');
  expect((await mechanic.post(`/work-orders/${number}/questions/${id}/answers`, { answer: 'Yes' })).status).toBe(403);
  const { headers } = await at.get('/changes?since=-1');
  expect((await at.get(`/changes?since=${headers['x-version']}`)).status).toBe(204);
  expect((await advisor.post(`/work-orders/${number}/questions/${id}/answers`, { answer: 'Better not.' })).status).toBe(303);
  const fresh = await at.get(`/changes?since=${headers['x-version']}`);
  expect(fresh.status).toBe(200);
  expect(fresh.text).toContain('Better not.');
  room.close();
  const events = await db.selectFrom('events').select('data').where('kind', 'like', 'question.%').execute();
  expect(JSON.stringify(events)).not.toMatch(/Friday|Better not/);
});

test('what the customer does is on the board at once, and the card moves where the shop wants it', async () => {
  const { db } = database;
  const job = await addJob(db, who(), number, { name: 'Brakes', progress: 'pending' });
  const target = shop.columns[1] as { id: number };
  await db.updateTable('visit_settings').set({ approved_column_id: target.id }).where('shop_id', '=', shop.id).execute();
  const mechanic = await server.clientOf(shop, 'mechanic');
  const board = await TestSocket.open(mechanic, 'board');
  const said = (pattern: RegExp) =>
    board.messages.some(({ content }) => content.includes(`data-card="${number}"`) && pattern.test(content));
  await send(db, who(), number);
  await until(() => said(/<strong>Sent<\/strong> \d{1,2}:\d\d [AP]M/), 'the card that says Sent');
  const at = await phone();
  await at.get();
  await until(() => said(/<strong>Opened<\/strong> \d{1,2}:\d\d [AP]M/), 'the card that says Opened');
  await at.answer({ [`decision.${job}`]: 'approve' });
  await until(() => said(/<strong>1 approved<\/strong> \d{1,2}:\d\d [AP]M/), 'the card that says what was answered');
  expect(board.messages.map(({ content }) => content).join('')).not.toContain('$');
  const row = await db
    .selectFrom('work_orders')
    .select('column_id')
    .where('number', '=', number)
    .where('shop_id', '=', shop.id)
    .executeTakeFirstOrThrow();
  expect(row.column_id).toBe(target.id);
  const moved = await db
    .selectFrom('events')
    .select(['actor_id', 'kind'])
    .where('work_order_id', '=', await orderId())
    .orderBy('version', 'desc')
    .orderBy('seq', 'desc')
    .limit(2)
    .execute();
  expect(moved).toEqual(expect.arrayContaining([{ kind: 'card.moved', actor_id: null }]));
  const page = await mechanic.get(`/work-orders/${number}`);
  expect(page.text).toContain('The customer');
  expect(page.text).not.toContain('$');
  board.close();
});

test('a move that the board refuses is no failure of the consent', async () => {
  const { db } = database;
  const job = await addJob(db, who(), number, { name: 'Brakes', progress: 'pending' });
  await db
    .updateTable('visit_settings')
    .set({ approved_column_id: (shop.columns[1] as { id: number }).id })
    .where('shop_id', '=', shop.id)
    .execute();
  await send(db, who(), number);
  const done = shop.columns.find(({ meaning }) => meaning === 'done') as { id: number };
  await sql`update work_orders set column_id = ${done.id} where shop_id = ${shop.id} and number = ${number}`.execute(db);
  expect((await (await phone()).answer({ [`decision.${job}`]: 'approve' })).status).toBe(303);
  const row = await db
    .selectFrom('work_orders')
    .select('column_id')
    .where('shop_id', '=', shop.id)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  expect(row.column_id).toBe(done.id);
});

test('no token is ever in the log, not even of a request that broke', async () => {
  const { db } = database;
  const { token } = await makeLink(db, who(), number, tokenOf);
  await sql`alter table customer_links rename to customer_links_gone`.execute(db);
  const replies = [await server.client().get(`/c/${token}`), await server.client().get('/c/short-demo-token')];
  await sql`alter table customer_links_gone rename to customer_links`.execute(db);
  expect(replies.map(({ status }) => status)).toEqual([500, 500]);
  expect(replies[0]?.text).not.toContain('/sign-in');
  const log = JSON.stringify(server.logged);
  expect(log).toContain('/c/…');
  expect(log).not.toContain(token);
  expect(log).not.toContain('short-demo-token');
});

test('whoever tries tokens is slowed down, and a customer with a link is not', async () => {
  const stranger = server.client();
  const statuses = [];
  for (let count = 0; count < 62; count++) statuses.push((await stranger.get(`/c/${'z'.repeat(40)}${count}`)).status);
  expect(statuses.at(0)).toBe(404);
  expect(statuses.at(-1)).toBe(429);
  await phone();
});

test('whoever declines what makes the vehicle unsafe signs on the page that they know', async () => {
  const { db } = database;
  const job = await addJob(db, who(), number, { name: 'Brakes', progress: 'pending' });
  await inspect(db, shop.staff.mechanic, number, { note: 'Down to metal', job });
  await send(db, who(), number);
  const at = await phone();
  expect((await at.get(`/answer?decision.${job}=decline`)).text).toContain('not safe to drive');
  await at.answer({ [`decision.${job}`]: 'decline' });
  const page = (await at.get()).text;
  expect(page).toContain('I was told that this vehicle is not safe to drive because of Front pads');
  const holds = /name="holds" value="([\d,]+)"/.exec(page)?.[1] as string;
  const form = { holds, name: 'Dana Whitfield', strokes: '', agreed: 'on', requestId: 'the-form-of-dana' };
  const { agreed: _, ...without } = form;
  expect((await at.client.post(`${at.base}/acknowledgements`, without)).status).toBe(422);
  expect((await at.client.post(`${at.base}/acknowledgements`, { ...form, holds: '999999' })).status).toBe(409);
  const neighbor = await phone(((await openEmpty(db, who(), 1)) as [number])[0]);
  expect((await neighbor.client.post(`${neighbor.base}/acknowledgements`, form)).status).toBe(409);
  for (let time = 0; time < 2; time++) expect((await at.client.post(`${at.base}/acknowledgements`, form)).status).toBe(303);
  const hold = await db
    .selectFrom('holds')
    .select(['acknowledged_by', 'acknowledged_how', 'acknowledgement_taken_by', 'signature'])
    .where('id', '=', Number(holds))
    .executeTakeFirstOrThrow();
  expect(hold).toEqual({
    acknowledged_by: 'Dana Whitfield',
    acknowledged_how: 'link',
    acknowledgement_taken_by: null,
    signature: { kind: 'typed', name: 'Dana Whitfield' },
  });
  expect((await at.get()).text).not.toContain('Sign that I know');
});
