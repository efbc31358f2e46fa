import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { canonicalJson } from '../../platform/database/events.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addPhotos, photoBytes } from '../../testing/media.js';
import { consentForm, openEmpty } from '../../testing/money.js';
import { addBrakesTemplate, answer, findRed } from '../../testing/safety.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { unzip } from '../../testing/unzip.js';
import { consentWithin } from '../billing/authorizations.js';
import { markAsSent } from '../billing/revisions.js';
import { lockOrder } from '../billing/settle.js';
import { addLine } from '../jobs/lines.js';
import { acknowledge, listOpenHolds, release } from '../safety/holds.js';
import { addComment } from '../work-orders/comments.js';
import { createWorkOrder } from '../work-orders/create.js';

const ATTACK = '<img src=x onerror=alert(1)></script><script>alert(1)</script>{{7*7}}<%= 7*7 %> ضمان 保証 "\'&';
/** What must be in no file of a pack. */
const SECRETS = ['Nobody but us 4711', 'Cheap Parts Ltd', 'INV-777-SECRET', 'A comment among us', 'Somebody Else', '"costCents":4711'];

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let number: number;
let files: Map<string, Buffer>;
let names: string[];
let photos: number[];
// biome-ignore lint/suspicious/noExplicitAny: read as any program would.
let record: any;
let page: string;

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');
const text = (path: string) => (files.get(path) as Buffer).toString();

async function takePack(of = number): Promise<Map<string, Buffer>> {
  const advisor = await server.clientOf(shop, 'advisor');
  const reply = await advisor.get(`/work-orders/${of}/evidence`);
  expect(reply.status).toBe(200);
  expect(reply.headers['content-type']).toBe('application/zip');
  expect(reply.headers['content-disposition']).toMatch(new RegExp(`^attachment; filename="WO-${of}-evidence-\\d{4}-\\d\\d-\\d\\d\\.zip"$`));
  return unzip(reply.bytes);
}

/** A visit with everything in it: found, photographed, sent, declined, signed, held, released, paid for nothing. */
async function makeVisit(): Promise<void> {
  const { db } = database;
  const { advisor, manager, mechanic } = shop.staff;
  await createWorkOrder(db, advisor, newOrder({ customerName: 'Somebody Else' }));
  const order = newOrder({ customerName: ATTACK, vehicleDescription: ATTACK.slice(0, 60), concern: ATTACK });
  number = (await createWorkOrder(db, advisor, order)).result.number;
  await change(db, advisor, {}, async (tx) => {
    const { id } = await lockOrder(tx, number);
    await tx.db.updateTable('work_orders').set({ internal_note: 'Nobody but us 4711' }).where('id', '=', id).execute();
    tx.record('work-order.edited', id, { number, from: { internalNote: '' }, to: { internalNote: 'Nobody but us 4711' } });
  });
  await addComment(db, manager, number, 'A comment among us');
  const found = await findRed(db, shop, number, await addBrakesTemplate(db, shop, ATTACK.slice(0, 60)));
  const part = {
    description: `Pads ${ATTACK}`.slice(0, 200),
    quantity: '1',
    price: '50',
    cost: '47.11',
    vendor: 'Cheap Parts Ltd',
    vendorInvoice: 'INV-777-SECRET',
  };
  await addLine(db, advisor, number, { job: found.job, kind: 'part', coreCents: null, fee: null, fields: part });
  photos = await addPhotos(server.app.services, mechanic, number, [1, 2, 3], { finding: found.finding });
  await db
    .updateTable('media')
    .set({ caption: ATTACK, name: '../../<b>.jpg' })
    .where('id', '=', photos[0] as number)
    .execute();
  await markAsSent(db, advisor, number);
  await answer(db, advisor, number, 'decline', found.job);
  const holds = (await listOpenHolds(db, shop.id, number)).map(({ id }) => id);
  await acknowledge(db, advisor, number, { holds, givenBy: ATTACK.slice(0, 100), how: 'phone', note: ATTACK });
  await release(db, manager, number, { holds, note: ATTACK });
  await answerByLink(found.job);
  // One that the customer saw and one that they did not are removed.
  await db.updateTable('media').set({ removed_at: new Date() }).where('id', 'in', photos.slice(1)).execute();
}

