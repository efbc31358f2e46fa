import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../platform/database/pool.js';
import { RequestError } from '../../platform/errors.js';
import { Client } from '../../testing/client.js';
import { Phone, send, tokenOf } from '../../testing/customer.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { addJob, addLine, approve, moneyOf, openEmpty, reprice } from '../../testing/money.js';
import { SEED } from '../../testing/seed.js';
import { spawnServer, until } from '../../testing/server.js';
import { makeShop, type TestShop } from '../../testing/shop.js';
import { findDamage } from '../../testing/truth.js';
import { makeInvoice, postInvoice } from '../billing/documents.js';
import { readState } from '../billing/state.js';
import { answerByLink } from './answers.js';
import { type FoundLink, findLink, makeLink } from './links.js';
import { type Offer, readOffer } from './offers.js';
import { isAsSent } from './rules.js';
import { toSum } from './visit-page.js';

let database: TestDatabase;
let shop: TestShop;
let shops = 0;
let answers = 0;

beforeAll(async () => {
  database = await testDatabase(8);
});
afterAll(() => database.close());

const advisor = () => shop.staff.advisor;
const TAX = { id: 1, name: 'Sales tax', ppm: 72_500 };

/** The phone in the customer's hand: what it shows was read at some time, perhaps long ago. */
interface Hand {
  link: FoundLink;
  page: Offer;
}
type Deed = (db: Database, number: number, hand: Hand) => Promise<unknown>;

async function pick(db: Database, number: number, table: 'jobs' | 'lines', nth: number): Promise<number | null> {
  const { id } = await moneyOf(db, shop.id, number);
  const rows = await db.selectFrom(table).select('id').where('work_order_id', '=', id).orderBy('id').execute();
  return rows[nth % (rows.length || 1)]?.id ?? null;
}

const look: Deed = async (db, _number, hand) => {
  hand.page = await readOffer(db, shop.id, hand.link.workOrder);
};

/** Answers what the phone shows, which may be out of date. @param says for each question one of the answers, or none */
function answer(says: string[]): Deed {
  return async (db, _number, { link, page }) => {
    if (!page.sent) return;
    const choices = Object.fromEntries(
      page.questions.map(({ field, choice, jobs }, index) => {
        const said = says[index % says.length] as string;
        return [field, said === 'approve' && choice !== null ? String(jobs.at(-1)) : said];
      }),
    );
    const shown = page.questions.length > 0 ? toSum(page, choices) : null;
    const signature = { kind: 'typed' as const, name: 'Dana' };
    const { result } = await answerByLink(db, link, {
      ...{ revision: page.sent.number, mark: page.mark, choices, reasons: {}, agreed: true, signature, fromAddress: '', userAgent: '' },
    });
    answers++;
    // What was authorized is what the page said, to the cent.
    expect(shown?.after).toBe(`$${(result.authorizedCents / 100).toLocaleString('en-US', { minimumFractionDigits: 2 })}`);
  };
}

const cents = fc.integer({ min: 0, max: 30_000 });
const says = fc.array(fc.constantFrom('approve', 'approve', 'decline', 'defer', ''), { minLength: 1, maxLength: 3 });
const DEEDS: fc.Arbitrary<Deed> = fc.oneof(
  fc.tuple(cents, fc.option(fc.constant(1)), fc.boolean()).map(
    ([price, choice, isFree]): Deed =>
      (db, number) =>
        addJob(db, advisor(), number, {
          ...{
            progress: 'pending',
            lines: [{ kind: 'part', cents: price, taxes: [TAX] }],
            payType: isFree && price % 5 === 0 ? 'warranty' : 'customer',
          },
          ...(choice && { choice, picked: false }),
        }),
  ),
  fc.tuple(fc.nat(5), cents).map(
    ([nth, price]): Deed =>
      async (db, number) =>
        addLine(db, advisor(), number, await pick(db, number, 'jobs', nth), { cents: price }),
  ),
  fc.tuple(fc.nat(5), cents).map(
    ([nth, price]): Deed =>
      async (db, number) => {
        const line = await pick(db, number, 'lines', nth);
        return line && reprice(db, advisor(), number, line, price);
      },
  ),
  cents.map(
    (price): Deed =>
      (db, number) =>
        addLine(db, advisor(), number, null, { kind: 'discount', cents: price }),
  ),
  fc.nat(5).map(
    (nth): Deed =>
      async (db, number) => {
        const job = await pick(db, number, 'jobs', nth);
        return job && approve(db, advisor(), number, job);
      },
  ),
  fc.constant<Deed>((db, number) => send(db, advisor(), number)),
  fc.constant<Deed>((db, number) => send(db, advisor(), number)),
  fc.constant<Deed>(look),
  says.map(answer),
  {
    weight: 3,
    arbitrary: says.map(
      (said): Deed =>
        async (db, number, hand) => {
          await send(db, advisor(), number);
          await look(db, number, hand);
          await answer(said)(db, number, hand);
        },
    ),
  },
  says.map(
    (said): Deed =>
      async (db, number, hand) => {
        await look(db, number, hand);
        await answer(said)(db, number, hand);
      },
  ),
);

