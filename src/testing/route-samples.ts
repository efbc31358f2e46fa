import { makeToken } from '../features/api/named-tokens.js';
import { changeBooking } from '../features/appointments/booking-settings.js';
import { type FoundLink, findLink, makeLink } from '../features/approvals/links.js';
import { askQuestion } from '../features/approvals/questions.js';
import { addContact } from '../features/customers/contacts.js';
import { addCustomer } from '../features/customers/customers.js';
import { mergeCustomers } from '../features/customers/merges.js';
import { NO_FIELDS } from '../features/customers/rules.js';
import { saveItem } from '../features/inspections/findings.js';
import { startInspection } from '../features/inspections/inspections.js';
import { listTemplates } from '../features/inspections/templates.js';
import { addJob } from '../features/jobs/jobs.js';
import { addLine } from '../features/jobs/lines.js';
import { addLabel, listLabels } from '../features/labels/labels.js';
import { noteDue } from '../features/reminders/services-due.js';
import { makeTvLink } from '../features/tv/links.js';
import { NO_FIELDS as NO_VEHICLE } from '../features/vehicles/rules.js';
import { addVehicle } from '../features/vehicles/vehicles.js';
import { HookSecrets } from '../features/webhooks/secrets.js';
import { addHook } from '../features/webhooks/webhooks.js';
import { addComment } from '../features/work-orders/comments.js';
import type { Route } from '../platform/web/routes.js';
import { APPOINTMENT_BODIES, bookOne, makeOneFeed } from './appointment-samples.js';
import { appointmentBodies, makeAppointments, SPECIAL_DAY } from './appointments.js';
import type { Fields } from './client.js';
import type { TestDatabase } from './database.js';
import { addPhotos } from './media.js';
import type { TestServer } from './server.js';
import { makeSettings, SETTINGS_BODIES } from './settings-samples.js';
import { openOrders, PASSWORD, type TestShop } from './shop.js';

/** One that is there, for each parameter of a path. */
type SampleValues = Record<string, string | number>;

export interface RouteSamples {
  values: SampleValues;
  /** @throws Error for a parameter that there is no value for */
  pathOf(route: Route): string;
  /** @throws Error for a write that there is no body for */
  bodyOf(route: Route): Record<string, string | number>;
}

const SETUP = { shopName: 'Second', timeZone: 'UTC', name: 'Eve', email: 'eve@evil.test', password: 'a password of some length' };
const EDIT = { customerName: 'Dana', vehicleDescription: 'Changed', 'original.vehicleDescription': 'Vehicle 1' };
const BOOKING = {
  ...{ services: '', concern: 'It squeals', vehicle: 'Van', plate: '', slot: '2030-12-02T09:00-06:00', kind: 'drop-off' },
  ...{ name: 'Eve', phone: '555 0142', email: '' },
};
const COLUMN = { name: 'Alignment', meaning: 'active', color: 'teal', limit: '' };