/** The customer draws a signature; of the second photo they saw the copy that is made for them. */
async function answerByLink(job: number): Promise<void> {
  const { db } = database;
  const row = await db
    .selectFrom('work_orders')
    .select('id')
    .where('shop_id', '=', shop.id)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  const { id: link } = await db
    .insertInto('customer_links')
    .values({
      ...{
        shop_id: shop.id,
        work_order_id: row.id,
        token_hash: Buffer.alloc(32, 7),
        handle: 'a-handle',
        created_by: shop.staff.advisor.staff,
      },
      ...{ created_at: new Date(), expires_at: new Date(Date.now() + 86_400_000) },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const seen = await db
    .selectFrom('media_files')
    .select('sha256')
    .where('media_id', '=', photos[1] as number)
    .where('use', '=', 'customer')
    .execute();
  const form = await consentForm(db, shop.staff.advisor, number, [{ job, decision: 'approve', reason: '' }]);
  await change(db, { shop: shop.id, staff: null }, {}, async (tx) => {
    const byLink = {
      ...{
        link,
        signature: {
          kind: 'drawn',
          name: ATTACK,
          strokes: [
            [1, 2, 30, 40],
            [5, 6],
          ],
        } as never,
        fromAddress: '203.0.113.9',
      },
      ...{ userAgent: ATTACK, files: seen.map((one) => one.sha256), shown: { wording: [ATTACK], findings: {}, media: {} } as never },
    };
    await consentWithin(tx, await lockOrder(tx, number), { ...form, method: 'link', givenBy: ATTACK }, byLink);
  });
}

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  await makeVisit();
  files = await takePack();
  names = [...files.keys()];
  record = JSON.parse(text('record.json'));
  page = text('index.html');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

describe('the pack', () => {
  test('has names of ours only, and a hash for every file that sha256sum would find right', () => {
    for (const name of names)
      expect(name).toMatch(
        /^(index\.html|record\.json|HOW-TO-VERIFY\.txt|SHA256SUMS|events\/\d{6}-\d+\.bin|pictures\/\d{6}-[a-z]+\.[a-z0-9]+)$/,
      );
    const sums = text('SHA256SUMS')
      .trimEnd()
      .split('\n')
      .map((line) => line.split('  ') as [string, string]);
    expect(sums.map(([, path]) => path).sort()).toEqual(names.filter((name) => name !== 'SHA256SUMS').sort());
    for (const [sum, path] of sums) expect(sha256(files.get(path) as Buffer), path).toBe(sum);
  });

  test('holds for every event the bytes that its hash in the database is made of, linked to the one before', async () => {
    const events = await database.db
      .selectFrom('events')
      .select(['version', 'seq', 'hash', 'work_order_id', 'kind'])
      .where('shop_id', '=', shop.id)
      .orderBy('version')
      .orderBy('seq')
      .execute();
    const own = await database.db
      .selectFrom('work_orders')
      .select('id')
      .where('shop_id', '=', shop.id)
      .where('number', '=', number)
      .executeTakeFirstOrThrow();
    const about = events.filter((event) => event.work_order_id === own.id);
    expect(record.history).toHaveLength(about.length);
    expect(about.length).toBeGreaterThan(15);
    let kept = 0;
    for (const [index, event] of about.entries()) {
      const link = record.history[index];
      const before = events[events.indexOf(event) - 1]?.hash.toString('hex') ?? '0'.repeat(64);
      expect(link).toMatchObject({ version: event.version, seq: event.seq, hash: event.hash.toString('hex'), previous: before });
      expect(page).toContain(event.hash.toString('hex'));
      if (link.path === null) continue;
      kept++;
      const bytes = files.get(link.path) as Buffer;
      expect(sha256(bytes)).toBe(link.hash);
      expect(bytes.subarray(0, 32).toString('hex')).toBe(link.previous);
      expect(JSON.parse(bytes.subarray(32).toString())[5]).toBe(event.kind);
    }
    // The internal note and the line with a cost stay with the shop.
    expect(about.length - kept).toBe(2);
    expect(record.history.filter((link: { path: null }) => link.path === null).map((link: { what: string }) => link.what)[0]).toBe(
      'changed something that is the shop’s own',
    );
    expect(record.head.hash).toBe(events.at(-1)?.hash.toString('hex'));
  });

  test('says nothing that is the shop’s own or about others', () => {
    for (const [name, content] of files) for (const secret of SECRETS) expect(content.includes(secret), `${secret} in ${name}`).toBe(false);
  });

  test('has every revision under its hash, as HOW-TO-VERIFY.txt says', async () => {
    expect(record.revisions.length).toBeGreaterThanOrEqual(3);
    for (const revision of record.revisions) expect(sha256(canonicalJson(revision.content))).toBe(revision.sha256);
    const stored = await database.db
      .selectFrom('estimate_revisions')
      .select('sha256')
      .where('shop_id', '=', shop.id)
      .orderBy('number')
      .execute();
    expect(record.revisions.map((one: { sha256: string }) => one.sha256)).toEqual(stored.map((one) => one.sha256.toString('hex')));
  });

  test('has every consent under its hash, which stands in the event that tells of it', () => {
    for (const { at: _, takenBy: __, sha256: hash, ...said } of record.consents) {
      expect(sha256(canonicalJson(said))).toBe(hash);
      const revision = record.revisions.find((one: { number: number }) => one.number === said.revision);
      expect(revision.sha256).toBe(said.estimate);
      const events = names.filter((name) => name.startsWith('events/') && files.get(name)?.includes(`"sha256":"${hash}"`));
      expect(events).toHaveLength(1);
      expect(page).toContain(hash);
    }
  });

  test('has the originals as they were sent, and what a customer saw, also when it was removed since', async () => {
    const [first, second, third] = photos.map((id) => String(id).padStart(6, '0'));
    const original = await photoBytes(1);
    expect(files.get(`pictures/${first}-original.jpg`)).toEqual(original);
    expect(names).toContain(`pictures/${first}-customer.jpg`);
    expect(names.filter((name) => name.startsWith(`pictures/${second}-`))).toEqual([`pictures/${second}-customer.jpg`]);
    expect(names.filter((name) => name.startsWith(`pictures/${third}-`))).toEqual([]);
    expect(record.consents.at(-1).files).toEqual([sha256(files.get(`pictures/${second}-customer.jpg`) as Buffer)]);
  });

  test('tells who declined, acknowledged, released and signed', () => {
    expect(record.safety.holds).toMatchObject([
      { why: 'released', how: 'phone', taker: 'advisor of first', releasedBy: 'manager of first' },
    ]);
    expect(record.consents.map((one: { method: string }) => one.method)).toEqual(['in-person', 'link']);
    expect(page).toContain('d="M1 2L30 40M5 6h0"');
    expect(page).toContain('203.0.113.9');
    expect(page).toContain('manager of first');
  });
});

describe('its page', () => {
  test('shows what people typed as text, in any script', () => {
    expect(page).not.toMatch(/<script|<img src=x|alert\(1\)<\/script>|onerror=alert\(1\)>/);
    expect(page).not.toContain('49 ضمان');
    expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(page).toContain('ضمان 保証');
  });

  test('needs nothing but the files beside it', () => {
    const links = [...page.matchAll(/(?:href|src|poster)="([^"]*)"/g)].map(([, address]) => address as string);
    const outside = links.filter((address) => !address.startsWith('#'));
    expect(outside.length).toBeGreaterThan(20);
    for (const address of outside) expect(names, address).toContain(address);
    for (const address of links.filter((one) => one.startsWith('#'))) expect(page).toContain(`id="${address.slice(1)}"`);
    expect(page).not.toMatch(/url\(|@import|https?:\/\//);
  });
});

describe('whoever asks for it', () => {
  test('may be the desk, of this shop', async () => {
    const mechanic = await server.clientOf(shop, 'mechanic');
    expect((await mechanic.get(`/work-orders/${number}/evidence`)).status).toBe(403);
    const other = await makeShop(database.db, 'other');
    expect((await (await server.clientOf(other, 'manager')).get(`/work-orders/${number}/evidence`)).status).toBe(404);
    expect((await server.client().get(`/work-orders/${number}/evidence`)).status).toBe(303);
  });

  test('gets one of an order on which nothing happened yet', async () => {
    const [empty] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
    const pack = await takePack(empty);
    expect([...pack.keys()].filter((name) => name.startsWith('pictures/'))).toEqual([]);
    expect(pack.get('index.html')?.toString()).toContain('Nothing was photographed.');
  });

  test('gets no end of it when a file is missing: half a pack is not taken for a whole one', async () => {
    const missing = await openEmpty(database.db, shop.staff.advisor, 1);
    await addPhotos(server.app.services, shop.staff.mechanic, missing[0] as number, [9]);
    const { sha256: hash } = await database.db
      .selectFrom('media')
      .select('sha256')
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirstOrThrow();
    await server.app.services.files.remove(hash);
    const advisor = await server.clientOf(shop, 'advisor');
    await expect(advisor.get(`/work-orders/${missing[0]}/evidence`)).rejects.toThrow();
    // And the server goes on.
    await takePack();
  });
});
