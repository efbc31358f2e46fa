import { type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { type BookedService, changeServices } from '../appointments/booking.js';
import { type Edit, type Field, type Fields, mergeRow, type Row, type Texts, text } from '../settings/fields.js';
import { type Appointment, getAppointment } from './appointment.js';
import { plannedOf } from './changes.js';
import { listWarnings } from './warnings.js';

const hours = (column: string): Field => ({ column, show: (value) => String(Number(value) / 100) });

/** The canned jobs of an appointment: ids as a form brings them, or services as they were booked. */
function cannedOf(services: unknown): number[] {
  const ids = (services as (number | BookedService)[]).map((one) => (typeof one === 'number' ? one : one.canned));
  return ids.filter((id) => id !== null).sort((one, other) => one - other);
}
/** Each in a choice of its own, `service0` and on, and an empty one. */
const services: Field = {
  column: 'services',
  show: (value) => cannedOf(value).join(','),
  spread: (value) => Object.fromEntries([...cannedOf(value), ''].map((id, index) => [`service${index}`, String(id)])),
};

/** What can be written anew, as a form. */
export const EDITED: Fields = {
  ...{ name: text('name'), phone: text('phone'), email: text('email'), vehicle: text('vehicle'), plate: text('plate') },
  ...{ concern: text('concern'), services, hours: hours('hundredths') },
};

/**
 * Changes what was said at the booking, field by field. Other services take what they take, unless the hours are given, too.
 * @param original what the form showed when it was opened
 * @param mine as the columns hold it, services by the ids of their canned jobs; what is left out stays
 * @param anyway in spite of what speaks against work that takes longer
 * @throws Conflict when somebody else changed the same field meanwhile; Invalid at `services`, and at `anyway`
 */
export async function editAppointment(
  db: Database,
  viewer: Viewer,
  id: number,
  original: Texts,
  mine: Row,
  anyway: boolean,
): Promise<void> {
  await change(db, viewer, {}, async (tx) => {
    const old = await getAppointment(tx.db, tx.shop, id);
    if (old.state === 'arrived') throw new Conflict(`The vehicle is in the shop: change WO-${old.workOrder} instead.`);
    const current: Row = { ...old };
    const all = Object.fromEntries(Object.entries(EDITED).map(([name, { column }]) => [name, mine[name] ?? current[column]]));
    const edit = mergeRow(EDITED, current, original, all);
    if (!edit) return;
    const set = await settle(tx, old, edit);
    const hundredths = Number(set.hundredths ?? old.hundredths);
    if (!anyway && hundredths > old.hundredths) await refuseMoreWork(tx, viewer, old, hundredths);
    await tx.db
      .updateTable('appointments')
      .set((eb) => ({ ...set, sequence: eb('sequence', '+', 1) }))
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    tx.record('appointment.edited', null, { appointment: id, from: edit.from, to: edit.to });
  });
}

/** Writes the services, and the hours that follow from them. @returns the columns that are to be written */
async function settle(tx: Change, old: Appointment, edit: Edit): Promise<Row> {
  const { services: ids, ...set } = edit.set;
  if (ids === undefined) return set;
  const now = await changeServices(tx, old, ids as number[]);
  const names = (of: BookedService[]) => of.map(({ name }) => name).join(', ');
  Object.assign(edit.from, { services: names(old.services) });
  Object.assign(edit.to, { services: names(now.services) });
  if (set.hundredths !== undefined || now.hundredths === old.hundredths) return set;
  Object.assign(edit.from, { hours: EDITED.hours?.show(old.hundredths) });
  Object.assign(edit.to, { hours: EDITED.hours?.show(now.hundredths) });
  return { ...set, hundredths: now.hundredths };
}

/** @throws Invalid at `anyway`, with what speaks against the time now and did not before */
async function refuseMoreWork(tx: Change, viewer: Viewer, old: Appointment, hundredths: number): Promise<void> {
  if (old.state !== 'requested' && old.state !== 'confirmed') return;
  const warn = async (planned: number) => {
    const warnings = await listWarnings(tx.db, tx.shop, viewer.timeZone, { ...plannedOf(old), hundredths: planned }, tx.now);
    return warnings.filter(({ isAboutTime }) => isAboutTime).map((warning) => warning.text);
  };
  const before = await warn(old.hundredths);
  const fresh = (await warn(hundredths)).filter((sentence) => !before.includes(sentence));
  if (fresh.length > 0) throw new Invalid({ anyway: fresh.join(' ') });
}
