import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
    // One throwaway Postgres for the whole run; each test file gets databases of its own (src/testing/database.ts).
    globalSetup: 'src/testing/global-setup.ts',
    maxWorkers: 2,
    // Files of a worker share what they import: loading it anew for each of them took a fifth of the run.
    isolate: false,
    // These end what hangs; they are no measure of speed: a machine that has other work is several times slower.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
