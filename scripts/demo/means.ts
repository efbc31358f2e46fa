import type { Config } from '../../src/config.js';
import { LinkKeys, type TokenOf } from '../../src/features/approvals/tokens.js';
import { openFileStore } from '../../src/platform/files/open.js';
import type { FileStore } from '../../src/platform/files/store.js';
import { openLog } from '../../src/platform/observe/log.js';
import { openPictures } from '../../src/platform/pictures/open.js';
import type { Pictures } from '../../src/platform/pictures/pictures.js';
import { Album } from './album.js';

/** What it takes to load pictures and links beside the books. */
export interface Means {
  /** Begins to draw with the first call. */
  album(): Promise<Album>;
  files: FileStore;
  pictures: Pick<Pictures, 'read'>;
  tokenOf: TokenOf;
}

/** Opens the files and the pictures as the server of this configuration would, and closes them when `use` is done. */
export async function withMeans<Result>(config: Config, use: (means: Means) => Promise<Result>): Promise<Result> {
  const files = await openFileStore(config);
  const log = openLog(config.logLevel);
  const pictures = openPictures({ ...config, temporary: () => files.temporary(), log });
  let album: Promise<Album> | undefined;
  const begin = () => {
    album ??= Album.begin();
    return album;
  };
  try {
    return await use({ album: begin, files, pictures, tokenOf: new LinkKeys(config.sessionSecrets).token });
  } finally {
    await pictures.close();
    await (await album)?.close();
  }
}
