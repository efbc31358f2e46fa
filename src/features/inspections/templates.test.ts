import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { versionOf } from '../../testing/truth.js';
import { EditConflict } from '../customers/edit.js';
import { itemsOf } from './content.js';
import { type ItemFields, readItem, toItemFields } from './item-fields.js';
import { readHundredths } from './reading.js';
import { STARTER_TEMPLATES } from './starter-templates.js';
import {
  addItem,
  addSection,
  editItem,
  editTemplate,
  getItem,
  removeItem,
  removeSection,
  renameSection,
  shiftItem,
  shiftSection,
} from './template-edits.js';
import { addTemplate, archiveTemplate, getTemplate, listTemplates, MOST_SECTIONS, takeStarterTemplates } from './templates.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let other: TestShop;
let manager: Client;
let id: number;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  other = await makeShop(database.db, 'other');
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** A template with two sections: Brakes with Pads and Rotors, Lights with Horn. */
beforeEach(async () => {
  const { db } = database;
  id = (await addTemplate(db, who(), { name: 'Mine', vehicleType: 'car' })).result.template;
  for (const [section, items] of Object.entries({ Brakes: ['Pads', 'Rotors'], Lights: ['Horn'] })) {
    const key = (await addSection(db, who(), id, section)).result.section;
    for (const name of items) await addItem(db, who(), id, { section: key, name });
  }
});

const who = () => shop.staff.manager;
const now = () => getTemplate(database.db, shop.id, id);
const outline = async () =>
  (await now()).content.sections.map((section) => `${section.name}: ${section.items.map((item) => item.name).join(' ')}`.trim());

describe('a template', () => {
  test('is changed thing by thing, and each change is a version; the ones before stay', async () => {
    const { db } = database;
    const before = (await now()).version;
    await shiftItem(db, who(), id, 'rotors', 'up');
    await shiftItem(db, who(), id, 'horn', 'up');
    expect(await outline()).toEqual(['Brakes: Rotors Pads Horn', 'Lights:']);
    await shiftItem(db, who(), id, 'rotors', 'up');
    await shiftSection(db, who(), id, 'lights', 'up');
    await shiftItem(db, who(), id, 'rotors', 'up');
    expect(await outline()).toEqual(['Lights: Rotors', 'Brakes: Pads Horn']);
    await shiftItem(db, who(), id, 'rotors', 'down');
    await renameSection(db, who(), id, 'brakes', { name: 'Brakes' }, 'Stopping');
    await removeItem(db, who(), id, 'horn');
    await removeSection(db, who(), id, 'lights');
    expect(await outline()).toEqual(['Stopping: Rotors Pads']);
    expect((await now()).version).toBe(before + 8);
    const versions = await database.db
      .selectFrom('inspection_template_versions')
      .select('version')
      .where('shop_id', '=', shop.id)
      .where('template_id', '=', id)
      .execute();
    expect(versions.length).toBe(before + 8);
  });

  test('can be copied, archived and used again; a copy is its own', async () => {
    const { db } = database;
    const copy = (await addTemplate(db, who(), { name: 'Copy', vehicleType: '' }, id)).result.template;
    await removeSection(db, who(), id, 'lights');
    expect((await getTemplate(db, shop.id, copy)).content.sections.length).toBe(2);
    for (const archived of [true, true, false]) {
      await archiveTemplate(db, who(), copy, archived);
      expect((await getTemplate(db, shop.id, copy)).archived).toBe(archived);
    }
    const foreign = (await addTemplate(db, other.staff.manager, { name: 'Theirs', vehicleType: '' })).result.template;
    await expect(addTemplate(db, who(), { name: 'Stolen', vehicleType: '' }, foreign)).rejects.toThrow(NotFound);
    await expect(archiveTemplate(db, other.staff.manager, copy, true)).rejects.toThrow(NotFound);
  });

  test('that is edited by two keeps both, and tells of the same field', async () => {
    const { db } = database;
    const form = toItemFields(getItem(await now(), 'pads').item);
    await editItem(db, who(), id, 'pads', form, { ...form, name: 'Front pads', unit: 'mm', yellow: '5', red: '3' });
    await editItem(db, who(), id, 'pads', form, { ...form, photo: 'always', phrases: 'Worn.\nGlazed.' });
    expect(getItem(await now(), 'pads').item).toEqual({
      ...{ key: 'pads', name: 'Front pads', safety: false, phrases: ['Worn.', 'Glazed.'], needs: { note: 'never', photo: 'always' } },
      measure: { unit: 'mm', positions: [], bad: 'low', yellow: 500, red: 300 },
    });
    const before = await versionOf(db, shop.id);
    const clash = editItem(db, who(), id, 'pads', form, { ...form, name: 'Pads all around', note: 'always' });
    await expect(clash).rejects.toThrow(EditConflict);
    await expect(
      editTemplate(db, who(), id, { name: 'Another', vehicleType: 'car' }, { name: 'Yours', vehicleType: 'car' }),
    ).rejects.toThrow(EditConflict);
    await expect(renameSection(db, who(), id, 'brakes', { name: 'Other' }, 'Yours')).rejects.toThrow(EditConflict);
    expect(await versionOf(db, shop.id)).toBe(before);
  });

  test('changed by ten at once has all ten changes', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `Item ${index}`);
    await Promise.all(names.map((name) => addItem(database.db, who(), id, { section: 'lights', name })));
    const items = itemsOf((await now()).content);
    expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
    expect(new Set(items.map(({ key }) => key)).size).toBe(13);
  });

  test('has an end', async () => {
    for (let count = 2; count < MOST_SECTIONS; count++) await addSection(database.db, who(), id, 'More');
    await expect(addSection(database.db, who(), id, 'Too many')).rejects.toThrow(Conflict);
  });
});

