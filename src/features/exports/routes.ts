import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { page, stream } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import { writeArchive } from './archive.js';
import { recordExport, writeFile } from './files.js';
import { SETS, type SetName } from './sets.js';
import { spoolShop } from './spool.js';

const NAMES = Object.keys(SETS) as SetName[];

/** Everything out: as CSV for spreadsheets, or all of the shop in one archive. A POST, because it is recorded who took what. */
export function exportRoutes({ db, files }: Services): Route[] {
  const may = 'data.export';
  const show = (refused: Refused | null) =>
    page('exports/list', {
      title: 'Export',
      sets: Object.entries(SETS),
      errors: refused ? { '': Object.values(refused.fields)[0] ?? '' } : {},
    });
  const body = z.strictObject({ what: z.enum([...NAMES, 'everything'], 'Please choose what to take out.') });
  return [
    get('/settings/export', { may }, () => show(null)),
    post('/settings/export', { may, body, form: (_, refused) => show(refused) }, async ({ viewer, body }) => {
      await recordExport(db, viewer, body.what);
      const day = new Date().toISOString().slice(0, 10);
      if (body.what === 'everything') {
        return stream(writeArchive(await spoolShop(db, viewer.shop, () => files.temporary()), files), {
          'Content-Type': 'application/zip',
          'Content-Disposition': `attachment; filename="serviceflow-shop-${day}.zip"`,
        });
      }
      return stream(writeFile(db, viewer.shop, viewer.timeZone, body.what), {
        'Content-Type': 'text/csv; charset=utf-8; header=present',
        'Content-Disposition': `attachment; filename="${body.what}-${day}.csv"`,
      });
    }),
  ];
}
