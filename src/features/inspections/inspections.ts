import { sql } from 'kysely';
import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, Invalid, NotFound } from '../../platform/errors.js';
import { getOpenWorkOrder } from '../work-orders/find.js';
import { type Found, itemsOf, type PlacedItem, type TemplateContent } from './content.js';
import { whatIsMissing } from './rules.js';
import type { Starter } from './starter-templates.js';
import { addStarterTemplates, getTemplate } from './templates.js';

/** What is inspected: by a template of the shop, or by one of those to begin with, in a shop that has none yet. */
export type Chosen = { template: number } | { starter: Starter };

/** An inspection with its order, for a change. */
export interface InspectionRow {
  id: number;
  workOrder: number;
  number: number;
  name: string;
  version: number;
  finished: boolean;
  released: boolean;
  /** Something was said anew since it was released: the customer does not see that until it is released again. */
  changed: boolean;
  content: TemplateContent;
}

/**
 * An inspection of an order, by the numbers in its address.
 * @throws NotFound when this order of this shop has no such inspection
 */
export async function getInspection(db: Database, shop: number, number: number, id: number): Promise<InspectionRow> {
  const { rows } = await sql<InspectionRow>`
    select i.id, w.id as "workOrder", w.number, t.name, i.version, i.finished_at is not null as finished, i.released_at is not null as released,
      exists (select from findings f where f.shop_id = i.shop_id and f.inspection_id = i.id and f.at > i.released_at) as changed, v.content
    from inspections i
    join work_orders w on w.shop_id = i.shop_id and w.id = i.work_order_id
    join inspection_templates t on t.shop_id = i.shop_id and t.id = i.template_id
    join inspection_template_versions v on v.shop_id = i.shop_id and v.template_id = i.template_id and v.version = i.version
    where i.shop_id = ${shop} and w.number = ${number} and i.id = ${id}`.execute(db);
  const row = rows[0];
  if (!row) throw new NotFound('That inspection is not here.');
  return row;
}

/** As getInspection, of an order whose vehicle is still here. @throws Conflict after the hand-over */
export async function getOpenInspection(tx: Change, number: number, id: number): Promise<InspectionRow> {
  const inspection = await getInspection(tx.db, tx.shop, number, id);
  await getOpenWorkOrder(tx, number);
  return inspection;
}

/**
 * Starts an inspection of an order, with the newest version of its template: that one stays, whatever is changed in the settings
 * meanwhile. Each of its items gets its row of `findings` at once, so that a photo can be the first thing of it. An order is
 * inspected once by each template: started again, it is the same inspection.
 * @returns its id
 * @throws NotFound when the order or the template is not here; Conflict after the hand-over, or when the template is empty
 */
