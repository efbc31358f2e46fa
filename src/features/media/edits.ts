import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import { type FieldConflict, mergeEdits } from '../work-orders/merge.js';
import { getPlace, listSame } from './media.js';
import { groupOf } from './rules.js';

/** What the form of a picture holds, all as text. `place`: '', `job-5`, `finding-7`; `arrival`: 'on' or ''. */
export type MediumFields = Record<'caption' | 'place' | 'arrival', string>;

const FIELD_NAMES: MediumFields = { caption: 'the caption', place: 'what it shows', arrival: 'whether it is of the arrival' };

/** The form was opened before somebody else changed the same fields. */
export class MediumConflict extends Conflict {
  constructor(
    readonly conflicts: Record<string, FieldConflict>,
    readonly current: MediumFields,
  ) {
    super('Somebody else changed the same fields meanwhile.');
  }
}

export function toFields(medium: { caption: string; job: number | null; finding: number | null; isArrival: boolean }): MediumFields {
  const { job, finding, caption, isArrival } = medium;
  return { caption, place: job || finding ? groupOf({ ...medium, findingName: null }) : '', arrival: isArrival ? 'on' : '' };
}

/**
 * Changes the caption and what a picture shows, field by field.
 * @param original each field as the form showed it; what is not given is taken as it is now
 * @param mine what is not given stays
 * @throws MediumConflict, with nothing changed, when both changed the same field to different things
 * @throws Invalid for a job or finding that this work order does not have
 */
export async function editMedium(
  db: Database,
  actor: Actor,
  number: number,
  id: number,
  original: Partial<MediumFields>,
  mine: Partial<MediumFields>,
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const medium = await getMedium(tx, number, id);
    const current = toFields(medium);
    const { changes, conflicts } = mergeEdits({ ...current, ...original }, { ...current, ...mine }, current);
    if (Object.keys(conflicts).length > 0) throw new MediumConflict(conflicts, current);
    if (Object.keys(changes).length === 0) return;
    await tx.db
      .updateTable('media')
      .set({
        ...(changes.caption !== undefined && { caption: changes.caption }),
        ...(changes.arrival !== undefined && { is_arrival: changes.arrival === 'on' }),
        ...(changes.place !== undefined && (await readPlace(tx, number, changes.place))),
      })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    // Not what the caption says: like a comment, it can be taken away.
    const fields = Object.keys(changes).map((field) => FIELD_NAMES[field as keyof MediumFields]);
    tx.record('media.edited', medium.order, { number, media: id, kind: medium.kind, fields });
  });
}

async function readPlace(tx: Change, number: number, place: string): Promise<{ job_id: number | null; finding_id: number | null }> {
  const [, kind, id] = /^(job|finding)-([1-9]\d{0,14})$/.exec(place) ?? [];
  if (place !== '' && !kind) throw new Invalid({ place: 'That is not one of the choices.' });
  const chosen = { job: kind === 'job' ? Number(id) : null, finding: kind === 'finding' ? Number(id) : null };
  await getPlace(tx.db, tx.shop, number, chosen).catch((error) => {
    throw error instanceof NotFound ? new Invalid({ place: error.message }) : error;
  });
  return { job_id: chosen.job, finding_id: chosen.finding };
}

/** Shows a picture to the customer, or takes it back. */
export async function releaseMedium(db: Database, actor: Actor, number: number, id: number, shown: boolean): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const medium = await getMedium(tx, number, id);
    if (medium.toCustomer === shown) return;
    await tx.db.updateTable('media').set({ to_customer: shown }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    const data = { number, media: id, kind: medium.kind, sha256: medium.sha256.toString('hex') };
    tx.record(shown ? 'media.released' : 'media.withdrawn', medium.order, data);
  });
}

/** Moves a picture one place among those that it is shown with; at the end of them it stays. */
export async function shiftMedium(db: Database, actor: Actor, number: number, id: number, direction: 'earlier' | 'later'): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const medium = await getMedium(tx, number, id);
    const all = await listPlaced(tx, medium.order);
    const group = all.filter((one) => groupOf({ ...one, findingName: null }) === groupOf({ ...medium, findingName: null }));
    const at = group.findIndex((one) => one.id === id);
    const other = group[at + (direction === 'earlier' ? -1 : 1)];
    if (!other) return;
    const positions: [number, number][] = [
      [id, other.position],
      [other.id, medium.position],
    ];
    for (const [one, position] of positions)
      await tx.db.updateTable('media').set({ position }).where('shop_id', '=', tx.shop).where('id', '=', one).execute();
    tx.record('media.moved', medium.order, { number, media: id, kind: medium.kind, direction });
  });
}

/** Takes a picture off every page. Its files stay until it can't be brought back any more, or for good: see letting-go.ts. */
export async function removeMedium(db: Database, actor: Actor, number: number, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const medium = await getMedium(tx, number, id, true);
    if (medium.removedAt) return;
    await tx.db.updateTable('media').set({ removed_at: tx.now }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    const data = { number, media: id, kind: medium.kind, sha256: medium.sha256.toString('hex') };
    tx.record('media.removed', medium.order, data);
  });
}

/** How long a removed picture can be brought back, in milliseconds. */
export const BRING_BACK_WITHIN = 24 * 60 * 60 * 1000;

/** Takes back that a picture was removed. @throws Conflict when the same file was added again meanwhile */
export async function bringBackMedium(db: Database, actor: Actor, number: number, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const medium = await getMedium(tx, number, id, true);
    if (!medium.removedAt) return;
    if (tx.now.getTime() - medium.removedAt.getTime() > BRING_BACK_WITHIN) throw new NotFound('That picture was removed for good.');
    const again = await listSame(tx, medium.order, [medium.sha256]);
    if (again.size > 0) throw new Conflict('The same file was added again meanwhile: it is here already.');
    await tx.db.updateTable('media').set({ removed_at: null }).where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('media.returned', medium.order, { number, media: id, kind: medium.kind });
  });
}

interface MediumRow {
  order: number;
  kind: 'photo' | 'video';
  caption: string;
  job: number | null;
  finding: number | null;
  isArrival: boolean;
  toCustomer: boolean;
  position: number;
  sha256: Buffer;
  name: string;
  removedAt: Date | null;
}

/** Both the work order and the picture must match: an id from another work order is not found. */
export async function getMedium(tx: Change, number: number, id: number, withRemoved = false): Promise<MediumRow> {
  const row = await tx.db
    .selectFrom('media as p')
    .innerJoin('work_orders as w', (join) => join.onRef('w.shop_id', '=', 'p.shop_id').onRef('w.id', '=', 'p.work_order_id'))
    .select([
      ...(['w.id as order', 'p.kind', 'p.caption', 'p.job_id as job', 'p.finding_id as finding', 'p.is_arrival as isArrival'] as const),
      ...(['p.to_customer as toCustomer', 'p.position', 'p.sha256', 'p.name', 'p.removed_at as removedAt'] as const),
    ])
    .where('p.shop_id', '=', tx.shop)
    .where('p.id', '=', id)
    .where('w.number', '=', number)
    .executeTakeFirst();
  if (!row || (row.removedAt && !withRemoved)) throw new NotFound('That picture is not here any more.');
  return row;
}

function listPlaced(tx: Change, order: number) {
  return tx.db
    .selectFrom('media')
    .select(['id', 'position', 'job_id as job', 'finding_id as finding', 'is_arrival as isArrival'])
    .where('shop_id', '=', tx.shop)
    .where('work_order_id', '=', order)
    .where('removed_at', 'is', null)
    .orderBy('position')
    .orderBy('id')
    .execute();
}
