import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import type { Task } from '../../platform/jobs/jobs.js';

/** A day longer than a picture can be brought back (BRING_BACK_WITHIN). */
const KEPT_FOR = 48 * 60 * 60 * 1000;

/** Nightly, shortly before files that nothing refers to are swept (platform/files/sweep.ts). */
export const letGoTask: Task = {
  name: 'let-go-of-removed-pictures',
  at: '7 3 * * *',
  run: async (_payload, { db, log }) => {
    log.info({ pictures: await letGoOfRemoved(db, new Date()) }, 'removed pictures were let go of');
  },
};

/**
 * Lets go of the files of pictures that were removed two days ago or earlier, in all shops, so that they are swept. The row of the
 * picture stays, with its hash, for the history speaks of it. A picture of which a customer saw anything when they answered is
 * proof: all of its files stay, the original too.
 * @returns how many pictures
 */
export async function letGoOfRemoved(db: Database, now: Date): Promise<number> {
  const { rows } = await sql`
    with gone as (
      delete from media_files u using media p
      where p.shop_id = u.shop_id and p.id = u.media_id and p.removed_at < ${new Date(now.getTime() - KEPT_FOR)}
        and not exists (
          select from media_files seen join authorization_files z on z.shop_id = seen.shop_id and z.sha256 = seen.sha256
          where seen.shop_id = p.shop_id and seen.media_id = p.id)
      returning u.shop_id, u.media_id)
    select distinct shop_id, media_id from gone`.execute(db);
  return rows.length;
}
