import { createHash } from 'node:crypto';
import type { FileStore } from '../../platform/files/store.js';
import { type ZipEntry, zip } from '../../platform/files/zip.js';
import type { Views } from '../../platform/web/views.js';
import { HOW_TO_VERIFY } from './how-to-verify.js';
import { renderPage } from './page.js';
import type { EvidenceRecord } from './record.js';
import { sumsFile } from './rules.js';

interface PackEntry {
  path: string;
  sha256: string;
  entry: ZipEntry;
}

/**
 * The evidence of a work order as a ZIP: a page to read, a record for programs, the pictures, the bytes that the chain of hashes is
 * made of, and the SHA-256 of every file. What is large is read from the store while it is sent.
 */
export function writePack(views: Views, store: FileStore, record: EvidenceRecord): AsyncGenerator<Buffer> {
  const history = record.history.map(({ bytes: _, ...link }) => link);
  const entries = [
    made('index.html', renderPage(views, record)),
    made('record.json', `${JSON.stringify({ ...record, history }, null, 1)}\n`),
    made('HOW-TO-VERIFY.txt', HOW_TO_VERIFY),
    ...record.history.flatMap(({ path, bytes }) => (path && bytes ? [made(path, bytes)] : [])),
    ...pictures(store, record),
  ];
  const sums = { path: 'SHA256SUMS', content: sumsFile(entries) };
  return zip([...entries.map(({ entry }) => entry), sums], new Date(record.takenAt));
}

function made(path: string, content: string | Buffer): PackEntry {
  return { path, sha256: createHash('sha256').update(content).digest('hex'), entry: { path, content } };
}

function pictures(store: FileStore, record: EvidenceRecord): PackEntry[] {
  return record.pictures.flatMap(({ files }) =>
    files.map(({ path, sha256, bytes }) => {
      const open = () => store.read(Buffer.from(sha256, 'hex'));
      return { path, sha256, entry: { path, bytes, open } };
    }),
  );
}