/** For every write, by its path, a body that would change something, if it were let in. */
const bodiesWith = (values: SampleValues): Record<string, (shop: TestShop) => Fields> => ({
  '/setup': () => SETUP,
  '/sign-in': (shop) => ({ email: shop.email('manager'), password: PASSWORD }),
  '/sign-in/code': () => ({ code: '123456' }),
  '/sign-out': () => ({}),
  '/account/session-endings': () => ({}),
  '/account/sessions/:session/endings': () => ({}),
  '/account/second-factor': () => ({ secret: 'x'.repeat(64), code: '123456', password: PASSWORD }),
  '/account/second-factor/recovery-codes': () => ({ password: PASSWORD }),
  '/account/second-factor/removals': () => ({ password: PASSWORD }),
  '/account/password': () => ({ current: PASSWORD, password: 'another long password' }),
  '/invitations/:token': () => ({ password: 'another long password' }),
  '/work-orders/:number/moves': (shop) => ({ column: shop.columns[1]?.id ?? 0, after: '' }),
  '/board/undos': () => ({ move: 1 }),
  '/work-orders': () => ({ customerName: 'Eve', vehicleDescription: 'Van' }),
  '/work-orders/:number/edits': () => EDIT,
  '/work-orders/:number/assignments': (shop) => ({ mechanic: shop.staff.mechanic.staff, advisor: '' }),
  '/work-orders/:number/takes': () => ({}),
  '/work-orders/:number/blocks': () => ({ reason: 'parts', note: 'belt' }),
  '/work-orders/:number/blocks/removals': () => ({}),
  '/work-orders/:number/labels': () => ({ label: 1, on: 'yes' }),
  '/work-orders/:number/hand-overs': () => ({}),
  '/work-orders/:number/returns': () => ({ reason: 'It squeals again' }),
  '/work-orders/:number/comments': () => ({ text: 'Hello' }),
  '/work-orders/:number/comments/:comment/edits': () => ({ text: 'Changed' }),
  '/work-orders/:number/comments/:comment/removals': () => ({}),
  '/my/page/:handle/appointments/:appointment/links': () => ({}),
  '/customers/:customer/messages': () => ({ language: 'de', timeZone: 'Europe/Vienna', channel: 'mail' }),
  '/customers/:customer/consents': () => ({ channel: 'sms', topic: 'service', answer: 'yes', words: 'Text me' }),
  '/customers/:customer/pages': () => ({}),
  '/customers/:customer/pages/revocations': () => ({}),
  '/vehicles/:vehicle/services': () => ({ what: 'Oil', on: '2027-03-01' }),
  '/vehicles/:vehicle/services/:service/endings': () => ({}),
  '/notices/readings': () => ({ upTo: values.notice ?? 0 }),
  '/notices/:notice/readings': () => ({}),
  '/work-orders/:number/acknowledgements': () => ({ holds: '1', givenBy: 'Eve', how: 'phone' }),
  '/work-orders/:number/releases': () => ({ holds: '1', note: 'Towed' }),
  '/work-orders/:number/quality-checks': () => ({ passed: 'yes' }),
  '/work-orders/:number/readings': () => ({ meter: values.meter ?? 0, in: '84512', out: '' }),
  '/work-orders/:number/revisions': () => ({}),
  '/work-orders/:number/sendings': () => ({}),
  '/work-orders/:number/links': () => ({ anew: 'yes' }),
  '/work-orders/:number/links/revocations': () => ({}),
  '/work-orders/:number/questions/:question/answers': () => ({ answer: 'Yes, by Friday' }),
  '/visit/:handle/answers': () => ({ name: 'Eve', revision: 1, mark: 'a'.repeat(64), agreed: 'on', 'decision.1': 'approve' }),
  '/visit/:handle/questions': () => ({ text: 'Is it safe?', job: '' }),
  '/visit/:handle/acknowledgements': () => ({ holds: '1', name: 'Eve', agreed: 'on' }),
  '/messages/:message/withdrawals': () => ({}),
  '/messages/:message/retries': () => ({}),
  '/messages/:message/markings': () => ({}),
  '/messages/:message/answers': () => ({ done: 'yes' }),
  '/messages/:message/assignments': () => ({ staff: '' }),
  '/work-orders/:number/messages': () => ({ channel: 'sms', text: 'It is ready' }),
  '/unsubscribe/:token': () => ({ 'List-Unsubscribe': 'One-Click' }),
  '/book': () => BOOKING,
  '/book/:slug': () => BOOKING,
  '/book/a/:token/moves': () => ({ slot: BOOKING.slot }),
  '/book/a/:token/cancellations': () => ({ reason: 'Sold it' }),
  '/work-orders/:number/authorizations': () => ({ givenBy: 'Eve', method: 'in-person', offer: 'a'.repeat(64), shown: 0 }),
  '/work-orders/:number/invoices': () => ({ shown: 0 }),
  '/work-orders/:number/postings': () => ({ shown: 0 }),
  '/work-orders/:number/unpostings': () => ({ reason: 'Wrong mileage' }),
  '/work-orders/:number/payments': () => ({ method: 'cash', amount: '1.00', deposit: 'on' }),
  '/work-orders/:number/refunds': () => ({ method: 'cash', amount: '1.00', reason: 'Goodwill' }),
  '/receivables/:customer/payments': () => ({ method: 'cash', amount: '1.00', shown: 0 }),
  '/till/closes': () => ({}),
  '/customers': () => ({ name: 'Eve' }),
  '/customers/:customer/edits': () => ({ name: 'Eve', 'original.name': 'Dana Whitfield' }),
  '/customers/:customer/contacts': () => ({ name: 'Eve' }),
  '/customers/:customer/contacts/:contact': () => ({ name: 'Eve', 'original.name': 'Lee' }),
  '/customers/:customer/contacts/:contact/removals': () => ({}),
  '/customers/:customer/payers': () => ({ payer: values.payer ?? 0 }),
  '/customers/:customer/merges': () => ({ into: values.payer ?? 0 }),
  '/customers/:customer/vehicles': () => ({ description: 'Van' }),
  '/vehicles/:vehicle/edits': () => ({ description: 'Van', 'original.description': 'Vehicle 1' }),
  '/vehicles/:vehicle/meters': () => ({ name: 'PTO', unit: 'h' }),
  '/vehicles/:vehicle/meters/:meter': () => ({ name: 'PTO', unit: 'h' }),
  '/vehicles/:vehicle/meters/:meter/removals': () => ({}),
  '/vehicles/:vehicle/transfers': () => ({ from: values.customer ?? 0, name: 'Eve' }),
  '/vehicles/:vehicle/merges': () => ({ into: values.other ?? 0 }),
  '/merges/:merge/undos': () => ({}),
  '/work-orders/:number/jobs': () => ({ name: 'Brakes' }),
  '/work-orders/:number/canned-jobs': () => ({ canned: values.canned ?? 1 }),
  '/work-orders/:number/brought-jobs': () => ({ job: values.job ?? 0 }),
  '/work-orders/:number/jobs/:job/edits': () => ({
    name: 'Changed',
    progress: 'pending',
    payType: 'customer',
    mechanic: '',
    'original.name': 'It squeals',
  }),
  '/work-orders/:number/jobs/:job/write-ups': () => ({ cause: 'Worn', progress: 'complete', 'original.cause': '' }),
  '/work-orders/:number/jobs/:job/removals': () => ({}),
  '/work-orders/:number/jobs/:job/shifts': () => ({ direction: 'down' }),
  '/work-orders/:number/jobs/:job/copies': () => ({}),
  '/work-orders/:number/jobs/:job/options': () => ({ name: 'Better' }),
  '/work-orders/:number/jobs/:job/picks': () => ({}),
  '/work-orders/:number/lines': () => ({ job: values.job ?? 0, kind: 'labor', description: 'Pads', quantity: '1' }),
  '/work-orders/:number/lines/:line/edits': () => ({ quantity: '2', 'original.quantity': '1' }),
  '/work-orders/:number/lines/:line/removals': () => ({}),
  '/work-orders/:number/lines/:line/shifts': () => ({ direction: 'down' }),
  '/work-orders/:number/lines/:line/copies': () => ({}),
  '/work-orders/:number/inspections': () => ({ template: values.template ?? 0 }),
  '/work-orders/:number/inspections/:inspection/items/:item': () => ({ color: 'red' }),
  '/work-orders/:number/inspections/:inspection/items/:item/carries': () => ({ finding: values.finding ?? 0 }),
  '/work-orders/:number/inspections/:inspection/finishes': () => ({}),
  '/work-orders/:number/inspections/:inspection/reopenings': () => ({}),
  '/work-orders/:number/inspections/:inspection/releases': () => ({ on: 'yes' }),
  '/work-orders/:number/findings/:finding/releases': () => ({ on: 'no' }),
  '/work-orders/:number/findings/:finding/jobs': () => ({}),
  '/settings/inspections': () => ({ name: 'Before a trip' }),
  '/settings/inspection-starters': () => ({}),
  '/settings/inspections/:template/edits': () => ({ name: 'Changed' }),
  '/settings/inspections/:template/removals': () => ({}),
  '/settings/inspections/:template/restorations': () => ({}),
  '/settings/inspections/:template/sections': () => ({ name: 'Lights' }),
  '/settings/inspections/:template/sections/:section/edits': () => ({ name: 'Lamps', 'original.name': 'Lights' }),
  '/settings/inspections/:template/sections/:section/shifts': () => ({ direction: 'down' }),
  '/settings/inspections/:template/sections/:section/removals': () => ({}),
  '/settings/inspections/:template/items': () => ({ section: values.section ?? 'brakes', name: 'Pads' }),
  '/settings/inspections/:template/items/:item/edits': () => ({ name: 'Pads', 'original.name': 'Front brake pads' }),
  '/settings/inspections/:template/items/:item/shifts': () => ({ direction: 'up' }),
  '/settings/inspections/:template/items/:item/removals': () => ({}),
  '/work-orders/:number/media': () => ({}),
  '/work-orders/:number/media/:media/edits': () => ({ caption: 'Changed' }),
  '/work-orders/:number/media/:media/releases': () => ({ shown: 'yes' }),
  '/work-orders/:number/media/:media/shifts': () => ({ direction: 'earlier' }),
  '/work-orders/:number/media/:media/removals': () => ({}),
  '/work-orders/:number/media/:media/returns': () => ({}),
  '/work-orders/:number/media/:media/drawings': () => ({ shape: 'circle', place: '5' }),
  '/settings/columns': () => COLUMN,
  '/settings/columns/:column': () => COLUMN,
  '/settings/columns/:column/shifts': () => ({ direction: 'right' }),
  '/settings/columns/:column/removals': () => ({}),
  ...appointmentBodies(values),
  '/settings/labels': () => ({ name: 'Rush', color: 'red' }),
  '/settings/labels/:label': () => ({ name: 'Rush', color: 'red' }),
  '/settings/labels/:label/removals': () => ({}),
  ...APPOINTMENT_BODIES,
  ...SETTINGS_BODIES,
  '/settings/api-tokens': () => ({ name: 'Bookkeeping', 'scope.read': 'on', days: '90' }),
  '/settings/api-tokens/:apiToken/revocations': () => ({}),
  '/settings/tv': () => ({ name: 'Lobby', variant: 'lobby' }),
  '/settings/tv/:link/revocations': () => ({}),
  '/settings/webhooks': () => ({ name: 'Books', url: 'https://books.example.com/hook', everything: 'on' }),
  '/settings/webhooks/:webhook/edits': () => ({ name: 'Changed', url: 'https://books.example.com/hook', everything: 'on' }),
  '/settings/webhooks/:webhook/secrets': () => ({}),
  '/settings/webhooks/:webhook/switches': () => ({ on: 'no' }),
  '/settings/webhooks/:webhook/pings': () => ({}),
  '/settings/webhooks/:webhook/removals': () => ({}),
  '/settings/webhooks/:webhook/deliveries/:delivery/redeliveries': () => ({}),
  '/activity/exports': () => ({}),
  '/activity/access/exports': () => ({}),
  '/activity/verifications': () => ({}),
  '/settings/retention': () => ({ accessDays: '90', faultDays: '30', deliveryDays: '30' }),
  '/staff': () => ({ name: 'Eve', email: 'eve@evil.test', role: 'manager' }),
  '/staff/:staff/links': () => ({}),
  '/staff/:staff/roles': () => ({ role: 'manager' }),
  '/staff/:staff/disablements': () => ({}),
  '/staff/:staff/enablements': () => ({}),
  '/staff/:staff/session-endings': () => ({}),
  '/staff/:staff/second-factor-resets': () => ({}),
  '/staff/second-factors': () => ({ asked: 'everybody' }),
});

