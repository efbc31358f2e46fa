import { factsOfMovie, readMovie } from './movie.js';
import { copyMovie } from './movie-copy.js';
import type { Video } from './pictures.js';
import { DAMAGED_VIDEO, Refused, tooLarge } from './refused.js';
import { SourceFile } from './source-file.js';
import { copyWebm, readWebm } from './webm.js';

/**
 * Reads what a video says of itself, and makes the copy for the customer. Nothing is decoded.
 * @param copyPath where the copy goes
 * @throws Refused when it contradicts itself or is too large
 */
export function readVideo(type: Video['type'], path: string, copyPath: string, maxBytes: number): Video {
  const file = new SourceFile(path);
  try {
    if (file.size > maxBytes) throw new Refused(tooLarge('video', maxBytes));
    if (type === 'video/webm') {
      const webm = readWebm(file);
      copyWebm(file, webm, copyPath);
      return { kind: 'video', type, ...webm.facts, made: { customer: copyPath } };
    }
    const movie = readMovie(file);
    const facts = factsOfMovie(file, movie);
    return { kind: 'video', type, ...facts, made: copyMovie(file, movie, copyPath) ? { customer: copyPath } : {} };
  } catch (error) {
    // A table that is shorter than it says.
    if (error instanceof RangeError) throw new Refused(DAMAGED_VIDEO, { cause: error });
    throw error;
  } finally {
    file.close();
  }
}
