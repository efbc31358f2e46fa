import type { Pool } from 'pg';
import type { Config } from '../config.js';
import type { Database } from './database/pool.js';
import type { FileStore } from './files/store.js';
import type { Hub } from './live/hub.js';
import type { Faults } from './observe/faults.js';
import type { Logger } from './observe/log.js';
import type { Pictures } from './pictures/pictures.js';
import type { Assets } from './web/assets.js';
import type { Views } from './web/views.js';

/** What features are given. Made once in `app.ts`. */
export interface Services {
  config: Config;
  db: Database;
  pool: Pool;
  log: Logger;
  /** By recordFault(). */
  faults: Faults;
  views: Views;
  assets: Assets;
  live: Hub;
  /** Photos, videos: by content. Features put something in by keepFile(). */
  files: FileStore;
  pictures: Pictures;
  /** Whether the process was told to stop. */
  leaving: { now: boolean };
}