/** Fills an empty shop with one of everything that a path can name. */
export async function makeSamples(server: TestServer, { db }: Pick<TestDatabase, 'db'>, shop: TestShop): Promise<RouteSamples> {
  const [number] = await openOrders(db, shop.staff.advisor, 1);
  await addComment(db, shop.staff.advisor, number as number, 'The first comment');
  await addLabel(db, shop.staff.manager, { name: 'Warranty', color: 'blue' });
  await makeTvLink(db, shop.staff.manager, { name: 'Hall', variant: 'floor' });
  const [label] = await listLabels(db, shop.id);
  const comment = await db.selectFrom('comments').select('id').executeTakeFirstOrThrow();
  const link = await db.selectFrom('tv_links').select('id').executeTakeFirstOrThrow();
  const people = await makeCustomers(db, shop);
  const { job } = (await addJob(db, shop.staff.advisor, number as number, { name: 'Brakes', concern: '' })).result;
  const pads = { job, kind: 'labor' as const, coreCents: null, fee: null, fields: { description: 'Pads', quantity: '1' } };
  const { line } = (await addLine(db, shop.staff.advisor, number as number, pads)).result;
  const [, media] = await addPhotos(server.app.services, shop.staff.mechanic, number as number, [1, 2]);
  const values: SampleValues = {
    ...people,
    ...{ media: media as number, use: 'thumbnail' },
    ...(await inspectOne(db, shop, number as number)),
    ...{ job, line },
    ...{ handle: 'x'.repeat(22), question: await askOne(db, shop, number as number) },
    ...{ number: number as number, comment: comment.id, label: label?.id ?? 0, link: link.id, column: shop.columns[0]?.id ?? 0 },
    ...{ slug: 'nowhere', file: 'nothing.css', apiToken: await makeApiToken(db, shop) },
    ...{ staff: shop.staff.mechanic.staff, token: 'x'.repeat(43), session: 'a'.repeat(64) },
    ...(await makeSettings(db, shop)),
    ...(await makeAppointments(db, shop)),
    ...{
      appointment: await bookOne(db, shop.staff.advisor),
      screen: 'week',
      date: '2030-12-02',
      feed: await makeOneFeed(db, shop.staff.manager),
    },
    day: SPECIAL_DAY,
    message: await makeReply(db, shop),
    view: 'replies',
    ...(await makeWebhook(server, shop)),
    fault: await makeFault(server, shop),
    notice: await makeNotice(db, shop),
    service: (
      await noteDue(db, shop.staff.advisor, people.vehicle as number, { what: 'The first comment', on: '2027-03-01', tenths: null })
    ).result.service,
  };
  // Its page would be the one at /book.
  await changeBooking(db, shop.staff.manager, { isOnline: false });
  const bodies = bodiesWith(values);
  return {
    values,
    pathOf: (route) =>
      route.path.replace(/:(\w+)/g, (_, name: string) => {
        if (values[name] === undefined) throw new Error(`There is no value for :${name} of ${route.path}.`);
        return String(values[name]);
      }),
    bodyOf: (route) => {
      const body = bodies[route.path];
      if (!body) throw new Error(`There is no body for ${route.method} ${route.path}.`);
      return body(shop) as Record<string, string | number>;
    },
  };
}

