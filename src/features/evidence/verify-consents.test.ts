import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyEvents } from '../../platform/database/verify-events.js';
import { inspect, Phone, send } from '../../testing/customer.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addPhotos } from '../../testing/media.js';
import { addJob, approve, openEmpty } from '../../testing/money.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { verifyConsents } from './verify-consents.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;

/** Brakes declined by the link though unsafe, and that acknowledged with a drawing; hoses approved in person. */
beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  const { db } = database;
  shop = await makeShop(db);
  const { advisor, mechanic } = shop.staff;
  const [number] = (await openEmpty(db, advisor, 1)) as [number];
  const [brakes, hoses] = [await addJob(db, advisor, number, { progress: 'pending' }), await addJob(db, advisor, number)];
  const finding = await inspect(db, mechanic, number, { note: '', job: brakes });
  await addPhotos(server.app.services, mechanic, number, [1], { finding });
  await send(db, advisor, number);
  const at = await Phone.open(db, advisor, number, server.client());
  expect((await at.answer({ [`decision.${brakes}`]: 'decline' }, { strokes: '[[1,2,3,4]]' })).status).toBe(303);
  const { text } = await at.get();
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
  const known = { requestId: field('requestId'), holds: field('holds'), name: 'Dana Whitfield', strokes: '[[5,6]]', agreed: 'on' };
  expect((await at.client.post(`${at.base}/acknowledgements`, known)).status).toBe(303);
  await approve(db, advisor, number, hoses);
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** What is found after somebody did what only the database's own password allows; then it is as if they had not. */
async function findAfter(statement: string): Promise<{ consents: string | null; events: string | null }> {
  const transaction = await database.db.startTransaction().execute();
  try {
    await sql`set local session_replication_role = replica`.execute(transaction);
    const { numAffectedRows } = await sql.raw(statement.replaceAll('$shop', String(shop.id))).execute(transaction);
    expect(numAffectedRows).toBeGreaterThan(0n);
    return { consents: await verifyConsents(transaction, shop.id), events: (await verifyEvents(transaction, shop.id)).wrong };
  } finally {
    await transaction.rollback().execute();
  }
}

test('what nobody touched is as it was written, page by page', async () => {
  expect(await verifyConsents(database.db, shop.id)).toBeNull();
  expect(await verifyConsents(database.db, shop.id, 1)).toBeNull();
});

const CONSENT = /^the consent of event \d+\.\d+ \(WO-1001, .*\) is not as it was written$/;
const LINK = `shop_id = $shop and method = 'link'`;

test.each<[string, string, RegExp]>([
  ['a name', `update authorizations set given_by = 'Somebody' where ${LINK}`, CONSENT],
  ['a sum', 'update authorizations set authorized_cents = authorized_cents + 1 where shop_id = $shop', CONSENT],
  ['an answer', `update authorizations set decisions = jsonb_set(decisions, '{0,decision}', '"approve"') where ${LINK}`, CONSENT],
  ['a signature', `update authorizations set signature = jsonb_set(signature, '{strokes,0,0}', '9') where ${LINK}`, CONSENT],
  ['what was shown', `update authorizations set shown = '{}' where ${LINK}`, CONSENT],
  ['a time', `update authorizations set at = at - interval '1 day' where ${LINK}`, CONSENT],
  ['who took it down', `update authorizations set taken_by = taken_by + 1 where shop_id = $shop and taken_by is not null`, CONSENT],
  ['a picture that was seen', 'delete from authorization_files where shop_id = $shop', CONSENT],
  ['a whole consent', `delete from authorizations where ${LINK}`, /^the consent of event \d+\.\d+ is gone$/],
  [
    'one that nobody gave',
    `insert into authorizations (shop_id, work_order_id, revision_id, method, given_by, taken_by, at, decisions, authorized_cents, authorized_before_tax_cents)
      select shop_id, work_order_id, revision_id, 'in-person', 'Nobody', taken_by, at, '[]', 1000000, 1000000 from authorizations
      where shop_id = $shop and taken_by is not null`,
    /^a consent to WO-1001 is in no event$/,
  ],
  [
    'an estimate',
    `update estimate_revisions set content = jsonb_set(content, '{jobs,0,name}', '"Other"') where shop_id = $shop and number = 1`,
    /^revision 1 of the estimate of WO-1001 is not as it was frozen$/,
  ],
  ['an estimate and its hash', `update estimate_revisions set sha256 = sha256('x') where shop_id = $shop and why = 'approved'`, CONSENT],
  [
    'an acknowledgement',
    `update holds set signature = jsonb_set(signature, '{name}', '"Somebody"') where shop_id = $shop`,
    /^the acknowledgement that WO-1001 is unsafe is not as it was written$/,
  ],
])('%s that was tampered with shows, though the chain of events holds', async (_, statement, told) => {
  expect(await findAfter(statement)).toEqual({ consents: expect.stringMatching(told), events: null });
});

test('a consent of an older version, whose event has no hash of it, is no fault', async () => {
  const older = `update events set data = data - 'sha256' - 'authorization' where shop_id = $shop and kind = 'consent.recorded'`;
  expect((await findAfter(older)).consents).toBeNull();
});
