import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { findDamage, versionOf } from '../../testing/truth.js';
import { createWorkOrder } from '../work-orders/create.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let advisor: Client;
let mechanic: Client;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
  shop = await makeShop(database.db);
  advisor = await server.clientOf(shop, 'advisor');
  mechanic = await server.clientOf(shop, 'mechanic');
});
afterAll(async () => {
  expect(server.logged.filter((line) => line.number)).toEqual([]);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
  await server.stop();
  await database.close();
});

/** A visit of somebody new with a new vehicle. */
async function visit(more: Parameters<typeof newOrder>[0] = {}) {
  const { number } = (await createWorkOrder(database.db, shop.staff.advisor, newOrder(more))).result;
  return database.db
    .selectFrom('work_orders')
    .select(['id', 'number', 'customer_id as customer', 'vehicle_id as vehicle'])
    .where('shop_id', '=', shop.id)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
}

async function addVehicle(customer: number, fields: Record<string, string>): Promise<string> {
  const reply = await advisor.post(`/customers/${customer}/vehicles`, fields);
  expect(reply.status, reply.text.slice(0, 1500)).toBe(303);
  return String(reply.headers.location);
}

const idOf = (path: string) => Number(path.split('/').at(-1));
const read = (path: string) =>
  database.db
    .selectFrom('vehicles')
    .select(['description', 'plate', 'vin', 'make', 'year', 'kind', 'notes', 'customer_id', 'serial'])
    .where('id', '=', idOf(path))
    .executeTakeFirstOrThrow();

describe('C4: a VIN', () => {
  test('with a wrong check digit is saved, with a warning', async () => {
    const { customer } = await visit();
    const path = await addVehicle(customer, { year: '1989', make: 'MCI', vin: '1m8gd m9ax-kp042789' });
    expect((await read(path)).vin).toBe('1M8GDM9AXKP042789');
    expect((await advisor.get(path)).text).toContain('check digit');
    const right = await addVehicle(customer, { year: '1989', make: 'MCI', vin: '1M8GDM9AXKP042788' });
    expect((await advisor.get(right)).text).not.toContain('check digit');
  });

  test('of equipment is nothing to warn about, nor is none', async () => {
    const { customer } = await visit();
    for (const fields of [{ kind: 'equipment', description: 'Loader', vin: '123' }, { description: 'Trailer' }] as Record<string, string>[])
      expect((await advisor.get(await addVehicle(customer, fields))).text).not.toContain('class="warn"');
  });

  test('that is here already is pointed out', async () => {
    const { customer } = await visit();
    const first = await addVehicle(customer, { description: 'First', vin: 'JH2RC3605MM101581', plate: 'DUP 1' });
    const second = await addVehicle((await visit()).customer, { description: 'Second', vin: 'JH2RC3605MM101581' });
    expect((await advisor.get(second)).text).toContain(`Maybe the same vehicle`);
    expect((await advisor.get(second)).text).toContain(`href="${first}"`);
  });
});

