import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Phone, send } from '../../testing/customer.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, openEmpty } from '../../testing/money.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  server = await startTestServer(database.url);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

const ATTACKS = [
  'XSS<img src=x onerror=alert(1)>',
  'XSS"><svg onload=alert(1)>',
  "XSS' onmouseover='alert(1)",
  'XSS</textarea><script>alert(1)</script>',
  'XSS<%= 7*7 %>',
];

test.each(ATTACKS)('%s stays text, whoever typed it, on the customer’s pages and on the desk’s', async (attack) => {
  const { db } = database;
  const who = shop.staff.advisor;
  await sql`update shops set name = ${attack} where id = ${shop.id}`.execute(db);
  await sql`update billing_settings set phone = ${attack}, address = ${attack}, estimate_text = ${attack} where shop_id = ${shop.id}`.execute(
    db,
  );
  await sql`update visit_settings set greeting = ${attack}, consent_text = ${attack} where shop_id = ${shop.id}`.execute(db);
  const [number] = (await openEmpty(db, who, 1)) as [number];
  const [one, two] = [
    await addJob(db, who, number, { name: attack, progress: 'pending' }),
    await addJob(db, who, number, { name: attack, progress: 'pending' }),
  ];
  await sql`update jobs set concern = ${attack}, cause = ${attack} where id in (${one}, ${two})`.execute(db);
  await sql`update lines set description = ${attack}, legal_text = ${attack} where job_id in (${one}, ${two})`.execute(db);
  await sql`update vehicles set description = ${attack}, plate = ${attack.slice(0, 20)}`.execute(db);
  await send(db, who, number);
  const at = await Phone.open(db, who, number, server.client());
  const choices = { [`decision.${one}`]: 'approve', [`decision.${two}`]: 'decline' };
  const pages = [
    await at.get(),
    await at.get(`/answer?${new URLSearchParams(choices)}`),
    await at.get('/estimate'),
    await at.get(`/questions/new?job=${one}`),
  ];
  pages.push(await at.client.post(`${at.base}/answers`, { ...(await at.reviewed(choices)), name: attack, agreed: 'on', strokes: attack }));
  expect((await at.answer(choices, { name: attack, [`reason.decision.${two}`]: attack })).status).toBe(303);
  expect((await at.client.post(`${at.base}/questions`, { job: two, text: attack })).status).toBe(303);
  const { id } = await db.selectFrom('questions').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow();
  const advisor = await server.clientOf(shop, 'advisor');
  pages.push(await advisor.get(`/work-orders/${number}/questions/${id}`), await advisor.get(`/work-orders/${number}/link`));
  await advisor.post(`/work-orders/${number}/questions/${id}/answers`, { answer: attack });
  pages.push(await at.get('?answered'), await at.get('/changes?since=-1'), await advisor.get(`/work-orders/${number}`));
  for (const { text } of pages) {
    expect(text).toContain('XSS');
    expect(text).not.toMatch(/<img src=x|<svg onload|' onmouseover='|<script>alert|XSS49/);
  }
});
