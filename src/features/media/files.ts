import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type FileAnswer, file } from '../../platform/web/answers.js';
import { CUSTOMER_USES, SEEN } from './of-order.js';

/** What staff see in the shop; the original is another matter (`media.release`). */
export const STAFF_USES = ['thumbnail', 'screen', 'customer', 'poster', 'playable'] as const;

/** A file of a picture, as the store has it. */
export interface MediaFile {
  sha256: Buffer;
  bytes: number;
  type: string;
  /** Of the picture, as the phone called it. */
  name: string;
}

/**
 * A file of a picture of a work order, for staff.
 * @throws NotFound when any of shop, work order, picture and use does not belong to the others, or the picture was removed
 */
export async function mediaFile(db: Database, shop: number, number: number, media: number, use: string): Promise<MediaFile> {
  return getFile(db, sql`w.shop_id = ${shop} and w.number = ${number} and p.id = ${media} and u.use = ${use}`);
}

/**
 * The same for the customer of the work order: only what they see (SEEN), and never the original.
 * @throws NotFound
 */
export async function customerFile(db: Database, shop: number, workOrderId: number, media: number, use: string): Promise<MediaFile> {
  const theirs = sql`w.shop_id = ${shop} and w.id = ${workOrderId} and p.id = ${media} and u.use = ${use}`;
  return getFile(db, sql`${theirs} and u.use in (${sql.join(CUSTOMER_USES)}) and ${SEEN}`);
}

async function getFile(db: Database, where: ReturnType<typeof sql>): Promise<MediaFile> {
  const { rows } = await sql<MediaFile>`
    select f.sha256, f.bytes, f.type, p.name from work_orders w
    join media p on p.shop_id = w.shop_id and p.work_order_id = w.id and p.removed_at is null
    join media_files u on u.shop_id = p.shop_id and u.media_id = p.id
    join files f on f.shop_id = u.shop_id and f.sha256 = u.sha256
    where ${where}`.execute(db);
  if (!rows[0]) throw new NotFound();
  return rows[0];
}

/** Sends it to be looked at. What was made of a picture is not called as the phone called that. */
export function show(services: Services, { sha256, bytes, type }: MediaFile): FileAnswer {
  return file({ store: services.files, sha256, bytes, type });
}

/** Sends it to be saved under its name. */
export function save(services: Services, { sha256, bytes, type, name }: MediaFile): FileAnswer {
  return file({ store: services.files, sha256, bytes, type, name: name || 'picture', attachment: true });
}
