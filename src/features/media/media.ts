import { rm } from 'node:fs/promises';
import { sql } from 'kysely';
import { type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid, NotFound, RequestError } from '../../platform/errors.js';
import { keepFile } from '../../platform/files/keep.js';
import { addJob } from '../../platform/jobs/jobs.js';
import type { Photo, Video } from '../../platform/pictures/pictures.js';
import type { Services } from '../../platform/services.js';
import { fromLocalInput } from '../../platform/time.js';
import type { ReceivedFile } from '../../platform/web/uploads.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { findLookAlike } from './look-alikes.js';
import { MAKE_PLAYABLE, PLAYABLE_ATTEMPTS } from './playing.js';

/** What a picture shows, if not just the order as a whole. */
export interface Place {
  job?: number | null | undefined;
  finding?: number | null | undefined;
  /** Taken when the vehicle came in, before any work. */
  arrival?: boolean | undefined;
}

/** A file as it came; `refused` says why it is not whole. */
export type Sent = Pick<ReceivedFile, 'path' | 'name'> & Partial<Pick<ReceivedFile, 'refused'>>;

/** What became of one file. */
export type Outcome =
  | { name: string; state: 'added' | 'already'; media: number; looksLike: number | null }
  | { name: string; state: 'refused'; why: string };

/** What a picture is about to be a row of: its files are stored already. */
export interface Taken {
  name: string;
  made: Photo | Video;
  sha256: Buffer;
  /** The files of the picture by their use. */
  files: Map<string, Buffer>;
  looksLike: number | null;
}

/** What it takes to keep a picture. */
export type Keeping = Pick<Services, 'db' | 'files'> & { pictures: Pick<Services['pictures'], 'read'> };

type Result = { media: number; sha256: string; added: boolean }[];

/**
 * Puts photos and videos on a work order. Each file is judged and stored by itself, so one that is refused stops no other;
 * then all of them become rows in one change. The same content is on a work order once, whoever sends it again.
 * @param files received to disk; what is taken is taken away from there
 * @param requestId of the form: sent again it has no second effect
 * @returns what became of each file, in their order
 * @throws NotFound when the shop has no such work order, or the work order no such job or finding
 * @throws Invalid with 507 when there is no room for them: then no picture was added
 */
export async function addMedia(
  services: Keeping,
  viewer: Viewer,
  number: number,
  files: Sent[],
  place: Place,
  requestId?: string,
): Promise<Outcome[]> {
  // Before the work that takes long; and again in the change.
  const order = await getPlace(services.db, viewer.shop, number, place);
  const read: (Taken | Outcome)[] = [];
  for (const file of files) read.push(await takeIn(services, viewer.shop, order, file));
  const taken = read.filter((one): one is Taken => 'made' in one);
  if (taken.length === 0) return read as Outcome[];
  const rows = await insert(services.db, viewer, number, taken, place, requestId && `media/${number}/${requestId}`);
  return read.map((one) => {
    if (!('made' in one)) return one;
    const row = rows.get(one);
    return { name: one.name, state: row?.added ? 'added' : 'already', media: row?.media as number, looksLike: one.looksLike };
  });
}

/** Judges, makes and stores the files of one picture. */
async function takeIn(services: Keeping, shop: number, order: number, file: Sent): Promise<Taken | Outcome> {
  const { db } = services;
  if (file.refused) return { name: file.name, state: 'refused', why: file.refused };
  try {
    const made = await services.pictures.read(file.path);
    try {
      const original = await keepFile(db, services.files, shop, file.path, made.type);
      const kept = new Map([['original', original.sha256], ...(await keepMade(services, shop, made))]);
      // Browsers play it as it was sent, where no copy without place and device could be made.
      if (made.kind === 'video' && made.plays) kept.set('playable', kept.get('customer') ?? original.sha256);
      const looksLike = made.kind === 'photo' ? await findLookAlike(db, shop, order, made.perceptualHash) : null;
      return { name: file.name, made, sha256: original.sha256, files: kept, looksLike };
    } finally {
      await Promise.all(Object.values(made.made).map((path) => rm(path, { force: true })));
    }
  } catch (error) {
    // A full disk is no fault of this file: all of them are to be sent again.
    if (!(error instanceof RequestError) || error.status === 507) throw error;
    return { name: file.name, state: 'refused', why: error.message };
  }
}

