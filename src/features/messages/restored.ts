import type { ClientBase } from 'pg';

/**
 * Of data that was restored from a backup: what waited when that was made has gone out since, or has not; nobody knows. So it waits
 * until somebody sends it.
 * @param schema in which the restored tables are
 */
export async function holdRestored(client: ClientBase, schema: string): Promise<void> {
  await client.query("select set_config('search_path', $1, false)", [schema]);
  await client.query(`update messages set state = 'by-hand', waits_for = null, hold_until = null,
    trouble = 'It waited when the backup was made, and may have gone out since.' where state in ('waiting', 'sending')`);
  await client.query('reset search_path');
}
