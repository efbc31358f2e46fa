import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, addLine, approve, consentForm, moneyOf, openEmpty, reprice } from '../../testing/money.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { recordConsent } from './authorizations.js';
import { OTHER_OPTION } from './consent.js';
import { makeInvoice } from './documents.js';
import { markAsSent, readSnapshot } from './revisions.js';

let database: TestDatabase;
let shop: TestShop;
let number: number;
let shops = 0;

beforeAll(async () => {
  database = await testDatabase();
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  [number] = (await openEmpty(database.db, shop.staff.advisor, 1)) as [number];
});
afterAll(() => database.close());

const who = () => shop.staff.advisor;
const form = (...args: Parameters<typeof consentForm> extends [infer _D, infer _V, infer _N, ...infer Rest] ? Rest : never) =>
  consentForm(database.db, who(), number, ...args);
const authorizations = () =>
  database.db
    .selectFrom('authorizations')
    .select([
      'method',
      'given_by',
      'phone',
      'taken_by',
      'at',
      'decisions',
      'authorized_cents',
      'authorized_before_tax_cents',
      'revision_id',
    ])
    .where('shop_id', '=', shop.id)
    .orderBy('id')
    .execute();
const revisions = () =>
  database.db
    .selectFrom('estimate_revisions')
    .select(['number', 'why', 'total_cents'])
    .where('shop_id', '=', shop.id)
    .orderBy('number')
    .execute();
const jobs = () =>
  database.db
    .selectFrom('jobs')
    .select(['id', 'consent', 'consent_reason', 'consent_at', 'approved_cents', 'picked'])
    .where('shop_id', '=', shop.id)
    .orderBy('position')
    .execute();
const yes = (job: number) => ({ job, decision: 'approve' as const, reason: '' });
const TAX = { id: 1, name: 'Sales tax', ppm: 100_000 };

describe('A4: approval by phone or in person: who, when, number, taken by, amount', () => {
  test('all of it is written down, and what is authorized is what the invoice may come to', async () => {
    const brakes = await addJob(database.db, who(), number, { name: 'Brakes', lines: [{ kind: 'part', cents: 20_000, taxes: [TAX] }] });
    const oil = await addJob(database.db, who(), number, { name: 'Oil', lines: [{ cents: 5_000 }] });
    const wipers = await addJob(database.db, who(), number, { name: 'Wipers', lines: [{ cents: 2_500 }] });
    await addLine(database.db, who(), number, null, { cents: 350 });
    const answers = [
      yes(brakes),
      { job: oil, decision: 'decline' as const, reason: 'Does it himself' },
      { job: wipers, decision: 'defer' as const, reason: 'Next month' },
    ];
    await recordConsent(database.db, who(), number, await form(answers, 'phone'));
    expect(await authorizations()).toMatchObject([
      {
        ...{ method: 'phone', given_by: 'Dana Whitfield', phone: '555 0142', taken_by: who().staff, at: expect.any(Date) },
        ...{ authorized_cents: 22_350, authorized_before_tax_cents: 20_350 },
        decisions: [
          { job: brakes, decision: 'approve', cents: 22_000, beforeTaxCents: 20_000 },
          { job: oil, decision: 'decline', reason: 'Does it himself' },
          { job: wipers, decision: 'defer', reason: 'Next month' },
        ],
      },
    ]);
    expect(await jobs()).toMatchObject([
      { consent: 'approved', approved_cents: 22_000, consent_at: expect.any(Date) },
      { consent: 'declined', approved_cents: null, consent_reason: 'Does it himself' },
      { consent: 'deferred', approved_cents: null, consent_reason: 'Next month' },
    ]);
    expect(await moneyOf(database.db, shop.id, number)).toMatchObject({ document: 'repair-order', total_cents: 22_350 });
    await makeInvoice(database.db, who(), number, 22_350);
  });

  test('a call needs the number', async () => {
    const job = await addJob(database.db, who(), number);
    const call = { ...(await form([yes(job)], 'phone')), phone: '' };
    await expect(recordConsent(database.db, who(), number, call)).rejects.toThrow(new Invalid({ phone: 'Please write down the number.' }));
    expect(await authorizations()).toEqual([]);
  });

  test('who declines everything has authorized nothing', async () => {
    const job = await addJob(database.db, who(), number);
    await addLine(database.db, who(), number, null, { cents: 350 });
    await recordConsent(database.db, who(), number, await form([{ job, decision: 'decline', reason: '' }]));
    expect(await authorizations()).toMatchObject([{ authorized_cents: 0 }]);
    expect(await moneyOf(database.db, shop.id, number)).toMatchObject({ document: 'estimate' });
  });

  test('a fee of the order that came later is agreed to without a job', async () => {
    const job = await addJob(database.db, who(), number);
    await approve(database.db, who(), number, job);
    await expect(recordConsent(database.db, who(), number, await form([]))).rejects.toThrow(Invalid);
    await addLine(database.db, who(), number, null, { cents: 350 });
    await expect(makeInvoice(database.db, who(), number, 10_350)).rejects.toThrow(
      'WO-1001 comes to $103.50, but the customer has authorized $100.00. Record the customer’s consent to the new sum, or lower it.',
    );
    await recordConsent(database.db, who(), number, await form([]));
    await makeInvoice(database.db, who(), number, 10_350);
  });

  test('sent twice by a double click it is written once, and rows are never changed or removed', async () => {
    const job = await addJob(database.db, who(), number);
    const input = await form([yes(job)]);
    await Promise.all([1, 2].map(() => recordConsent(database.db, who(), number, input, 'the-same-form')));
    expect(await authorizations()).toHaveLength(1);
    await expect(database.db.updateTable('authorizations').set({ authorized_cents: 1 }).execute()).rejects.toThrow('never changed');
    await expect(database.db.deleteFrom('authorizations').execute()).rejects.toThrow('never changed');
    await expect(database.db.updateTable('estimate_revisions').set({ total_cents: 1 }).execute()).rejects.toThrow('never changed');
  });

  test('jobs of other orders, of other payers, and finished ones are refused', async () => {
    const job = await addJob(database.db, who(), number, { progress: 'complete' });
    const warranty = await addJob(database.db, who(), number, { payType: 'warranty' });
    const [other] = (await openEmpty(database.db, who(), 1)) as [number];
    const foreign = await addJob(database.db, who(), other);
    await expect(recordConsent(database.db, who(), number, await form([yes(foreign)]))).rejects.toThrow(NotFound);
    await expect(recordConsent(database.db, who(), number, await form([yes(warranty)]))).rejects.toThrow('nothing to ask');
    await approve(database.db, who(), number, job);
    await expect(recordConsent(database.db, who(), number, await form([{ job, decision: 'decline', reason: '' }]))).rejects.toThrow(
      'was approved and is done already',
    );
  });
});

