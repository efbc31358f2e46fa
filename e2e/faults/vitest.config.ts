import { defineConfig } from 'vitest/config';

/** The whole set: what `npm test` runs of it, and what takes too long for that. */
export default defineConfig({
  test: {
    root: new URL('../..', import.meta.url).pathname,
    include: [
      'e2e/faults/*.test.ts',
      'src/testing/faults/*.test.ts',
      'src/testing/{resilience,cut-connections}.test.ts',
      'src/**/{killed,files-killed,crashes,damaged}.test.ts',
    ],
    globalSetup: new URL('../../src/testing/global-setup.ts', import.meta.url).pathname,
    // Each starts several processes of the program, and waits most of the time: for what is dead to be noticed, for what is full.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
