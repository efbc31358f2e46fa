import { execFileSync } from 'node:child_process';
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

/**
 * Starts one throwaway Postgres for the run and hands its address to the workers. Compiles the program: what tests start as processes
 * of their own is up in half the time then.
 */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: projectPath() });
  const postgres = await startTestPostgres();
  project.provide('postgres', postgres.url);
  return postgres.stop;
}

/**
 * A throwaway Postgres with the migrated template that every test database is copied from.
 * @returns the superuser's address of its database `postgres`
 */
export async function startTestPostgres(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'serviceflow-test-'));
  await chmod(folder, 0o711);
  // For the data of servers that are killed, or never come up; see testEnvironment().
  process.env.TEST_FOLDER = folder;
  const server = await startThrowaway(join(folder, 'data'));
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await client.end();
  const template = new URL(server.url);
  template.pathname = `/${TEMPLATE}`;
  await migrate(template.href, projectPath('migrations'));
  const stop = async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  };
  return { url: server.url, stop };
}