/** Stores what was made of a picture. @returns the hash of each by its use */
export async function keepMade(services: Keeping, shop: number, made: Photo | Video): Promise<[string, Buffer][]> {
  const kept: [string, Buffer][] = [];
  for (const [use, path] of Object.entries(made.made)) {
    const isVideo = made.kind === 'video' && use === 'customer';
    // What the customer gets of a video that does not play is made later; see playing.ts.
    if (isVideo && !made.plays) continue;
    const type = isVideo ? made.type : 'image/jpeg';
    kept.push([use, (await keepFile(services.db, services.files, shop, path, type)).sha256]);
  }
  return kept;
}

async function insert(
  db: Database,
  viewer: Viewer,
  number: number,
  taken: Taken[],
  place: Place,
  requestId: string | undefined,
): Promise<Map<Taken, Result[number]>> {
  const { result } = await change(db, viewer, { requestId }, async (tx): Promise<Result> => {
    const order = await getPlace(tx.db, tx.shop, number, place);
    const there = await listSame(
      tx,
      order,
      taken.map((one) => one.sha256),
    );
    const unique = new Map(taken.map((one) => [one.sha256.toString('hex'), one]));
    const fresh = [...unique].filter(([sha256]) => !there.has(sha256)).map(([, one]) => one);
    if (fresh.length === 0) return [...there].map(([sha256, media]) => ({ media, sha256, added: false }));
    const ids = await insertMedia(tx, viewer, order, fresh, place);
    const sha256 = fresh.map((one) => one.sha256.toString('hex'));
    const videos = fresh.filter((one) => one.made.kind === 'video').length;
    const { job = null, finding = null, arrival = false } = place;
    tx.record('media.added', order, { number, media: ids, sha256, photos: fresh.length - videos, videos, job, finding, arrival });
    const added = ids.map((media, index) => ({ media, sha256: sha256[index] as string, added: true }));
    return [...added, ...[...there].map(([sha256, id]) => ({ media: id, sha256, added: false }))];
  });
  return match(taken, result);
}

function match(taken: Taken[], result: Result): Map<Taken, Result[number]> {
  const rows = new Map(result.map((one) => [one.sha256, one]));
  return new Map(
    taken.map((one) => {
      const sha256 = one.sha256.toString('hex');
      const row = rows.get(sha256);
      if (!row) throw new Conflict('This form was sent before, with other files. Please choose them again.');
      // The same file chosen twice.
      rows.set(sha256, { ...row, added: false });
      return [one, row];
    }),
  );
}

/**
 * Which of these contents the work order shows already.
 * @returns the ids of the pictures by the content's SHA-256 in hexadecimal digits
 */
export async function listSame(tx: Change, order: number, contents: Buffer[]): Promise<Map<string, number>> {
  const rows = await tx.db
    .selectFrom('media')
    .select(['id', 'sha256'])
    .where('shop_id', '=', tx.shop)
    .where('work_order_id', '=', order)
    .where('removed_at', 'is', null)
    .where(sql<boolean>`sha256 = any(${contents})`)
    .execute();
  return new Map(rows.map((row) => [row.sha256.toString('hex'), row.id]));
}

/**
 * Writes the rows of pictures, at the end of the work order's.
 * @returns their ids, in their order
 */
