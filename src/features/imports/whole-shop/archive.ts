import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { StartError } from '../../../platform/start-error.js';
import { COLUMNS, csvPath, FORMAT, FORMAT_VERSION, jsonPath, MANIFEST, Manifest, README } from '../../exports/archive-format.js';
import { SHOP_TABLES } from '../../exports/dictionary/index.js';

const MOST_MANIFEST = 1_000_000;
/** The longest line that is taken: the largest thing that a row of ours can hold is a logo or a frozen estimate. */
const MOST_LINE = 32_000_000;
/** Ours pack to a tenth or a thirtieth; what is packed this tightly was made to fill a disk. */
const TIGHTEST = 200;
const SYMLINK = 0o120000;
const FILE_PATH = /^files\/([0-9a-f]{64})\.[a-z0-9]{1,5}$/;

/** An archive that was looked at as a whole; close it. */
export interface ShopArchive {
  manifest: Manifest;
  /** SHA-256 of every file in it. */
  files: string[];
  /** The lines of a table. @throws StartError when they are not what the manifest says */
  lines(table: string): AsyncGenerator<string>;
  /** The bytes of a file. */
  openFile(sha256: string): Promise<Readable>;
  close(): void;
}

/**
 * Opens the archive of a whole shop and looks at all of it: nothing of it may be written before this has returned. No path of it is
 * ever used as a path: tables are known by name, files by the hash of their bytes.
 * @throws StartError with a sentence, when it is damaged, cut, from another form or version, or was made to do harm
 */
export async function openShopArchive(path: string): Promise<ShopArchive> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: true }).catch(
    (error: NodeJS.ErrnoException) => {
      throw refuse(error.code === 'ENOENT' ? 'there is no such file' : 'it is not a whole ZIP');
    },
  );
  try {
    const entries = await listEntries(zip);
    const manifest = await readManifest(zip, entries);
    const files = refuseOthers(manifest, entries);
    const entryOf = new Map([...files].map(([name, sha256]) => [sha256, entries.get(name) as Entry]));
    const archive: ShopArchive = {
      ...{ manifest, files: [...entryOf.keys()] },
      lines: (table) => readLines(zip, entries.get(jsonPath(table)) as Entry, manifest, table),
      openFile: (sha256) => zip.openReadStreamPromise(entryOf.get(sha256) as Entry),
      close: () => zip.close(),
    };
    await lookThrough(archive);
    return archive;
  } catch (error) {
    zip.close();
    throw error instanceof StartError ? error : refuse('it is damaged');
  }
}

/** @param what is wrong with it, as the end of a sentence */
export function refuse(what: string): StartError {
  return new StartError(`This archive can’t be read in: ${what}. Nothing was written.`);
}

async function listEntries(zip: ZipFile): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>();
  let packed = 0;
  for await (const entry of zip.eachEntry()) {
    const { fileName: name, compressedSize, uncompressedSize } = entry;
    if (entries.has(name)) throw refuse(`${name} is in it twice`);
    if (!entry.canDecodeFileData() || entry.isEncrypted()) throw refuse(`${name} is packed in a way that is not ours`);
    if (((entry.externalFileAttributes >>> 16) & 0o170000) === SYMLINK) throw refuse(`${name} is a link`);
    packed += compressedSize;
    // Overlapping entries would unpack the same bytes many times.
    if (packed > zip.fileSize) throw refuse('it says that more is in it than it has bytes');
    if (uncompressedSize > 1_000_000 && uncompressedSize > compressedSize * TIGHTEST) throw refuse(`${name} is packed too tightly`);
    entries.set(name, entry);
  }
  return entries;
}

