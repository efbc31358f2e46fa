import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { stream } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, type Route } from '../../platform/web/routes.js';
import { writePack } from './pack.js';
import { readEvidence } from './record.js';

export function evidenceRoutes({ db, views, files }: Services): Route[] {
  return [
    get('/work-orders/:number/evidence', { may: 'evidence.take', params: z.object({ number: Id }) }, async ({ viewer, params }) => {
      const record = await readEvidence(db, viewer.shop, params.number, viewer.name);
      // The day as it is in the shop.
      const day = new Intl.DateTimeFormat('en-CA', { timeZone: record.timeZone }).format(new Date(record.takenAt));
      return stream(writePack(views, files, record), {
        'Content-Type': 'application/zip',
        'Content-Disposition': `attachment; filename="WO-${params.number}-evidence-${day}.zip"`,
      });
    }),
  ];
}
