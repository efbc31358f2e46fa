// The process that pictures are read in (see open.ts): it takes one piece of work at a time, and ends with who started it.
import { open } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { HEAD_BYTES, kindOf } from './kinds.js';
import { type PhotoWork, readPhoto } from './photo.js';
import type { Photo } from './pictures.js';
import { EMPTY, NO_KIND, Refused } from './refused.js';

export interface Work extends PhotoWork {
  maxVideoBytes: number;
}

/** A sentence for the person; what failed, for the log; or what was read. */
export type Answer = { refused: string } | { failed: string } | { read: Photo };

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

async function read(work: Work): Promise<Photo> {
  const kind = kindOf(await headOf(work.path));
  if (kind === null) throw new Refused(NO_KIND);
  if (kind.startsWith('video/')) throw new Refused(NO_KIND);
  return readPhoto(kind as Photo['type'], work);
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    if (bytesRead === 0) throw new Refused(EMPTY);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
