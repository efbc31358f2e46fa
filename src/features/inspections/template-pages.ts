import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showQuantity } from '../billing/amounts.js';
import type { EditConflict } from '../customers/edit.js';
import { originalsFor } from '../customers/pages.js';
import { VEHICLE_TYPES } from '../vehicles/rules.js';
import { itemsOf, type TemplateItem } from './content.js';
import { TEMPLATE_FIELDS } from './inputs.js';
import { ITEM_FIELDS, type ItemFields, toItemFields } from './item-fields.js';
import { STARTER_TEMPLATES } from './starter-templates.js';
import { getItem } from './template-edits.js';
import { getTemplate, listTemplates } from './templates.js';

/** The types a template can be for. */
const TYPES = Object.entries({ ...VEHICLE_TYPES, '': 'Any vehicle' });
const typeName = (type: string) => TYPES.find(([key]) => key === type)?.[1] ?? '';

/** The shop's templates, and where a new one is made; in a shop that has none, those that it can take over. */
export async function templatesPage(db: Database, viewer: Viewer, refused: Refused | null = null): Promise<Answer> {
  const templates = (await listTemplates(db, viewer.shop)).map(({ content, ...row }) => ({
    ...{ ...row, items: itemsOf(content).length, sections: content.sections.length, typeName: typeName(row.vehicleType) },
  }));
  return page('inspections/templates', {
    ...{ title: 'Inspections', types: TYPES, requestId: randomUUID() },
    templates: templates.filter(({ archived }) => !archived),
    archived: templates.filter(({ archived }) => archived),
    starters: Object.values(STARTER_TEMPLATES).map(({ name, vehicleType, content }) => ({
      ...{ name, typeName: typeName(vehicleType), items: itemsOf(content).length },
    })),
    form: { key: 'new', values: refused?.values ?? {}, errors: refused?.fields ?? {}, conflicts: {} },
  });
}

/** Which form of the page of a template was refused: `edit`, `section`, `section-<key>`, `item-<key of its section>`. */
export type RefusedForm = Refused & { form: string };

/** One template: its sections and items in their order. @param conflict of its name, or of that of a section */
export async function templatePage(
  db: Database,
  viewer: Viewer,
  id: number,
  refused: RefusedForm | null = null,
  conflict?: EditConflict<unknown>,
): Promise<Answer> {
  const template = await getTemplate(db, viewer.shop, id);
  const formOf = (form: string, current: Record<string, string>, fields: readonly string[]) => {
    const mine = refused?.form === form ? refused : null;
    return {
      ...{ key: form, values: { ...current, ...mine?.values }, errors: mine?.fields ?? {} },
      ...{ original: originalsFor(current, fields, mine, mine ? conflict : undefined), conflicts: (mine && conflict?.conflicts) ?? {} },
    };
  };
  const data = {
    ...{ title: template.name, template, types: TYPES, at: refused?.form ?? null, requestId: randomUUID(), tell: tellItem },
    items: itemsOf(template.content).length,
    form: formOf('edit', { name: template.name, vehicleType: template.vehicleType }, TEMPLATE_FIELDS),
    sectionForm: (key: string, name: string) => formOf(`section-${key}`, { name }, ['name']),
    newSection: formOf('section', { name: '' }, []),
    newItem: (section: string) => formOf(`item-${section}`, { name: '' }, []),
    // About a thing that is not there any more: then there is no form to say it in.
    problem: refused && !isShown(refused.form, template.content.sections) ? refused.fields : {},
  };
  return { ...page('inspections/template', data), status: conflict ? 409 : 200 } as Answer;
}

function isShown(form: string, sections: { key: string }[]): boolean {
  return ['edit', 'section', ...sections.flatMap(({ key }) => [`section-${key}`, `item-${key}`])].includes(form);
}

/** What an item asks for, in a few words. */
function tellItem({ measure, needs, safety, phrases }: TemplateItem): string {
  const bound = (value: number | null, color: string) =>
    value === null ? '' : `${color} ${measure?.bad === 'low' ? '<' : '≥'} ${showQuantity(value)}`;
  const measured = measure && [measure.unit, measure.positions.join(' '), bound(measure.yellow, 'yellow'), bound(measure.red, 'red')];
  const need = (what: string, when = 'never') => (when === 'never' ? '' : `${what}${when === 'always' ? ' always' : ''}`);
  const needed = [need('measurement', needs.measured), need('note', needs.note), need('photo', needs.photo)];
  const parts = [safety ? 'safety' : '', measured?.filter(Boolean).join(' '), ...needed];
  return [...parts, phrases.length > 0 ? `${phrases.length} sentences` : ''].filter(Boolean).join(' · ');
}

/** The form of one item. @param conflict the fields that both changed: the form then shows both, and saving again takes mine */
export async function templateItemPage(
  db: Database,
  viewer: Viewer,
  id: number,
  key: string,
  refused: Refused | null = null,
  conflict?: EditConflict<unknown>,
): Promise<Answer> {
  const template = await getTemplate(db, viewer.shop, id);
  const current = findFields(template, key);
  // Removed while somebody was typing: what was typed is still there, to be added anew.
  if (!current && !refused) throw new NotFound('That item is not in the template any more.');
  const fields = current ?? ({} as Partial<ItemFields>);
  const typed = refused ? { safety: '', ...refused.values } : {};
  const data = {
    ...{ title: current?.name ?? 'An item that was removed', template, item: key, types: TYPES, isGone: !current },
    form: {
      ...{ key, values: { ...fields, ...typed }, errors: refused?.fields ?? {}, conflicts: conflict?.conflicts ?? {} },
      original: originalsFor(fields as ItemFields, ITEM_FIELDS, refused, conflict),
    },
  };
  return { ...page('inspections/template-item', data), status: conflict ? 409 : 200 } as Answer;
}

function findFields(template: Parameters<typeof getItem>[0], key: string): ItemFields | null {
  try {
    return toItemFields(getItem(template, key).item);
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}