async function readManifest(zip: ZipFile, entries: Map<string, Entry>): Promise<Manifest> {
  const entry = entries.get(MANIFEST);
  if (!entry || entry.uncompressedSize > MOST_MANIFEST) throw refuse('it is not the archive of a shop');
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  let said: { format?: unknown; formatVersion?: unknown };
  try {
    said = JSON.parse(Buffer.concat(chunks).toString()) as typeof said;
  } catch {
    throw refuse('its manifest is damaged');
  }
  if (said?.format !== FORMAT) throw refuse('it is not the archive of a shop');
  if (said.formatVersion !== FORMAT_VERSION)
    throw refuse(`it has form ${said.formatVersion}, and this program reads form ${FORMAT_VERSION}`);
  const parsed = Manifest.safeParse(said);
  if (!parsed.success) throw refuse('its manifest is damaged');
  return parsed.data;
}

/** Nothing may be missing, and nothing else in it. @returns SHA-256 of each file, by its path */
function refuseOthers(manifest: Manifest, entries: Map<string, Entry>): Map<string, string> {
  const expected = new Set([README, MANIFEST, COLUMNS]);
  for (const [table, { columns, json }] of Object.entries(manifest.tables)) {
    const known = SHOP_TABLES[table];
    const strange = known ? columns.find((column) => !(column in known.columns)) : '';
    if (strange !== undefined)
      throw refuse(
        `it has ${strange ? `a column ${table}.${strange}` : `a table ${table}`} that this program does not know; it is from a newer version`,
      );
    if (new Set(columns).size !== columns.length) throw refuse(`${table} has a column twice`);
    expected.add(jsonPath(table)).add(csvPath(table));
    if (entries.get(jsonPath(table))?.uncompressedSize !== json.bytes)
      throw refuse(`${jsonPath(table)} is missing, or has another length than it should`);
  }
  const files = new Map<string, string>();
  for (const [name, entry] of entries) {
    const [, sha256] = FILE_PATH.exec(name) ?? [];
    if (sha256) {
      if (entry.compressionMethod !== 0) throw refuse(`${name} is packed in a way that is not ours`);
      files.set(name, sha256);
    } else if (!expected.delete(name)) throw refuse(`${name.slice(0, 100)} does not belong into it`);
  }
  const [missing] = expected;
  if (missing) throw refuse(`${missing} is missing`);
  if (files.size !== manifest.files.count) throw refuse(`it has ${files.size} files, and should have ${manifest.files.count}`);
  return files;
}

async function* readLines(zip: ZipFile, entry: Entry, { tables }: Manifest, table: string): AsyncGenerator<string> {
  const said = tables[table] as Manifest['tables'][string];
  const hash = createHash('sha256');
  let [rest, count] = ['', 0];
  const decoder = new StringDecoder('utf8');
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    hash.update(chunk as Buffer);
    const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > MOST_LINE) throw refuse(`${table} has a line that is too long`);
    count += lines.length;
    yield* lines;
  }
  if (rest !== '' || count !== said.rows) throw refuse(`${table} has ${count} rows, and should have ${said.rows}`);
  if (hash.digest('hex') !== said.json.sha256) throw refuse(`${table} is not as it was written`);
}

/** Reads everything once: counts, hashes, and that each line is a row of its table. */
async function lookThrough(archive: ShopArchive): Promise<void> {
  const named = new Set<string>();
  for (const [table, { columns }] of Object.entries(archive.manifest.tables)) {
    const expected = columns.join();
    for await (const line of archive.lines(table)) {
      const row = JSON.parse(line) as Record<string, unknown>;
      if (Object.keys(row).join() !== expected) throw refuse(`a row of ${table} has other columns than it should`);
      if (table === 'files') named.add(String(row.sha256).replace(/^\\x/, ''));
    }
  }
  const stray = archive.files.find((sha256) => !named.has(sha256));
  if (stray || named.size !== archive.files.length) throw refuse('its files are not those that it names');
  for (const sha256 of archive.files) {
    const hash = createHash('sha256');
    for await (const chunk of await archive.openFile(sha256)) hash.update(chunk as Buffer);
    if (hash.digest('hex') !== sha256) throw refuse(`the file ${sha256.slice(0, 12)}… is not as it was written`);
  }
}
