import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { done, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import type { Jurisdiction } from '../billing/rules.js';
import { editInput } from './edit-input.js';
import type { Row } from './fields.js';
import { explainRule, PRESETS } from './jurisdictions.js';
import { choosePreset, LAW, LAW_INPUTS } from './law.js';
import { HOUSE_RULES } from './numbering.js';
import { sheetForm } from './sheet-forms.js';
import { readSheet, saveSheet } from './sheets.js';

/** Which law the shop works under: a preset, or a rule of its own. */
export function lawRoutes({ db }: Services): Route[] {
  const may = 'billing.manage';
  const show = async (viewer: Viewer, refused: Refused | null) => {
    const [row, house] = [await readSheet(db, viewer.shop, LAW), await readSheet(db, viewer.shop, HOUSE_RULES)];
    const currency = String(house.currency);
    const presets = Object.entries(PRESETS).map(([key, preset]) => ({ key, ...preset, means: explainRule(preset, currency) }));
    return page('settings/law', {
      title: 'Law',
      means: explainRule(ruleOf(row), currency),
      active: String(row.name),
      presets,
      chosen: presets.find((preset) => preset.name === row.name) ?? null,
      form: await sheetForm(db, viewer.shop, LAW, refused),
    });
  };
  const saved = { flash: { text: 'Saved. Orders that have their lines already keep the rule they were written under.' } };
  return [
    get('/settings/law', { may }, ({ viewer }) => show(viewer, null)),
    post(
      '/settings/law',
      { may, body: editInput(LAW.fields, LAW_INPUTS), form: ({ viewer }, refused) => show(viewer, refused) },
      async ({ viewer, body }) => {
        await saveSheet(db, viewer, LAW, body.original, body.mine);
        return done('/settings/law', saved);
      },
    ),
    post(
      '/settings/law/presets',
      {
        may,
        body: z.strictObject({ preset: z.enum(Object.keys(PRESETS), 'Please choose a place.') }),
        form: ({ viewer }, { fields }) => show(viewer, { values: {}, fields: { '': Object.values(fields)[0] ?? '' } }),
      },
      async ({ viewer, body }) => {
        await choosePreset(db, viewer, body.preset);
        return done('/settings/law', saved);
      },
    ),
  ];
}

function ruleOf(row: Row): Omit<Jurisdiction, 'name'> {
  return {
    threshold: row.threshold as Jurisdiction['threshold'],
    ppm: Number(row.ppm),
    minCents: Number(row.min_cents),
    capCents: row.cap_cents === null ? null : Number(row.cap_cents),
    beforeTax: Boolean(row.before_tax),
  };
}
