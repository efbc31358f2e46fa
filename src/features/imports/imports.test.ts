import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client, Reply } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { findDamage, versionOf } from '../../testing/truth.js';
import { upload } from '../../testing/upload.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let manager: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  manager = await server.clientOf(shop, 'manager');
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
  await server.stop();
  await database.close();
});

const send = (kind: string, text: string | Buffer, client = manager) =>
  upload(client, '/settings/import', { kind }, { field: 'file', name: 'list.csv', bytes: text });

/** Uploads a file that can be read. @returns the address of its check */
async function check(kind: string, text: string | Buffer): Promise<string> {
  const reply = await send(kind, text);
  expect(reply.status, reply.text.slice(0, 500)).toBe(303);
  return String(reply.headers.location);
}

/** Uploads and reads in, in one go. */
async function bringIn(kind: string, text: string): Promise<Reply> {
  return manager.post(`${await check(kind, text)}/runs`);
}

const flash = async () => (await manager.get('/settings/import')).text;
const customers = () =>
  database.db.selectFrom('customers').select(['name', 'company', 'kind', 'phone', 'email', 'tax_exempt']).orderBy('id').execute();

const PEOPLE = `Name;Company;Phone;E-Mail;Tax certificate
Dana Whitfield;;(555) 0142-199;dana@example.test;
"Zoë ""Z"" Ölçer";Ölçer & Söhne;+49 30 1234567;;DE-99
`;

describe('customers', () => {
  test('are shown before they are read in, then all come at once and are told of once', async () => {
    const before = await versionOf(database.db, shop.id);
    const path = await check('customers', PEOPLE);
    const { text } = await manager.get(path);
    expect(text).toMatch(/<strong class="number">2<\/strong> customers would be added/);
    expect(text).toContain('Dana Whitfield');
    expect(await versionOf(database.db, shop.id)).toBe(before);
    expect(await customers()).toEqual([]);
    expect((await manager.post(`${path}/runs`)).status).toBe(303);
    expect(await flash()).toContain('2 customers were read in.');
    expect(await customers()).toEqual([
      { name: 'Dana Whitfield', company: '', kind: 'person', phone: '(555) 0142-199', email: 'dana@example.test', tax_exempt: false },
      { name: 'Zoë "Z" Ölçer', company: 'Ölçer & Söhne', kind: 'company', phone: '+49 30 1234567', email: '', tax_exempt: true },
    ]);
    const events = await database.db.selectFrom('events').select(['kind', 'data']).where('version', '>', before).execute();
    expect(events).toEqual([{ kind: 'customer.imported', data: { count: 2, known: 0, file: 'list.csv' } }]);
  });

  test('that are here already are recognized, in the preview, and left out', async () => {
    const path = await check('customers', `${PEOPLE}Ana;;555 7;;\nAna;;5-5-5-7;;\n`);
    const { text } = await manager.get(path);
    expect(text).toMatch(/<strong class="number">1<\/strong> customer would be added/);
    expect(text).toMatch(/<strong class="number">3<\/strong> rows are here already/);
    expect(text).toContain('(row 2, 3, 5)');
    expect((await manager.post(`${path}/runs`)).status).toBe(303);
    expect(await flash()).toContain('1 customer was read in. 3 rows were here already');
    expect(await customers()).toHaveLength(3);
  });

  test('with a problem in one row are not read in at all; each row says what is wrong', async () => {
    const before = await versionOf(database.db, shop.id);
    const path = await check('customers', 'name,phone,email\nBob,1,bob@example.test\n,5550,\nEve,2,not an address\n');
    const { text } = await manager.get(path);
    expect(text).toMatch(/>3<\/td><td dir="auto">There is neither a name nor a company/);
    expect(text).toMatch(/>4<\/td><td dir="auto">“not an address” is not an e-mail address/);
    const reply = await manager.post(`${path}/runs`);
    expect(reply.status).toBe(422);
    expect(reply.text).toContain('2 rows can’t be used, so nothing was read in');
    expect(await versionOf(database.db, shop.id)).toBe(before);
  });

  test('can be mapped by hand; a column that is not mapped is left out', async () => {
    const path = await check('customers', 'Spalte 1,Spalte 2\nCarla,555 9\n');
    expect((await manager.get(path)).text).toContain('Which column holds the name');
    expect((await manager.post(`${path}/runs`)).status).toBe(422);
    expect((await manager.post(`${path}/mappings`, { 'column.name': '0', 'column.phone': '1' })).status).toBe(303);
    expect((await manager.post(`${path}/runs`)).status).toBe(303);
    expect((await customers()).at(-1)).toMatchObject({ name: 'Carla', phone: '555 9' });
    const other = await check('customers', 'a,b\n1,2\n');
    for (const column of ['-1', '1e1', 'x', '999'])
      expect((await manager.post(`${other}/mappings`, { 'column.name': column })).status, column).toBe(422);
    // A column that the file does not have is none.
    expect((await manager.post(`${other}/mappings`, { 'column.name': '99' })).status).toBe(303);
    expect((await manager.get(other)).text).toContain('Which column holds the name');
  });

  test('of one file are read in once, however often the button is pressed', async () => {
    const path = await check('customers', 'name,phone\nTwice,555 22\n');
    const statuses = (await Promise.all([1, 2, 3].map(() => manager.post(`${path}/runs`)))).map((reply) => reply.status).sort();
    expect(statuses[0]).toBe(303);
    for (const status of statuses.slice(1)) expect([404, 409]).toContain(status);
    expect((await customers()).filter(({ name }) => name === 'Twice')).toHaveLength(1);
    expect((await manager.get(path)).status).toBe(404);
  });

  test('are text, whatever they look like', async () => {
    const name = '=HYPERLINK("http://evil.test")<script>alert(1)</script>';
    const path = await check('customers', `name,phone,notes\n"${name.replaceAll('"', '""')}",555 31,'+49 30\n`);
    expect((await manager.get(path)).text).not.toContain('<script>alert');
    expect((await manager.post(`${path}/runs`)).status).toBe(303);
    const row = await database.db.selectFrom('customers').select(['name', 'notes']).orderBy('id', 'desc').limit(1).executeTakeFirst();
    expect(row).toEqual({ name, notes: '+49 30' });
  });
});

