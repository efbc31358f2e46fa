import { Router } from 'express';
import { sql } from 'kysely';
import type { Services } from '../services.js';

/** `/livez`: the process answers. `/readyz`: the database does too, and it will go on to. Neither looks up a session. */
export function healthRoutes({ db, leaving }: Services): Router {
  const router = Router();
  router.get('/livez', (_request, response) => {
    response.set('Cache-Control', 'no-store').type('text').send('alive\n');
  });
  router.get('/readyz', async (_request, response) => {
    response.set('Cache-Control', 'no-store').type('text');
    if (leaving.now) return void response.status(503).send('this process is stopping\n');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer')), 2_000);
    });
    try {
      await Promise.race([sql`select 1`.execute(db), late]);
      response.send('ready\n');
    } catch {
      response.status(503).send('the database does not answer\n');
    } finally {
      clearTimeout(timer);
    }
  });
  return router;
}
