import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addPhotos } from '../../testing/media.js';
import { addJob } from '../../testing/money.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../testing/shop.js';
import { findDamage, versionOf } from '../../testing/truth.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let mechanic: Client;
let advisor: Client;
let number: number;
let seed = 1;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  [mechanic, advisor] = [await server.clientOf(shop, 'mechanic'), await server.clientOf(shop, 'advisor')];
});
beforeEach(async () => {
  number = (await openOrders(database.db, shop.staff.advisor, 1))[0] as number;
});
afterAll(async () => {
  expect(await findDamage(database.db, shop.id)).toEqual([]);
  await server.stop();
  await database.close();
});

const add = (count: number) =>
  addPhotos(
    server.app.services,
    shop.staff.mechanic,
    number,
    Array.from({ length: count }, () => seed++),
  ) as Promise<[number, number, number]>;
const at = (media: number, more = '') => `/work-orders/${number}/media/${media}${more}`;
const rowOf = (media: number) =>
  database.db
    .selectFrom('media')
    .select(['caption', 'job_id', 'finding_id', 'is_arrival', 'to_customer', 'removed_at'])
    .where('id', '=', media)
    .executeTakeFirstOrThrow();
const edit = (client: Client, media: number, original: Record<string, string>, mine: Record<string, string>, htmx = false) =>
  client.post(
    at(media, '/edits'),
    { ...Object.fromEntries(Object.entries(original).map(([name, value]) => [`original.${name}`, value])), ...mine },
    { htmx },
  );
/** The pictures on the page of the work order, in the order in which they stand there. */
const shown = async (client = advisor) =>
  [...(await client.get(`/work-orders/${number}`)).text.matchAll(/data-media="(\d+)"/g)].map(([, id]) => Number(id));

describe('the caption and what a picture shows', () => {
  test('are changed by whoever may add pictures, and shown as text', async () => {
    const [media] = await add(1);
    const job = await addJob(database.db, shop.staff.advisor, number, { name: 'Brakes' });
    const caption = 'Down to <b>metal</b>';
    expect((await edit(mechanic, media, {}, { caption, place: `job-${job}`, arrival: 'on' })).headers.location).toBe(at(media));
    expect(await rowOf(media)).toMatchObject({ caption, job_id: job, is_arrival: true });
    const page = await mechanic.get(`/work-orders/${number}`);
    expect(page.text).toContain('Down to &lt;b&gt;metal&lt;/b&gt;');
    expect(page.text).toContain('changed the caption and what it shows and whether it is of the arrival of a photo');
    // The words themselves are no part of what can't be taken away.
    const { data } = await database.db.selectFrom('events').select('data').where('kind', '=', 'media.edited').executeTakeFirstOrThrow();
    expect(JSON.stringify(data)).not.toContain('metal');
    expect((await edit(mechanic, media, { place: `job-${job}`, caption, arrival: 'on' }, { caption, place: '' })).status).toBe(303);
    expect(await rowOf(media)).toMatchObject({ caption, job_id: null, is_arrival: false });
  });

  test('of two who edit at once both stay, where they changed different things', async () => {
    const [media] = await add(1);
    const job = await addJob(database.db, shop.staff.advisor, number);
    await edit(mechanic, media, {}, { caption: 'Pads' });
    await edit(advisor, media, {}, { caption: '', place: `job-${job}` });
    expect(await rowOf(media)).toMatchObject({ caption: 'Pads', job_id: job });
  });

  test('that both changed are shown with both, and saving again keeps mine', async () => {
    const [media] = await add(1);
    await edit(mechanic, media, {}, { caption: 'Theirs' });
    const reply = await edit(advisor, media, {}, { caption: 'Mine' }, true);
    expect(reply.status).toBe(409);
    expect(reply.text).toMatch(/<q dir="auto">Theirs<\/q>/);
    expect(reply.text).toMatch(/>\s*Mine<\/textarea>/);
    expect((await rowOf(media)).caption).toBe('Theirs');
    const original = /name="original.caption"[^>]*>\s*([^<]*)</.exec(reply.text)?.[1] as string;
    expect((await edit(advisor, media, { caption: original }, { caption: 'Mine' })).status).toBe(303);
    expect((await rowOf(media)).caption).toBe('Mine');
  });

  test('are refused when they are too long or of another work order, with what was typed still there', async () => {
    const [media] = await add(1);
    const [other] = await openOrders(database.db, shop.staff.advisor, 1);
    const foreign = await addJob(database.db, shop.staff.advisor, other as number);
    const before = await versionOf(database.db, shop.id);
    for (const mine of [
      { caption: 'x'.repeat(501), place: '' },
      { caption: 'kept', place: `job-${foreign}` },
      { caption: 'kept', place: 'finding-1' },
      { caption: 'kept', place: 'job-x' },
    ]) {
      const reply = await edit(advisor, media, { caption: '' }, mine);
      expect(reply.status).toBe(422);
      expect(reply.text).toContain(`>\n${mine.caption}</textarea>`);
    }
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });
});

