import { z } from 'zod';

/** Of the archive itself. What a newer program adds without need to understand it does not change the number. */
export const FORMAT_VERSION = 1;
export const FORMAT = 'serviceflow-backup';

export const HEADER = 'header.json';
export const MANIFEST = 'manifest.json';
/** Far above the manifest of any shop, far below what would hurt. */
export const MOST_OF_A_HEADER = 16 * 1024;
export const MOST_OF_A_MANIFEST = 8 * 1024 * 1024;

/**
 * What is left out: it belongs to a machine and to the moment, and would be wrong at another. Everybody signs in anew after a
 * restore, and which backups there are is told by the folder.
 */
export const LEFT_OUT: readonly string[] = [
  ...['migrations', 'session', 'throttle', 'backups'],
  ...['processes', 'process_samples', 'timing_names', 'timings', 'timings_by_hour'],
];

const Count = z.int().nonnegative();
const Digest = z.string().regex(/^[0-9a-f]{64}$/);
/** A name as this program gives it to tables, columns and sequences. */
const Name = z.string().regex(/^[a-z_][a-z0-9_]{0,62}$/);

/** One part of the archive: lines of text, compressed with gzip, then sealed where there is a passphrase. */
const Part = z.object({
  path: z.string().regex(/^[a-z0-9_/]+\.gz$/),
  lines: Count,
  /** Before compression. */
  bytes: Count,
  /** Of the part as it stands in the archive. */
  sha256: Digest,
});
export type Part = z.output<typeof Part>;

/** Readable without the passphrase: whose backup it is, and how to open it. */
export const Header = z.object({
  format: z.literal(FORMAT),
  formatVersion: z.int().positive(),
  /** Of the program that made it. */
  program: z.string(),
  madeAt: z.iso.datetime(),
  /** Tells installations apart: SHA-256 of its very first event, shortened. A restored one is the same one. */
  installation: z.string().regex(/^[0-9a-f]{16}$/),
  /** Of the keys, where it is sealed. */
  salt: z.hex().length(32).nullable(),
  /** The folder beside the archive in which its files are. */
  pool: z.string().regex(/^files\/[0-9a-z-]+$/),
});
export type Header = z.output<typeof Header>;

export const Manifest = z.object({
  postgres: z.string(),
  shops: z.array(z.object({ id: Count, name: z.string(), timeZone: z.string(), version: Count, eventHash: Digest })),
  /** Names of the migrations that had run, in their order. */
  migrations: z.array(z.string().regex(/^\d{4}_[A-Za-z0-9_-]+\.sql$/)).min(1),
  tables: z.array(Part.extend({ table: Name, columns: z.array(Name).min(1) })),
  /** Where each sequence had arrived. */
  sequences: z.record(Name, Count),
  /** Work that waited in the background. */
  jobs: Part,
  /** Lines `<sha256> <bytes>`: the files that are in the pool. */
  files: Part.extend({ total: Count }),
  /** Files that the database names and nobody could read when this was made. */
  missing: z.array(Digest),
  /** The session secrets, in the form of SESSION_SECRET; only in what is sealed. */
  secret: z.string().optional(),
});
export type Manifest = z.output<typeof Manifest>;

/** Every part there is, each once. */
export function partsOf(manifest: Manifest): Part[] {
  return [...manifest.tables, manifest.jobs, manifest.files];
}
