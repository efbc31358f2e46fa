import { startTestPostgres } from '../../src/testing/global-setup.js';

/** Starts one throwaway Postgres for the run; the workers find its address in their environment. */
export default async function setUp(): Promise<() => Promise<void>> {
  const postgres = await startTestPostgres();
  process.env.BROWSER_TEST_POSTGRES = postgres.url;
  return postgres.stop;
}
