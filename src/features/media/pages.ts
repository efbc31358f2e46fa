import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { showDateTime } from '../../platform/time.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { can } from '../staff/permissions.js';
import { BRING_BACK_WITHIN, type MediumConflict, toFields } from './edits.js';
import { type Shown, toGallery } from './gallery.js';
import { FINDING_CHOICES, MEDIA, type Medium } from './of-order.js';
import { SHAPES } from './rules.js';

interface Row {
  vehicle: string;
  media: Medium[];
  jobs: { id: number; name: string }[];
  findings: { id: number; name: string }[];
  one: {
    kind: 'photo' | 'video';
    sha256: string;
    bytes: number;
    type: string;
    removedAt: string | null;
    like: { number: number; media: number; vehicle: string; at: string; thumbnail: boolean } | null;
  } | null;
}

/** A picture and everything around it, in one query. Both the work order and the picture must match. */
async function findPicture(db: Database, shop: number, number: number, id: number): Promise<Row | undefined> {
  const { rows } = await sql<Row>`
    select v.description as vehicle, ${MEDIA} as media, ${FINDING_CHOICES} as findings,
      coalesce((select json_agg(json_build_object('id', j.id, 'name', j.name) order by j.position)
        from jobs j where j.shop_id = w.shop_id and j.work_order_id = w.id), '[]') as jobs,
      (select json_build_object('kind', p.kind, 'sha256', encode(p.sha256, 'hex'), 'bytes', f.bytes, 'type', f.type, 'removedAt', p.removed_at,
        'like', (select json_build_object('number', o.number, 'media', l.id, 'vehicle', ov.description, 'at', l.added_at,
            'thumbnail', exists (select from media_files u where u.shop_id = l.shop_id and u.media_id = l.id and u.use = 'screen'))
          from media l
          join work_orders o on o.shop_id = l.shop_id and o.id = l.work_order_id
          join vehicles ov on ov.shop_id = o.shop_id and ov.id = o.vehicle_id
          where l.shop_id = p.shop_id and l.id = p.looks_like_id and l.removed_at is null))
        from media p join files f on f.shop_id = p.shop_id and f.sha256 = p.sha256
        where p.shop_id = w.shop_id and p.work_order_id = w.id and p.id = ${id}) as one
    from work_orders w
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  return rows[0];
}

async function getPicture(db: Database, viewer: Viewer, number: number, id: number) {
  const row = await findPicture(db, viewer.shop, number, id);
  if (!row?.one) throw new NotFound('That picture is not here.');
  const { timeZone } = viewer;
  const groups = toGallery({ timeZone, jobs: row.jobs, visit: { media: row.media } });
  const group = groups.find(({ items }) => items.some((item) => item.id === id));
  const medium = group?.items.find((item) => item.id === id);
  return { row, one: row.one, all: groups.flatMap(({ items }) => items), group, medium };
}

/** The page of one picture; also the dialog over the board. */
export async function picturePage(
  db: Database,
  viewer: Viewer,
  number: number,
  id: number,
  refused: Refused | null = null,
  conflict?: MediumConflict,
): Promise<Answer> {
  const { row, one, all, group, medium } = await getPicture(db, viewer, number, id);
  if (!medium) return removedPage(viewer, number, id, one, refused);
  const at = all.indexOf(medium);
  const data = {
    ...{ title: `${medium.alt}, WO-${number}`, number, medium, one, vehicle: row.vehicle, group: group?.name ?? '' },
    ...{ previous: all[at - 1]?.id ?? null, next: all[at + 1]?.id ?? null, count: all.length, at: at + 1 },
    ...{ isFirst: group?.items[0] === medium, isLast: group?.items.at(-1) === medium },
    like: one.like && { ...one.like, at: showDateTime(new Date(one.like.at), viewer.timeZone) },
    size: `${(one.bytes / 1_000_000).toFixed(1)} MB`,
    places: [
      ['', 'The vehicle'],
      ...row.findings.map((finding) => [`finding-${finding.id}`, `Found: ${finding.name}`]),
      ...row.jobs.map((job) => [`job-${job.id}`, `Job: ${job.name}`]),
    ],
    ...formOf(medium, refused, conflict),
  };
  return { ...page('media/show', data, 'media/picture'), status: conflict ? 409 : 200 } as Answer;
}

/** What the form shows: what was typed, or what is there; and what it was opened with. */
function formOf(medium: Shown, refused: Refused | null, conflict?: MediumConflict) {
  const current = conflict?.current ?? toFields(medium);
  // Of other forms of the page nothing was typed.
  const typed = refused?.values['original.caption'] === undefined ? null : { arrival: '', ...refused.values };
  const original = Object.fromEntries(
    Object.entries(current).map(([field, value]) => [
      field,
      conflict?.conflicts[field] ? value : String(typed?.[`original.${field}` as keyof typeof typed] ?? value),
    ]),
  );
  return { values: { ...current, ...typed }, original, errors: refused?.fields ?? {}, conflicts: conflict?.conflicts ?? {} };
}

/** What is left to see of a removed picture: for a while, for those who may bring it back. */
function removedPage(
  viewer: Viewer,
  number: number,
  id: number,
  { kind, removedAt }: NonNullable<Row['one']>,
  refused: Refused | null,
): Answer {
  const at = new Date(removedAt ?? 0);
  if (!can(viewer.role, 'media.remove') || Date.now() - at.getTime() > BRING_BACK_WITHIN)
    throw new NotFound('That picture is not here any more.');
  const data = { title: `Removed, WO-${number}`, number, id, kind, at: showDateTime(at, viewer.timeZone), errors: refused?.fields ?? {} };
  return page('media/removed', data, 'media/removed-part');
}

/** How wide the picture stands on the page that works without scripts, in pixels: by it a click becomes a place. */
const DRAWN_WIDTH = 320;

/** Where one draws on a photo. */
export async function drawingPage(db: Database, viewer: Viewer, number: number, id: number, refused: Refused | null): Promise<Answer> {
  const { medium } = await getPicture(db, viewer, number, id);
  if (medium?.kind !== 'photo') throw new NotFound('That photo is not here any more.');
  const data = {
    ...{ title: `Draw on a photo, WO-${number}`, number, medium, shapes: SHAPES },
    shown: { width: DRAWN_WIDTH, height: drawnHeight(medium) },
    ...{ values: refused?.values ?? {}, errors: refused?.fields ?? {}, requestId: randomUUID() },
  };
  return page('media/drawing', data, 'media/drawing-form');
}

function drawnHeight({ width, height }: { width: number; height: number }): number {
  return Math.max(1, Math.round((DRAWN_WIDTH * height) / Math.max(1, width)));
}

/** The place of a click on the picture of the drawing page, in ten-thousandths. @throws NotFound when the picture is not here */
export async function clickedPlace(db: Database, viewer: Viewer, number: number, id: number, click: { x: number; y: number }) {
  const { medium } = await getPicture(db, viewer, number, id);
  if (!medium) throw new NotFound('That photo is not here any more.');
  const share = (value: number, whole: number) => Math.min(10_000, Math.round((value * 10_000) / whole));
  return { x: share(click.x, DRAWN_WIDTH), y: share(click.y, drawnHeight(medium)) };
}