describe('vehicles', () => {
  test('find their owners by phone, e-mail or name', async () => {
    const file = `Owner phone,Owner email,Owner,Year,Make,Model,Plate,VIN,Kind,Type
1 555 0142 199,,,2019,Toyota,Corolla,8ABC123,JTDBR32E720012345,,Car
,DANA@example.test,,,Honda,Civic,,,road,
,,ölçer & söhne,,Bobcat,S70,,,equipment,machine
`;
    expect((await bringIn('vehicles', file)).status).toBe(303);
    const rows = await database.db
      .selectFrom('vehicles as v')
      .innerJoin('customers as c', (join) => join.onRef('c.shop_id', '=', 'v.shop_id').onRef('c.id', '=', 'v.customer_id'))
      .innerJoin('meters as m', (join) => join.onRef('m.shop_id', '=', 'v.shop_id').onRef('m.vehicle_id', '=', 'v.id'))
      .select(['v.description', 'c.name', 'm.name as meter', 'm.unit', 'v.type'])
      .orderBy('v.id')
      .execute();
    expect(rows).toEqual([
      { description: '2019 Toyota Corolla', name: 'Dana Whitfield', meter: 'Odometer', unit: 'mi', type: 'car' },
      { description: 'Honda Civic', name: 'Dana Whitfield', meter: 'Odometer', unit: 'mi', type: '' },
      { description: 'Bobcat S70', name: 'Zoë "Z" Ölçer', meter: 'Hour meter', unit: 'h', type: 'machine' },
    ]);
    const { text } = await manager.get(await check('vehicles', file));
    expect(text).toMatch(/<strong class="number">0<\/strong> vehicles would be added/);
    expect(text).toMatch(/<strong class="number">3<\/strong> rows are here already/);
  });

  test('of nobody who is here, of somebody who may be two, or of a year that is none are refused by row', async () => {
    await bringIn('customers', 'name,phone\nJohn Smith,555 41\nJohn Smith,555 42\n');
    const path = await check(
      'vehicles',
      'Owner,Phone,Make,Year\nNobody,,Ford,2001\nJohn Smith,,Ford,2001\nJohn Smith,555 42,Ford,20 01\nJohn Smith,555-42,Ford,\n,,Ford,\nDana Whitfield,,,\n',
    );
    const { text } = await manager.get(path);
    expect(text).toContain('There is no customer with the name “Nobody”.');
    expect(text).toContain('2 customers have the name “John Smith”');
    expect(text).toContain('“20 01” is not a year');
    expect(text).toContain('Whose is it?');
    expect(text).toContain('What is it?');
    expect(text).toMatch(/<strong class="number">5<\/strong> rows can’t be used/);
    const before = await database.db.selectFrom('vehicles').select('id').execute();
    expect((await manager.post(`${path}/runs`)).status).toBe(422);
    expect(await database.db.selectFrom('vehicles').select('id').execute()).toEqual(before);
  });

  test('never find an owner in another shop', async () => {
    const other = await makeShop(database.db, 'other');
    const stranger = await server.clientOf(other, 'manager');
    const reply = await send('vehicles', 'Owner,Phone,Make\nDana Whitfield,(555) 0142-199,Ford\n', stranger);
    expect(reply.status).toBe(303);
    const path = String(reply.headers.location);
    expect((await stranger.get(path)).text).toContain('There is no customer with the phone');
    // Nor does anybody else get at that file.
    expect((await manager.get(path)).status).toBe(404);
    for (const action of ['runs', 'removals', 'mappings']) expect((await manager.post(`${path}/${action}`)).status, action).toBe(404);
    expect((await stranger.post(`${path}/removals`)).status).toBe(303);
  });
});

