import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { readConfig } from '../../config.js';
import { back, diskStore, fillShops, temporaryFolder } from '../../testing/backup.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { hasS3Server, type S3Server, startS3Server } from '../../testing/s3-server.js';
import { openFileStore } from '../files/open.js';
import type { FileStore } from '../files/store.js';
import { openArchive } from './archive.js';
import { proveBackup } from './prove.js';
import { bringFiles, findNeeded } from './restore-files.js';

// Each makes tables by the dozen, and programs of their own: on a busy machine that takes its time.
vi.setConfig({ testTimeout: 120_000 });

const folder = temporaryFolder();
let database: TestDatabase;
let server: S3Server | undefined;
let bucket: FileStore;

beforeAll(async () => {
  if (!hasS3Server()) return;
  database = await testDatabase(2);
  server = await startS3Server();
  const { endpoint, bucket: name, region, accessKeyId, secretAccessKey } = server;
  const s3 = {
    S3_ENDPOINT: endpoint,
    S3_BUCKET: name,
    S3_REGION: region,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  };
  bucket = await openFileStore(readConfig({ DATA_DIR: folder.path, ...s3 }));
  await fillShops(database.db, bucket);
}, 120_000);
afterAll(async () => {
  await server?.stop();
  await database?.close();
  folder.remove();
});

test('files in a bucket are in the backup, and come back to a bucket or to a disk', async ({ skip }) => {
  if (!server) return skip('OpenStack Swift is not here (scripts/find-s3-server.ts)');
  const made = await back(database.url, bucket, { folder: `${folder.path}/backups`, passphrase: undefined });
  expect(made.fresh).toHaveLength(3);
  await proveBackup(made.path, made.fresh, { url: database.url, dataDir: folder.path, passphrase: undefined });
  await bucket.remove(Buffer.from(made.fresh[0] ?? '', 'hex'));
  const archive = await openArchive(made.path, undefined);
  try {
    for (const [store, lacking] of [
      [bucket, 1],
      [await diskStore(`${folder.path}/disk`), 3],
    ] as const) {
      const needed = await findNeeded(archive, store);
      expect(needed).toMatchObject({ toBring: { length: lacking }, lost: [] });
      await bringFiles(archive, store, needed.toBring);
      for (const { digest, bytes } of needed.toBring)
        expect(await buffer(await store.read(Buffer.from(digest, 'hex')))).toHaveLength(bytes);
    }
  } finally {
    archive.close();
  }
});
