import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Invalid } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { bytes, done, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { editInput } from './edit-input.js';
import { findLogo, LOGO, PAPER, PAPER_INPUTS, removeLogo, saveLogo } from './paper.js';
import { sheetForm } from './sheet-forms.js';
import { saveSheet } from './sheets.js';

/** What stands on the shop's paper. */
export function paperRoutes({ db }: Services): Route[] {
  const may = 'billing.manage';
  const show = async (viewer: Viewer, refused: Refused | null, logoProblem: string | null) => {
    const logo = await findLogo(db, viewer.shop);
    return page('settings/paper', {
      title: 'Paper',
      form: await sheetForm(db, viewer.shop, PAPER, refused),
      logo: logo && { revision: revisionOf(logo.bytes) },
      logoProblem,
    });
  };
  const aboutLogo = ({ viewer }: { viewer: Viewer }, { fields }: Refused) => show(viewer, null, Object.values(fields)[0] ?? null);
  return [
    get('/settings/paper', { may }, ({ viewer }) => show(viewer, null, null)),
    post(
      '/settings/paper',
      { may, body: editInput(PAPER.fields, PAPER_INPUTS), form: ({ viewer }, refused) => show(viewer, refused, null) },
      async ({ viewer, body }) => {
        await saveSheet(db, viewer, PAPER, body.original, body.mine);
        return done('/settings/paper', { flash: { text: 'Saved. It stands on everything that is printed from now on.' } });
      },
    ),
    post('/settings/paper/logo', { may, body: z.strictObject({}), upload: LOGO, form: aboutLogo }, async ({ viewer, file }) => {
      if (!file) throw new Invalid({ logo: 'Please choose a picture.' });
      await saveLogo(db, viewer, file.bytes);
      return done('/settings/paper', { flash: { text: 'The logo is on the shop’s paper.' } });
    }),
    post('/settings/paper/logo/removals', { may, body: z.strictObject({}), form: aboutLogo }, async ({ viewer }) => {
      await removeLogo(db, viewer);
      return done('/settings/paper', { flash: { text: 'The logo is gone.' } });
    }),
    get('/shop/logo', { may: 'work-order.print', query: z.object({ v: z.string().max(64).optional() }) }, async ({ viewer, request }) => {
      const logo = await findLogo(db, viewer.shop);
      if (!logo) return bytes(null, {}, 204);
      const tag = `"${revisionOf(logo.bytes)}"`;
      const headers = { ETag: tag, 'Cache-Control': 'private, no-cache', 'X-Content-Type-Options': 'nosniff' };
      if (request.get('If-None-Match') === tag) return bytes(null, headers, 304);
      return bytes(logo.bytes, { ...headers, 'Content-Type': logo.type });
    }),
  ];
}

function revisionOf(logo: Buffer): string {
  return createHash('sha256').update(logo).digest('hex').slice(0, 16);
}
