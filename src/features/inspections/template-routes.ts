import type { ZodType } from 'zod';
import type { Services } from '../../platform/services.js';
import { done } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { EditConflict } from '../customers/edit.js';
import { textsOf } from '../customers/inputs.js';
import { pickFields } from '../jobs/inputs.js';
import {
  EditItemInput,
  EditSectionInput,
  EditTemplateInput,
  NewItemInput,
  NewSectionInput,
  NewTemplateInput,
  Nothing,
  OneSection,
  OneTemplate,
  OneTemplateItem,
  ShiftInput,
  TEMPLATE_FIELDS,
} from './inputs.js';
import { ITEM_FIELDS, type ItemFields } from './item-fields.js';
import {
  addItem,
  addSection,
  editItem,
  editTemplate,
  removeItem,
  removeSection,
  renameSection,
  shiftItem,
  shiftSection,
} from './template-edits.js';
import { templateItemPage, templatePage, templatesPage } from './template-pages.js';
import { addTemplate, archiveTemplate, takeStarterTemplates } from './templates.js';

const MAY = 'inspections.manage' as const;
const ALL = '/settings/inspections';
const at = (template: number, place = '') => `${ALL}/${template}${place && `#${place}`}`;
type Here = { viewer: Viewer; params: { template: number } };

