import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { change } from '../../platform/database/change.js';
import { Invalid } from '../../platform/errors.js';
import { keepFile } from '../../platform/files/keep.js';
import type { Task } from '../../platform/jobs/jobs.js';
import type { Services } from '../../platform/services.js';

/** The name of the task, as jobs that wait have it. */
export const MAKE_PLAYABLE = 'make-playable';
/** It takes long, and what failed three times fails always. */
export const PLAYABLE_ATTEMPTS = 3;

const Payload = z.object({ shop: z.number(), media: z.number() });

/** Makes a video playable that browsers can't play as it was sent. */
export const playableTask: Task = {
  name: MAKE_PLAYABLE,
  run: (payload, services, { isLast }) => makePlayable(Payload.parse(payload), services, isLast),
};

/** @param isLast otherwise what goes wrong is thrown, to be tried again */
async function makePlayable({ shop, media }: z.output<typeof Payload>, services: Services, isLast: boolean): Promise<void> {
  const { db, files, pictures } = services;
  const waiting = await findWaiting(services, shop, media);
  if (!waiting) return;
  const source = await fetchOriginal(services, waiting.sha256);
  let playable: string | null = null;
  try {
    playable = await pictures.transcode(source).catch((error) => {
      // Invalid: that video is no better the next time.
      if (!isLast && !(error instanceof Invalid)) throw error;
      services.log.warn({ err: error, media }, 'a video could not be made playable');
      return null;
    });
    const kept = playable && (await keepFile(db, files, shop, playable, 'video/mp4'));
    await change(db, { shop, staff: null }, {}, async (tx) => {
      const { numUpdatedRows } = await tx.db
        .updateTable('media')
        .set({ state: kept ? 'ready' : 'failed' })
        .where('shop_id', '=', shop)
        .where('id', '=', media)
        .where('state', '=', 'waiting')
        .executeTakeFirst();
      if (!numUpdatedRows) return;
      // It says nothing of place and device, so it is the customer's, too.
      if (kept) {
        const uses = (['playable', 'customer'] as const).map((use) => ({ shop_id: shop, media_id: media, use, sha256: kept.sha256 }));
        await tx.db
          .insertInto('media_files')
          .values(uses)
          .onConflict((conflict) => conflict.columns(['shop_id', 'media_id', 'use']).doNothing())
          .execute();
      }
      tx.record(kept ? 'media.playable' : 'media.unplayable', waiting.work_order_id, { media });
    });
  } finally {
    for (const path of [source, playable]) if (path) await rm(path, { force: true });
  }
}

function findWaiting({ db }: Services, shop: number, media: number): Promise<{ sha256: Buffer; work_order_id: number } | undefined> {
  return db
    .selectFrom('media')
    .select(['sha256', 'work_order_id'])
    .where('shop_id', '=', shop)
    .where('id', '=', media)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
}

/** Copies a file of the store to a temporary one. @returns its path, which is the caller's to remove */
export async function fetchOriginal({ files }: Services, sha256: Buffer): Promise<string> {
  const path = files.temporary();
  try {
    await pipeline(await files.read(sha256), createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return path;
}
