import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startThrowaway } from '../platform/database/embedded.js';
import { migrate } from '../platform/database/migrate.js';
import { projectPath } from '../platform/project.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** Superuser's address of the database `postgres` of the throwaway server. */
    postgres: string;
  }
}

export const TEMPLATE = 'serviceflow_template';

/** Starts one throwaway Postgres for the run and migrates the template that every test database is copied from. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'serviceflow-test-'));
  await chmod(folder, 0o711);
  const server = await startThrowaway(join(folder, 'data'));
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const template = new URL(server.url);
  template.pathname = `/${TEMPLATE}`;
  await migrate(template.href, projectPath('migrations'));
  project.provide('postgres', server.url);
  return async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
}