/** Something that a person of the shop was told. */
async function makeNotice(db: TestDatabase['db'], { id, staff }: TestShop): Promise<number> {
  const row = { shop_id: id, staff_id: staff.manager.staff, kind: 'mention' as const, text: 'The first comment', at: new Date() };
  return (await db.insertInto('notices').values(row).returning('id').executeTakeFirstOrThrow()).id;
}

/** What a customer wrote. */
async function makeReply(db: TestDatabase['db'], { id }: TestShop): Promise<number> {
  const now = new Date();
  const row = {
    ...{ shop_id: id, direction: 'in' as const, channel: 'sms' as const, state: 'received' as const, name: 'Dana Whitfield' },
    ...{ address: '+18155550142', text: 'The first comment', due_at: now, written_at: now },
  };
  return (await db.insertInto('messages').values(row).returning('id').executeTakeFirstOrThrow()).id;
}

/** Something that broke for a person of the shop. */
async function makeFault({ app: { services } }: TestServer, { id, staff }: TestShop): Promise<number> {
  services.faults.record({ kind: 'server', error: new Error('The first comment'), shop: id, staff: staff.mechanic.staff });
  await services.faults.settled();
  return (await services.db.selectFrom('fault_groups').select('id').executeTakeFirstOrThrow()).id;
}

