import { stringify } from 'csv-stringify/sync';
import { type Actor, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { SETS, type SetName } from './sets.js';

const PAGE = 1_000;

/** Says in the shop's record who took what out. */
export async function recordExport(db: Database, actor: Actor, set: SetName | 'everything'): Promise<void> {
  await change(db, actor, {}, async (tx) => tx.record('data.exported', null, { what: set }));
}

/**
 * A file of a set, page by page, so that no table is ever in memory: RFC 4180, UTF-8 with a mark for Excel, times in ISO 8601 on
 * the shop's clock, amounts as decimals beside their currency.
 */
export async function* writeFile(db: Database, shop: number, timeZone: string, name: SetName): AsyncGenerator<string> {
  const { columns, rows } = SETS[name];
  yield stringify([columns.map(({ head }) => head)], { bom: true, record_delimiter: 'windows' });
  for (let after = 0; ; ) {
    const page = (await rows(shop, after, PAGE).execute(db)).rows;
    const last = page.at(-1);
    if (!last) return;
    yield stringify(
      page.map((row) => columns.map(({ show }) => show(row, timeZone))),
      { record_delimiter: 'windows' },
    );
    if (page.length < PAGE) return;
    after = last.id;
  }
}
