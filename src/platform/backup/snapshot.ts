import { createHash } from 'node:crypto';
import type { Client, ClientBase } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { StartError } from '../start-error.js';
import { LEFT_OUT, type Manifest } from './archive-format.js';
import type { ArchiveWriter } from './archive-writer.js';
import { WAITING_JOBS } from './waiting-jobs.js';

/** What is read of the database, all of it as it was at one moment. */
export interface Snapshot extends Pick<Manifest, 'postgres' | 'shops' | 'migrations' | 'tables' | 'sequences' | 'jobs'> {
  files: { digest: string; bytes: number }[];
}

/** So that the text that is written can be read by any later Postgres, whatever the settings of the two servers are. */
export const TEXT_SETTINGS = `set client_encoding to 'UTF8'; set datestyle to 'ISO, MDY'; set intervalstyle to 'postgres';
  set timezone to 'UTC'; set bytea_output to 'hex'; set extra_float_digits to 1; set xmloption to 'content';
  set statement_timeout to 0; set idle_in_transaction_session_timeout to 0; set lock_timeout to '60s'`;

/** Whose database this is. @throws StartError when nobody's yet */
export async function identify(client: ClientBase): Promise<{ installation: string; shop: string }> {
  const found = await client
    .query<{ name: string; hash: Buffer }>(
      `select s.name, e.hash from (select id, name from shops order by id limit 1) s
        join events e on e.shop_id = s.id order by e.version, e.seq limit 1`,
    )
    .catch((error: { code?: string }) => {
      if (error.code === '42P01') return { rows: [] };
      throw error;
    });
  const [first] = found.rows;
  if (!first) throw new StartError('There is no shop in this database yet.');
  return { installation: createHash('sha256').update(first.hash).digest('hex').slice(0, 16), shop: first.name };
}

/** Reads everything in one read-only transaction, table by table, into the archive; nobody is kept from working meanwhile. */
export async function takeSnapshot(client: Client, archive: ArchiveWriter): Promise<Snapshot> {
  await client.query(TEXT_SETTINGS);
  await client.query('begin transaction isolation level repeatable read, read only');
  const read = async <Row>(text: string): Promise<Row[]> => (await client.query(text)).rows as Row[];
  const [server] = await read<{ postgres: string }>(`select current_setting('server_version') as postgres`);
  const shops = await read<Manifest['shops'][number]>(
    `select id, name, time_zone as "timeZone", version, encode(event_hash, 'hex') as "eventHash" from shops order by id`,
  );
  const migrations = await read<{ name: string }>('select name from migrations order by name');
  const sequences = await read<{ name: string; value: number }>(SEQUENCES);
  const files = await read<Snapshot['files'][number]>(`select distinct encode(sha256, 'hex') as digest, bytes from files order by 1`);
  const tables: Manifest['tables'] = [];
  for (const { table, columns } of await listTables(client)) {
    const list = columns.map((column) => `"${column}"`).join(', ');
    const copy = () => client.query(copyTo(`copy "${table}" (${list}) to stdout`));
    tables.push({ ...(await archive.add(`tables/${table}.gz`, copy)), table, columns });
  }
  const jobs = await archive.add('jobs.gz', () => client.query(copyTo(`copy (${WAITING_JOBS}) to stdout`)));
  await client.query('commit');
  return {
    ...{ postgres: server?.postgres ?? '', shops, files, tables, jobs },
    migrations: migrations.map(({ name }) => name),
    sequences: Object.fromEntries(sequences.map(({ name, value }) => [name, value])),
  };
}

/** Those of the first schema of the search path, with the columns that are written and not worked out. */
async function listTables(client: ClientBase): Promise<{ table: string; columns: string[] }[]> {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `select c.relname as table, array_agg(a.attname::text order by a.attnum) as columns
      from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition and c.relname <> all ($1)
      group by c.relname order by c.relname`,
    [LEFT_OUT],
  );
  return rows;
}

const SEQUENCES = `select sequencename as name, last_value as value from pg_sequences
  where schemaname = current_schema() and last_value is not null order by 1`;
