import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

/** Where distributions put the browser; else Playwright's own. */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The name under which the browser visits: a shop's terminals do not sit on the server, and get no privileges of `localhost`. */
export const HOST = 'shop.lan';

/** Chromium without a window. */
export function openBrowser(): Promise<Browser> {
  const args = [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`];
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath: PLACES.find((place) => existsSync(place)), args });
}
