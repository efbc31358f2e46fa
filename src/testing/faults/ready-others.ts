import { listOpenHolds } from '../../features/safety/holds.js';
import { inviteMember } from '../../features/staff/invitations.js';
import type { Fields } from '../client.js';
import { Phone, send } from '../customer.js';
import { addPhotos, photoBytes } from '../media.js';
import { addJob, openEmpty } from '../money.js';
import { addBrakesTemplate, answer, findRed } from '../safety.js';
import { giveSecondFactor } from '../second-factor.js';
import { PASSWORD } from '../shop.js';
import { upload, uploadFiles } from '../upload.js';
import { must, type Place, type Ready } from './ready.js';

export async function readyVisit({ server, database: { db }, shop }: Place): Promise<Record<string, Ready>> {
  const { advisor } = shop.staff;
  const [number, held] = (await openEmpty(db, advisor, 2)) as [number, number];
  const job = await addJob(db, advisor, number, { name: 'Brakes' });
  await send(db, advisor, number);
  const phone = await Phone.open(db, advisor, number, server.client());
  const answers = await phone.reviewed({ [`decision.${job}`]: 'approve' });
  const found = await findRed(db, shop, held, await addBrakesTemplate(db, shop, 'Pads that a customer hears of'));
  await answer(db, advisor, held, 'decline', found.job);
  await send(db, advisor, held);
  const told = await Phone.open(db, advisor, held, server.client());
  const holds = (await listOpenHolds(db, shop.id, held)).map(({ id }) => id).join();
  const by = ({ client: { cookies } }: Phone) => ({ cookies: new Map(cookies) });
  return {
    '/visit/:handle/answers': { path: `${phone.base}/answers`, body: answers, ...by(phone) },
    '/visit/:handle/questions': { path: `${phone.base}/questions`, ...by(phone) },
    '/visit/:handle/acknowledgements': {
      path: `${told.base}/acknowledgements`,
      body: { holds, name: 'Dana Whitfield', strokes: '[[10,10,200,40]]', agreed: 'on' },
      ...by(told),
    },
  };
}

/** One more of each thing that can be removed, and removed. */
export async function readySettings({ database: { pool }, manager }: Place): Promise<Record<string, Ready>> {
  const ready: Record<string, Ready> = {};
  const shelves: [string, string, string, Fields][] = [
    ['rates', 'rate', 'labor_rates', { name: 'Gone', perHour: '99' }],
    ['prices', 'matrix', 'price_matrices', { name: 'Gone', kind: 'part', basis: 'multiplier', 'band.0.from': '0', 'band.0.factor': '3' }],
    ['taxes', 'tax', 'tax_rates', { name: 'Gone', percent: '1', 'category.part': 'on' }],
    ['fees', 'fee', 'fees', { name: 'Gone', amount: '1' }],
    ['canned-jobs', 'canned', 'canned_jobs', { name: 'Gone', 'line.0.kind': 'labor', 'line.0.description': 'Change' }],
    ['inspections', 'template', 'inspection_templates', { name: 'Gone' }],
  ];
  for (const [path, param, table, fields] of shelves) {
    await must(manager, `/settings/${path}`, fields);
    const { rows } = await pool.query(`select id from ${table} where name = 'Gone'`);
    await must(manager, `/settings/${path}/${rows[0]?.id}/removals`);
    ready[`/settings/${path}/:${param}/restorations`] = { path: `/settings/${path}/${rows[0]?.id}/restorations` };
  }
  return ready;
}

export async function readyFiles({ server, shop, samples, manager }: Place): Promise<Record<string, Ready>> {
  const number = samples.values.number as number;
  const [removed] = await addPhotos(server.app.services, shop.staff.mechanic, number, [3]);
  await must(manager, `/work-orders/${number}/media/${removed}/removals`);
  const photo = await photoBytes(77, { width: 64, height: 48 });
  const csv = 'Name,Phone\nDana Whitfield,555 0142\n';
  await upload(manager, '/settings/paper/logo', {}, { field: 'logo', name: 'logo.png', bytes: photo });
  return {
    '/work-orders/:number/media': {
      ask: (client, path) => uploadFiles(client, path, { requestId: 'sweep-photo' }, [{ name: 'photo.jpg', bytes: photo }]),
    },
    '/work-orders/:number/media/:media/returns': { path: `/work-orders/${number}/media/${removed}/returns` },
    '/settings/paper/logo': {
      ask: async (client, path) =>
        upload(client, path, {}, { field: 'logo', name: 'logo.png', bytes: await photoBytes(78, { width: 64, height: 48 }) }),
    },
    '/settings/import': {
      ask: (client, path) => upload(client, path, { kind: 'customers' }, { field: 'file', name: 'list.csv', bytes: csv }),
    },
  };
}

export async function readyPeople({ server, database: { db }, shop, manager }: Place): Promise<Record<string, Ready>> {
  const { mechanic, advisor } = shop.staff;
  const { token } = await inviteMember(db, shop.staff.manager, { name: 'New', email: 'new@first.test', role: 'mechanic' });
  const off = await inviteMember(db, shop.staff.manager, { name: 'Off', email: 'off@first.test', role: 'mechanic' });
  await must(manager, `/staff/${off.staff}/disablements`);
  await server.clientOf(shop, 'mechanic');
  // Another session of the manager's own.
  await server.clientOf(shop, 'manager');
  const session = /\/account\/sessions\/([0-9a-f]{64})\/endings/.exec((await manager.get('/account')).text)?.[1];
  const app = await giveSecondFactor(db, advisor.staff);
  const half = await server.client();
  await half.signIn(shop.email('advisor'), PASSWORD);
  const full = server.client();
  await full.signIn(shop.email('advisor'), PASSWORD);
  await must(full, '/sign-in/code', { code: app.recovery[0] as string });
  const own = { cookies: new Map(full.cookies) };
  await giveSecondFactor(db, mechanic.staff);
  return {
    '/invitations/:token': { path: `/invitations/${token}`, cookies: new Map() },
    '/sign-in': { cookies: new Map() },
    '/sign-in/code': { cookies: new Map(half.cookies), body: async () => ({ code: await app.code() }) },
    '/account/sessions/:session/endings': { path: `/account/sessions/${session}/endings` },
    '/account/second-factor/recovery-codes': own,
    '/account/second-factor/removals': own,
    '/staff/:staff/enablements': { path: `/staff/${off.staff}/enablements` },
    '/staff/:staff/second-factor-resets': { path: `/staff/${mechanic.staff}/second-factor-resets` },
  };
}
