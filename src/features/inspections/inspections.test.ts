import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { change } from '../../platform/database/change.js';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { makeShop, newOrder, openOrders, type TestShop } from '../../testing/shop.js';
import { versionOf } from '../../testing/truth.js';
import { readShown } from '../approvals/shown.js';
import { moveCard } from '../board/moves.js';
import { createWorkOrder } from '../work-orders/create.js';
import { getWorkOrder } from '../work-orders/details.js';
import { handOver } from '../work-orders/hand-overs.js';
import { itemsOf, type TemplateContent } from './content.js';
import { carryForward, releaseFinding, saveItem } from './findings.js';
import { finishInspection, getInspection, listFindings, releaseInspection, reopenInspection, startInspection } from './inspections.js';
import { countColors } from './of-order.js';
import { proposeJob } from './proposals.js';
import { archiveTemplate, getTemplate, insertNextVersion, insertTemplate, listTemplates } from './templates.js';

const CONTENT: TemplateContent = {
  sections: [
    {
      key: 'brakes',
      name: 'Brakes',
      items: [
        {
          ...{ key: 'pads', name: 'Front pads', safety: true, phrases: [], needs: { note: 'never', photo: 'never' } },
          measure: { unit: 'mm', positions: ['LF', 'RF'], bad: 'low', yellow: 500, red: 300 },
        },
        { key: 'fluid', name: 'Fluid', safety: false, phrases: [], needs: { note: 'when-found', photo: 'never' }, measure: null },
      ],
    },
  ],
};

let database: TestDatabase;
let shop: TestShop;
let other: TestShop;
let template: number;

beforeAll(async () => {
  database = await testDatabase();
  shop = await makeShop(database.db);
  other = await makeShop(database.db, 'other');
  template = await addTemplate(shop, 'Brakes');
});
afterAll(() => database.close());

const addTemplate = async (at: TestShop, name: string, content = CONTENT) =>
  (await change(database.db, at.staff.manager, {}, (tx) => insertTemplate(tx, { name, vehicleType: 'car', content }))).result;

/** A new order, with its inspection begun. */
async function begin(): Promise<{ number: number; inspection: number }> {
  const [number] = (await openOrders(database.db, shop.staff.advisor, 1)) as [number];
  const { result } = await startInspection(database.db, shop.staff.mechanic, number, { template });
  return { number, ...result };
}
const items = async (inspection: number) =>
  Object.fromEntries((await listFindings(database.db, shop.id, inspection)).map((finding) => [finding.item, finding]));
const mm = (LF: number | null, RF: number | null = null) => [
  ...(LF === null ? [] : [{ position: 'LF', value: LF }]),
  ...(RF === null ? [] : [{ position: 'RF', value: RF }]),
];

