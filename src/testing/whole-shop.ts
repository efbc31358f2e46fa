import { findLink, makeLink } from '../features/approvals/links.js';
import { askQuestion } from '../features/approvals/questions.js';
import { makeInvoice, postInvoice } from '../features/billing/documents.js';
import { takePayment } from '../features/billing/payments.js';
import { closeTill, readTill } from '../features/billing/till.js';
import { addContact } from '../features/customers/contacts.js';
import { addCustomer } from '../features/customers/customers.js';
import { mergeCustomers } from '../features/customers/merges.js';
import { NO_FIELDS } from '../features/customers/rules.js';
import { addLabel, listLabels } from '../features/labels/labels.js';
import { noteDue } from '../features/reminders/services-due.js';
import { checkWork } from '../features/safety/checks.js';
import { makeTvLink } from '../features/tv/links.js';
import { addComment } from '../features/work-orders/comments.js';
import type { Services } from '../platform/services.js';
import { makeAppointments, makeMessages } from './appointments.js';
import { addPhotos } from './media.js';
import { addJob, approve, openEmpty } from './money.js';
import { addBrakesTemplate, answer, findRed } from './safety.js';
import { makeSettings } from './settings-samples.js';
import { makeShop, type TestShop } from './shop.js';

/** A shop in which something stands in (nearly) every table: what is to be carried elsewhere. */
export async function makeWholeShop(services: Services, prefix: string): Promise<TestShop> {
  const { db } = services;
  const shop = await makeShop(db, prefix);
  const { mechanic, advisor, manager } = shop.staff;
  await makeSettings(db, shop);
  await makeAppointments(db, shop);
  await makeMessages(db, shop);
  const [posted, held] = (await openEmpty(db, advisor, 3)) as [number, number, number];
  const row = await db
    .selectFrom('work_orders')
    .select(['customer_id', 'vehicle_id'])
    .where('shop_id', '=', shop.id)
    .limit(1)
    .executeTakeFirstOrThrow();

  await noteDue(db, advisor, row.vehicle_id, { what: 'Inspection', on: '2027-05-01', tenths: 900_000 });

  // Paid, posted, checked.
  const job = await addJob(db, advisor, posted, { name: 'Brakes', lines: [{ kind: 'part', cents: 12_345 }] });
  await approve(db, advisor, posted, job);
  await checkWork(db, manager, posted, { passed: true, note: '' });
  await makeInvoice(db, advisor, posted, 12_345);
  await takePayment(db, advisor, posted, { method: 'cash', cents: 12_345, tenderedCents: 20_000, reference: '', note: '', deposit: false });
  await postInvoice(db, advisor, posted, 12_345);
  const sums = Object.fromEntries((await readTill(db, shop.id)).map(({ method, expectedCents }) => [method, expectedCents]));
  await closeTill(db, manager, { counted: sums, expected: sums, note: '' } as Parameters<typeof closeTill>[2]);

  // Unsafe, declined, held; with photos, a comment, a label and a customer who asks.
  const found = await findRed(db, shop, held, await addBrakesTemplate(db, shop));
  await answer(db, advisor, held, 'decline', found.job);
  await addPhotos(services, mechanic, held, [1, 2]);
  await addComment(db, mechanic, held, '=1+1 “Grüße” 🚗\nsecond line');
  await addLabel(db, manager, { name: 'Waiter', color: 'blue' });
  const [label] = await listLabels(db, shop.id);
  const { id } = await db
    .selectFrom('work_orders')
    .select('id')
    .where('shop_id', '=', shop.id)
    .where('number', '=', held)
    .executeTakeFirstOrThrow();
  await db
    .insertInto('work_order_labels')
    .values({ shop_id: shop.id, work_order_id: id, label_id: label?.id ?? 0 })
    .execute();
  const { handle } = await makeLink(db, advisor, held, () => `${prefix}${'y'.repeat(43)}`.slice(0, 43));
  const link = await findLink(db, { handle });
  if (link) await askQuestion(db, link, { job: null, text: 'Is it safe?' });

  await addContact(db, advisor, row.customer_id, { name: 'Lee', role: 'Fleet', phone: '', email: '' });
  const add = async (name: string) => (await addCustomer(db, advisor, { ...NO_FIELDS, name })).result.customer;
  const [kept, gone] = [await add('Kept'), await add('Gone')];
  // The one that went has the lower number: it points forward.
  await mergeCustomers(db, manager, kept, gone);
  await makeTvLink(db, manager, { name: 'Hall', variant: 'floor' });
  await db.insertInto('parts').values({ shop_id: shop.id, number: 'BP-1', description: '-Pads', cost_cents: 2_250 }).execute();
  await db
    .insertInto('former_owners')
    .values({ shop_id: shop.id, vehicle_id: row.vehicle_id, customer_id: kept, until: new Date() })
    .execute();
  const [meter, order] = await Promise.all([
    db.selectFrom('meters').select('id').where('shop_id', '=', shop.id).limit(1).executeTakeFirstOrThrow(),
    db.selectFrom('work_orders').select('id').where('shop_id', '=', shop.id).limit(1).executeTakeFirstOrThrow(),
  ]);
  await db
    .insertInto('meter_readings')
    .values({ shop_id: shop.id, meter_id: meter.id, work_order_id: order.id, moment: 'in', tenths: 845_123, at: new Date() })
    .execute();
  return shop;
}
