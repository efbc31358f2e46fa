// A process that draws pictures, one at a time: it is sent a name and a path, writes the file, and sends the name back.
import { writeFile } from 'node:fs/promises';
import { PICTURES, type PictureName } from './index.js';

let last = Promise.resolve();

process.on('message', ({ name, path }: { name: PictureName; path: string }) => {
  last = last.then(async () => {
    try {
      await writeFile(path, await PICTURES[name]());
      process.send?.({ name });
    } catch (error) {
      process.send?.({ name, failed: String(error) });
    }
  });
});
