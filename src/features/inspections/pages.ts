import { randomUUID } from 'node:crypto';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { showDate } from '../../platform/time.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showQuantity } from '../billing/amounts.js';
import { showReading } from '../jobs/readings.js';
import { VEHICLE_TYPES, type VehicleType } from '../vehicles/rules.js';
import { type Chart, layOut } from './chart.js';
import { COLOR_NAMES, COLOR_WORDS, itemsOf, positionsOf, REASON_NAMES } from './content.js';
import { type EarlierFinding, getInspectedOrder, type InspectedOrder, listEarlier, listPictures } from './earlier.js';
import { getInspection, type InspectionRow, type Line, listFindings, toLines } from './inspections.js';
import { colorOf, isFound, isOverruled, MISSING_SENTENCES, measuredColor, showMeasures } from './rules.js';
import { STARTER_TEMPLATES } from './starter-templates.js';
import { listTemplates } from './templates.js';

/** The words that views of inspections need. */
const WORDS = {
  ...{ colorNames: COLOR_NAMES, colorWords: COLOR_WORDS, reasonNames: REASON_NAMES, missingSentences: MISSING_SENTENCES },
  ...{ showMeasures, showQuantity, isFound, vehicleTypes: VEHICLE_TYPES },
};

interface Read {
  inspection: InspectionRow;
  lines: Line[];
  order: InspectedOrder;
}

async function read(db: Database, viewer: Viewer, number: number, id: number): Promise<Read> {
  const inspection = await getInspection(db, viewer.shop, number, id);
  const [findings, order] = await Promise.all([
    listFindings(db, viewer.shop, id),
    getInspectedOrder(db, viewer.shop, inspection.workOrder),
  ]);
  return { inspection, lines: toLines(inspection.content, findings), order };
}

/** What is asked for, on the page of one item. */
export interface ItemView {
  refused?: Refused | null;
  /** What the one who saved should know. */
  told?: string;
  /** Only what follows from what was saved, so that what is being typed stays; or that and the fields. */
  part?: 'state' | 'fields' | undefined;
}

/**
 * The page on which one item is filled in.
 * @throws NotFound when the inspection has no such item
 */
export async function itemPage(
  services: Services,
  viewer: Viewer,
  number: number,
  id: number,
  key: string,
  { refused = null, told = '', part }: ItemView = {},
): Promise<Answer> {
  const { db } = services;
  const { inspection, lines, order } = await read(db, viewer, number, id);
  const at = lines.findIndex((line) => line.key === key);
  const line = lines[at];
  if (!line) throw new NotFound('That item is not in this inspection.');
  const [earlier, pictures] = await Promise.all([
    listEarlier(db, viewer.shop, inspection.workOrder, key),
    listPictures(db, viewer.shop, line.finding.id),
  ]);
  const { finding, measure } = line;
  const values = valuesOf(line);
  const data = {
    ...WORDS,
    title: `${line.name}, WO-${number}`,
    ...{ number, inspection, lines, line, at, order, pictures, told, part },
    ...{ previous: lines[at - 1]?.key ?? null, next: lines[at + 1]?.key ?? null },
    done: lines.filter(({ finding: { color } }) => color !== null).length,
    values: { ...values, ...refused?.values } as Record<string, string>,
    original: originalOf({ ...values, color: finding.color ?? '' }, refused),
    errors: refused?.fields ?? {},
    positions: positionsOf(measure),
    measured: measuredColor(measure, finding.measures),
    overruled: isOverruled(line, finding),
    colorAt: (value: number) => (measure ? colorOf(measure, value) : null),
    last: earlier[0] ? tellEarlier(earlier[0], viewer.timeZone) : null,
    chart: chartOf(line, earlier, order, viewer.timeZone),
    requestId: String(refused?.values.requestId ?? randomUUID()),
  };
  return page('inspections/item-page', data, part ? `inspections/item-${part}-parts` : 'inspections/item-parts');
}

/** What the form of an item holds. */
function valuesOf({ measure, finding }: Line): Record<string, string> {
  const measures = positionsOf(measure).map((position, index) => {
    const one = finding.measures.find((measured) => measured.position === position);
    return [`measure.${index}`, one ? showQuantity(one.value) : ''];
  });
  return { note: finding.note, ...Object.fromEntries(measures) };
}

/** What travels with the form. One that was refused keeps what it was opened with: nobody has seen what came since. */
function originalOf(values: Record<string, string>, refused: Refused | null): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([field, value]) => [field, String(refused?.values[`original.${field}`] ?? value)]));
}

function tellEarlier(one: EarlierFinding, timeZone: string) {
  const odometer = one.odometer === null ? '' : `${showReading(one.odometer)} ${one.odometerUnit}`;
  return { ...one, date: showDate(one.at, timeZone), odometer, told: showMeasures(one.measures, one.unit ?? '') };
}

