import { type FoundLink, findLink, makeLink } from '../features/approvals/links.js';
import { askQuestion } from '../features/approvals/questions.js';
import { LinkKeys } from '../features/approvals/tokens.js';
import { makeInvoice, postInvoice } from '../features/billing/documents.js';
import { takePayment } from '../features/billing/payments.js';
import { moveCard } from '../features/board/moves.js';
import { addContact } from '../features/customers/contacts.js';
import { addCustomer } from '../features/customers/customers.js';
import { customerFields } from '../features/customers/inputs.js';
import { saveItem } from '../features/inspections/findings.js';
import { finishInspection, startInspection } from '../features/inspections/inspections.js';
import { editJob } from '../features/jobs/jobs.js';
import type { LineFields } from '../features/jobs/line-fields.js';
import { addLine } from '../features/jobs/lines.js';
import { addOption } from '../features/jobs/options.js';
import { addLabel } from '../features/labels/labels.js';
import { removeMedium } from '../features/media/edits.js';
import { writeOwn } from '../features/messages/composing.js';
import { noteDue } from '../features/reminders/services-due.js';
import { acknowledge } from '../features/safety/holds.js';
import { CANNED_JOBS } from '../features/settings/canned-lines.js';
import { PRICES } from '../features/settings/prices.js';
import { RATES } from '../features/settings/rates.js';
import { addToShelf } from '../features/settings/shelves.js';
import { vehicleFields } from '../features/vehicles/inputs.js';
import { addVehicle } from '../features/vehicles/vehicles.js';
import { ping } from '../features/webhooks/deliveries.js';
import { HookSecrets } from '../features/webhooks/secrets.js';
import { addHook, switchOff } from '../features/webhooks/webhooks.js';
import { addComment } from '../features/work-orders/comments.js';
import { createWorkOrder } from '../features/work-orders/create.js';
import { getWorkOrder } from '../features/work-orders/details.js';
import { handOver } from '../features/work-orders/hand-overs.js';
import type { Database } from '../platform/database/pool.js';
import type { Services } from '../platform/services.js';
import { hashToken } from '../platform/tokens.js';
import type { Viewer } from '../platform/web/viewer.js';
import { bookOne } from './appointment-samples.js';
import { makeAppointments } from './appointments.js';
import { addPhotos } from './media.js';
import { approve } from './money.js';
import { addBrakesTemplate, answer, findRed } from './safety.js';
import { makeSettings } from './settings-samples.js';
import { makeShop, newOrder, openOrders, type TestShop } from './shop.js';

/** The refresh token that the example of `POST /tokens/refresh` names. */
const REFRESH_TOKEN = 'example-of-a-refresh-token-AAAAAAAAAAAAAAAA';

/** Two lines in the first job of a work order: labor for $100.00, a part for $50.00. */
async function addLines(db: Database, viewer: Viewer, number: number): Promise<void> {
  const job = (await getWorkOrder(db, viewer.shop, number)).jobs[0]?.id as number;
  const add = (kind: 'labor' | 'part', fields: LineFields) =>
    addLine(db, viewer, number, { job, kind, fields, coreCents: null, fee: null });
  await add('labor', { description: 'Brakes', quantity: '1', price: '100.00' });
  await add('part', { description: 'Brake pads', quantity: '1', cost: '20.00', price: '50.00' });
}

/** The same work, approved, done and paid ahead. */
async function finishWork(db: Database, viewer: Viewer, number: number): Promise<void> {
  await addLines(db, viewer, number);
  const job = (await getWorkOrder(db, viewer.shop, number)).jobs[0]?.id as number;
  await approve(db, viewer, number, job);
  await editJob(db, viewer, number, job, ['progress'], {}, { progress: 'complete' });
  await takePayment(db, viewer, number, { method: 'card', cents: 15_000, tenderedCents: null, reference: '', note: '', deposit: true });
}

/** A template, and four inspections by it: one under way, one of a vehicle that has come again, that visit’s own, a finished one. */
async function inspect(db: Database, shop: TestShop): Promise<void> {
  const template = await addBrakesTemplate(db, shop);
  const { mechanic } = shop.staff;
  const start = async (number: number) => (await startInspection(db, mechanic, number, { template })).result.inspection;
  await saveItem(db, mechanic, 1003, await start(1003), 'pads', { color: 'yellow', note: 'Soon' });
  const second = await start(1004);
  await saveItem(db, mechanic, 1004, second, 'wipers', { color: 'green' });
  await start(1007);
  const finished = await start(1001);
  for (const item of ['pads', 'tires', 'wipers']) await saveItem(db, mechanic, 1001, finished, item, { color: 'green' });
  await finishInspection(db, mechanic, 1001, finished);
}

/** A customer has got their link, and asks something by it. */
async function ask({ db, config }: Services, { manager }: TestShop['staff']): Promise<void> {
  const { handle } = await makeLink(db, manager, 1003, new LinkKeys(config.sessionSecrets).token);
  await askQuestion(db, (await findLink(db, { handle })) as FoundLink, { job: null, text: 'How long does it take?' });
}

/** Two vehicles that are held because they are unsafe: of the second one the customer knows. */
async function holdTwo(db: Database, shop: TestShop): Promise<void> {
  const { advisor } = shop.staff;
  for (const number of await openOrders(db, advisor, 2)) {
    const { job } = await findRed(db, shop, number, 1);
    await answer(db, advisor, number, 'decline', job);
  }
  await acknowledge(db, advisor, 1010, { holds: [2], givenBy: 'Dana Whitfield', how: 'in-person', note: '' });
}