export function startInspection(
  db: Database,
  actor: Actor,
  number: number,
  chosen: Chosen,
  requestId?: string,
): Promise<Changed<{ inspection: number }>> {
  return change(db, actor, { requestId: requestId && `inspections/${number}/${requestId}` }, async (tx) => {
    const order = await getOpenWorkOrder(tx, number);
    const template = await getTemplate(tx.db, tx.shop, await templateOf(tx, chosen));
    const already = await tx.db
      .selectFrom('inspections')
      .select('id')
      .where('shop_id', '=', tx.shop)
      .where('work_order_id', '=', order.id)
      .where('template_id', '=', template.id)
      .executeTakeFirst();
    if (already) return { inspection: already.id };
    const items = itemsOf(template.content);
    if (template.archived) throw new Conflict(`The template “${template.name}” is archived. Choose another one.`);
    if (items.length === 0) throw new Conflict(`The template “${template.name}” has no items yet. They are added in the settings.`);
    const by = staffOf(tx);
    const { id } = await tx.db
      .insertInto('inspections')
      .values({
        ...{ shop_id: tx.shop, work_order_id: order.id, template_id: template.id, version: template.version },
        ...{ started_by: by, started_at: tx.now },
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    const same = { shop_id: tx.shop, work_order_id: order.id, inspection_id: id, by, at: tx.now };
    await tx.db
      .insertInto('findings')
      .values(items.map(({ key, safety }) => ({ ...same, item: key, safety })))
      .execute();
    tx.record('inspection.started', order.id, { number, inspection: id, name: template.name, version: template.version });
    return { inspection: id };
  });
}

async function templateOf(tx: Change, chosen: Chosen): Promise<number> {
  if ('template' in chosen) return chosen.template;
  const made = (await addStarterTemplates(tx))[chosen.starter];
  // Somebody else was first: what the shop has by now is to choose from.
  if (made === undefined) throw new Conflict('The templates are here by now. Please choose again.');
  return made;
}

/** Who does it; the program itself inspects nothing. */
export function staffOf(tx: Change): number {
  if (tx.actor.staff === null) throw new Error('An inspection is made by a person.');
  return tx.actor.staff;
}

/** One row of `findings`, with how many pictures it has. */
export interface FindingRow extends Found {
  id: number;
  item: string;
  released: boolean;
  carriedFrom: number | null;
  job: number | null;
  photos: number;
}

/** What was found at each item of an inspection so far. */
export async function listFindings(db: Database, shop: number, inspection: number): Promise<FindingRow[]> {
  const { rows } = await sql<FindingRow>`
    select f.id, f.item, f.color, f.reason, f.note, f.measures, f.released, f.carried_from_id as "carriedFrom", f.job_id as job,
      (select count(*)::int from media p where p.shop_id = f.shop_id and p.finding_id = f.id and p.removed_at is null) as photos
    from findings f where f.shop_id = ${shop} and f.inspection_id = ${inspection}`.execute(db);
  return rows;
}

/** An item of an inspection, with what was found and what of it is missing. */
export interface Line extends PlacedItem {
  finding: FindingRow;
  missing: ReturnType<typeof whatIsMissing>;
}

/** The items of an inspection in their order, each with what was found. */
export function toLines(content: TemplateContent, findings: FindingRow[]): Line[] {
  const of = new Map(findings.map((finding) => [finding.item, finding]));
  return itemsOf(content).flatMap((item) => {
    const finding = of.get(item.key);
    return finding ? [{ ...item, finding, missing: whatIsMissing(item, finding, finding.photos) }] : [];
  });
}

/**
 * Finishes an inspection: from then on nothing of it changes, until it is opened again.
 * @throws Invalid, naming the first items, when something that is required is missing
 */
export async function finishInspection(db: Database, actor: Actor, number: number, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const inspection = await getOpenInspection(tx, number, id);
    if (inspection.finished) return;
    const lines = toLines(inspection.content, await listFindings(tx.db, tx.shop, id));
    const open = lines.filter(({ missing }) => missing.length > 0);
    if (open.length > 0) throw new Invalid({ '': tellMissing(open) });
    await tx.db
      .updateTable('inspections')
      .set({ finished_at: tx.now, finished_by: staffOf(tx) })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    const count = (color: string) => lines.filter(({ finding }) => finding.color === color).length;
    tx.record('inspection.finished', inspection.workOrder, {
      ...{ number, inspection: id, name: inspection.name },
      ...{ green: count('green'), yellow: count('yellow'), red: count('red'), na: count('na') },
    });
  });
}

function tellMissing(open: Line[]): string {
  const names = open.slice(0, 3).map(({ name }) => name);
  const more = open.length > 3 ? ` and ${open.length - 3} more` : '';
  return `Something is missing at ${open.length === 1 ? '1 item' : `${open.length} items`}: ${names.join(', ')}${more}.`;
}

/** Opens a finished inspection again. What was released stays so, but for what is said anew: that waits until it is released again. */
export async function reopenInspection(db: Database, actor: Actor, number: number, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const inspection = await getOpenInspection(tx, number, id);
    if (!inspection.finished) return;
    await tx.db
      .updateTable('inspections')
      .set({ finished_at: null, finished_by: null })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    tx.record('inspection.reopened', inspection.workOrder, { number, inspection: id, name: inspection.name });
  });
}

/**
 * Lets the customer see what was found, or takes that back. Done again, what was said anew is shown as well.
 * @throws Conflict when it isn't finished yet
 */
export async function releaseInspection(db: Database, actor: Actor, number: number, id: number, on = true): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const inspection = await getInspection(tx.db, tx.shop, number, id);
    if (inspection.released === on && !(on && inspection.changed)) return;
    if (!inspection.finished) throw new Conflict('It is not finished yet. Finish it, then release it.');
    await tx.db
      .updateTable('inspections')
      .set({ released_at: on ? tx.now : null, released_by: on ? staffOf(tx) : null })
      .where('shop_id', '=', tx.shop)
      .where('id', '=', id)
      .execute();
    tx.record(on ? 'inspection.released' : 'inspection.withheld', inspection.workOrder, { number, inspection: id, name: inspection.name });
  });
}
