import { join } from 'node:path';
import type { Config } from '../../config.js';
import { openDiskStore } from './disk.js';
import type { FileStore } from './store.js';
import { openTemporaryFolder } from './temporary.js';

/**
 * Opens the store that the configuration names, in folders that it makes where they are missing.
 * @throws StartError when it can't be written or reached
 */
export async function openFileStore(config: Config): Promise<FileStore> {
  const folder = join(config.dataDir, 'files');
  const temporary = await openTemporaryFolder(join(folder, 'tmp'));
  if (!config.s3) return openDiskStore(folder, temporary);
  // Its library takes memory that nobody else should pay for.
  const { openS3Store } = await import('./s3.js');
  return openS3Store(config.s3, temporary);
}