test('20,000 customers and their vehicles come in within a few seconds each, and a second time nothing does', async () => {
  const big = await makeShop(database.db, 'big');
  const client = await server.clientOf(big, 'manager');
  const numbers = Array.from({ length: 20_000 }, (_, index) => index);
  const people = numbers.map((n) => `Person ${n},555 ${String(n).padStart(7, '0')},p${n}@example.test,"${n} Main St\nSpringfield"`);
  const cars = numbers.map((n) => `555${String(n).padStart(7, '0')},2019,Toyota,Corolla,P${n},JTDBR32E7${String(n).padStart(8, '0')}`);
  const files = { customers: ['name,phone,email,address', ...people], vehicles: ['phone,year,make,model,plate,vin', ...cars] };
  for (const [kind, lines] of Object.entries(files)) {
    const { headers } = await send(kind, lines.join('\n'), client);
    const started = Date.now();
    expect((await client.post(`${headers.location}/runs`)).status, kind).toBe(303);
    expect(Date.now() - started, kind).toBeLessThan(20_000);
    const again = await send(kind, lines.join('\n'), client);
    expect((await client.get(String(again.headers.location))).text).toMatch(
      /<strong class="number">20,000<\/strong> rows are here already/,
    );
  }
  expect(await findDamage(database.db, big.id)).toEqual([]);
}, 120_000);

describe('parts lists', () => {
  test('have costs and prices, without a price the matrix makes it', async () => {
    expect(
      (await bringIn('parts', 'Part number;Brand;Description;Cost;Price\nBP-1;Brembo;Pads;"31,40";\nF-7;;Filter;$4.10;9.95\n')).status,
    ).toBe(303);
    expect(await database.db.selectFrom('parts').select(['number', 'maker', 'cost_cents', 'price_cents']).orderBy('id').execute()).toEqual([
      { number: 'BP-1', maker: 'Brembo', cost_cents: 3140, price_cents: null },
      { number: 'F-7', maker: '', cost_cents: 410, price_cents: 995 },
    ]);
    const { text } = await manager.get(await check('parts', 'number,maker,cost\nbp-1,BREMBO,1\nBP-1,Other,1\n'));
    expect(text).toMatch(/<strong class="number">1<\/strong> part would be added/);
    expect((await manager.get(await check('parts', 'number,cost\n,1\nX,1e400\nY,-3\n'))).text).toMatch(
      /<strong class="number">3<\/strong> rows can’t/,
    );
  });

  test('of 20,000 rows come in within a few seconds, and hold the others up for less', async () => {
    const rows = Array.from({ length: 20_000 }, (_, index) => `N-${index},Maker ${index % 50},"Part ""${index}""",${index % 900}.25,`);
    const path = await check('parts', `number,maker,description,cost,price\n${rows.join('\n')}`);
    const started = Date.now();
    expect((await manager.post(`${path}/runs`)).status).toBe(303);
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(await flash()).toContain('20,000 parts were read in.');
  }, 60_000);
});

describe('a file that is none', () => {
  test.each([
    ['empty', Buffer.alloc(0), 'is empty'],
    ['a workbook', Buffer.from('PK\x03\x04 and so on'), 'workbook'],
    ['binary', Buffer.from([1, 2, 3, 0, 255, 254]), 'something else than text'],
    ['a line of 7 MB', Buffer.from(`name\n${'x'.repeat(7_000_000)}`), 'too long for one row'],
    ['larger than 8 MB', Buffer.from(`name\n${'x\n'.repeat(5_000_000)}`), 'larger than 8 MB'],
  ])('is refused in a sentence: %s', async (_, bytes, sentence) => {
    const reply = await send('customers', bytes);
    expect(reply.status).toBe(422);
    expect(reply.text).toContain(sentence);
  });

  test('is not missed in silence, and nothing else is taken along', async () => {
    expect((await upload(manager, '/settings/import', { kind: 'customers' }, null)).text).toContain('Please choose a file.');
    expect(
      (await upload(manager, '/settings/import', { kind: 'cars' }, { field: 'file', name: 'a.csv', bytes: 'name\nx' })).text,
    ).toContain('choose what it is');
    const odd = await upload(
      manager,
      '/settings/import',
      { kind: 'parts', 'kind[a]': 'x' },
      { field: 'file', name: 'a.csv', bytes: 'a\nb' },
    );
    expect(odd.status).toBe(422);
    expect((await upload(manager, '/settings/import', { kind: 'parts' }, { field: 'other', name: 'a.csv', bytes: 'a\nb' })).status).toBe(
      422,
    );
    expect(
      (await upload(manager, '/settings/import', { kind: 'parts', __proto__x: '1' }, { field: 'file', name: '../../x', bytes: 'a\nb' }))
        .status,
    ).toBe(422);
  });

  test('is read for nobody who may not', async () => {
    const advisor = await server.clientOf(shop, 'advisor');
    expect((await send('customers', 'name\nx', advisor)).status).toBe(403);
    expect((await send('customers', 'name\nx', server.client())).status).toBe(401);
  });
});