describe('a stale form', () => {
  test('is refused with both sums', async () => {
    const job = await addJob(database.db, who(), number);
    const stale = await form([yes(job)]);
    await addLine(database.db, who(), number, job, { cents: 5_000 });
    await expect(recordConsent(database.db, who(), number, stale)).rejects.toThrow(
      new Conflict(
        'WO-1001 has changed since this was opened: it came to $100.00 then, and $150.00 now. Tell the customer what is below, and ask again.',
      ),
    );
    expect(await authorizations()).toEqual([]);
    expect((await jobs())[0]).toMatchObject({ consent: 'proposed' });
  });

  test('is not what a mechanic writes meanwhile', async () => {
    const job = await addJob(database.db, who(), number);
    const open = await form([yes(job)]);
    await database.db.updateTable('jobs').set({ cause: 'Worn pads', progress: 'in-progress' }).where('id', '=', job).execute();
    await recordConsent(database.db, who(), number, open);
    expect((await jobs())[0]).toMatchObject({ consent: 'approved' });
  });
});

describe('A5: extra work needs its own consent', () => {
  test('the new total is authorized when it is approved, and not before', async () => {
    const job = await addJob(database.db, who(), number);
    await approve(database.db, who(), number, job);
    const extra = await addJob(database.db, who(), number, { lines: [{ cents: 4_000 }] });
    expect(await moneyOf(database.db, shop.id, number)).toMatchObject({ total_cents: 14_000 });
    await expect(makeInvoice(database.db, who(), number, 14_000)).rejects.toThrow('has not answered about Job 2 yet');
    await approve(database.db, who(), number, extra);
    expect((await authorizations()).map((one) => one.authorized_cents)).toEqual([10_000, 14_000]);
  });

  test('a grown job that is not asked about keeps what was approved of it', async () => {
    const job = await addJob(database.db, who(), number);
    await approve(database.db, who(), number, job);
    const { id } = await database.db.selectFrom('lines').select('id').where('job_id', '=', job).executeTakeFirstOrThrow();
    await reprice(database.db, who(), number, id, 30_000);
    const extra = await addJob(database.db, who(), number, { lines: [{ cents: 4_000 }] });
    await approve(database.db, who(), number, extra);
    expect((await authorizations()).at(-1)).toMatchObject({ authorized_cents: 14_000 });
    expect((await jobs())[0]).toMatchObject({ consent: 'revised', approved_cents: 10_000 });
  });
});

test('supplies that are capped are authorized once, also when a grown job is not asked about', async () => {
  const supplies = { supplies_base: 'labor' as const, supplies_ppm: 500_000, supplies_cap_cents: 2_000 };
  await database.db.updateTable('billing_settings').set(supplies).where('shop_id', '=', shop.id).execute();
  const job = await addJob(database.db, who(), number);
  await approve(database.db, who(), number, job);
  const { id } = await database.db.selectFrom('lines').select('id').where('job_id', '=', job).executeTakeFirstOrThrow();
  await reprice(database.db, who(), number, id, 10_100);
  const extra = await addJob(database.db, who(), number);
  await approve(database.db, who(), number, extra);
  expect((await authorizations()).map((one) => one.authorized_cents)).toEqual([12_000, 22_000]);
});

