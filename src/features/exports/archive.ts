import { createReadStream } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import type { FileStore } from '../../platform/files/store.js';
import { type ZipEntry, zip } from '../../platform/files/zip.js';
import { COLUMNS, csvPath, FORMAT, FORMAT_VERSION, filePath, jsonPath, MANIFEST, type Manifest, README } from './archive-format.js';
import { LEFT_OUT, SHOP_TABLES } from './dictionary/index.js';
import type { Spooled, SpooledFile } from './spool.js';

/**
 * The archive of a whole shop, a ZIP: a README, what each column means, every table as CSV and as JSON, and all files. It is
 * written while it is sent; what was spooled is removed at its end, however it comes.
 * @throws Error, while it is read, when a file is not there any more: then the ZIP has no end
 */
export async function* writeArchive(spooled: Spooled, store: FileStore): AsyncGenerator<Buffer> {
  try {
    yield* zip(entriesOf(spooled, store), spooled.at);
  } finally {
    await spooled.remove();
  }
}

function entriesOf(spooled: Spooled, store: FileStore): ZipEntry[] {
  const aside = (path: string, { path: from, bytes }: SpooledFile): ZipEntry => ({
    ...{ path, bytes, compress: true },
    open: async () => createReadStream(from),
  });
  return [
    { path: README, content: readmeOf(spooled) },
    { path: MANIFEST, content: `${JSON.stringify(manifestOf(spooled), null, 2)}\n` },
    { path: COLUMNS, content: dictionaryCsv() },
    ...spooled.tables.map(({ name, csv }) => aside(csvPath(name), csv)),
    ...spooled.tables.map(({ name, json }) => aside(jsonPath(name), json)),
    ...spooled.files.map((file) => ({ path: filePath(file), bytes: file.bytes, open: () => store.read(Buffer.from(file.sha256, 'hex')) })),
  ];
}

function manifestOf({ shop, schema, at, tables, files }: Spooled): Manifest {
  const part = ({ bytes, sha256 }: SpooledFile) => ({ bytes, sha256 });
  return {
    ...{ format: FORMAT, formatVersion: FORMAT_VERSION, madeAt: at.toISOString(), schema, shop },
    tables: Object.fromEntries(
      tables.map(({ name, rows, columns, csv, json }) => [name, { rows, columns, json: part(json), csv: part(csv) }]),
    ),
    files: { count: files.length, bytes: files.reduce((sum, file) => sum + file.bytes, 0) },
  };
}

/** The dictionary: a row for each column of each table. */
function dictionaryCsv(): string {
  const rows = Object.entries(SHOP_TABLES).flatMap(([table, { about, columns, withheld }]) => [
    [table, '', about],
    ...Object.entries(columns).map(([column, { says }]) => [table, column, says]),
    ...Object.entries(withheld).map(([column, { why }]) => [table, column, `Not in the archive. ${why}`]),
  ]);
  const absent = Object.entries(LEFT_OUT).map(([table, why]) => [table, '', `Not in the archive. ${why}`]);
  return stringify([['Table', 'Column', 'What it is'], ...rows, ...absent], { bom: true, record_delimiter: 'windows' });
}

function readmeOf({ shop, at, tables, files }: Spooled): string {
  const rows = tables.map(({ name, rows }) => `  ${name.padEnd(30)}${String(rows).padStart(10)}  ${SHOP_TABLES[name]?.about}`);
  return `${shop.name}
${'='.repeat([...shop.name].length)}

All that ServiceFLOW has of this shop, as it stood at ${at.toISOString()}: everything at that one moment.

README.txt     this file
manifest.json  what else there is: rows, bytes and SHA-256 of each table
columns.csv    what each column of each table means, in a sentence
csv/           every table as CSV (RFC 4180, UTF-8), for spreadsheets; an apostrophe stands in front of text that a
               spreadsheet would take for a formula
json/          every table as JSON, one object a line, exact: this is what "npm run import-shop" reads
files/         photos, videos and other files (${files.length}), each named by the SHA-256 of its bytes

Times are RFC 3339. Amounts are whole cents, rates are parts per million, quantities and hours are hundredths; columns.csv says
which. Numbers of rows hold within this archive. Passwords, second factors, links and tokens are not in it.

To read it in at another installation:  npm run import-shop -- <this archive>

Rows
${rows.join('\n')}
`;
}