/** The pages on which a manager makes inspection templates. */
export function inspectionTemplateRoutes({ db }: Services): Route[] {
  const refusedAt =
    (form: (here: Here & { params: Record<string, unknown> }, refused: Refused) => string) => (here: Here, refused: Refused) =>
      templatePage(db, here.viewer, here.params.template, { ...refused, form: form(here as never, refused) });
  /** A button that does something with one thing of a template. */
  const button = <Params extends ZodType, Body extends ZodType>(
    path: string,
    params: Params,
    body: Body,
    work: (viewer: Viewer, params: Params['_output'], body: Body['_output']) => Promise<string>,
  ): Route =>
    post(path, { may: MAY, params, body, form: refusedAt(() => 'button') as never }, async (here) => {
      const { viewer, params: given, body: sent } = here as unknown as { viewer: Viewer; params: Params['_output']; body: Body['_output'] };
      return done(await work(viewer, given, sent));
    });

  return [
    get(ALL, { may: MAY }, ({ viewer }) => templatesPage(db, viewer)),
    post(ALL, { may: MAY, body: NewTemplateInput, form: ({ viewer }, refused) => templatesPage(db, viewer, refused) }, async (here) => {
      const { name, vehicleType, from, requestId } = here.body;
      const { template } = (await addTemplate(db, here.viewer, { name, vehicleType }, from, requestId)).result;
      return done(at(template), { flash: { text: `The template “${name}” is here.` } });
    }),
    post(
      '/settings/inspection-starters',
      { may: MAY, body: Nothing, form: ({ viewer }, refused) => templatesPage(db, viewer, refused) },
      async ({ viewer }) => {
        await takeStarterTemplates(db, viewer);
        return done(ALL, { flash: { text: 'The templates are here.' } });
      },
    ),
    get(`${ALL}/:template`, { may: MAY, params: OneTemplate }, ({ viewer, params }) => templatePage(db, viewer, params.template)),
    post(
      `${ALL}/:template/edits`,
      { may: MAY, params: OneTemplate, body: EditTemplateInput, form: refusedAt(() => 'edit') },
      async ({ viewer, params, body }) => {
        try {
          const original = pickFields(body, TEMPLATE_FIELDS, 'original.');
          await editTemplate(db, viewer, params.template, original, { name: body.name, vehicleType: body.vehicleType });
        } catch (error) {
          if (!(error instanceof EditConflict)) throw error;
          const refused = { values: body, fields: { '': error.message }, form: 'edit' };
          return templatePage(db, viewer, params.template, refused, error);
        }
        return done(at(params.template), { flash: { text: 'Saved.' } });
      },
    ),
    button(`${ALL}/:template/removals`, OneTemplate, Nothing, async (viewer, { template }) => {
      await archiveTemplate(db, viewer, template, true);
      return ALL;
    }),
    button(`${ALL}/:template/restorations`, OneTemplate, Nothing, async (viewer, { template }) => {
      await archiveTemplate(db, viewer, template, false);
      return ALL;
    }),
    post(
      `${ALL}/:template/sections`,
      { may: MAY, params: OneTemplate, body: NewSectionInput, form: refusedAt(() => 'section') },
      async ({ viewer, params, body }) => {
        const { section } = (await addSection(db, viewer, params.template, body.name, body.requestId)).result;
        return done(at(params.template, `section-${section}`));
      },
    ),
    post(
      `${ALL}/:template/sections/:section/edits`,
      { may: MAY, params: OneSection, body: EditSectionInput, form: refusedAt(({ params }) => `section-${params.section}`) },
      async ({ viewer, params, body }) => {
        try {
          await renameSection(db, viewer, params.template, params.section, pickFields(body, ['name'], 'original.'), body.name);
        } catch (error) {
          if (!(error instanceof EditConflict)) throw error;
          const refused = { values: body, fields: { '': error.message }, form: `section-${params.section}` };
          return templatePage(db, viewer, params.template, refused, error);
        }
        return done(at(params.template, `section-${params.section}`));
      },
    ),
    button(`${ALL}/:template/sections/:section/shifts`, OneSection, ShiftInput, async (viewer, { template, section }, { direction }) => {
      await shiftSection(db, viewer, template, section, direction);
      return at(template, `section-${section}`);
    }),
    button(`${ALL}/:template/sections/:section/removals`, OneSection, Nothing, async (viewer, { template, section }) => {
      await removeSection(db, viewer, template, section);
      return at(template);
    }),
    post(
      `${ALL}/:template/items`,
      {
        ...{ may: MAY, params: OneTemplate, body: NewItemInput },
        form: refusedAt((_, refused) => `item-${refused.values.section}`),
      },
      async ({ viewer, params, body }) => {
        const { item } = (await addItem(db, viewer, params.template, body, body.requestId)).result;
        return done(`${ALL}/${params.template}/items/${item}`);
      },
    ),
    get(`${ALL}/:template/items/:item`, { may: MAY, params: OneTemplateItem }, ({ viewer, params }) =>
      templateItemPage(db, viewer, params.template, params.item),
    ),
    post(
      `${ALL}/:template/items/:item/edits`,
      {
        ...{ may: MAY, params: OneTemplateItem, body: EditItemInput },
        form: ({ viewer, params }, refused) => templateItemPage(db, viewer, params.template, params.item, refused),
      },
      async ({ viewer, params, body }) => {
        const fields = body as unknown as Record<string, string>;
        try {
          const mine = textsOf(fields, ITEM_FIELDS) as ItemFields;
          await editItem(db, viewer, params.template, params.item, pickFields(fields, ITEM_FIELDS, 'original.'), mine);
        } catch (error) {
          if (!(error instanceof EditConflict)) throw error;
          return templateItemPage(db, viewer, params.template, params.item, { values: fields, fields: { '': error.message } }, error);
        }
        return done(at(params.template, `item-${params.item}`), { flash: { text: 'Saved. Inspections under way stay as they are.' } });
      },
    ),
    button(`${ALL}/:template/items/:item/shifts`, OneTemplateItem, ShiftInput, async (viewer, { template, item }, { direction }) => {
      await shiftItem(db, viewer, template, item, direction);
      return at(template, `item-${item}`);
    }),
    button(`${ALL}/:template/items/:item/removals`, OneTemplateItem, Nothing, async (viewer, { template, item }) => {
      await removeItem(db, viewer, template, item);
      return at(template);
    }),
  ];
}
