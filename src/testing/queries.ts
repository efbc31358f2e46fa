import pg from 'pg';
import { currentContext } from '../platform/observe/context.js';

/** The texts that requests asked the database while something was done; what the program does by itself meanwhile is not theirs. */
export async function listQueries(work: () => Promise<void>): Promise<string[]> {
  const asked: string[] = [];
  // Every way to a query of this driver ends here.
  const { query } = pg.Client.prototype;
  // biome-ignore lint/suspicious/noExplicitAny: query() of pg has a dozen overloads.
  pg.Client.prototype.query = function (this: pg.Client, ...given: any[]) {
    if (currentContext()) asked.push(given[0]?.text ?? String(given[0]));
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    return (query as any).apply(this, given);
  };
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return asked;
}
