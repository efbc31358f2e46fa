import { z } from 'zod';
import { endingOf } from '../../platform/files/endings.js';

/** What an archive of a whole shop is called in it, and which form it has: another number, another form. */
export const FORMAT = 'serviceflow-shop';
export const FORMAT_VERSION = 1;

export const MANIFEST = 'manifest.json';
export const README = 'README.txt';
export const COLUMNS = 'columns.csv';

export const jsonPath = (table: string) => `json/${table}.jsonl`;
export const csvPath = (table: string) => `csv/${table}.csv`;

/** Where a file of the shop is in the archive: named by its content, with the ending that programs know it by. */
export function filePath(file: { sha256: string; type: string }): string {
  return `files/${file.sha256}.${endingOf(file.type)}`;
}

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Part = z.strictObject({ bytes: z.int().min(0), sha256: Sha256 });
const Name = z.string().regex(/^[a-z][a-z0-9_]{0,62}$/);

/** The first thing that is read of an archive: what else must be in it. */
export const Manifest = z.strictObject({
  format: z.literal(FORMAT),
  formatVersion: z.literal(FORMAT_VERSION),
  madeAt: z.iso.datetime(),
  /** The last migration of the database that it is from. */
  schema: z.string().max(100),
  shop: z.strictObject({
    id: z.int().min(1),
    name: z.string().min(1).max(1_000),
    timeZone: z.string().max(100),
    version: z.int().min(0),
    hash: Sha256,
  }),
  tables: z.record(Name, z.strictObject({ rows: z.int().min(0), columns: z.array(Name).max(200), json: Part, csv: Part })),
  files: z.strictObject({ count: z.int().min(0), bytes: z.int().min(0) }),
});
export type Manifest = z.output<typeof Manifest>;
