import { rm } from 'node:fs/promises';
import { change } from '../../platform/database/change.js';
import { Invalid } from '../../platform/errors.js';
import type { Mark } from '../../platform/pictures/pictures.js';
import type { Services } from '../../platform/services.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { getMedium } from './edits.js';
import { mediaFile } from './files.js';
import { insertMedia, keepMade, listSame, type Taken } from './media.js';
import { fetchOriginal } from './playing.js';

/**
 * Draws marks on a copy of a photo, which becomes a picture of its own beside it; the photo stays as it is.
 * The same marks drawn again are the same picture.
 * @returns the id of the copy
 * @throws Invalid for a video
 */
export async function drawOn(
  services: Services,
  viewer: Viewer,
  number: number,
  id: number,
  marks: Mark[],
  requestId?: string,
): Promise<number> {
  const { db } = services;
  const original = await mediaFile(db, viewer.shop, number, id, 'original');
  if (original.type.startsWith('video/')) throw new Invalid({ '': 'One can draw on photos only.' });
  const drawn = await makeCopy(services, viewer.shop, original, marks);
  const { result } = await change(db, viewer, { requestId: requestId && `drawing/${number}/${id}/${requestId}` }, async (tx) => {
    const medium = await getMedium(tx, number, id);
    const [there] = (await listSame(tx, medium.order, [drawn.sha256])).values();
    if (there) return { media: there };
    const { job, finding, isArrival: arrival, caption } = medium;
    const [copy] = await insertMedia(tx, viewer, medium.order, [drawn], { job, finding, arrival, caption, drawnOn: id });
    tx.record('media.drawn', medium.order, { number, media: copy as number, on: id, sha256: drawn.sha256.toString('hex') });
    return { media: copy as number };
  });
  return result.media;
}

async function makeCopy(services: Services, shop: number, original: { sha256: Buffer; name: string }, marks: Mark[]): Promise<Taken> {
  const source = await fetchOriginal(services, original.sha256);
  try {
    const made = await services.pictures.draw(source, marks);
    try {
      const kept = new Map(await keepMade(services, shop, made));
      const sha256 = kept.get('customer') as Buffer;
      // The largest of what was made is the copy itself.
      return { name: original.name, made, sha256, files: kept.set('original', sha256), looksLike: null };
    } finally {
      await Promise.all(Object.values(made.made).map((path) => rm(path, { force: true })));
    }
  } finally {
    await rm(source, { force: true });
  }
}
