import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { guessMapping, type Kind, type Mapping } from './kinds.js';

/** A file on its way in, its heads first. */
export interface Upload {
  id: number;
  kind: Kind;
  fileName: string;
  rows: string[][];
  mapping: Mapping;
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Keeps a file until it is imported, at most a day. No change of the shop: nothing that anybody else sees, so there is no event.
 * @returns its id
 */
export async function keepUpload(db: Database, viewer: Viewer, kind: Kind, fileName: string, rows: string[][]): Promise<number> {
  await db
    .deleteFrom('imports')
    .where('shop_id', '=', viewer.shop)
    .where('created_at', '<', new Date(Date.now() - DAY))
    .execute();
  const { id } = await db
    .insertInto('imports')
    .values({
      shop_id: viewer.shop,
      kind,
      staff_id: viewer.staff,
      file_name: fileName,
      rows: JSON.stringify(rows),
      mapping: JSON.stringify(guessMapping(kind, rows[0] ?? [])),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** @throws NotFound when it is somebody else's, another shop's, done, or older than a day */
export async function getUpload(db: Database, viewer: Viewer, id: number): Promise<Upload> {
  const row = await db
    .selectFrom('imports')
    .select(['id', 'kind', 'file_name', 'rows', 'mapping'])
    .where('shop_id', '=', viewer.shop)
    .where('staff_id', '=', viewer.staff)
    .where('id', '=', id)
    .where('created_at', '>=', new Date(Date.now() - DAY))
    .executeTakeFirst();
  if (!row) throw new NotFound('That file is not here any more. It was read in already, or was left for more than a day.');
  return {
    id: row.id,
    kind: row.kind as Kind,
    fileName: row.file_name,
    rows: row.rows as unknown as string[][],
    mapping: row.mapping as unknown as Mapping,
  };
}

export async function saveMapping(db: Database, viewer: Viewer, id: number, mapping: Mapping): Promise<void> {
  await db
    .updateTable('imports')
    .set({ mapping: JSON.stringify(mapping) })
    .where('shop_id', '=', viewer.shop)
    .where('staff_id', '=', viewer.staff)
    .where('id', '=', id)
    .execute();
}

/** Takes a file away. @returns whether it was still there */
export async function dropUpload(db: Database, viewer: { shop: number; staff: number | null }, id: number): Promise<boolean> {
  const { numDeletedRows } = await db
    .deleteFrom('imports')
    .where('shop_id', '=', viewer.shop)
    .where('staff_id', '=', viewer.staff)
    .where('id', '=', id)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}
