import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { api, type Operation } from '../../platform/web/api.js';
import { JsonId } from '../../platform/web/api-fields.js';
import { patchOf } from '../../platform/web/api-patch.js';
import { Id, optional } from '../../platform/web/forms.js';
import { showAmount, showPercent, showQuantity } from '../billing/amounts.js';
import { keysOf, LineJson } from './json.js';
import { ADDABLE, CONDITIONS, CORE_STATES, type LineFields, MOST_CENTS } from './line-fields.js';
import { addLine, changeLine, removeLine } from './lines.js';
import { readLine } from './read.js';

const OfOrder = z.object({ number: Id });
const One = z.object({ number: Id, line: Id });

const Amount = z.int().nullable();
/** Each kind of line reads its own texts. */
const Text = optional('This', 600).unwrap().optional();
const text = {
  ...{ description: Text, part_number: Text, vendor: Text, vendor_invoice: Text },
  quantity_hundredths: z.int().optional().meta({ description: 'Hours of labor, pieces, liters: 150 is one and a half.' }),
  labor_rate: JsonId.nullable().optional().meta({ description: 'Of labor; null: the one that applies.' }),
  price_cents: Amount.optional().meta({ description: 'For one. Null: worked out by the labor rate or the price matrix.' }),
  discount_ppm: Amount.optional().meta({ description: 'Of a discount, instead of a price: parts per million.' }),
  cost_cents: Amount.optional(),
  flat_hundredths: Amount.optional().meta({ description: 'Of labor: the book’s hours.' }),
  condition: z.enum(keysOf(CONDITIONS)).nullable().optional(),
  tax: z.enum(['taxed', 'untaxed']).nullable().optional().meta({ description: 'Null: as its kind.' }),
};
const NewBody = z.strictObject({
  kind: z.enum(ADDABLE, 'That is not one of the choices.'),
  job: JsonId.nullable().default(null).meta({ description: 'Null: of the order as a whole, which only fees and discounts can be.' }),
  ...text,
  core_cents: z
    .int()
    .min(0)
    .max(MOST_CENTS)
    .nullable()
    .default(null)
    .meta({ description: 'Of a part or a tire: charged until the old one comes back.' }),
  fee: JsonId.nullable().default(null).meta({ description: 'One of the shop’s fees, instead of one that is described.' }),
});
const ChangeBody = patchOf({ ...text, core_state: z.enum(keysOf(CORE_STATES)).optional() });

/** As it would be typed into the form of the line: there it is read and checked, the same for both. */
function toTexts(body: z.output<typeof ChangeBody>): LineFields {
  const say = <Value>(value: Value | null | undefined, show: (value: Value) => string) =>
    value === undefined ? undefined : value === null ? '' : show(value);
  const price = body.discount_ppm == null ? say(body.price_cents, showAmount) : showPercent(body.discount_ppm);
  const texts = {
    ...{ description: body.description, partNumber: body.part_number, vendor: body.vendor, vendorInvoice: body.vendor_invoice },
    ...{ quantity: say(body.quantity_hundredths, showQuantity), laborRate: say(body.labor_rate, String), price },
    ...{ cost: say(body.cost_cents, showAmount), flat: say(body.flat_hundredths, showQuantity), condition: say(body.condition, String) },
    ...{ tax: say(body.tax, String), coreState: body.core_state },
  };
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
}

const fields = { quantity: 'quantity_hundredths', price: 'price_cents', cost: 'cost_cents', flat: 'flat_hundredths' };
const one = { tag: 'Lines', params: One, match: readLine, fields } as const;

/** The lines of a work order: labor, parts, tires, sublet work, fees and discounts. */
export function lineOperations({ db }: Services): Operation[] {
  return [
    api(
      'post',
      '/work-orders/:number/lines',
      {
        ...{ id: 'addLine', tag: 'Lines', summary: 'Writes a line with the rates of now, which it keeps', may: 'job.edit' },
        details: 'A part with a core brings the core as a line of its own; a tire brings the fees that the shop charges for each tire.',
        ...{ params: OfOrder, body: NewBody, answer: LineJson, status: 201, fields },
        example: {
          params: { number: '1003' },
          body: { kind: 'part', job: 3, description: 'Brake pads, front', quantity_hundredths: 100, cost_cents: 4200, price_cents: 8900 },
        },
      },
      async ({ viewer, params, body }) => {
        const { kind, job, core_cents: coreCents, fee, ...rest } = body;
        const { result } = await addLine(db, viewer, params.number, { kind, job, coreCents, fee, fields: toTexts(rest) });
        return readLine(db, viewer, { ...params, ...result });
      },
    ),
    api(
      'get',
      '/work-orders/:number/lines/:line',
      {
        ...{ id: 'getLine', tag: 'Lines', summary: 'One line', may: 'board.see', params: One, answer: LineJson },
        example: { params: { number: '1003', line: '1' } },
      },
      ({ viewer, params }) => readLine(db, viewer, params),
    ),
    api(
      'patch',
      '/work-orders/:number/lines/:line',
      {
        ...{ ...one, id: 'changeLine', summary: 'Changes a line; what is not given stays', may: 'job.edit', body: ChangeBody },
        answer: LineJson,
        example: { params: { number: '1003', line: '1' }, body: { quantity_hundredths: 150, price_cents: 12_000 } },
      },
      async ({ viewer, params, body }) => {
        await changeLine(db, viewer, params.number, params.line, {}, toTexts(body));
        return readLine(db, viewer, params);
      },
    ),
    api(
      'delete',
      '/work-orders/:number/lines/:line',
      {
        ...{ ...one, id: 'removeLine', summary: 'Takes a line away, and with a part its core', may: 'job.edit', answer: null },
        example: { params: { number: '1003', line: '2' } },
      },
      ({ viewer, params }) => removeLine(db, viewer, params.number, params.line),
    ),
  ];
}
