import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { SEED } from '../../testing/seed.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop, newOrder, type TestShop } from '../../testing/shop.js';
import { findDamage } from '../../testing/truth.js';
import { setPayer } from '../customers/edit.js';
import { mergeCustomers } from '../customers/merges.js';
import { readMeter } from '../jobs/readings.js';
import { createWorkOrder } from '../work-orders/create.js';
import { mergeVehicles, undoMerge } from './merges.js';
import { transferVehicle } from './transfers.js';

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
  expect(await findDamage(database.db, shop.id)).toEqual([]);
  await server.stop();
  await database.close();
});

async function visit(more: Parameters<typeof newOrder>[0] = {}) {
  const { number } = (await createWorkOrder(database.db, shop.staff.advisor, newOrder(more))).result;
  return database.db
    .selectFrom('work_orders')
    .select(['id', 'number', 'customer_id as customer', 'vehicle_id as vehicle'])
    .where('shop_id', '=', shop.id)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
}

const ownerOf = async (vehicle: number) =>
  (await database.db.selectFrom('vehicles').select('customer_id').where('id', '=', vehicle).executeTakeFirstOrThrow()).customer_id;
const orderOf = (id: number) =>
  database.db
    .selectFrom('work_orders')
    .select(['customer_id as customer', 'vehicle_id as vehicle'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
const lastMerge = async () =>
  (await database.db.selectFrom('merges').select('id').where('shop_id', '=', shop.id).orderBy('id', 'desc').executeTakeFirstOrThrow()).id;

describe('C7: duplicates', () => {
  test('of a customer are suggested, become one, and are two again', async () => {
    const kept = await visit({ customerName: 'Rosalind Pemberton', phone: '(312) 555-0777', email: '' });
    const gone = await visit({ customerName: 'Rosalind Pembertn', phone: '312 555 0777', email: 'rosa@mail.test' });
    expect((await manager.get(`/customers/${kept.customer}`)).text).toContain('Maybe the same customer');
    expect((await manager.post(`/customers/${gone.customer}/merges`, { into: kept.customer })).status).toBe(303);
    expect(await manager.get(`/customers/${gone.customer}`)).toMatchObject({
      status: 303,
      headers: { location: `/customers/${kept.customer}` },
    });
    expect([await ownerOf(gone.vehicle), (await orderOf(gone.id)).customer]).toEqual([kept.customer, kept.customer]);
    const { text } = await manager.get(`/customers/${kept.customer}`);
    for (const part of ['rosa@mail.test', '312 555 0777', `WO-${gone.number}`, `WO-${kept.number}`, 'Rosalind Pembertn', 'Take it back'])
      expect(text).toContain(part);
    expect(text).not.toContain('Maybe the same customer');
    expect((await manager.get('/customers?find=Pembertn')).text).not.toContain('>Rosalind Pembertn<');

    const merge = await lastMerge();
    expect((await manager.post(`/merges/${merge}/undos`)).headers.location).toBe(`/customers/${gone.customer}`);
    expect([await ownerOf(gone.vehicle), (await orderOf(gone.id)).customer]).toEqual([gone.customer, gone.customer]);
    expect([await ownerOf(kept.vehicle), (await orderOf(kept.id)).customer]).toEqual([kept.customer, kept.customer]);
    expect((await manager.get(`/customers/${kept.customer}`)).text).not.toContain('rosa@mail.test');
    expect((await manager.post(`/merges/${merge}/undos`)).status).toBe(409);
  });

  test('what has moved on since stays there', async () => {
    const [kept, gone, buyer] = [
      await visit({ customerName: 'K' }),
      await visit({ customerName: 'G' }),
      await visit({ customerName: 'B' }),
    ];
    const { merge } = (await mergeCustomers(database.db, shop.staff.manager, gone.customer, kept.customer)).result;
    const sold = { from: kept.customer, to: buyer.customer, name: '', phone: '', dropNotes: false };
    await transferVehicle(database.db, shop.staff.manager, gone.vehicle, sold);
    await undoMerge(database.db, shop.staff.manager, merge);
    expect(await ownerOf(gone.vehicle)).toBe(buyer.customer);
    expect((await orderOf(gone.id)).customer).toBe(gone.customer);
  });

  test('who paid for the other one pays again once they are two', async () => {
    const [kept, gone] = [await visit({ customerName: 'Driver' }), await visit({ customerName: 'Boss' })];
    await setPayer(database.db, shop.staff.manager, kept.customer, gone.customer);
    const payer = async () =>
      (await database.db.selectFrom('customers').select('bill_to_id').where('id', '=', kept.customer).executeTakeFirstOrThrow()).bill_to_id;
    const { merge } = (await mergeCustomers(database.db, shop.staff.manager, gone.customer, kept.customer)).result;
    expect(await payer()).toBeNull();
    await undoMerge(database.db, shop.staff.manager, merge);
    expect(await payer()).toBe(gone.customer);
  });

  describe('how the duplicate pays', () => {
    const COLUMNS = ['bill_to_id', 'po_required', 'on_account', 'tax_exempt', 'tax_certificate'] as const;
    const NOTHING = { bill_to_id: null, po_required: false, on_account: false, tax_exempt: false, tax_certificate: '' };
    const termsOf = (id: number) => database.db.selectFrom('customers').select(COLUMNS).where('id', '=', id).executeTakeFirstOrThrow();
    const say = (id: number, terms: Partial<Awaited<ReturnType<typeof termsOf>>>) =>
      database.db.updateTable('customers').set(terms).where('id', '=', id).execute();
    const merge = async (gone: number, kept: number) => (await mergeCustomers(database.db, shop.staff.manager, gone, kept)).result.merge;
    const three = async () => {
      const [kept, gone, payer] = [
        await visit({ customerName: 'Kept' }),
        await visit({ customerName: 'Gone' }),
        await visit({ customerName: 'Payer' }),
      ];
      return [kept.customer, gone.customer, payer.customer] as const;
    };

    test('fills what the kept one does not say, and is taken back', async () => {
      const [kept, gone, payer] = await three();
      const all = { bill_to_id: payer, po_required: true, on_account: true, tax_exempt: true, tax_certificate: 'R-100' };
      await say(gone, all);
      const made = await merge(gone, kept);
      expect(await termsOf(kept)).toEqual(all);
      await undoMerge(database.db, shop.staff.manager, made);
      expect([await termsOf(kept), await termsOf(gone)]).toEqual([NOTHING, all]);
    });

    test('changes nothing that the kept one says, and what was changed since stays', async () => {
      const [kept, gone, payer] = await three();
      await say(gone, { tax_exempt: true, tax_certificate: 'R-100', bill_to_id: kept });
      await say(kept, { tax_certificate: 'OLD-1', on_account: true });
      const first = await merge(gone, kept);
      expect(await termsOf(kept)).toEqual({ ...NOTHING, tax_certificate: 'OLD-1', on_account: true });
      await undoMerge(database.db, shop.staff.manager, first);
      expect(await termsOf(kept)).toEqual({ ...NOTHING, tax_certificate: 'OLD-1', on_account: true });

      await say(kept, NOTHING);
      await say(gone, { bill_to_id: payer });
      const second = await merge(gone, kept);
      await say(kept, { tax_certificate: 'R-200', bill_to_id: null });
      await undoMerge(database.db, shop.staff.manager, second);
      expect(await termsOf(kept)).toEqual({ ...NOTHING, tax_exempt: true, tax_certificate: 'R-200' });
    });

    test('never leads to somebody who is paid for and pays for others', async () => {
      const [kept, gone, payer] = await three();
      const driver = (await visit({ customerName: 'Driver of Kept' })).customer;
      await say(driver, { bill_to_id: kept });
      await say(gone, { bill_to_id: payer });
      await undoMerge(database.db, shop.staff.manager, await merge(gone, kept));
      await merge(gone, kept);
      expect((await termsOf(kept)).bill_to_id).toBeNull();

      const [other, boss, third] = await three();
      const hers = (await visit({ customerName: 'Driver of Boss' })).customer;
      await say(hers, { bill_to_id: boss });
      await say(other, { bill_to_id: third });
      await expect(merge(boss, other)).rejects.toThrow('Choose first who really pays');
      expect((await termsOf(hers)).bill_to_id).toBe(boss);
    });
  });

  test('of a vehicle become one with all visits and readings, and two again', async () => {
    const [kept, gone] = [await visit({ plate: 'SAME 1' }), await visit({ plate: 'SAME-1', vehicleDescription: 'Twin' })];
    const meters = await database.db
      .selectFrom('meters')
      .select(['id', 'vehicle_id'])
      .where('vehicle_id', 'in', [kept.vehicle, gone.vehicle])
      .execute();
    for (const order of [kept, gone]) {
      const meter = meters.find((one) => one.vehicle_id === order.vehicle)?.id ?? 0;
      await readMeter(database.db, shop.staff.mechanic, order.number, meter, { in: String(1000 * order.id), out: '' }, {});
    }
    expect((await manager.post(`/vehicles/${gone.vehicle}/merges`, { into: kept.vehicle })).status).toBe(303);
    expect(await manager.get(`/vehicles/${gone.vehicle}`)).toMatchObject({
      status: 303,
      headers: { location: `/vehicles/${kept.vehicle}` },
    });
    const { text } = await manager.get(`/vehicles/${kept.vehicle}`);
    for (const order of [kept, gone]) expect(text).toContain(`Odometer ${(1000 * order.id).toLocaleString('en-US')} mi in`);
    expect(text.match(/<strong dir="auto">Odometer/g)).toHaveLength(1);
    expect((await manager.post(`/merges/${await lastMerge()}/undos`)).status).toBe(303);
    expect((await orderOf(gone.id)).vehicle).toBe(gone.vehicle);
    expect((await manager.get(`/vehicles/${gone.vehicle}`)).text).toContain(`Odometer ${(1000 * gone.id).toLocaleString('en-US')} mi in`);
    const owners = await database.db
      .selectFrom('former_owners')
      .select('id')
      .where('vehicle_id', 'in', [kept.vehicle, gone.vehicle])
      .execute();
    expect(owners).toEqual([]);
  });

  test('are no longer there to be written to, and one is no duplicate of itself', async () => {
    const [kept, gone] = [await visit(), await visit()];
    expect((await manager.post(`/customers/${kept.customer}/merges`, { into: kept.customer })).status).toBe(422);
    await mergeCustomers(database.db, shop.staff.manager, gone.customer, kept.customer);
    for (const path of ['edits', 'contacts', 'vehicles', 'merges'])
      expect((await manager.post(`/customers/${gone.customer}/${path}`, fieldsFor(path, kept.customer))).status, path).toBe(404);
    expect((await manager.post('/work-orders', { customer: gone.customer, vehicleDescription: 'Van' })).status).toBe(404);
  });
});

function fieldsFor(path: string, into: number): Record<string, string> {
  if (path === 'merges') return { into: String(into) };
  return path === 'vehicles' ? { description: 'X' } : { name: 'X' };
}

test('whatever is sold, put together and taken back, no vehicle and no visit is lost, and each belongs to somebody who is there', async () => {
  const { db } = database;
  const act = fc.oneof(
    fc.record({ do: fc.constant('sell' as const), a: fc.nat(5), b: fc.nat(5) }),
    fc.record({ do: fc.constant('customers' as const), a: fc.nat(5), b: fc.nat(5) }),
    fc.record({ do: fc.constant('vehicles' as const), a: fc.nat(5), b: fc.nat(5) }),
    fc.record({ do: fc.constant('undo' as const), a: fc.nat(20), b: fc.constant(0) }),
    fc.record({ do: fc.constant('visit' as const), a: fc.nat(5), b: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 25 }), async (acts) => {
      const place = await makeShop(db, `p${Math.random().toString(36).slice(2)}`);
      const boss = place.staff.manager;
      for (let index = 0; index < 6; index++)
        await createWorkOrder(db, boss, newOrder({ customerName: `C${index}`, phone: String(index), plate: `P${index}` }));
      const ids = async (table: 'customers' | 'vehicles' | 'work_orders' | 'merges') =>
        (await db.selectFrom(table).select('id').where('shop_id', '=', place.id).orderBy('id').execute()).map((row) => row.id);
      const [customers, vehicles] = [await ids('customers'), await ids('vehicles')];
      let visits = 6;
      for (const { do: what, a, b } of acts) {
        const [ca, cb, va, vb] = [customers[a] ?? 0, customers[b] ?? 0, vehicles[a] ?? 0, vehicles[b] ?? 0];
        const merges = await ids('merges');
        try {
          if (what === 'sell')
            await transferVehicle(db, boss, va, { from: await ownerOf(va), to: cb, name: '', phone: '', dropNotes: false });
          if (what === 'customers') await mergeCustomers(db, boss, ca, cb);
          if (what === 'vehicles') await mergeVehicles(db, boss, va, vb);
          if (what === 'undo' && merges.length > 0) await undoMerge(db, boss, merges[a % merges.length] ?? 0);
          if (what === 'visit') {
            await createWorkOrder(db, boss, newOrder({ vehicle: va }));
            visits++;
          }
        } catch (error) {
          expect((error as { status?: number }).status, String(error)).toBeOneOf([404, 409, 422]);
        }
      }
      expect(await ids('vehicles')).toEqual(vehicles);
      expect(await ids('work_orders')).toHaveLength(visits);
      const lost = await db
        .selectFrom('work_orders as w')
        .innerJoin('customers as c', 'c.id', 'w.customer_id')
        .innerJoin('vehicles as v', 'v.id', 'w.vehicle_id')
        .innerJoin('customers as o', 'o.id', 'v.customer_id')
        .select('w.number')
        .where('w.shop_id', '=', place.id)
        .where((eb) =>
          eb.or([eb('c.merged_into_id', 'is not', null), eb('v.merged_into_id', 'is not', null), eb('o.merged_into_id', 'is not', null)]),
        )
        .execute();
      expect(lost).toEqual([]);
      // Taken back in the opposite order, everybody is there again.
      for (const merge of (await ids('merges')).reverse()) await undoMerge(db, boss, merge).catch(() => {});
      const gone = await db
        .selectFrom('customers')
        .select('id')
        .where('shop_id', '=', place.id)
        .where('merged_into_id', 'is not', null)
        .execute();
      expect(gone).toEqual([]);
      expect(await findDamage(db, place.id)).toEqual([]);
    }),
    { seed: SEED, numRuns: 12 },
  );
}, 120_000);