/** Nothing counts as approved that the customer has not approved in an authorization which nobody can change. */
async function expectAuthorized(number: number): Promise<void> {
  const { db } = database;
  const state = await readState(db, shop.id, (await moneyOf(db, shop.id, number)).id);
  for (const job of state.jobs.filter((one) => one.payType === 'customer' && one.consent === 'approved')) {
    const given = state.approvals.get(job.id);
    expect(given, `job ${job.id} is approved by nobody`).toBeDefined();
    const lines = new Map(given?.lines.map((line) => [line.id, line]));
    for (const line of state.lines.filter((one) => one.job === job.id && one.kind !== 'discount')) expect(lines.has(line.id)).toBe(true);
  }
}

test('whatever is edited, sent and answered, in whatever order: nothing is charged beyond what the customer authorized', {
  timeout: 180_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(DEEDS, { minLength: 6, maxLength: 22 }), async (deeds) => {
      shop = await makeShop(database.db, `visit${++shops}`);
      const [number] = (await openEmpty(database.db, advisor(), 1)) as [number];
      await addJob(database.db, advisor(), number, { progress: 'pending' });
      await send(database.db, advisor(), number);
      const made = await makeLink(database.db, advisor(), number, tokenOf);
      const link = (await findLink(database.db, { handle: made.handle })) as FoundLink;
      const hand: Hand = { link, page: await readOffer(database.db, shop.id, link.workOrder) };
      for (const deed of deeds) {
        await deed(database.db, number, hand).catch((error) => {
          if (!(error instanceof RequestError)) throw error;
        });
        await expectAuthorized(number);
        const offer = await readOffer(database.db, shop.id, link.workOrder);
        if (offer.standing === 'open' && offer.sent) expect(isAsSent(offer.sent.content, offer.now)).toBe(true);
      }
      const { db } = database;
      await db.updateTable('jobs').set({ progress: 'complete' }).where('shop_id', '=', shop.id).execute();
      const { total_cents: total } = await moneyOf(db, shop.id, number);
      const posted = await makeInvoice(db, advisor(), number, total)
        .then(() => postInvoice(db, advisor(), number, total))
        .then(
          () => true,
          () => false,
        );
      const last = await db
        .selectFrom('authorizations')
        .select('authorized_cents')
        .where('shop_id', '=', shop.id)
        .orderBy('id', 'desc')
        .executeTakeFirst();
      if (posted) expect(total).toBeLessThanOrEqual(last?.authorized_cents ?? 0);
    }),
    { seed: SEED, numRuns: 30 },
  );
  // A run in which nobody answered would have shown nothing.
  expect(answers).toBeGreaterThan(10);
});

test('kill -9 in the middle of approvals: each acknowledged one is there once, each other is whole or absent', {
  timeout: 120_000,
}, async () => {
  shop = await makeShop(database.db, 'killed');
  const { db } = database;
  const server = await spawnServer(database.url);
  const numbers = await openEmpty(db, advisor(), 40);
  const waiting = await Promise.all(
    numbers.map(async (number) => {
      const job = await addJob(db, advisor(), number, { progress: 'pending' });
      await send(db, advisor(), number);
      const phone = await Phone.open(db, advisor(), number, new Client(server.url));
      return { number, job, phone, fields: await phone.reviewed({ [`decision.${job}`]: 'approve' }) };
    }),
  );
  const acknowledged = new Set<number>();
  const posts = waiting.map(async ({ number, phone, fields }) => {
    const reply = await phone.client.post(`${phone.base}/answers`, fields).catch(() => null);
    if (reply?.status === 303) acknowledged.add(number);
  });
  await until(() => acknowledged.size >= 4, 'the first answers');
  await server.end('SIGKILL');
  await Promise.all(posts);
  const busy = `select from pg_stat_activity where application_name like 'serviceflow%' and datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`;
  await until(async () => (await database.pool.query(busy)).rowCount === 0, 'the dead server’s transactions');
  const rowsOf = async (number: number) => {
    const { id } = await moneyOf(db, shop.id, number);
    const given = await db.selectFrom('authorizations').select('id').where('work_order_id', '=', id).execute();
    const job = await db.selectFrom('jobs').select('consent').where('work_order_id', '=', id).executeTakeFirstOrThrow();
    const order = await db.selectFrom('work_orders').select(['customer_state', 'document']).where('id', '=', id).executeTakeFirstOrThrow();
    return { count: given.length, consent: job.consent, ...order };
  };
  const again = await spawnServer(database.url);
  for (const { number, phone, fields } of waiting) {
    const row = await rowsOf(number);
    if (acknowledged.has(number)) expect(row.count).toBe(1);
    expect(row).toEqual(
      row.count === 1
        ? { count: 1, consent: 'approved', customer_state: 'answered', document: 'repair-order' }
        : { count: 0, consent: 'proposed', customer_state: 'sent', document: 'estimate' },
    );
    // Whoever got no answer sends the same form again.
    const retry = new Client(again.url);
    for (const [name, value] of phone.client.cookies) retry.cookies.set(name, value);
    expect((await retry.post(`${phone.base}/answers`, fields)).status).toBe(303);
    expect((await rowsOf(number)).count).toBe(1);
    retry.close();
    phone.client.close();
  }
  expect(await findDamage(db, shop.id)).toEqual([]);
  await again.end('SIGTERM');
});
