import type { Services } from '../../platform/services.js';
import { done, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { editInput } from './edit-input.js';
import { CURRENCIES, getNextNumbers, HOUSE_RULES, NEXT_NUMBERS, type NextNumbers, NUMBERING_INPUTS, saveNumbering } from './numbering.js';
import { sheetForm } from './sheet-forms.js';

/** Numbers, currency, limits of discounts, and whether work waits for consent. */
export function numberingRoutes({ db }: Services): Route[] {
  const may = 'billing.manage';
  const show = async (viewer: Viewer, refused: Refused | null) => {
    const form = await sheetForm(db, viewer.shop, HOUSE_RULES, refused);
    const next = texts(await getNextNumbers(db, viewer.shop));
    return page('settings/numbering', {
      title: 'Numbers and limits',
      currencies: CURRENCIES,
      next,
      form: { ...form, values: { ...next, ...form.values }, original: { ...form.original, ...next } },
    });
  };
  const fields = { ...HOUSE_RULES.fields, ...NEXT_NUMBERS };
  return [
    get('/settings/numbering', { may }, ({ viewer }) => show(viewer, null)),
    post(
      '/settings/numbering',
      { may, body: editInput(fields, NUMBERING_INPUTS), form: ({ viewer }, refused) => show(viewer, refused) },
      async ({ viewer, body }) => {
        await saveNumbering(db, viewer, body.original, body.mine);
        return done('/settings/numbering', { flash: { text: 'Saved.' } });
      },
    ),
  ];
}

function texts({ nextWorkOrder, nextInvoice }: NextNumbers): Record<string, string> {
  return { nextWorkOrder: String(nextWorkOrder), nextInvoice: String(nextInvoice) };
}
