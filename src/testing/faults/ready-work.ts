import { makeInvoice, postInvoice } from '../../features/billing/documents.js';
import { takePayment } from '../../features/billing/payments.js';
import { moveCard } from '../../features/board/moves.js';
import { listFindings } from '../../features/inspections/inspections.js';
import { addOption } from '../../features/jobs/options.js';
import { listOpenHolds } from '../../features/safety/holds.js';
import { addComment } from '../../features/work-orders/comments.js';
import { handOver } from '../../features/work-orders/hand-overs.js';
import { addJob, addLine, approve, consentForm, openEmpty } from '../money.js';
import { addBrakesTemplate, answer, findRed } from '../safety.js';
import { openOrders } from '../shop.js';
import { must, type Place, type Ready } from './ready.js';

const EDITED_ORDER = {
  ...{ customerName: 'Dana Whitfield', 'original.customerName': 'Dana Whitfield' },
  ...{ vehicleDescription: 'Changed', 'original.vehicleDescription': 'Vehicle 1' },
};
const EDITED_JOB = {
  ...{ name: 'Changed', progress: 'pending', payType: 'customer', mechanic: '' },
  ...{ 'original.name': 'Brakes', 'original.progress': 'pending', 'original.payType': 'customer', 'original.mechanic': '' },
};

export async function readyBoard({ database: { db }, shop, samples: { values }, manager }: Place): Promise<Record<string, Ready>> {
  const { advisor } = shop.staff;
  const me = shop.staff.manager;
  const [first, finished, gone, blocked, options] = (await openOrders(db, advisor, 5)) as [number, number, number, number, number];
  const last = shop.columns[3]?.id as number;
  for (const number of [finished, gone]) await moveCard(db, me, number, { column: last, after: null, reason: '' });
  await handOver(db, me, gone);
  await must(manager, `/work-orders/${blocked}/blocks`, { reason: 'parts', note: 'belt' });
  const { version } = await moveCard(db, me, first, { column: shop.columns[1]?.id as number, after: null, reason: '' });
  await addComment(db, me, first, 'Mine');
  const mine = await db.selectFrom('comments').select('id').where('text', '=', 'Mine').executeTakeFirstOrThrow();
  const job = await addJob(db, advisor, options, { name: 'Good', progress: 'pending' });
  const before = await addJob(db, advisor, options, { name: 'Before', progress: 'pending' });
  const line = await addLine(db, advisor, options, job, { cents: 100 });
  const better = (await addOption(db, advisor, options, job, 'Better')).result.job;
  await must(manager, '/settings/columns', { name: 'Empty', meaning: 'active', color: 'teal', limit: '' });
  const empty = await db.selectFrom('columns').select('id').where('name', '=', 'Empty').executeTakeFirstOrThrow();
  await must(manager, '/settings/rates', { name: 'Rare', perHour: '99' });
  const rare = await db.selectFrom('labor_rates').select('id').where('name', '=', 'Rare').executeTakeFirstOrThrow();
  const left = await addJob(db, advisor, first, { name: 'Struts', progress: 'pending' });
  const at = new Date(Date.now() - 40 * 86_400_000);
  await db.updateTable('jobs').set({ consent: 'deferred', consent_reason: 'Later', consent_at: at }).where('id', '=', left).execute();
  await db
    .updateTable('work_orders')
    .set((eb) => ({ vehicle_id: eb.selectFrom('work_orders').select('vehicle_id').where('number', '=', first) }))
    .where('number', '=', blocked)
    .execute();
  return {
    '/board/undos': { body: { move: version } },
    '/work-orders/:number/edits': { body: EDITED_ORDER },
    '/work-orders/:number/blocks/removals': { path: `/work-orders/${blocked}/blocks/removals` },
    '/work-orders/:number/hand-overs': { path: `/work-orders/${finished}/hand-overs` },
    '/work-orders/:number/returns': { path: `/work-orders/${gone}/returns` },
    '/work-orders/:number/comments/:comment/edits': { path: `/work-orders/${first}/comments/${mine.id}/edits` },
    '/work-orders/:number/brought-jobs': { path: `/work-orders/${blocked}/brought-jobs`, body: { job: left } },
    '/work-orders/:number/jobs/:job/edits': { body: EDITED_JOB },
    '/work-orders/:number/jobs/:job/shifts': { path: `/work-orders/${options}/jobs/${before}/shifts`, body: { direction: 'up' } },
    '/work-orders/:number/jobs/:job/picks': { path: `/work-orders/${options}/jobs/${better}/picks` },
    '/work-orders/:number/lines/:line/shifts': {
      path: `/work-orders/${options}/lines/${line}/shifts`,
      body: { direction: 'up' },
    },
    '/settings/columns/:column/removals': { path: `/settings/columns/${empty.id}/removals` },
    '/settings/rates/:rate/removals': { path: `/settings/rates/${rare.id}/removals` },
    '/settings/rates/:rate/defaults': { path: `/settings/rates/${rare.id}/defaults` },
    '/work-orders/:number/inspections': { path: `/work-orders/${first}/inspections`, body: { template: values.template ?? 0 } },
  };
}

