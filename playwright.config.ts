import { defineConfig } from 'playwright/test';
import { findBrowser } from './scripts/find-browser.js';

const isRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: 'e2e',
  testMatch: '*.spec.ts',
  // One Postgres for the run; each worker has a database and a server of its own (e2e/support/test.ts).
  globalSetup: './e2e/support/global-setup.ts',
  fullyParallel: true,
  workers: 2,
  // A test that fails now and then shows a fault that happens now and then.
  retries: 0,
  forbidOnly: true,
  // Against hanging only: a machine that does other things as well takes its time.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: process.env.CI ? [['line']] : [['list']],
  outputDir: 'test-results',
  use: {
    viewport: { width: 1366, height: 768 },
    // Screenshots in the trace would cost a third of the run; the last one says most.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: await findBrowser(),
      // Chromium's sandbox refuses to run for root, which is who tests run as in most containers.
      args: isRoot ? ['--no-sandbox'] : [],
    },
  },
});