test('a picture is shown to the customer and taken back, with the hash of what it was in the record', async () => {
  const [media] = await add(1);
  expect((await mechanic.post(at(media, '/releases'), { shown: 'yes' })).status).toBe(403);
  for (let time = 0; time < 2; time++) expect((await advisor.post(at(media, '/releases'), { shown: 'yes' })).status).toBe(303);
  expect((await rowOf(media)).to_customer).toBe(true);
  expect((await mechanic.get(`/work-orders/${number}`)).text).toContain('Customer sees it');
  await advisor.post(at(media, '/releases'), { shown: 'no' });
  expect((await mechanic.get(`/work-orders/${number}`)).text).not.toContain('Customer sees it');
  const events = await database.db
    .selectFrom('events')
    .select(['kind', 'data'])
    .where('kind', 'in', ['media.released', 'media.withdrawn'])
    .orderBy('version')
    .execute();
  expect(events.map((event) => event.kind)).toEqual(['media.released', 'media.withdrawn']);
  for (const { data } of events) expect((data as { sha256: string }).sha256).toMatch(/^[0-9a-f]{64}$/);
});

test('a picture moves among those that it is shown with, and stays at the ends', async () => {
  const [a, b, c] = await add(3);
  const job = await addJob(database.db, shop.staff.advisor, number);
  const [apart] = await add(1);
  await edit(advisor, apart, {}, { caption: '', place: `job-${job}` });
  const shift = (media: number, direction: string) => mechanic.post(at(media, '/shifts'), { direction });
  expect(await shown()).toEqual([apart, a, b, c]);
  await shift(c, 'earlier');
  expect(await shown()).toEqual([apart, a, c, b]);
  await shift(a, 'later');
  expect(await shown()).toEqual([apart, c, a, b]);
  const before = await versionOf(database.db, shop.id);
  for (const [media, direction] of [
    [c, 'earlier'],
    [b, 'later'],
    [apart, 'earlier'],
    [apart, 'later'],
  ] as const)
    await shift(media, direction);
  expect(await versionOf(database.db, shop.id)).toBe(before);
  expect(await shown()).toEqual([apart, c, a, b]);
});

describe('a removed picture', () => {
  test('is gone from everywhere, and comes back where it was', async () => {
    const [a, b, c] = await add(3);
    expect((await mechanic.post(at(b, '/removals'))).status).toBe(403);
    expect((await advisor.post(at(b, '/removals'))).headers.location).toBe(at(b));
    expect(await shown()).toEqual([a, c]);
    expect((await advisor.get(`/work-orders/${number}`)).text).toContain(`<a href="${at(b)}" data-dialog>a photo</a>`);
    expect((await mechanic.get(`/work-orders/${number}`)).text).not.toContain(at(b));
    const page = await advisor.get(at(b));
    expect(page.text).toContain('Bring it back');
    expect(page.text).not.toMatch(/files\/(screen|thumbnail|original)/);
    expect((await mechanic.get(at(b))).status).toBe(404);
    for (const change of ['edits', 'releases', 'shifts', 'drawings'])
      expect(
        (
          await advisor.post(
            at(b, `/${change}`),
            { edits: { caption: 'x' }, releases: { shown: 'yes' }, shifts: { direction: 'later' }, drawings: { place: '5' } }[
              change
            ] as Record<string, string>,
          )
        ).status,
        change,
      ).toBe(404);
    await advisor.post(at(b, '/returns'));
    expect(await shown()).toEqual([a, b, c]);
  });

  test('does not come back beside the same file, nor after a day', async () => {
    const [a, b] = await add(2);
    await advisor.post(at(a, '/removals'));
    await addPhotos(server.app.services, shop.staff.mechanic, number, [seed - 2]);
    const refused = await advisor.post(at(a, '/returns'));
    expect(refused.status).toBe(409);
    expect(refused.text).toContain('it is here already');
    await advisor.post(at(b, '/removals'));
    await database.db
      .updateTable('media')
      .set({ removed_at: new Date(Date.now() - 25 * 60 * 60 * 1000) })
      .where('id', '=', b)
      .execute();
    expect((await advisor.get(at(b))).status).toBe(404);
    expect((await advisor.post(at(b, '/returns'))).status).toBe(404);
  });
});