export async function readyMoney({ database: { db }, shop, manager }: Place): Promise<Record<string, Ready>> {
  const { advisor } = shop.staff;
  const orders = (await openEmpty(db, advisor, 5)) as [number, number, number, number, number];
  const [offered, done, invoiced, posted, owing] = orders;
  const job = await addJob(db, advisor, offered);
  for (const number of [done, invoiced, posted, owing]) await approve(db, advisor, number, await addJob(db, advisor, number));
  for (const number of [invoiced, posted, owing]) await makeInvoice(db, advisor, number, 10_000);
  const pay = { method: 'cash' as const, cents: 10_000, tenderedCents: null, reference: '', note: '', deposit: false };
  for (const number of [invoiced, posted]) await takePayment(db, advisor, number, pay);
  await postInvoice(db, advisor, posted, 10_000);
  const { customer_id: debtor } = await db
    .selectFrom('work_orders')
    .select('customer_id')
    .where('number', '=', owing)
    .executeTakeFirstOrThrow();
  await db.updateTable('customers').set({ on_account: true }).where('id', '=', debtor).execute();
  await postInvoice(db, advisor, owing, 10_000);
  const form = await consentForm(db, advisor, offered, []);
  const consent = { offer: form.offer, shown: form.shownCents ?? 0, [`decision.${job}`]: 'approve', [`reason.${job}`]: '' };
  const till = (await manager.get('/till')).text;
  const counted = [...till.matchAll(/name="expected\.([\w-]+)" value="(-?\d+)"/g)].flatMap(([, method, cents]): [string, string][] => [
    [`counted.${method}`, String(Number(cents) / 100)],
    [`expected.${method}`, cents as string],
  ]);
  return {
    '/work-orders/:number/authorizations': {
      path: `/work-orders/${offered}/authorizations`,
      body: { ...consent, givenBy: 'Dana', method: 'phone', phone: '555 0142', note: '' },
    },
    '/work-orders/:number/invoices': { path: `/work-orders/${done}/invoices`, body: { shown: 10_000 } },
    '/work-orders/:number/postings': { path: `/work-orders/${invoiced}/postings`, body: { shown: 10_000 } },
    '/work-orders/:number/unpostings': { path: `/work-orders/${posted}/unpostings` },
    '/work-orders/:number/refunds': {
      path: `/work-orders/${invoiced}/refunds`,
      body: { method: 'cash', amount: '50', payment: '', reference: '', reason: 'Goodwill' },
    },
    '/receivables/:customer/payments': {
      path: `/receivables/${debtor}/payments`,
      body: { method: 'check', amount: '100', shown: 10_000 },
    },
    '/till/closes': { body: [...counted, ['note', 'Counted']] },
  };
}

export async function readyInspections({ database: { db }, shop, samples, manager }: Place): Promise<Record<string, Ready>> {
  const [one, two, three] = (await openOrders(db, shop.staff.advisor, 3)) as [number, number, number];
  const template = await addBrakesTemplate(db, shop, 'Pads of these');
  const inspections: string[] = [];
  for (const number of [one, two, three]) {
    const found = await findRed(db, shop, number, template);
    const here = `/work-orders/${number}/inspections/${found.inspection}`;
    for (const item of ['tires', 'wipers']) await must(manager, `${here}/items/${item}`, { color: 'green' });
    if (number !== one) await must(manager, `${here}/finishes`);
    inspections.push(here);
  }
  // The same car at its next visit.
  const [again] = (await openOrders(db, shop.staff.advisor, 1)) as [number];
  await db
    .updateTable('work_orders')
    .set((eb) => ({ vehicle_id: eb.selectFrom('work_orders').select('vehicle_id').where('number', '=', two) }))
    .where('number', '=', again)
    .execute();
  await must(manager, `/work-orders/${again}/inspections`, { template });
  const later = await db
    .selectFrom('inspections as i')
    .innerJoin('work_orders as w', 'w.id', 'i.work_order_id')
    .select('i.id')
    .where('w.number', '=', again)
    .executeTakeFirst();
  const finding = (await listFindings(db, shop.id, Number(inspections[1]?.split('/').at(-1))))[0]?.id ?? 0;
  const { text } = await manager.get(`/settings/inspections/${samples.values.template}`);
  const section = /name="original\.name" value="([^"]*)"/.exec(text)?.[1] ?? 'Brakes';
  return {
    '/work-orders/:number/inspections/:inspection/items/:item': {
      path: `${inspections[0]}/items/wipers`,
      body: { color: 'yellow', note: 'Old' },
    },
    '/work-orders/:number/inspections/:inspection/items/:item/carries': {
      path: `/work-orders/${again}/inspections/${later?.id}/items/pads/carries`,
      body: { finding },
    },
    '/work-orders/:number/inspections/:inspection/finishes': { path: `${inspections[0]}/finishes` },
    '/work-orders/:number/inspections/:inspection/reopenings': { path: `${inspections[1]}/reopenings` },
    '/work-orders/:number/inspections/:inspection/releases': { path: `${inspections[2]}/releases` },
    '/settings/inspections/:template/sections/:section/edits': { body: { name: 'Lamps', 'original.name': section } },
  };
}

export async function readySafety({ server, database: { db }, shop }: Place): Promise<Record<string, Ready>> {
  const [held, known] = (await openEmpty(db, shop.staff.advisor, 2)) as [number, number];
  const template = await addBrakesTemplate(db, shop, 'Pads that hold');
  for (const number of [held, known])
    await answer(db, shop.staff.advisor, number, 'decline', (await findRed(db, shop, number, template)).job);
  const holdsOf = async (number: number) => (await listOpenHolds(db, shop.id, number)).map(({ id }) => id).join();
  const holds = await holdsOf(held);
  const released = await holdsOf(known);
  // By another person than the one who releases.
  const advisor = await server.clientOf(shop, 'advisor');
  await must(advisor, `/work-orders/${known}/acknowledgements`, { holds: released, givenBy: 'Dana', how: 'phone', note: '' });
  return {
    '/work-orders/:number/acknowledgements': {
      path: `/work-orders/${held}/acknowledgements`,
      body: { holds, givenBy: 'Dana', how: 'phone', note: '' },
    },
    '/work-orders/:number/releases': { path: `/work-orders/${known}/releases`, body: { holds: released, note: 'Towed' } },
  };
}