describe('a vehicle', () => {
  test('is called by year, make and model, and follows them until somebody names it', async () => {
    const { customer } = await visit();
    const path = await addVehicle(customer, { year: '2019', make: 'Toyota', model: 'Corolla', color: 'blue' });
    expect((await read(path)).description).toBe('2019 Toyota Corolla, blue');
    const form = { year: '2019', make: 'Toyota', model: 'Corolla', color: 'blue', description: '2019 Toyota Corolla, blue' };
    const original = Object.fromEntries(Object.entries(form).map(([name, value]) => [`original.${name}`, value]));
    expect((await advisor.post(`${path}/edits`, { ...form, ...original, color: 'red' })).status).toBe(303);
    expect((await read(path)).description).toBe('2019 Toyota Corolla, red');
    const named = {
      ...form,
      ...original,
      color: 'red',
      'original.color': 'red',
      'original.description': '2019 Toyota Corolla, red',
      description: 'Old faithful',
    };
    expect((await advisor.post(`${path}/edits`, named)).status).toBe(303);
    expect((await advisor.post(`${path}/edits`, { ...named, 'original.description': 'Old faithful', color: 'green' })).status).toBe(303);
    expect((await read(path)).description).toBe('Old faithful');
    expect((await advisor.post(`/customers/${customer}/vehicles`, { plate: 'NO NAME' })).text).toContain('What is it?');
  });

  test('that two people edit keeps both, or shows both', async () => {
    const { vehicle } = await visit({ vehicleDescription: 'Van', plate: 'ONE' });
    const path = `/vehicles/${vehicle}`;
    const form = { description: 'Van', plate: 'ONE', 'original.description': 'Van', 'original.plate': 'ONE' };
    expect((await advisor.post(`${path}/edits`, { ...form, plate: 'TWO' })).status).toBe(303);
    expect((await advisor.post(`${path}/edits`, { ...form, engine: '2.0 L' })).status).toBe(303);
    const before = await versionOf(database.db, shop.id);
    const { status, text } = await advisor.post(`${path}/edits`, { ...form, plate: 'THREE' });
    expect(status).toBe(409);
    expect(text).toMatch(/TWO.*|THREE.*/s);
    expect(text).toMatch(/name="plate"[^>]*value="THREE"/);
    expect(await versionOf(database.db, shop.id)).toBe(before);
    expect((await read(path)).plate).toBe('TWO');
    expect((await advisor.get('/board')).text).toContain('TWO');
  });

  test('has no year that is none', async () => {
    const { customer } = await visit();
    for (const year of ['19', '1e3', '２０１９', '-2019', '20190', 'NaN', '0x7e3'])
      expect((await advisor.post(`/customers/${customer}/vehicles`, { description: 'Van', year })).status, year).toBe(422);
  });
});

describe('C8: equipment', () => {
  test('has a serial number, several hour meters, and no VIN', async () => {
    const { customer } = await visit();
    const path = await addVehicle(customer, { kind: 'equipment', make: 'John Deere', model: '5075E', serial: '1LV5075EHKK400123' });
    for (const name of ['PTO', 'Hydraulics']) expect((await advisor.post(`${path}/meters`, { name, unit: 'h' })).status).toBe(303);
    expect((await advisor.post(`${path}/meters`, { name: 'pto', unit: 'h' })).text).toContain('has a meter “pto” already');
    const { text } = await advisor.get(path);
    for (const part of ['1LV5075EHKK400123', 'Hour meter', 'PTO', 'Hydraulics', 'Equipment']) expect(text).toContain(part);
    const meter = await database.db
      .selectFrom('meters')
      .select('id')
      .where('vehicle_id', '=', idOf(path))
      .where('name', '=', 'PTO')
      .executeTakeFirstOrThrow();
    expect((await advisor.post(`${path}/meters/${meter.id}`, { name: 'Power take-off', unit: 'h' })).status).toBe(303);
    expect((await advisor.post(`${path}/meters/${meter.id}/removals`)).status).toBe(303);
    expect((await advisor.post(`${path}/meters/${meter.id}/removals`)).status).toBe(404);
  });
});

test('W9: what the odometer showed, in and out, stands in the timeline, and the last reading at the vehicle', async () => {
  const { number, vehicle } = await visit({ vehicleDescription: 'Meter car' });
  const meter = (await database.db.selectFrom('meters').select('id').where('vehicle_id', '=', vehicle).executeTakeFirstOrThrow()).id;
  expect((await mechanic.post(`/work-orders/${number}/readings`, { meter, in: '84,512', out: '84,520.5' })).status).toBe(303);
  const { text } = await mechanic.get(`/vehicles/${vehicle}`);
  expect(text).toContain('Odometer 84,512 mi in, 84,520.5 mi out');
  expect(text).toMatch(/Odometer<\/strong> 84,520\.5 mi/);
  expect((await advisor.post(`/vehicles/${vehicle}/meters/${meter}`, { name: 'Odometer', unit: 'km' })).text).toContain(
    'There are readings in this unit',
  );
  expect((await advisor.post(`/vehicles/${vehicle}/meters/${meter}/removals`)).status).toBe(409);
});

