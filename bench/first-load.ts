import type { Browser, CDPSession, Page } from 'playwright';
import { HOST, openBrowser } from './support/browser.js';
import type { Ground } from './support/ground.js';
import { quantile } from './support/numbers.js';
import { atMost, type Figure } from './support/report.js';
import { CARDS } from './support/shop.js';
import { Visitor } from './support/visitor.js';

const SLOW_LOADS = 5;
const SLOWDOWN = 4;
/** In the browser: when the last card came into the document. */
const WATCH_CARDS = `new MutationObserver((_, observer) => {
  if (document.getElementsByTagName('article').length < ${CARDS}) return;
  observer.disconnect();
  window.allCards = performance.now();
}).observe(document, { childList: true, subtree: true })`;

/** The board with an empty cache: bytes and requests over the wire, and the time it takes on a slow terminal. */
export async function measureFirstLoad(ground: Ground): Promise<Figure[]> {
  const url = `http://${HOST}:${new URL(ground.server.url).port}`;
  const visitor = await Visitor.signedIn(ground.server.url);
  const browser = await openBrowser();
  try {
    const wire = await countWire(browser, url, visitor.cookie);
    const slow: Slow[] = [];
    for (let load = 0; load < SLOW_LOADS; load++) slow.push(await loadSlowly(browser, url, visitor.cookie));
    return [
      atMost('first load, all', wire.all / 1000, 'kB', 80),
      atMost('first load, script', wire.script / 1000, 'kB', 45),
      atMost('first load, requests', wire.requests, '', 10),
      { measure: `script time, ${SLOWDOWN}× slower CPU`, value: quantile(slow.map((one) => one.script)), unit: 'ms' },
      { measure: `time to all ${CARDS} cards, ${SLOWDOWN}× slower CPU`, value: quantile(slow.map((one) => one.cards)), unit: 'ms' },
    ];
  } finally {
    visitor.close();
    await browser.close();
  }
}

/** A page that is signed in and has nothing in its cache. */
async function signedInPage(browser: Browser, url: string, cookie: string): Promise<{ page: Page; devTools: CDPSession }> {
  const context = await browser.newContext();
  const cookies = cookie.split('; ').map((pair) => pair.split('=', 2) as [string, string]);
  await context.addCookies(cookies.map(([name, value]) => ({ name, value, url })));
  const page = await context.newPage();
  const devTools = await context.newCDPSession(page);
  await devTools.send('Network.enable');
  return { page, devTools };
}

interface Wire {
  all: number;
  script: number;
  requests: number;
}

/** Every request counts, the icon and the catch-up after the socket opened too, with its headers; a socket is one request. */
async function countWire(browser: Browser, url: string, cookie: string): Promise<Wire> {
  const { page, devTools } = await signedInPage(browser, url, cookie);
  const wire: Wire = { all: 0, script: 0, requests: 0 };
  const types = new Map<string, string>();
  devTools.on('Network.requestWillBeSent', (event) => {
    types.set(event.requestId, event.type ?? '');
    wire.requests++;
  });
  devTools.on('Network.webSocketCreated', () => void wire.requests++);
  devTools.on('Network.loadingFinished', (event) => {
    wire.all += event.encodedDataLength;
    if (types.get(event.requestId) === 'Script') wire.script += event.encodedDataLength;
  });
  await page.goto(`${url}/board`, { waitUntil: 'load' });
  await page.waitForTimeout(1500);
  await page.context().close();
  return wire;
}

interface Slow {
  script: number;
  cards: number;
}

/** Milliseconds of script and until all cards are there, on a computer so much slower. */
async function loadSlowly(browser: Browser, url: string, cookie: string): Promise<Slow> {
  const { page, devTools } = await signedInPage(browser, url, cookie);
  await devTools.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
  await devTools.send('Performance.enable');
  await page.addInitScript(WATCH_CARDS);
  await page.goto(`${url}/board`, { waitUntil: 'load' });
  await page.waitForTimeout(500);
  const cards = await page.evaluate<number>('window.allCards');
  const { metrics } = await devTools.send('Performance.getMetrics');
  const script = (metrics.find((metric) => metric.name === 'ScriptDuration')?.value ?? Number.NaN) * 1000;
  await page.context().close();
  return { script, cards };
}
