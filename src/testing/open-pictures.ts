import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openLog } from '../platform/observe/log.js';
import { openPictures } from '../platform/pictures/open.js';

/** The real thing, with a temporary folder of its own. @param options that differ */
export function testPictures(options: Partial<Parameters<typeof openPictures>[0]> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'pictures-'));
  const made = join(folder, 'made-');
  let files = 0;
  const logged: { msg: string; reason?: string }[] = [];
  const pictures = openPictures({
    temporary: () => `${made}${++files}`,
    log: openLog('info', { write: (line) => void logged.push(JSON.parse(line)) }),
    maxPhotoBytes: 40_000_000,
    maxVideoBytes: 200_000_000,
    ffmpegPath: undefined,
    ...options,
  });
  return {
    pictures,
    logged,
    /** Writes a file to be read. */
    file: (bytes: Buffer | string) => {
      const path = join(folder, `given-${++files}`);
      writeFileSync(path, bytes);
      return path;
    },
    /** What was made and not removed. */
    left: () => readdirSync(folder).filter((name) => name.startsWith('made-')),
    close: async () => {
      await pictures.close();
      rmSync(folder, { recursive: true });
    },
  };
}