/** Jobs of a visit as the jobs' own feature would write them. */
async function addJobs(
  order: number,
  jobs: {
    name: string;
    consent?: 'approved' | 'declined' | 'deferred';
    reason?: string;
    correction?: string;
    concern?: string;
    daysAgo?: number;
  }[],
) {
  // A work order comes with a job of its own.
  await database.db.deleteFrom('jobs').where('work_order_id', '=', order).execute();
  await database.db
    .insertInto('jobs')
    .values(
      jobs.map((job, index) => ({
        ...{
          shop_id: shop.id,
          work_order_id: order,
          position: index + 1,
          name: job.name,
          correction: job.correction ?? '',
          concern: job.concern ?? '',
        },
        ...{ consent: job.consent ?? ('approved' as const), consent_reason: job.reason ?? '', mechanic_id: shop.staff.mechanic.staff },
        progress: job.consent && job.consent !== 'approved' ? ('pending' as const) : ('complete' as const),
        consent_at: new Date(Date.now() - (job.daysAgo ?? 0) * 86_400_000),
      })),
    )
    .execute();
}

test('C6, W8: the timeline shows every visit: work, odometer, what was declined with its reason and age, and who worked', async () => {
  const first = await visit({ vehicleDescription: 'Timeline car', concern: 'It squeals badly' });
  await addJobs(first.id, [
    { name: 'Front brakes', correction: 'Replaced pads and rotors' },
    { name: 'Timing belt', consent: 'deferred', reason: 'after the holidays', daysAgo: 91 },
    { name: 'Cabin filter', consent: 'declined', reason: 'does it himself', daysAgo: 91 },
  ]);
  const second = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ vehicle: first.vehicle, concern: 'Second time' })))
    .result.number;
  const { text } = await advisor.get(`/vehicles/${first.vehicle}`);
  expect(text.indexOf(`WO-${second}`)).toBeLessThan(text.indexOf(`WO-${first.number}`));
  for (const part of [
    'It squeals badly',
    'Front brakes',
    'Replaced pads and rotors',
    'Put off 91 d ago',
    'Timing belt',
    'after the holidays',
    'Declined 91 d ago',
    'does it himself',
    'mechanic of first',
    '$0.00',
  ])
    expect(text).toContain(part);
  const seen = (await mechanic.get(`/vehicles/${first.vehicle}`)).text;
  expect(seen).toContain('Front brakes');
  for (const hidden of ['$0.00', 'Dana Whitfield', '555 0142']) expect(seen).not.toContain(hidden);
});

