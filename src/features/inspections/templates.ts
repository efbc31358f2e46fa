import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import { canonicalJson } from '../../platform/database/events.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import type { VehicleType } from '../vehicles/rules.js';
import { itemsOf, type NewTemplate, type TemplateContent } from './content.js';
import { STARTER_TEMPLATES, type Starter } from './starter-templates.js';

/** A shop can't have more of them; archived ones count, for old inspections name them. */
const MOST_TEMPLATES = 100;
export const MOST_SECTIONS = 20;
export const MOST_ITEMS = 150;

export interface TemplateRow {
  id: number;
  name: string;
  vehicleType: VehicleType;
  /** The newest version. */
  version: number;
  archived: boolean;
  content: TemplateContent;
}

const select = (db: Database, shop: number) =>
  db
    .selectFrom('inspection_templates as t')
    .innerJoin('inspection_template_versions as v', (join) =>
      join.onRef('v.shop_id', '=', 't.shop_id').onRef('v.template_id', '=', 't.id').onRef('v.version', '=', 't.version'),
    )
    .select(['t.id', 't.name', 't.vehicle_type', 't.version', 't.archived_at', 'v.content'])
    .where('t.shop_id', '=', shop);

type Selected = Awaited<ReturnType<ReturnType<typeof select>['executeTakeFirstOrThrow']>>;

const toTemplate = ({ vehicle_type, archived_at, content, ...row }: Selected): TemplateRow => ({
  ...{ ...row, vehicleType: vehicle_type as VehicleType, archived: archived_at !== null, content: content as unknown as TemplateContent },
});

/** The shop's templates in their newest versions, archived ones too, by name. */
export async function listTemplates(db: Database, shop: number): Promise<TemplateRow[]> {
  return (await select(db, shop).orderBy('t.name').orderBy('t.id').execute()).map(toTemplate);
}

/** A template in its newest version. @throws NotFound when the shop has no such template */
export async function getTemplate(db: Database, shop: number, id: number): Promise<TemplateRow> {
  const row = await select(db, shop).where('t.id', '=', id).executeTakeFirst();
  if (!row) throw new NotFound('That template is not here.');
  return toTemplate(row);
}

/** Makes a template inside a change, with its first version. @returns its id */
export async function insertTemplate(tx: Change, { name, vehicleType, content }: NewTemplate): Promise<number> {
  const { id } = await tx.db
    .insertInto('inspection_templates')
    .values({ shop_id: tx.shop, name, vehicle_type: vehicleType })
    .returning('id')
    .executeTakeFirstOrThrow();
  await insertVersion(tx, id, 1, content);
  tx.record('inspection-template.added', null, { template: id, name, vehicleType, items: itemsOf(content).length });
  return id;
}

async function insertVersion(tx: Change, template: number, version: number, content: TemplateContent): Promise<void> {
  await tx.db
    .insertInto('inspection_template_versions')
    .values({ shop_id: tx.shop, template_id: template, version, at: tx.now, made_by: tx.actor.staff, content: JSON.stringify(content) })
    .execute();
}

/**
 * Gives the shop the templates to begin with, inside a change, unless it has some. Shops made before there were inspections get
 * them with their first inspection, or when somebody asks for them in the settings.
 * @returns the ids of those that were made
 */
export async function addStarterTemplates(tx: Change): Promise<Partial<Record<Starter, number>>> {
  const some = await tx.db.selectFrom('inspection_templates').select('id').where('shop_id', '=', tx.shop).limit(1).executeTakeFirst();
  if (some) return {};
  const made: Partial<Record<Starter, number>> = {};
  for (const [starter, template] of Object.entries(STARTER_TEMPLATES)) made[starter as Starter] = await insertTemplate(tx, template);
  return made;
}

/** As addStarterTemplates(), as a change of its own. */
export async function takeStarterTemplates(db: Database, actor: Actor): Promise<void> {
  await change(db, actor, {}, addStarterTemplates);
}

/**
 * Makes a template.
 * @param from the template whose content it begins with; null: none
 */
export function addTemplate(
  db: Database,
  actor: Actor,
  input: { name: string; vehicleType: VehicleType },
  from: number | null = null,
  requestId?: string,
): Promise<Changed<{ template: number }>> {
  return change(db, actor, { requestId: requestId && `inspection-template/${requestId}` }, async (tx) => {
    const { count } = await tx.db
      .selectFrom('inspection_templates')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('shop_id', '=', tx.shop)
      .executeTakeFirstOrThrow();
    if (count >= MOST_TEMPLATES) throw new Conflict(`A shop can have at most ${MOST_TEMPLATES} templates.`);
    const content = from === null ? { sections: [] } : (await getTemplate(tx.db, tx.shop, from)).content;
    return { template: await insertTemplate(tx, { ...input, content }) };
  });
}

/** Changes what a template is called and which vehicles it is for; only what is given. Its content stays, and its version. */
export async function renameTemplate(
  tx: Change,
  template: TemplateRow,
  to: Partial<{ name: string; vehicleType: VehicleType }>,
): Promise<void> {
  const columns = {
    ...(to.name !== undefined && { name: to.name }),
    ...(to.vehicleType !== undefined && { vehicle_type: to.vehicleType }),
  };
  await tx.db.updateTable('inspection_templates').set(columns).where('shop_id', '=', tx.shop).where('id', '=', template.id).execute();
  const from = Object.fromEntries(Object.keys(to).map((field) => [field, template[field as keyof typeof to]]));
  tx.record('inspection-template.renamed', null, { template: template.id, from, to });
}

/** Archived, a template is not offered any more; inspections that were made with it stay as they are. */
export async function archiveTemplate(db: Database, actor: Actor, id: number, archived: boolean): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const template = await getTemplate(tx.db, tx.shop, id);
    if (template.archived === archived) return;
    await tx.db
      .updateTable('inspection_templates')
      .set({ archived_at: archived ? tx.now : null })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    tx.record(archived ? 'inspection-template.archived' : 'inspection-template.restored', null, { template: id, name: template.name });
  });
}

/**
 * Saves what a template says by now as its next version; the ones before stay, for the inspections that were made with them.
 * @param told what was changed, for the history
 */
export async function insertNextVersion(
  tx: Change,
  template: TemplateRow,
  content: TemplateContent,
  told: Parameters<Change['record']>[2],
): Promise<void> {
  if (canonicalJson(content) === canonicalJson(template.content)) return;
  const version = template.version + 1;
  await insertVersion(tx, template.id, version, content);
  await tx.db.updateTable('inspection_templates').set({ version }).where('shop_id', '=', tx.shop).where('id', '=', template.id).execute();
  tx.record('inspection-template.changed', null, { template: template.id, name: template.name, version, ...told });
}
