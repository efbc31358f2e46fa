import type { Page } from 'playwright/test';
import { manyJobs, writeJobs, writeLetterhead } from '../src/testing/paper.js';
import type { TestShop } from '../src/testing/shop.js';
import { violations } from './support/accessible.js';
import { open } from './support/board.js';
import { expect, type Site, test } from './support/test.js';

const SIZES = { letter: [612, 792], a4: [595, 842] } as const;
const PAPERS = ['estimate', 'repair-order', 'worksheet', 'invoice'] as const;
const SENTENCE = 'We guarantee our work for twelve months or 12,000 miles, whichever comes first. ';

/** A shop with texts on its paper, and an order with so many jobs and lines. */
async function write(site: Site, shop: TestShop, jobs: number, lines: number): Promise<number> {
  await writeLetterhead(site.db, shop.id, { estimate_text: SENTENCE.repeat(12), invoice_text: SENTENCE, repair_order_text: SENTENCE });
  const number = await open(site.db, shop, { concern: '', plate: '7ABC 123' });
  await writeJobs(site.db, shop.staff.advisor, number, manyJobs(jobs, lines));
  return number;
}

interface Printed {
  pages: number;
  /** Points, of each page. */
  boxes: string[];
}

/** What the browser would print: the file says of each page how large it is. */
async function print(page: Page): Promise<Printed> {
  const file = (await page.pdf({ preferCSSPageSize: true })).toString('latin1');
  const boxes = [...file.matchAll(/\/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]/g)].map(
    ([, width, height]) => `${Math.round(Number(width))}×${Math.round(Number(height))}`,
  );
  return { pages: file.match(/\/Type\s*\/Page\b/g)?.length ?? 0, boxes };
}

/** What stands on each sheet, as the browser has laid it out for paper. */
function readSheets(page: Page) {
  return page.locator('.sheet').evaluateAll((sheets) =>
    sheets.map((sheet) => {
      const foot = sheet.querySelector('.foot') as HTMLElement;
      const rows = [...sheet.querySelectorAll('.rows')].map((table) => ({
        heads: table.querySelectorAll('thead th').length,
        kinds: [...table.querySelectorAll('tbody > tr')].map((row) => row.className),
      }));
      return {
        foot: foot.textContent,
        // Whether all of it has room above the foot of the sheet.
        over: sheet.getBoundingClientRect().height - Number.parseFloat(getComputedStyle(sheet).minHeight),
        wide: Math.max(...[...sheet.querySelectorAll('td, dd, p')].map((one) => one.scrollWidth - one.clientWidth)),
        parts: sheet.children.length - 2,
        lines: [...sheet.querySelectorAll<HTMLElement>('[data-line]')].map((line) => Number(line.dataset.line)),
        jobs: [...sheet.querySelectorAll<HTMLElement>('[data-job]')].map((job) => Number(job.dataset.job)),
        rows,
      };
    }),
  );
}

/** Holds a paper against what every paper must be. @returns what stands on its sheets */
async function expectSheets(page: Page, number: number, size: keyof typeof SIZES) {
  await page.emulateMedia({ media: 'print' });
  const sheets = await readSheets(page);
  for (const [index, sheet] of sheets.entries()) {
    const name = `sheet ${index + 1} of ${page.url()}`;
    expect(sheet.foot, name).toBe(`page ${index + 1} of ${sheets.length} of WO-${number}`);
    expect(sheet.over, `${name} is higher than paper`).toBeLessThan(1);
    expect(sheet.wide, `${name} is wider than its columns`).toBeLessThanOrEqual(1);
    expect(sheet.parts, `${name} is empty`).toBeGreaterThan(0);
    for (const { heads, kinds } of sheet.rows) {
      expect(heads, `${name} repeats the heads of its tables`).toBeGreaterThan(1);
      expect(kinds.at(-1), `${name} ends with a heading`).not.toBe('group');
    }
  }
  const printed = await print(page);
  const [width, height] = SIZES[size];
  expect(printed, page.url()).toEqual({ pages: sheets.length, boxes: sheets.map(() => `${width}×${height}`) });
  return sheets;
}

for (const size of ['letter', 'a4'] as const) {
  for (const [jobs, lines] of [
    [1, 3],
    [12, 150],
  ] as const) {
    test(`a browser prints as many pages of ${size} as there are sheets, with ${jobs} jobs and ${lines} lines`, async ({
      people,
      shop,
      site,
    }) => {
      const number = await write(site, shop, jobs, lines);
      const page = await people.signIn('manager');
      for (const paper of PAPERS) {
        await page.goto(`/work-orders/${number}/print/${paper}?size=${size}`);
        const sheets = await expectSheets(page, number, size);
        if (lines > 100 && paper !== 'repair-order') expect(sheets.length).toBeGreaterThan(5);
        // Nothing is authorized yet, so a repair order has no work on it.
        const shown = sheets.flatMap((sheet) => sheet.lines);
        expect(shown, paper).toHaveLength(paper === 'repair-order' ? 0 : lines);
        expect(shown, paper).toEqual([...shown].sort((a, b) => a - b));
        expect(
          sheets.flatMap((sheet) => sheet.jobs),
          paper,
        ).toHaveLength(paper === 'repair-order' ? 0 : jobs);
        if (paper !== 'worksheet') expect(await page.locator('.sums').count(), paper).toBe(paper === 'invoice' ? 2 : 1);
      }
    });
  }
}

test('tags are one page to be cut, and a mechanic prints them and the worksheet without scripts, too', async ({ people, shop, site }) => {
  const number = await write(site, shop, 2, 8);
  const page = await people.signIn('mechanic', { javaScriptEnabled: false });
  await page.goto(`/work-orders/${number}/print/tag`);
  await expect(page.locator('.tags .code svg')).toHaveCount(5);
  expect(await print(page)).toEqual({ pages: 1, boxes: ['612×792'] });
  await page.goto(`/work-orders/${number}/print/worksheet`);
  await expect(page.locator('.sheet')).toHaveCount((await print(page)).pages);
  await page.goto(`/work-orders/${number}/print`);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Worksheet');
});

test('papers can be read by whoever listens to them', async ({ people, shop, site }) => {
  const number = await write(site, shop, 2, 8);
  const page = await people.signIn('manager');
  for (const paper of [...PAPERS, 'tag']) {
    await page.goto(`/work-orders/${number}/print/${paper}`);
    expect(await violations(page), paper).toEqual([]);
    await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
    await expect(page.getByRole('button', { name: 'Print' })).toBeVisible();
  }
});