describe('C3: a vehicle that is sold', () => {
  test('keeps its history, without anything of the former owner', async () => {
    const old = await visit({
      customerName: 'Private Person',
      phone: '555 0911',
      vehicleDescription: 'Sold car',
      concern: 'My divorce lawyer hears it squeal',
    });
    await addJobs(old.id, [
      { name: 'Front brakes', correction: 'Replaced pads', concern: 'The squealing my wife hates' },
      { name: 'My divorce lawyer hears it…', correction: 'Looked for the noise' },
      { name: 'Struts', consent: 'declined', reason: 'is broke until May', daysAgo: 10 },
    ]);
    await database.db.updateTable('work_orders').set({ total_cents: 98_765 }).where('id', '=', old.id).execute();
    await database.db.updateTable('vehicles').set({ notes: 'Gate code 4411' }).where('id', '=', old.vehicle).execute();
    const meter = (await database.db.selectFrom('meters').select('id').where('vehicle_id', '=', old.vehicle).executeTakeFirstOrThrow()).id;
    await mechanic.post(`/work-orders/${old.number}/readings`, { meter, in: '12345' });
    const path = `/vehicles/${old.vehicle}`;
    expect((await advisor.get(path)).text).toContain('divorce');

    const fields = { from: String(old.customer), name: 'New Owner', phone: '555 0222', dropNotes: 'on', requestId: 'sold-to-new-owner' };
    expect((await advisor.post(`${path}/transfers`, fields)).status).toBe(303);
    expect((await advisor.post(`${path}/transfers`, fields)).status).toBe(303);
    expect(await database.db.selectFrom('customers').select('id').where('name', '=', 'New Owner').execute()).toHaveLength(1);

    for (const client of [advisor, mechanic, await server.clientOf(shop, 'manager')]) {
      const { text } = await client.get(path);
      for (const kept of [
        'Looked for the noise',
        'Front brakes',
        'Replaced pads',
        '12,345 mi',
        'Declined 10 d ago',
        'Struts',
        'for a former owner',
      ])
        expect(text).toContain(kept);
      for (const gone of ['Private Person', '555 0911', 'divorce', 'my wife', 'broke until', '987.65', 'Gate code', `WO-${old.number}</`])
        expect(text).not.toContain(gone);
    }
    // The visit stays with who it was for, also while it is open; a new one is the new owner's.
    expect((await advisor.get(`/customers/${old.customer}`)).text).toContain(`WO-${old.number}`);
    expect((await advisor.get(`/work-orders/${old.number}`)).text).toContain('Private Person');
    const next = (await createWorkOrder(database.db, shop.staff.advisor, newOrder({ vehicle: old.vehicle }))).result.number;
    expect((await advisor.get(`/work-orders/${next}`)).text).toContain('New Owner');
    expect((await advisor.get(path)).text).toContain(`WO-${next}`);
  });

  test('leaves the labor rate of its former owner behind', async () => {
    const { vehicle, customer } = await visit();
    const buyer = (await visit({ customerName: 'Next Owner' })).customer;
    const rate = await database.db
      .insertInto('labor_rates')
      .values({ shop_id: shop.id, name: 'Old friends', cents_per_hour: 5_000 })
      .returning('id')
      .executeTakeFirstOrThrow();
    await database.db.updateTable('vehicles').set({ labor_rate_id: rate.id }).where('id', '=', vehicle).execute();
    expect((await advisor.post(`/vehicles/${vehicle}/transfers`, { from: String(customer), to: String(buyer) })).status).toBe(303);
    const row = await database.db.selectFrom('vehicles').select('labor_rate_id').where('id', '=', vehicle).executeTakeFirstOrThrow();
    expect(row.labor_rate_id).toBeNull();
    const told = await database.db
      .selectFrom('events')
      .select('data')
      .where('shop_id', '=', shop.id)
      .where('kind', '=', 'vehicle.transferred')
      .orderBy('version', 'desc')
      .executeTakeFirstOrThrow();
    expect(told.data).toMatchObject({ vehicle, laborRate: { from: rate.id, to: null } });
  });

  test('is not sold twice from one form, nor to nobody, nor to its owner', async () => {
    const { vehicle, customer } = await visit();
    const buyer = (await visit({ customerName: 'Buyer' })).customer;
    const path = `/vehicles/${vehicle}/transfers`;
    expect((await advisor.post(path, { from: String(customer) })).text).toContain('Who owns it now?');
    expect((await advisor.post(path, { from: String(customer), to: String(customer) })).text).toContain('belongs to that customer already');
    expect((await advisor.post(path, { from: String(customer), to: String(buyer) })).status).toBe(303);
    expect((await advisor.post(path, { from: String(customer), name: 'Too Late' })).status).toBe(409);
    expect((await advisor.get(`${path}/new?find=dana`)).status).toBe(200);
    const other = await makeShop(database.db, 'elsewhere');
    const { id } = await database.db
      .insertInto('customers')
      .values({ shop_id: other.id, name: 'Theirs' })
      .returning('id')
      .executeTakeFirstOrThrow();
    expect((await advisor.post(path, { from: String(buyer), to: String(id) })).status).toBe(404);
  });
});