/** A webhook that is told of nothing that these tests do, with a test that waits. */
async function makeWebhook({ app: { services } }: TestServer, { id, staff }: TestShop): Promise<Record<string, number>> {
  const input = { name: 'Books', url: 'https://books.invalid/hook', kinds: ['till.closed'], fullData: false };
  const { id: webhook } = await addHook(services.db, staff.manager, new HookSecrets(services.config.sessionSecrets), input);
  const row = { shop_id: id, webhook_id: webhook, message_id: 'msg_1', kind: 'webhook.ping', state: 'failed' as const, next_at: null };
  const delivery = await services.db.insertInto('webhook_deliveries').values(row).returning('id').executeTakeFirstOrThrow();
  return { webhook, delivery: delivery.id };
}

/** A token of a program. */
async function makeApiToken(db: TestDatabase['db'], { staff }: TestShop): Promise<number> {
  await makeToken(db, staff.manager, { name: 'Bookkeeping', scopes: ['read'], expiresAt: null });
  return (await db.selectFrom('api_tokens').select('id').executeTakeFirstOrThrow()).id;
}

/** A customer's question. */
async function askOne(db: TestDatabase['db'], { staff }: TestShop, number: number): Promise<number> {
  const { handle } = await makeLink(db, staff.advisor, number, () => 'y'.repeat(43));
  const link = (await findLink(db, { handle })) as FoundLink;
  return (await askQuestion(db, link, { job: null, text: 'Is it safe?' })).result.question;
}