test('what is authorized is never more than was shown', async () => {
  const job = await addJob(database.db, who(), number, { lines: [{ cents: 30_000 }, { cents: 10_000 }] });
  await approve(database.db, who(), number, job);
  const lines = await database.db.selectFrom('lines').select('id').where('job_id', '=', job).orderBy('id').execute();
  await reprice(database.db, who(), number, lines[0]?.id as number, 15_000);
  await reprice(database.db, who(), number, lines[1]?.id as number, 11_000);
  const extra = await addJob(database.db, who(), number, { lines: [{ cents: 4_000 }] });
  await approve(database.db, who(), number, extra);
  expect((await jobs())[0]).toMatchObject({ consent: 'revised' });
  expect((await authorizations()).at(-1)).toMatchObject({ authorized_cents: 30_000, authorized_before_tax_cents: 30_000 });
});

describe('W7: of good, better and best one is chosen', () => {
  test('approving one declines the others, and may be changed later', async () => {
    const good = await addJob(database.db, who(), number, { choice: 1, lines: [{ cents: 10_000 }] });
    const best = await addJob(database.db, who(), number, { choice: 1, picked: false, lines: [{ cents: 30_000 }], progress: 'pending' });
    expect(await moneyOf(database.db, shop.id, number)).toMatchObject({ total_cents: 10_000 });
    await expect(recordConsent(database.db, who(), number, await form([yes(good), yes(best)]))).rejects.toThrow(
      'Only one of these options',
    );
    await approve(database.db, who(), number, best);
    expect(await jobs()).toMatchObject([
      { id: good, consent: 'declined', consent_reason: OTHER_OPTION, picked: false },
      { id: best, consent: 'approved', picked: true, approved_cents: 30_000 },
    ]);
    expect(await moneyOf(database.db, shop.id, number)).toMatchObject({ total_cents: 30_000 });
    await database.db.updateTable('jobs').set({ progress: 'pending' }).where('id', '=', good).execute();
    await approve(database.db, who(), number, good);
    expect(await jobs()).toMatchObject([
      { consent: 'approved', picked: true },
      { consent: 'declined', picked: false },
    ]);
    expect((await authorizations()).at(-1)).toMatchObject({ authorized_cents: 10_000 });
  });
});

describe('A7: an approved version is frozen; an edit makes a new one', () => {
  test('revisions are numbered, and the same content is not frozen twice', async () => {
    const job = await addJob(database.db, who(), number);
    expect((await markAsSent(database.db, who(), number)).result).toEqual({ revision: 1, fresh: true });
    expect((await markAsSent(database.db, who(), number)).result).toEqual({ revision: 1, fresh: false });
    await approve(database.db, who(), number, job);
    await addLine(database.db, who(), number, job, { kind: 'part', cents: 2_000 });
    await markAsSent(database.db, who(), number);
    expect(await revisions()).toEqual([
      { number: 1, why: 'sent', total_cents: 10_000 },
      { number: 2, why: 'approved', total_cents: 10_000 },
      { number: 3, why: 'sent', total_cents: 12_000 },
    ]);
    const approved = await readSnapshot(database.db, shop.id, number, 2);
    expect(approved).toMatchObject({
      ...{ document: 'repair-order', number, customer: { name: 'Dana Whitfield' }, vehicle: { description: 'Vehicle 1' } },
      jobs: [{ id: job, consent: 'approved', totalCents: 10_000, lines: [{ amountCents: 10_000 }] }],
      totals: { totalCents: 10_000 },
    });
    await expect(readSnapshot(database.db, shop.id, number, 4)).rejects.toThrow(NotFound);
    const other = await makeShop(database.db, `other${shops}`);
    await expect(readSnapshot(database.db, other.id, number, 1)).rejects.toThrow(NotFound);
  });

  test('W10: internal notes and costs are not in it', async () => {
    const job = await addJob(database.db, who(), number);
    await database.db.updateTable('jobs').set({ internal_note: 'SECRET-NOTE' }).where('id', '=', job).execute();
    await database.db.updateTable('lines').set({ cost_cents: 777_777 }).where('job_id', '=', job).execute();
    await database.db.updateTable('work_orders').set({ internal_note: 'SECRET-NOTE' }).where('shop_id', '=', shop.id).execute();
    await markAsSent(database.db, who(), number);
    expect(JSON.stringify(await readSnapshot(database.db, shop.id, number, 1))).not.toMatch(/SECRET-NOTE|777777/);
  });
});