export async function insertMedia(
  tx: Change,
  viewer: Viewer,
  order: number,
  taken: Taken[],
  place: Place & { drawnOn?: number; caption?: string },
): Promise<number[]> {
  const { last } = await tx.db
    .selectFrom('media')
    .select((eb) => eb.fn.coalesce(eb.fn.max('position'), sql<number>`0`).as('last'))
    .where('shop_id', '=', tx.shop)
    .where('work_order_id', '=', order)
    .executeTakeFirstOrThrow();
  const rows = taken.map((one, index) => ({
    ...{ shop_id: tx.shop, work_order_id: order, position: last + 1 + index, name: one.name, sha256: one.sha256 },
    ...{ job_id: place.job ?? null, finding_id: place.finding ?? null, is_arrival: place.arrival ?? false },
    ...{ drawn_on_id: place.drawnOn ?? null, caption: place.caption ?? '', looks_like_id: one.looksLike },
    ...{ added_by: viewer.staff, added_at: tx.now },
    ...describe(one.made, viewer.timeZone),
  }));
  const inserted = await tx.db.insertInto('media').values(rows).returning(['id', 'position']).execute();
  const ids = inserted.sort((a, b) => a.position - b.position).map((row) => row.id);
  const files = taken.flatMap((one, index) =>
    [...one.files].map(([use, sha256]) => ({ shop_id: tx.shop, media_id: ids[index] as number, use: use as 'original', sha256 })),
  );
  await tx.db.insertInto('media_files').values(files).execute();
  for (const [index, { made }] of taken.entries())
    if (made.kind === 'video' && !made.plays)
      await addJob(tx.db, MAKE_PLAYABLE, { shop: tx.shop, media: ids[index] as number }, { attempts: PLAYABLE_ATTEMPTS });
  return ids;
}

/** What was found out about a picture, as its row has it. */
function describe(made: Photo | Video, timeZone: string) {
  const { kind, width, height } = made;
  if (made.kind === 'video') {
    const state = made.plays ? ('ready' as const) : ('waiting' as const);
    return { kind, width, height, duration: made.duration, taken_at: null, perceptual_hash: null, state };
  }
  const hash = sql<number>`${String(made.perceptualHash)}::bigint`;
  const takenAt = made.takenAt ? fromLocalInput(made.takenAt, timeZone) : null;
  return { kind, width, height, duration: 0, taken_at: takenAt, perceptual_hash: hash, state: 'ready' as const };
}

/**
 * The work order, when the job and the finding are its own.
 * @returns its id
 * @throws NotFound
 */
export async function getPlace(db: Database, shop: number, number: number, place: Place): Promise<number> {
  const row = await db
    .selectFrom('work_orders as w')
    .leftJoin('jobs as j', (join) =>
      join
        .onRef('j.shop_id', '=', 'w.shop_id')
        .onRef('j.work_order_id', '=', 'w.id')
        .on('j.id', '=', place.job ?? null),
    )
    .leftJoin('findings as f', (join) =>
      join
        .onRef('f.shop_id', '=', 'w.shop_id')
        .onRef('f.work_order_id', '=', 'w.id')
        .on('f.id', '=', place.finding ?? null),
    )
    .select(['w.id', 'j.id as job', 'f.id as finding'])
    .where('w.shop_id', '=', shop)
    .where('w.number', '=', number)
    .executeTakeFirst();
  if (!row) throw new NotFound('That work order is not here.');
  if (place.job && !row.job) throw new NotFound('That job is not here any more.');
  if (place.finding && !row.finding) throw new NotFound('That finding is not here any more.');
  return row.id;
}

/** What to tell about files that came together. @throws Invalid, with a sentence for each, when none of them was taken */
export function tellOutcomes(outcomes: Outcome[]): string {
  const refused = outcomes.flatMap((one) => (one.state === 'refused' ? [outcomes.length > 1 ? `“${one.name}”: ${one.why}` : one.why] : []));
  if (outcomes.length === 0) throw new Invalid({ files: 'Please choose photos or a video first.' });
  if (refused.length === outcomes.length) throw new Invalid({ files: refused.join(' ') });
  const added = outcomes.filter((one) => one.state === 'added').length;
  const already = outcomes.filter((one) => one.state === 'already').length;
  const count = (many: number) => (many === 1 ? '1 file' : `${many} files`);
  return [
    added > 0 ? `${count(added)} added.` : '',
    already > 0 ? `${count(already)} ${already === 1 ? 'was' : 'were'} here already.` : '',
    refused.length > 0 ? `${count(refused.length)} could not be taken: ${refused.join(' ')}` : '',
  ]
    .filter(Boolean)
    .join(' ');
}