/** A customer who pays later, and owes an invoice. */
async function addDebtor(db: Database, { manager }: TestShop['staff']): Promise<void> {
  const { result } = await addCustomer(
    db,
    manager,
    customerFields({ name: 'Ivy Okafor', company: 'Okafor & Sons', kind: 'company', onAccount: 'on' }),
  );
  const { number } = (await createWorkOrder(db, manager, newOrder({ customer: result.customer }))).result;
  const job = (await getWorkOrder(db, manager.shop, number)).jobs[0]?.id as number;
  await addLine(db, manager, number, {
    job,
    kind: 'labor',
    fields: { description: 'Brakes', quantity: '1', price: '100.00' },
    coreCents: null,
    fee: null,
  });
  await approve(db, manager, number, job);
  await editJob(db, manager, number, job, ['progress'], {}, { progress: 'complete' });
  await makeInvoice(db, manager, number, 10_000);
  await postInvoice(db, manager, number, 10_000);
}

/** Two webhooks: one that is on, with a test in its log, and one that is off. Nothing leaves this machine for either. */
async function addHooks({ db, config }: Services, manager: Viewer): Promise<void> {
  const secrets = new HookSecrets(config.sessionSecrets);
  for (const name of ['Bookkeeping', 'Text messages'])
    await addHook(db, manager, secrets, { name, url: 'http://127.0.0.1:9/hook', kinds: ['till.closed'], fullData: false });
  await ping(db, manager.shop, 1);
  await switchOff(db, manager, 2, 'by-hand');
}

/** Two messages to a customer, which somebody has to send by hand. */
async function writeTwo({ db, config }: Services, { manager }: TestShop['staff']): Promise<void> {
  const words = { channel: 'sms', occasion: '', subject: '', text: 'Your car is ready.', agreed: false } as const;
  const links = { tokenOf: new LinkKeys(config.sessionSecrets).token, origin: 'https://shop.example.com' };
  for (let count = 0; count < 2; count++) await writeOwn(db, manager, 1001, words, links, undefined);
}

/** What can be made of other things: contacts, what is here twice, an earlier visit's job that was put off, options. */
async function addMore(db: Database, { manager }: TestShop['staff']): Promise<void> {
  for (const name of ['Lee Whitfield', 'Workshop']) await addContact(db, manager, 1, { name, role: '', phone: '555 0188', email: '' });
  await answer(db, manager, 1004, 'defer', 4);
  await createWorkOrder(db, manager, newOrder({ customer: 4, vehicle: 4 }));
  await addOption(db, manager, 1007, 7, '');
  const { result } = await addCustomer(db, manager, customerFields({ name: 'Dana Whitfeld' }));
  await addVehicle(db, manager, result.customer, vehicleFields({ description: '2019 Corolla', kind: 'road' }));
}

/**
 * The shop of the examples in the API's document, in a database of its own: so every id is what the examples say. Columns 1 to 4,
 * work orders 1001 to 1010, the first with two photos and one that was removed, the sixth ready for its invoice, the eighth one’s posted.
 */
export async function makeApiShop(services: Services): Promise<TestShop> {
  const { db } = services;
  const shop = await makeShop(db, 'api');
  const { manager, advisor } = shop.staff;
  const numbers = await openOrders(db, advisor, 6);
  await addLines(db, manager, numbers[2] as number);
  const [, , third] = await addPhotos(services, manager, numbers[0] as number, [1, 2, 3]);
  await removeMedium(db, manager, numbers[0] as number, third as number);
  await finishWork(db, manager, numbers[5] as number);
  // Ready to leave, and gone.
  const [, , , finished] = shop.columns;
  for (const number of numbers.slice(3, 5))
    await moveCard(db, manager, number, { column: finished?.id as number, after: null, reason: '' });
  await handOver(db, manager, numbers[4] as number);
  for (const name of ['Warranty', 'Fleet', 'Waiting customer']) await addLabel(db, manager, { name, color: 'blue' });
  for (const text of ['It squeals when cold.', 'The customer calls back.', 'Towed in.'])
    await addComment(db, manager, numbers[0] as number, text);
  await addComment(db, shop.staff.advisor, numbers[1] as number, `@${manager.name}, have a look`);
  await noteDue(db, manager, 1, { what: 'Inspection', on: '2027-05-01', tenths: null });
  await addMore(db, shop.staff);
  await inspect(db, shop);
  await addDebtor(db, shop.staff);
  await holdTwo(db, shop);
  await ask(services, shop.staff);
  await makeSettings(db, shop);
  await addToShelf(db, manager, RATES.shelf, { name: 'Evening', perHour: 18_000 });
  await addToShelf(db, manager, PRICES.shelf, { name: 'Tires', kind: 'tire', basis: 'margin', bands: [{ from: 0, ppm: 200_000 }] });
  await addToShelf(db, manager, CANNED_JOBS.shelf, { name: 'Rotation', concern: '', cause: '', correction: '', lines: [] });
  for (let count = 0; count < 4; count++) await bookOne(db, advisor);
  await makeAppointments(db, shop);
  await addHooks(services, manager);
  await writeTwo(services, shop.staff);
  const signIn = await db
    .insertInto('api_sign_ins')
    .values({ shop_id: shop.id, staff_id: manager.staff, expires_at: new Date(Date.now() + 3_600_000) })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('api_refresh_tokens')
    .values({ shop_id: shop.id, sign_in_id: signIn.id, token_hash: hashToken(REFRESH_TOKEN) })
    .execute();
  return shop;
}
