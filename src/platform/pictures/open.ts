import { rm, stat } from 'node:fs/promises';
import { Invalid } from '../errors.js';
import type { Logger } from '../observe/log.js';
import { PictureProcess } from './child.js';
import type { Mark, Photo, Pictures, Video } from './pictures.js';
import { tooLarge, UNREADABLE } from './refused.js';

interface Options {
  /** A path for a new temporary file; see FileStore. */
  temporary: () => string;
  log: Logger;
  maxPhotoBytes: number;
  maxVideoBytes: number;
  /** How long one picture may take, and how long the process waits for the next. */
  limits?: { workMs?: number; idleMs?: number; residentBytes?: number };
}

/** What is done to pictures; see pictures.ts. No process is started before the first of them. */
export function openPictures(options: Options): Pictures & { readonly pid: number | undefined } {
  const { temporary, log, maxPhotoBytes, maxVideoBytes } = options;
  const process = new PictureProcess(log, options.limits);

  /** @throws Invalid; nothing that was made is left then */
  async function read(path: string, marks: Mark[]): Promise<Photo | Video> {
    const largest = Math.max(maxPhotoBytes, maxVideoBytes);
    if ((await stat(path)).size > largest) throw new Invalid({ files: tooLarge('file', largest) });
    const made = { thumbnail: temporary(), screen: temporary(), customer: temporary() };
    const answer = await process.run({ path, made, marks, maxBytes: maxPhotoBytes, maxVideoBytes });
    if (answer && 'read' in answer) return answer.read;
    await Promise.all(Object.values(made).map((file) => rm(file, { force: true })));
    if (answer && 'failed' in answer) log.error({ error: answer.failed }, 'a picture could not be read');
    throw new Invalid({ files: answer && 'refused' in answer ? answer.refused : UNREADABLE });
  }

  return {
    read: (path) => read(path, []),
    draw: async (path, marks) => (await read(path, marks)) as Photo,
    transcode: async () => null,
    close: () => process.close(),
    get pid() {
      return process.pid;
    },
  };
}
