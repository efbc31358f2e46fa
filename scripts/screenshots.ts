// `npm run screenshots [-- name …]`: the pictures of the README, taken of the demo shop in a folder that is gone afterwards.
import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright';
import { runBackup } from '../src/platform/backup/nightly.js';
import { migrate } from '../src/platform/database/migrate.js';
import { projectPath } from '../src/platform/project.js';
import { StartError } from '../src/platform/start-error.js';
import { startServer } from '../src/server.js';
import { findCustomerToken, loadDemo, TV_TOKEN } from './demo/load.js';
import { withMeans } from './demo/means.js';
import { PASSWORD } from './demo/people.js';
import { findBrowser } from './find-browser.js';
import { openScriptDatabase, runScript } from './script-database.js';

const DESK = { width: 1280, height: 720 };
/** So wide that the pictures of an arrival stand beside each other. */
const GALLERY = { width: 880, height: 680 };
const PHONE = { width: 390, height: 844 };
/** Sizes on the wall are parts of its height, so this looks as 1920 × 1080 does. */
const WALL = { width: 1280, height: 720 };
/** A sheet of Letter paper at 96 pixels an inch. */
const SHEET = { width: 816, height: 1056 };
/** Larger ones make the page of the project slow. */
const MOST_BYTES = 250_000;

/** Work orders of the story: one whose inspection is under way, and one with many pictures. */
const INSPECTED = 1309;
const SHOWN = 1326;

const folder = projectPath('docs', 'images');
/** The pictures that are wanted; none named: all. */
const wanted = process.argv.slice(2);

/** @param type what has photos on it is smaller as `jpeg` */
async function shoot(page: Page, name: string, type: 'png' | 'jpeg' = 'png'): Promise<void> {
  if (wanted.length > 0 && !wanted.includes(name)) return;
  const path = join(folder, `${name}.${type === 'png' ? 'png' : 'jpg'}`);
  await page.screenshot({ path, type, ...(type === 'jpeg' && { quality: 85 }), animations: 'disabled', caret: 'hide' });
  const { size } = await stat(path);
  console.log(`${basename(path)}  ${Math.ceil(size / 1000)} kB`);
  if (size > MOST_BYTES) throw new Error(`${path} is larger than ${MOST_BYTES / 1000} kB.`);
}

/** The board, live, as one of the demo's people sees it. */
async function openBoard(browser: Browser, url: string, options: BrowserContextOptions, who = 'advisor'): Promise<Page> {
  const context = await browser.newContext({ locale: 'en-US', timezoneId: 'America/Chicago', ...options });
  const page = await context.newPage();
  await page.goto(`${url}/sign-in`);
  await page.fill('[name=email]', `${who}@demo.test`);
  await page.fill('[name=password]', PASSWORD);
  await Promise.all([page.waitForURL('**/board'), page.press('[name=password]', 'Enter')]);
  await page.locator('#connection[data-state=live]').waitFor({ state: 'attached' });
  return page;
}

/** An estimate with something to choose, a customer with several vehicles, and one of their invoices. */
async function shootMoney(desk: Page, url: string): Promise<void> {
  await openEstimate(desk, url);
  await desk.evaluate("window.scrollTo(0, document.querySelector('[data-job]').getBoundingClientRect().top + window.scrollY - 110)");
  await shoot(desk, 'estimate');
  await desk.goto(`${url}/search?q=${encodeURIComponent('Rock River Plumbing')}`);
  await desk.goto(`${url}/customers/${await desk.locator('[data-customer]').first().getAttribute('data-customer')}`);
  await shoot(desk, 'customer');
  const posted = desk.locator('tr', { hasText: 'Posted invoice' }).locator('a[href^="/work-orders/"]');
  const papers = await posted.evaluateAll((all) => all.map((link) => `${link.getAttribute('href')}/print/invoice`));
  await shootPaper(desk, `${url}${await findShort(desk, url, papers)}`, 'invoice');
  await desk.emulateMedia({ media: 'screen' });
  await desk.setViewportSize(DESK);
}

/** Opens the estimate that has the most jobs: alternatives are jobs, too. */
async function openEstimate(desk: Page, url: string): Promise<void> {
  await desk.goto(`${url}/board`);
  const numbers = await desk
    .locator('[data-meaning=estimate] .card')
    .evaluateAll((all) => all.map((card) => card.getAttribute('data-card')));
  let best = { number: numbers[0], jobs: 0 };
  for (const number of numbers) {
    await desk.goto(`${url}/work-orders/${number}`);
    const jobs = await desk.locator('[data-job]').count();
    if (jobs > best.jobs) best = { number, jobs };
  }
  await desk.goto(`${url}/work-orders/${best.number}`);
}

/** @returns the first of these papers that has its sums on the first sheet, or the last of all */
async function findShort(desk: Page, url: string, papers: string[]): Promise<string> {
  for (const paper of papers) {
    await desk.goto(`${url}${paper}`);
    if ((await desk.locator('.sheet').first().getByText('Total,').count()) > 0) return paper;
  }
  return papers.at(-1) ?? '';
}

async function shootPaper(desk: Page, address: string, name: string): Promise<void> {
  await desk.setViewportSize(SHEET);
  await desk.emulateMedia({ media: 'print' });
  await desk.goto(address);
  // The margins of the sheet are the printer's business, and absent here.
  await desk.evaluate("document.body.style.marginTop = '48px'");
  await desk.evaluate("for (const sheet of [...document.querySelectorAll('.sheet')].slice(1)) sheet.remove()");
  await shoot(desk, name);
}