/** How a measured item wore, with this visit at the end. */
function chartOf({ measure, finding }: Line, earlier: EarlierFinding[], order: InspectedOrder, timeZone: string): Chart | null {
  if (!measure) return null;
  const comparable = earlier.filter(({ unit }) => unit === measure.unit).reverse();
  const visits = comparable.map(({ at, odometer, odometerUnit, measures }) => ({
    ...{ at: at.toISOString(), odometer, measures, label: showDate(at, timeZone) },
    odometerText: odometer === null ? '' : `${showReading(odometer)} ${odometerUnit}`,
  }));
  const now = {
    ...{ at: new Date().toISOString(), odometer: order.odometer, measures: finding.measures, label: 'Now' },
    odometerText: order.odometer === null ? '' : `${showReading(order.odometer)} ${order.odometerUnit}`,
  };
  return layOut(measure, [...visits, now], order.odometerUnit ?? 'mi');
}

/** All items of an inspection with how they are, and what can be done with it. */
export async function overviewPage(
  db: Database,
  viewer: Viewer,
  number: number,
  id: number,
  refused: Refused | null = null,
): Promise<Answer> {
  const { inspection, lines, order } = await read(db, viewer, number, id);
  const count = (color: string | null) => lines.filter(({ finding }) => finding.color === color).length;
  const firstOpen = lines.find(({ missing }) => missing.length > 0) ?? lines[0];
  return page(
    'inspections/overview',
    {
      ...WORDS,
      title: `${inspection.name}, WO-${number}`,
      ...{ number, inspection, order, lines, sections: sectionsOf(lines), firstOpen: firstOpen?.key ?? null },
      counts: { red: count('red'), yellow: count('yellow'), green: count('green'), na: count('na'), open: count(null) },
      missing: lines.filter((line) => line.missing.length > 0),
      ...{ requestId: randomUUID(), errors: refused?.fields ?? {} },
    },
    'inspections/overview-parts',
  );
}

function sectionsOf(lines: Line[]): { name: string; lines: Line[] }[] {
  const sections = new Map<string, Line[]>();
  for (const line of lines) sections.set(line.section, [...(sections.get(line.section) ?? []), line]);
  return [...sections].map(([name, members]) => ({ name, lines: members }));
}

/** Where the template is chosen: those for this type of vehicle first. */
export async function startPage(db: Database, viewer: Viewer, number: number, refused: Refused | null = null): Promise<Answer> {
  const order = await db
    .selectFrom('work_orders as w')
    .innerJoin('vehicles as v', (join) => join.onRef('v.shop_id', '=', 'w.shop_id').onRef('v.id', '=', 'w.vehicle_id'))
    .select(['w.id', 'w.handed_over_at', 'v.description', 'v.type', 'v.kind'])
    .where('w.shop_id', '=', viewer.shop)
    .where('w.number', '=', number)
    .executeTakeFirst();
  if (!order) throw new NotFound('That work order is not here.');
  const [templates, begun] = await Promise.all([listTemplates(db, viewer.shop), listBegun(db, viewer.shop, order.id)]);
  const type = (order.type || (order.kind === 'equipment' ? 'machine' : '')) as VehicleType;
  const offered = offer(templates).filter(({ items }) => items > 0);
  const fits = (template: { vehicleType: VehicleType }) => template.vehicleType === '' || template.vehicleType === type;
  return page(
    'inspections/start',
    {
      ...WORDS,
      ...{ title: `Start an inspection, WO-${number}`, number, vehicle: order.description, handedOver: order.handed_over_at !== null },
      ...{ begun, fitting: type ? offered.filter(fits) : [], others: type ? offered.filter((one) => !fits(one)) : offered },
      ...{ type, typeName: VEHICLE_TYPES[type], requestId: randomUUID(), errors: refused?.fields ?? {} },
    },
    'inspections/start-part',
  );
}

/** What can be started: the shop's templates, or, where it has none yet, those to begin with. */
function offer(templates: Awaited<ReturnType<typeof listTemplates>>) {
  if (templates.length === 0)
    return Object.entries(STARTER_TEMPLATES).map(([starter, { name, vehicleType, content }]) => ({
      ...{ field: 'starter', value: starter, name, vehicleType, items: itemsOf(content).length },
    }));
  return templates
    .filter(({ archived }) => !archived)
    .map(({ id, name, vehicleType, content }) => ({
      ...{ field: 'template', value: String(id), name, vehicleType, items: itemsOf(content).length },
    }));
}

function listBegun(db: Database, shop: number, workOrder: number) {
  return db
    .selectFrom('inspections as i')
    .innerJoin('inspection_templates as t', (join) => join.onRef('t.shop_id', '=', 'i.shop_id').onRef('t.id', '=', 'i.template_id'))
    .select(['i.id', 't.id as template', 't.name'])
    .where('i.shop_id', '=', shop)
    .where('i.work_order_id', '=', workOrder)
    .orderBy('i.id')
    .execute();
}