/** An inspection by the template of a car, with a finding. */
async function inspectOne(db: TestDatabase['db'], { id, staff }: TestShop, number: number) {
  const { inspection } = (await startInspection(db, staff.mechanic, number, { starter: 'car' })).result;
  const place = { section: 'brakes', item: 'brake-pads-front' };
  const { finding } = (await saveItem(db, staff.mechanic, number, inspection, place.item, { color: 'red', note: 'The first comment' }))
    .result;
  const template = (await listTemplates(db, id)).find(({ vehicleType }) => vehicleType === 'car')?.id as number;
  return { ...place, inspection, finding, template };
}

/** A customer with a contact, a vehicle and a meter; others to put them together with; and a merge that can be undone. */
async function makeCustomers(db: TestDatabase['db'], { staff }: TestShop): Promise<Record<string, number>> {
  const order = await db.selectFrom('work_orders').select(['customer_id', 'vehicle_id']).executeTakeFirstOrThrow();
  const { result } = await addContact(db, staff.advisor, order.customer_id, { name: 'Lee', role: '', phone: '', email: '' });
  const meter = await db.selectFrom('meters').select('id').where('vehicle_id', '=', order.vehicle_id).executeTakeFirstOrThrow();
  const add = async (name: string) => (await addCustomer(db, staff.advisor, { ...NO_FIELDS, name })).result.customer;
  const [payer, gone] = [await add('Payer'), await add('Gone')];
  const other = (await addVehicle(db, staff.advisor, payer, { ...NO_VEHICLE, description: 'Other' })).result.vehicle;
  const { merge } = (await mergeCustomers(db, staff.manager, gone, payer)).result;
  return { customer: order.customer_id, vehicle: order.vehicle_id, contact: result.contact, meter: meter.id, payer, other, merge };
}
