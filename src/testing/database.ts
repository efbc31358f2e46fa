import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { type OpenDatabase, openDatabase } from '../platform/database/pool.js';
import { TEMPLATE } from './global-setup.js';

export interface TestDatabase extends OpenDatabase {
  url: string;
}

/**
 * A migrated, empty database of one's own.
 * @param size most connections of its pool
 * @param server superuser's address of the server it is made on; without one, that of this vitest run
 * @param template what it is a copy of; `template0` is empty
 */
export async function testDatabase(size = 5, server?: string, template = TEMPLATE): Promise<TestDatabase> {
  // Not at the top: the browser tests have a runner of their own, and the two can't share a process.
  server ??= (await import('vitest')).inject('postgres');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(server, `create database ${name} template ${template}`);
  const address = new URL(server);
  address.pathname = `/${name}`;
  const database = openDatabase(address.href, size, () => {});
  return {
    ...database,
    url: address.href,
    close: async () => {
      await database.close();
      await administer(server, `drop database ${name} with (force)`);
    },
  };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