describe('starting', () => {
  test('makes every item once, with the version of the day; again it is the same one', async () => {
    const { number, inspection } = await begin();
    expect(
      Object.values(await items(inspection))
        .map(({ item, color }) => [item, color])
        .sort(),
    ).toEqual([
      ['fluid', null],
      ['pads', null],
    ]);
    const before = await versionOf(database.db, shop.id);
    expect((await startInspection(database.db, shop.staff.advisor, number, { template })).result.inspection).toBe(inspection);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test('at the same moment is one inspection', async () => {
    const [number] = (await openOrders(database.db, shop.staff.advisor, 1)) as [number];
    const begun = await Promise.all(
      (['mechanic', 'advisor', 'manager'] as const).map((role) => startInspection(database.db, shop.staff[role], number, { template })),
    );
    expect(new Set(begun.map(({ result }) => result.inspection)).size).toBe(1);
  });

  test('in a shop that has no templates yet brings those to begin with', async () => {
    const young = await makeShop(database.db, 'young');
    const [number] = (await openOrders(database.db, young.staff.advisor, 1)) as [number];
    expect(await listTemplates(database.db, young.id)).toEqual([]);
    const { result } = await startInspection(database.db, young.staff.mechanic, number, { starter: 'bicycle' });
    expect((await getInspection(database.db, young.id, number, result.inspection)).name).toBe('Bicycle check');
    expect((await listTemplates(database.db, young.id)).length).toBe(6);
    await expect(startInspection(database.db, young.staff.mechanic, number, { starter: 'car' })).rejects.toThrow(Conflict);
  });

  test('is refused with a template of another shop, an archived or an empty one, and after the hand-over', async () => {
    const [number] = (await openOrders(database.db, shop.staff.advisor, 1)) as [number];
    const foreign = await addTemplate(other, 'Theirs');
    const start = (chosen: number) => startInspection(database.db, shop.staff.mechanic, number, { template: chosen });
    await expect(start(foreign)).rejects.toThrow(NotFound);
    await expect(start(await addTemplate(shop, 'Empty', { sections: [] }))).rejects.toThrow(Conflict);
    const old = await addTemplate(shop, 'Old');
    await archiveTemplate(database.db, shop.staff.manager, old, true);
    await expect(start(old)).rejects.toThrow(Conflict);
    await expect(startInspection(database.db, other.staff.mechanic, number, { template: foreign })).rejects.toThrow(NotFound);
    await moveCard(database.db, shop.staff.manager, number, { column: shop.columns[3]?.id as number, after: null, reason: '' });
    await handOver(database.db, shop.staff.manager, number, '');
    await expect(start(template)).rejects.toThrow(Conflict);
  });
});

describe('an item', () => {
  test('colors itself by what is measured, the worst position first; a person may say it otherwise, with a note', async () => {
    const { number, inspection } = await begin();
    const save = (input: Parameters<typeof saveItem>[5]) => saveItem(database.db, shop.staff.mechanic, number, inspection, 'pads', input);
    const pads = async () => (await items(inspection)).pads;
    await save({ measures: mm(600) });
    expect(await pads()).toMatchObject({ color: 'green', reason: null });
    await save({ measures: mm(600, 499) });
    expect(await pads()).toMatchObject({ color: 'yellow', reason: 'suggested' });
    await save({ measures: mm(299, 499) });
    expect(await pads()).toMatchObject({ color: 'red', reason: 'required' });
    await save({ color: 'yellow' });
    expect(await pads()).toMatchObject({ color: 'yellow', reason: 'suggested', measures: mm(299, 499) });
    await save({ color: 'green' });
    await saveItem(database.db, shop.staff.mechanic, number, inspection, 'fluid', { color: 'green' });
    await expect(finishInspection(database.db, shop.staff.mechanic, number, inspection)).rejects.toThrow(/Front pads/);
    await save({ note: 'New pads, measured at the worn edge' });
    expect(await pads()).toMatchObject({ color: 'green' });
    await finishInspection(database.db, shop.staff.mechanic, number, inspection);
  });

  test('keeps what two people do at different places of it, and tells what was replaced at the same place', async () => {
    const { number, inspection } = await begin();
    const nothing = { note: '', measures: [] };
    const by = (role: 'mechanic' | 'advisor', input: Parameters<typeof saveItem>[5]) =>
      saveItem(database.db, shop.staff[role], number, inspection, 'pads', input, nothing);
    await Promise.all([by('mechanic', { note: '', measures: mm(400) }), by('advisor', { note: 'Squeals', measures: mm(null, 350) })]);
    expect((await items(inspection)).pads).toMatchObject({ note: 'Squeals', measures: mm(400, 350), color: 'yellow' });

    const { result } = await by('mechanic', { note: 'Rust', measures: mm(400, 350) });
    expect(result.replaced).toContain('“Squeals”');
    expect((await by('advisor', { note: 'Rust', measures: mm(400, 350) })).result.replaced).toBeNull();
    const { rows } = await sql<{ data: { before: { note: string }; after: { note: string } } }>`
      select data from events where shop_id = ${shop.id} and kind = 'finding.saved' order by version desc limit 1`.execute(database.db);
    expect(rows[0]?.data).toMatchObject({ before: { note: 'Squeals' }, after: { note: 'Rust' } });
  });

  test('that is saved as it is leaves no trace', async () => {
    const { number, inspection } = await begin();
    const save = () => saveItem(database.db, shop.staff.mechanic, number, inspection, 'fluid', { color: 'red', note: 'Dark' });
    await save();
    const before = await versionOf(database.db, shop.id);
    await save();
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test('is found only in its own inspection, order and shop, and measured only where it is', async () => {
    const [one, two] = [await begin(), await begin()];
    const save = (staff: TestShop['staff']['mechanic'], number: number, inspection: number, key: string, input = {}) =>
      saveItem(database.db, staff, number, inspection, key, { color: 'red', ...input });
    const before = await versionOf(database.db, shop.id);
    await expect(save(shop.staff.mechanic, one.number, two.inspection, 'pads')).rejects.toThrow(NotFound);
    await expect(save(other.staff.mechanic, one.number, one.inspection, 'pads')).rejects.toThrow(NotFound);
    await expect(save(shop.staff.mechanic, one.number, one.inspection, 'horn')).rejects.toThrow(NotFound);
    await expect(
      save(shop.staff.mechanic, one.number, one.inspection, 'pads', { measures: [{ position: 'XX', value: 1 }] }),
    ).rejects.toThrow(Invalid);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });
});

test('finishing wants all that is required, closes it, and what is changed once it is open again waits until it is released again', async () => {
  const { number, inspection } = await begin();
  const save = (key: string, input: object) => saveItem(database.db, shop.staff.mechanic, number, inspection, key, input);
  const finish = () => finishInspection(database.db, shop.staff.mechanic, number, inspection);
  await save('pads', { color: 'green' });
  await expect(finish()).rejects.toThrow('1 item: Fluid');
  await save('fluid', { color: 'yellow' });
  await expect(finish()).rejects.toThrow('1 item: Fluid');
  await expect(releaseInspection(database.db, shop.staff.advisor, number, inspection)).rejects.toThrow(Conflict);
  await save('fluid', { note: 'Dark' });
  await finish();
  await finish();
  await expect(save('fluid', { color: 'red' })).rejects.toThrow(Conflict);
  await releaseInspection(database.db, shop.staff.advisor, number, inspection);
  expect(await getInspection(database.db, shop.id, number, inspection)).toMatchObject({ finished: true, released: true });
  await reopenInspection(database.db, shop.staff.mechanic, number, inspection);
  expect(await getInspection(database.db, shop.id, number, inspection)).toMatchObject({ finished: false, released: true, changed: false });
  const seen = async () => {
    const { id } = await getWorkOrder(database.db, shop.id, number);
    return (await readShown(database.db, shop.id, id)).findings.map(({ name }) => name);
  };
  expect(await seen()).toEqual(['Front pads', 'Fluid']);
  await save('fluid', { color: 'red' });
  expect(await seen()).toEqual(['Front pads']);
  await finish();
  expect(await seen()).toEqual(['Front pads']);
  expect(await getInspection(database.db, shop.id, number, inspection)).toMatchObject({ released: true, changed: true });
  await releaseInspection(database.db, shop.staff.advisor, number, inspection);
  expect(await seen()).toEqual(['Front pads', 'Fluid']);
  const { history: after } = await getWorkOrder(database.db, shop.id, number);
  expect(after.filter(({ what }) => what.startsWith('released'))).toHaveLength(2);
  const { history } = await getWorkOrder(database.db, shop.id, number);
  expect(history.find(({ what }) => what.startsWith('finished'))?.floor).toBe('finished the inspection “Brakes”: 1 red, 0 yellow, 1 green');
  expect(history.every(({ what }) => !/^(inspection|finding)\./.test(what))).toBe(true);
});

test('in the history one person’s items of an inspection are one line, which has them all; finished and opened again begins another', async () => {
  const { number, inspection } = await begin();
  const { mechanic, advisor } = shop.staff;
  const save = (by: typeof mechanic, key: string, input: object) => saveItem(database.db, by, number, inspection, key, input);
  await save(mechanic, 'pads', { color: 'green' });
  await save(advisor, 'fluid', { color: 'yellow' });
  await save(mechanic, 'fluid', { color: 'yellow', note: 'Dark' });
  await save(mechanic, 'pads', { color: 'yellow' });
  await finishInspection(database.db, mechanic, number, inspection);
  await reopenInspection(database.db, mechanic, number, inspection);
  await save(mechanic, 'pads', { color: 'green' });
  const { history } = await getWorkOrder(database.db, shop.id, number);
  expect(history.map(({ who, what, floor, parts }) => [who, floor === what ? what : null, parts.map((part) => part.what)])).toEqual([
    [mechanic.name, 'inspected “Front pads”: green, was yellow, no reason any more', []],
    [mechanic.name, 'opened the inspection “Brakes” again', []],
    [mechanic.name, 'finished the inspection “Brakes”: 0 red, 2 yellow, 0 green', []],
    [
      mechanic.name,
      'filled in 2 items of “Brakes”',
      ['inspected “Front pads”: yellow, was green, suggested', 'inspected “Fluid”: “Dark”', 'inspected “Front pads”: green'],
    ],
    [advisor.name, 'inspected “Fluid”: yellow, suggested', []],
    [mechanic.name, 'started the inspection “Brakes”', []],
    [advisor.name, expect.stringMatching(/^opened it in/), []],
  ]);
});

test('an inspection under way keeps its version when the template changes', async () => {
  const mine = await addTemplate(shop, 'Changing');
  const [number, later] = (await openOrders(database.db, shop.staff.advisor, 2)) as [number, number];
  const { inspection } = (await startInspection(database.db, shop.staff.mechanic, number, { template: mine })).result;
  await change(database.db, shop.staff.manager, {}, async (tx) => {
    const before = await getTemplate(tx.db, tx.shop, mine);
    const [section] = before.content.sections as [TemplateContent['sections'][0]];
    const [pads] = section.items as [(typeof section.items)[0]];
    await insertNextVersion(tx, before, { sections: [{ ...section, items: [{ ...pads, name: 'Pads, front axle' }] }] }, { what: 'test' });
  });
  const was = await getInspection(database.db, shop.id, number, inspection);
  expect([was.version, itemsOf(was.content).map(({ name }) => name)]).toEqual([1, ['Front pads', 'Fluid']]);
  await saveItem(database.db, shop.staff.mechanic, number, inspection, 'fluid', { color: 'green' });
  const begun = (await startInspection(database.db, shop.staff.mechanic, later, { template: mine })).result;
  const is = await getInspection(database.db, shop.id, later, begun.inspection);
  expect([is.version, itemsOf(is.content).map(({ name }) => name)]).toEqual([2, ['Pads, front axle']]);
  await expect(
    sql`update inspection_template_versions set content = '{}' where shop_id = ${shop.id} and template_id = ${mine} and version = 1`.execute(
      database.db,
    ),
  ).rejects.toThrow();
});

describe('what was found at an earlier visit', () => {
  async function visits() {
    const [first] = (await openOrders(database.db, shop.staff.advisor, 1)) as [number];
    const { vehicle_id: vehicle } = await database.db
      .selectFrom('work_orders')
      .select('vehicle_id')
      .where('shop_id', '=', shop.id)
      .where('number', '=', first)
      .executeTakeFirstOrThrow();
    const second = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ vehicle }))).result.number;
    const begun = await Promise.all(
      [first, second].map((number) => startInspection(database.db, shop.staff.mechanic, number, { template })),
    );
    const [one, two] = begun.map(({ result }) => result.inspection) as [number, number];
    await saveItem(database.db, shop.staff.mechanic, first, one, 'pads', { measures: mm(450, 480), note: 'Half worn' });
    return { first, second, one, two, earlier: (await items(one)).pads?.id as number };
  }

  test('is taken over with one tap, and is no longer that once it is measured anew', async () => {
    const { second, two, earlier } = await visits();
    await carryForward(database.db, shop.staff.mechanic, second, two, 'pads', earlier);
    expect((await items(two)).pads).toMatchObject({
      ...{ color: 'yellow', reason: 'suggested', note: 'Half worn', measures: mm(450, 480), carriedFrom: earlier },
    });
    await saveItem(database.db, shop.staff.mechanic, second, two, 'pads', { note: 'Half worn, glazed' });
    expect((await items(two)).pads?.carriedFrom).toBe(earlier);
    await saveItem(database.db, shop.staff.mechanic, second, two, 'pads', { measures: mm(290, 480) });
    expect((await items(two)).pads).toMatchObject({ color: 'red', carriedFrom: null });
  });

  test('is of the same vehicle, the same item and an earlier order only', async () => {
    const { first, second, one, two, earlier } = await visits();
    const stranger = await begin();
    const before = await versionOf(database.db, shop.id);
    const later = (await items(two)).pads?.id as number;
    await expect(carryForward(database.db, shop.staff.mechanic, first, one, 'pads', later)).rejects.toThrow(NotFound);
    await expect(carryForward(database.db, shop.staff.mechanic, second, two, 'fluid', earlier)).rejects.toThrow(NotFound);
    await expect(carryForward(database.db, shop.staff.mechanic, stranger.number, stranger.inspection, 'pads', earlier)).rejects.toThrow(
      NotFound,
    );
    await expect(carryForward(database.db, other.staff.mechanic, second, two, 'pads', earlier)).rejects.toThrow(NotFound);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });
});

