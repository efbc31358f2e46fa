import type { ClientBase } from 'pg';

/**
 * Moves everything in one schema to another, which is made. Extensions stay where they are: they belong to the database, and often to
 * its superuser; that is also why the schema is not simply renamed. Needs the search path to be empty.
 * @throws the error of Postgres when something in it belongs to somebody else
 */
export async function moveAll(client: ClientBase, from: string, to: string): Promise<void> {
  await client.query(`create schema if not exists ${to}`);
  const { rows } = await client.query<{ statement: string }>(STATEMENTS, [from, to]);
  for (const { statement } of rows) await client.query(statement);
}

/** Indexes, rules, triggers and the sequences of columns go with their tables. */
const STATEMENTS = `
  select format('alter table %s set schema %I', c.oid::regclass, $2::text) as statement
  from pg_class c where c.relnamespace = $1::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and not exists (
    select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
      and (d.deptype = 'e' or (c.relkind = 'S' and d.deptype in ('a', 'i'))))
  union all
  select format('alter routine %s set schema %I', p.oid::regprocedure, $2::text)
  from pg_proc p where p.pronamespace = $1::regnamespace and not exists (
    select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  union all
  select format('alter type %s set schema %I', t.oid::regtype, $2::text)
  from pg_type t where t.typnamespace = $1::regnamespace and t.typtype in ('e', 'd') and not exists (
    select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')`;
