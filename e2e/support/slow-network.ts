import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext } from 'playwright/test';

/**
 * A line on which one request in three takes 0.3 to 1.2 s, and what the server pushes comes late, in its order. Tests and
 * pages that hold only where everything is at hand at once fail on it: `SLOW_NETWORK=1 npm run test:browser`.
 */
export async function slowDown(context: BrowserContext): Promise<void> {
  await context.route('**', async (route) => {
    await sleep(Math.random() < 1 / 3 ? 300 + Math.random() * 900 : Math.random() * 60);
    // A page that has gone asks for nothing any more.
    await route.continue().catch(() => undefined);
  });
  await context.routeWebSocket(/./, (page) => {
    const server = page.connectToServer();
    const late = Math.random() * 600;
    page.onMessage((message) => void sleep(late).then(() => server.send(message)));
    server.onMessage((message) => void sleep(late).then(() => page.send(message)));
  });
}
