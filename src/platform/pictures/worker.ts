// The process that pictures are read in (see open.ts): it takes one piece of work at a time, and ends with who started it.
import { constants, setPriority } from 'node:os';
import { isVideo, kindOfFile } from './kinds.js';
import { type PhotoWork, readPhoto } from './photo.js';
import type { Photo, Video } from './pictures.js';
import { NO_KIND, Refused } from './refused.js';
import { readVideo } from './video.js';

/** What is asked of the process. A video's copy goes to `made.customer`. */
export interface Work extends PhotoWork {
  maxVideoBytes: number;
}

/** A sentence for the person; what failed, for the log; or what was read. */
export type Answer = { refused: string } | { failed: string } | { read: Photo | Video };

// Pictures wait for the board, never the other way round.
setPriority(0, constants.priority.PRIORITY_BELOW_NORMAL);
process.on('disconnect', () => process.exit(0));
// A signal to the whole group (a terminal's ^C) is for the server, which ends this when it is done.
process.on('SIGINT', () => {});
process.on('message', (work: Work) => {
  void answer(work).then((found) => process.send?.(found));
});

async function answer(work: Work): Promise<Answer> {
  try {
    return { read: await read(work) };
  } catch (error) {
    if (error instanceof Refused) return { refused: error.message };
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

async function read(work: Work): Promise<Photo | Video> {
  const kind = await kindOfFile(work.path);
  if (kind === null) throw new Refused(NO_KIND);
  if (isVideo(kind)) return readVideo(kind, work.path, work.made.customer, work.maxVideoBytes);
  return readPhoto(kind, work);
}