describe('a finding becomes a job', () => {
  test('in one step, with its words and its pictures; twice is once', async () => {
    const { number, inspection } = await begin();
    await saveItem(database.db, shop.staff.mechanic, number, inspection, 'pads', { measures: mm(290), note: 'Metal to metal soon' });
    const finding = (await items(inspection)).pads?.id as number;
    const picture = await addPicture(number, finding);
    const { result } = await proposeJob(database.db, shop.staff.mechanic, number, finding);
    const again = await Promise.all([1, 2].map(() => proposeJob(database.db, shop.staff.advisor, number, finding)));
    expect(again.map((one) => one.result.job)).toEqual([result.job, result.job]);
    const order = await getWorkOrder(database.db, shop.id, number);
    const job = order.jobs.find(({ id }) => id === result.job);
    expect(job).toMatchObject({
      ...{ name: 'Front pads', consent: 'proposed', cause: 'Metal to metal soon\nMeasured: LF 2.9 mm.' },
      concern: 'Found at the inspection: red, required.',
    });
    expect(order.jobs.filter(({ name }) => name === 'Front pads').length).toBe(1);
    expect(order.visit.media.find(({ id }) => id === picture)).toMatchObject({ job: result.job, finding });
    expect(order.visit.inspections[0]?.findings[0]).toMatchObject({
      job: { id: result.job, name: 'Front pads' },
      section: 'Brakes',
      unit: 'mm',
    });
    expect(countColors(order.visit.inspections[0] as never)).toEqual({ red: 1, yellow: 0, green: 0, na: 0, open: 1 });
  });

  test('but not what is green, what is of another order or shop, nor on a posted order', async () => {
    const [one, two] = [await begin(), await begin()];
    const finding = (await items(one.inspection)).pads?.id as number;
    const propose = (number: number, staff = shop.staff.mechanic) => proposeJob(database.db, staff, number, finding);
    await expect(propose(one.number)).rejects.toThrow(Conflict);
    await saveItem(database.db, shop.staff.mechanic, one.number, one.inspection, 'pads', { color: 'red' });
    await expect(propose(two.number)).rejects.toThrow(NotFound);
    await expect(propose(one.number, other.staff.mechanic)).rejects.toThrow(NotFound);
    await expect(releaseFinding(database.db, shop.staff.advisor, two.number, finding, false)).rejects.toThrow(NotFound);
    await database.db
      .updateTable('work_orders')
      .set({ document: 'posted', invoice_number: 1, invoiced_at: new Date(), posted_at: new Date(), terms: '{}' })
      .where('shop_id', '=', shop.id)
      .where('number', '=', one.number)
      .execute();
    const before = await versionOf(database.db, shop.id);
    await expect(propose(one.number)).rejects.toThrow(Conflict);
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  async function addPicture(number: number, finding: number): Promise<number> {
    const sha256 = Buffer.alloc(32, number % 251);
    await database.db.insertInto('files').values({ shop_id: shop.id, sha256, bytes: 1, type: 'image/jpeg' }).execute();
    const order = await getWorkOrder(database.db, shop.id, number);
    const { id } = await database.db
      .insertInto('media')
      .values({
        ...{ shop_id: shop.id, work_order_id: order.id, finding_id: finding, kind: 'photo', position: 1, sha256 },
        ...{ added_by: shop.staff.mechanic.staff as number, added_at: new Date() },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    return id;
  }
});