/** Scrolls to something, a little below the top, and waits for the pictures that are in sight there. */
async function scrollTo(page: Page, place: string): Promise<void> {
  await page.evaluate(`window.scrollTo(0, document.querySelector('${place}').getBoundingClientRect().top + window.scrollY - 16)`);
  await page.waitForLoadState('networkidle');
}

/** What was found, as the shop and as its customer see it; and how it is found. */
async function shootVisit(browser: Browser, desk: Page, url: string, token: string): Promise<void> {
  const phone = { viewport: PHONE, colorScheme: 'light', isMobile: true, hasTouch: true } as const;
  const customer = await (await browser.newContext({ locale: 'en-US', timezoneId: 'America/Chicago', ...phone })).newPage();
  await customer.goto(`${url}/c/${token}`);
  await scrollTo(customer, '#found');
  await shoot(customer, 'customer-page', 'jpeg');

  const mechanic = await openBoard(browser, url, phone, 'mechanic');
  await mechanic.goto(`${url}/work-orders/${INSPECTED}`);
  const inspection = await mechanic.locator('[data-inspection]').first().getAttribute('data-inspection');
  await mechanic.goto(`${url}/work-orders/${INSPECTED}/inspections/${inspection}?item=brake-pads-front`);
  await shoot(mechanic, 'inspection', 'jpeg');

  await desk.setViewportSize(GALLERY);
  await desk.goto(`${url}/work-orders/${SHOWN}`);
  await scrollTo(desk, '#work-order-media');
  await shoot(desk, 'gallery', 'jpeg');
}

/** From “can I come on Tuesday?” to the morning on which they come. */
async function shootAppointments(browser: Browser, desk: Page, url: string): Promise<void> {
  await desk.setViewportSize(DESK);
  await desk.goto(`${url}/calendar?view=week`);
  await shoot(desk, 'calendar');
  await desk.goto(`${url}/today`);
  await shoot(desk, 'today');
  const phone = { viewport: PHONE, colorScheme: 'light', isMobile: true, hasTouch: true } as const;
  const customer = await (await browser.newContext({ locale: 'en-US', timezoneId: 'America/Chicago', ...phone })).newPage();
  await customer.goto(`${url}/book?concern=It+squeals+when+I+brake.&vehicle=2019+Subaru+Outback&step=time`);
  await shoot(customer, 'book');
}

/** What runs it for years, and what programs see. */
async function shootRunning(browser: Browser, url: string): Promise<void> {
  const manager = await openBoard(browser, url, { viewport: DESK, colorScheme: 'light' }, 'manager');
  await manager.goto(`${url}/health`);
  await shoot(manager, 'health');
  await manager.goto(`${url}/api/docs`);
  const board = manager.locator('#operations-tag-Board');
  await board.click();
  await manager.locator('#operations-tag-Work_orders').click();
  await manager.locator('.opblock', { hasText: '/work-orders' }).first().waitFor();
  await manager.mouse.move(0, 0);
  await board.evaluate((heading) => heading.scrollIntoView());
  await shoot(manager, 'api');
}

async function shootAll(browser: Browser, url: string, token: string): Promise<void> {
  const desk = await openBoard(browser, url, { viewport: DESK, colorScheme: 'light' });
  await shoot(desk, 'board');
  // A card with something to see: a comment, and somebody who works on it.
  const card = desk.locator('[data-meaning=active] .card:has(.mechanic)', { hasText: /\d comments/ }).first();
  await card.locator('a.number').click();
  await desk.locator('#dialog[open] .work-order').waitFor();
  await shoot(desk, 'work-order');

  await shootMoney(desk, url);
  await shootVisit(browser, desk, url, token);
  await shootAppointments(browser, desk, url);

  await shoot(await openBoard(browser, url, { viewport: DESK, colorScheme: 'dark' }), 'board-dark');
  await shoot(await openBoard(browser, url, { viewport: PHONE, colorScheme: 'light', isMobile: true, hasTouch: true }), 'phone');

  const wall = await browser.newPage({ viewport: WALL });
  await wall.goto(`${url}/tv/${TV_TOKEN}`);
  await wall.waitForLoadState('networkidle');
  await shoot(wall, 'tv');
  await shootRunning(browser, url);
}

/** Runs `use` with the address of a demo shop that nobody else sees, and the token of a customer's link. */
async function withDemo(use: (url: string, token: string) => Promise<void>): Promise<void> {
  const place = await mkdtemp(join(tmpdir(), 'serviceflow-screenshots-'));
  // Started by root, the database is another user's, who must get through.
  await chmod(place, 0o711);
  const env = { DATA_DIR: join(place, 'data'), HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'warn' };
  try {
    const database = await openScriptDatabase(env, true);
    try {
      await migrate(database.url, projectPath('migrations'));
      const token = await withMeans(database.config, async (means) => {
        await loadDemo(database.db, new Date(), means);
        const source = { url: database.url, store: means.files, secrets: database.config.sessionSecrets };
        await runBackup(database.db, source, database.config.backup, database.config.dataDir, { isNightly: false, prove: true });
        return (await findCustomerToken(database.db, means.tokenOf)) as string;
      });
      const server = await startServer(env);
      await use(server.url, token).finally(() => server.stop());
    } finally {
      await database.close();
    }
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}

await runScript(async () => {
  const executablePath = await findBrowser();
  if (!executablePath) throw new StartError('There is no Chromium: run "node dist/scripts/find-browser.js", which installs one.');
  await mkdir(folder, { recursive: true });
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
  await withDemo((url, token) => shootAll(browser, url, token)).finally(() => browser.close());
});
