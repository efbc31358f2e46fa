import type { Services } from '../../platform/services.js';
import { done } from '../../platform/web/answers.js';
import { post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { editInput } from './edit-input.js';
import { LAW } from './law.js';
import { sheetForm } from './sheet-forms.js';
import { readSheet, saveSheet } from './sheets.js';
import { shelfRoutes, showShelf } from './shelf-routes.js';
import { CATEGORIES, SUPPLIES, SUPPLIES_INPUTS, TAX_TERMS, TAX_TERMS_INPUTS, TAXES } from './taxes.js';

/** Tax rates, how prices and taxes stand to each other, and shop supplies. */
export function taxRoutes(services: Services): Route[] {
  const { db } = services;
  const may = 'billing.manage';
  const more = async (viewer: Viewer, refused: { terms?: Refused; supplies?: Refused } = {}) => {
    const law = await readSheet(db, viewer.shop, LAW);
    return {
      categories: CATEGORIES,
      terms: await sheetForm(db, viewer.shop, TAX_TERMS, refused.terms ?? null),
      supplies: await sheetForm(db, viewer.shop, SUPPLIES, refused.supplies ?? null),
      law: { name: String(law.name), suppliesAllowed: Boolean(law.supplies_allowed), suppliesText: String(law.supplies_text) },
    };
  };
  const again = (viewer: Viewer, extra: object) => showShelf(services, TAXES, viewer, null, null, extra);
  const saved = { flash: { text: 'Saved. Orders that have their lines already stay as they are.' } };
  return [
    ...shelfRoutes(services, { ...TAXES, more }),
    post(
      '/settings/taxes/terms/changes',
      {
        may,
        body: editInput(TAX_TERMS.fields, TAX_TERMS_INPUTS),
        form: async ({ viewer }, terms) => again(viewer, await more(viewer, { terms })),
      },
      async ({ viewer, body }) => {
        await saveSheet(db, viewer, TAX_TERMS, body.original, body.mine);
        return done('/settings/taxes', saved);
      },
    ),
    post(
      '/settings/taxes/supplies/changes',
      {
        may,
        body: editInput(SUPPLIES.fields, SUPPLIES_INPUTS),
        form: async ({ viewer }, supplies) => again(viewer, await more(viewer, { supplies })),
      },
      async ({ viewer, body }) => {
        await saveSheet(db, viewer, SUPPLIES, body.original, body.mine);
        return done('/settings/taxes', saved);
      },
    ),
  ];
}
