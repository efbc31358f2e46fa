import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { ApiViewer } from '../../platform/web/api.js';
import { JsonId } from '../../platform/web/api-fields.js';
import { COLORS, type Measure, type Measured, NEEDS, REASONS, type TemplateItem } from './content.js';
import { getInspection, type Line, listFindings, toLines } from './inspections.js';
import { MISSING_SENTENCES, type Missing } from './rules.js';

/** Furthest figure that can be measured: what the form takes. */
const MOST_HUNDREDTHS = 99_999_999;

export const MeasuredJson = z.strictObject({
  position: z.string().max(12).meta({ description: 'Empty where an item is measured once.' }),
  hundredths: z.int().min(-MOST_HUNDREDTHS).max(MOST_HUNDREDTHS).meta({ description: 'Of the unit.' }),
});
const MeasureJson = z.strictObject({
  ...{ unit: z.string(), positions: z.array(z.string()), bad: z.enum(['low', 'high']) },
  yellow_hundredths: z.int().nullable().meta({ description: 'From where on it is yellow, hundredths of the unit.' }),
  red_hundredths: z.int().nullable(),
});
const Need = z.enum(NEEDS).meta({ description: 'When it has to be there.' });

/** What a template says of an item. */
export const TemplateItemJson = z
  .strictObject({
    key: z.string().meta({ description: 'The same for the same thing in all inspections.' }),
    ...{ name: z.string(), safety: z.boolean().meta({ description: 'A red one is unsafe.' }), measure: MeasureJson.nullable() },
    ...{ needs: z.strictObject({ note: Need, photo: Need, measured: Need }), phrases: z.array(z.string()) },
  })
  .meta({ id: 'TemplateItem' });

/** An item of an inspection, with what was found. */
export const ItemJson = z
  .strictObject({
    ...TemplateItemJson.shape,
    section: z.string(),
    finding: z.strictObject({
      ...{ id: JsonId, color: z.enum(COLORS).nullable(), reason: z.enum(REASONS).nullable(), note: z.string() },
      ...{ measures: z.array(MeasuredJson), released: z.boolean(), photos: z.int() },
      job: JsonId.nullable().meta({ description: 'That was proposed because of it.' }),
      carried_from: JsonId.nullable().meta({ description: 'The earlier finding that it was confirmed to be like.' }),
    }),
    missing: z.array(z.enum(Object.keys(MISSING_SENTENCES) as [Missing, ...Missing[]])).meta({
      description: 'What has to be said before the inspection can be finished.',
    }),
  })
  .meta({ id: 'InspectionItem' });

export const SheetJson = z
  .strictObject({
    ...{ id: JsonId, work_order: JsonId, name: z.string(), version: z.int(), finished: z.boolean() },
    released: z.boolean().meta({ description: 'The customer sees its released findings.' }),
    changed: z.boolean().meta({ description: 'Something was said anew since: the customer sees it when it is released again.' }),
    items: z.array(ItemJson),
  })
  .meta({ id: 'InspectionSheet' });

/** An inspection with all its items, as its GET answers it. @throws NotFound */
export async function readSheet(
  db: Database,
  viewer: ApiViewer,
  params: { number: number; inspection: number },
): Promise<z.input<typeof SheetJson>> {
  const { id, number, name, version, finished, released, changed, content } = await getInspection(
    db,
    viewer.shop,
    params.number,
    params.inspection,
  );
  const items = toLines(content, await listFindings(db, viewer.shop, id)).map(itemJson);
  return { id, work_order: number, name, version, finished, released, changed, items };
}

/** One item of an inspection, as its GET answers it. @throws NotFound */
export async function readItem(db: Database, viewer: ApiViewer, params: { number: number; inspection: number; item: string }) {
  const found = (await readSheet(db, viewer, params)).items.find(({ key }) => key === params.item);
  if (!found) throw new NotFound('That item is not in this inspection.');
  return found;
}

/** As the nouns hold it. */
export function toMeasured(measures: z.output<typeof MeasuredJson>[]): Measured[] {
  return measures.map(({ position, hundredths }) => ({ position, value: hundredths }));
}

export function templateItemJson({ key, name, safety, measure, needs, phrases }: TemplateItem): z.input<typeof TemplateItemJson> {
  return { key, name, safety, measure: measure && measureJson(measure), needs: { measured: 'never', ...needs }, phrases };
}

function measureJson({ unit, positions, bad, yellow, red }: Measure) {
  return { unit, positions, bad, yellow_hundredths: yellow, red_hundredths: red };
}

function itemJson({ finding, missing, section, ...item }: Line): z.input<typeof ItemJson> {
  const { id, color, reason, note, measures, released, photos, job, carriedFrom } = finding;
  return {
    ...{ ...templateItemJson(item), section, missing },
    finding: {
      ...{ id, color, reason, note, released, photos, job, carried_from: carriedFrom },
      measures: measures.map(({ position, value }) => ({ position, hundredths: value })),
    },
  };
}