describe('the form of an item', () => {
  const fields = (more: Partial<ItemFields> = {}): ItemFields => ({
    ...{ name: 'Pads', safety: '', note: 'never', photo: 'never', measured: 'never', unit: '', positions: '', bad: 'low' },
    ...{ yellow: '', red: '', phrases: '', ...more },
  });

  test.each([
    ['a bound without a unit', { yellow: '3' }, 'unit'],
    ['positions without a unit', { positions: 'LF' }, 'unit'],
    ['a measurement that is needed without a unit', { measured: 'always' }, 'unit'],
    ['a bound that is no number', { unit: 'mm', yellow: 'three' }, 'yellow'],
    ['red above yellow where low is bad', { unit: 'mm', yellow: '3', red: '5' }, 'red'],
    ['red below yellow where high is bad', { unit: 'mm', bad: 'high', yellow: '5', red: '3' }, 'red'],
    ['a position twice', { unit: 'mm', positions: 'LF, LF' }, 'positions'],
    ['too many positions', { unit: 'mm', positions: 'a,b,c,d,e,f,g,h,i,j,k' }, 'positions'],
    ['a long position', { unit: 'mm', positions: 'left front outer' }, 'positions'],
    ['a long sentence', { phrases: 'x'.repeat(201) }, 'phrases'],
    ['too many sentences', { phrases: 'x\n'.repeat(21) }, 'phrases'],
  ])('refuses %s, at its field', (_, more, field) => {
    const read = () => readItem('pads', fields(more));
    expect(read).toThrow(Invalid);
    try {
      read();
    } catch (error) {
      expect(Object.keys((error as Invalid).fields)).toEqual([field]);
    }
  });

  test('shows every item to begin with so that it reads back as it was', () => {
    for (const template of Object.values(STARTER_TEMPLATES)) {
      for (const { section: _, ...item } of itemsOf(template.content)) expect(readItem(item.key, toItemFields(item))).toEqual(item);
    }
    const wants = { ...fields({ unit: 'mm', positions: 'LF, RF' }), measured: 'when-found' };
    expect(toItemFields(readItem('pads', wants))).toEqual(wants);
  });

  test('reads figures as people type them', () => {
    const read = ['', ' ', '3', '3.5', '3,5', '.5', '0.25', '-1.5', '−2', '007', '-0', '3.'].map(readHundredths);
    expect(read).toEqual([null, null, 300, 350, 350, 50, 25, -150, -200, 700, 0, 300]);
    for (const odd of ['a', '1.234', '1,234', '1e3', '--1', '-', '.', ',', '1 2', '٣', '1234567', 'NaN', '0x10'])
      expect(readHundredths(odd), odd).toBeUndefined();
  });
});

describe('in the settings', () => {
  test('a shop that has none takes over those to begin with, once', async () => {
    const young = await makeShop(database.db, 'young');
    const client = await server.clientOf(young, 'manager');
    expect((await client.get('/settings/inspections')).text).toContain('Use these templates');
    await Promise.all([client.post('/settings/inspection-starters'), takeStarterTemplates(database.db, young.staff.manager)]);
    expect((await listTemplates(database.db, young.id)).length).toBe(Object.keys(STARTER_TEMPLATES).length);
    expect((await client.get('/settings/inspections')).text).not.toContain('Use these templates');
  });

  test('what is refused comes back with what was typed', async () => {
    const address = `/settings/inspections/${id}/items/pads`;
    const refused = await manager.post(`${address}/edits`, { name: 'Typed name', unit: '', yellow: '3' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('value="Typed name"');
    expect(refused.text).toContain('Measured in what?');
    expect((await manager.post('/settings/inspections', { name: ' ', vehicleType: 'car' })).text).toContain('The name is missing.');
    expect((await manager.post(`/settings/inspections/${id}/items`, { section: 'brakes', name: '' })).text).toContain(
      'The name is missing.',
    );
    expect((await manager.post(`/settings/inspections/${id}/items`, { section: 'gone', name: 'Horn' })).status).toBe(404);
  });

  test('an item that somebody removed meanwhile still shows what was typed', async () => {
    await removeItem(database.db, who(), id, 'pads');
    const address = `/settings/inspections/${id}/items/pads`;
    expect((await manager.get(address)).status).toBe(404);
    const late = await manager.post(`${address}/edits`, { name: 'Long thought over', 'original.name': 'Pads' });
    expect(late.status).toBe(404);
    expect(late.text).toContain('Long thought over');
    expect(late.text).toContain('Somebody has removed this item meanwhile');
  });

  test('a form that was sent twice makes one thing', async () => {
    const body = { name: 'Twice', vehicleType: 'car', requestId: 'template-twice-1' };
    const [one, two] = [await manager.post('/settings/inspections', body), await manager.post('/settings/inspections', body)];
    expect(one.headers.location).toBe(two.headers.location);
    const item = { section: 'brakes', name: 'Fluid', requestId: 'item-twice-1' };
    for (let time = 0; time < 2; time++) await manager.post(`/settings/inspections/${id}/items`, item);
    expect(itemsOf((await now()).content).filter(({ name }) => name === 'Fluid').length).toBe(1);
  });
});
