import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

/** Makes sure that what was renamed or made in it is still there after a power cut. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** Writes a new file and forces it to the disk. @throws whatever the disk says, at writing, forcing or closing */
export async function writeDurably(path: string, content: Readable): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  await fill(file, content).catch(async (error) => {
    await file.close().catch(() => {});
    throw error;
  });
  await file.close();
}

async function fill(file: FileHandle, content: Readable): Promise<void> {
  for await (const chunk of content) await file.writeFile(chunk as Buffer);
  await file.sync();
}

/** Gives a file that is on the disk its name; both are then. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(dirname(to));
}
