import { z } from 'zod';
import { Invalid } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { toLocalInput } from '../../platform/time.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { camelKeys, JsonId, pageOf, pageQuery, TimeInput, toPage } from '../../platform/web/api-fields.js';
import { patchOf } from '../../platform/web/api-patch.js';
import { Id } from '../../platform/web/forms.js';
import { assign, take } from './assignments.js';
import { block, unblock } from './blocks.js';
import { createWorkOrder } from './create.js';
import { type EditFields, editWorkOrder } from './edit.js';
import { bringBack, handOver } from './hand-overs.js';
import { BlockInput, checkPromise, editableTexts, findMissing, newcomerFields, orderFields, ReasonInput } from './inputs.js';
import { ListedOrderJson, listedOrderJson, readWorkOrder, WorkOrderJson } from './json.js';
import { listOrders } from './list.js';

const One = z.object({ number: Id });
const ChoiceOrNone = JsonId.nullable();
const ListQuery = pageQuery(JsonId).extend({
  state: z.enum(['open', 'finished', 'all']).default('all').meta({ description: 'Finished: the vehicle was handed over.' }),
  ...{ number: Id.optional(), column: Id.optional(), customer: Id.optional(), vehicle: Id.optional() },
  changed_since: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .optional()
    .meta({ description: 'A version of the shop, as the feed of events tells it: only what something has happened to since.' }),
});

const { concern, company, phone, email, plate } = orderFields;
const NewBody = z.strictObject({
  ...{ concern, company, phone, email, plate },
  ...{ customer_name: newcomerFields.customerName, vehicle_description: newcomerFields.vehicleDescription },
  customer: ChoiceOrNone.default(null).meta({
    description: 'One who is known; or null, and name, company, phone and e-mail of a new one.',
  }),
  vehicle: ChoiceOrNone.default(null).meta({ description: 'One that is known, with its owner; or null, and what the new one is.' }),
  ...{ promised_at: TimeInput.nullable().default(null), mechanic: ChoiceOrNone.default(null) },
});
const { customerName, vehicleDescription, poNumber, tag, internalNote } = editableTexts;
const ChangeBody = patchOf({
  ...{ concern, company, phone, email, plate, customer_name: customerName, vehicle_description: vehicleDescription },
  ...{ po_number: poNumber, tag, internal_note: internalNote, promised_at: TimeInput.nullable(), bill_to: ChoiceOrNone },
});
const PeopleBody = z.strictObject({ mechanic: ChoiceOrNone, advisor: ChoiceOrNone });

const one = { tag: 'Work orders', params: One, match: readWorkOrder, answer: WorkOrderJson } as const;
/** The nouns of the pages take the promised time as it is typed on the shop's clock, to the minute. */
const fields = { promised: 'promised_at' };

/** Work orders: found, opened, changed, and given to people. */
export function workOrderOperations(services: Services): Operation[] {
  const { db } = services;
  const promised = (at: Date | null, { timeZone }: ApiViewer) => checkPromise(toLocalInput(at, timeZone), timeZone);
  return [
    api(
      'get',
      '/work-orders',
      {
        ...{ id: 'listWorkOrders', tag: 'Work orders', summary: 'Work orders, the latest first', may: 'board.see', query: ListQuery },
        answer: pageOf(ListedOrderJson),
        example: { query: { state: 'open' } },
      },
      async ({ viewer, query }) => {
        const { after, limit, changed_since: changedSince, ...filter } = query;
        const rows = await listOrders(db, viewer.shop, { ...filter, changedSince, after: after ?? null }, limit + 1);
        return toPage(
          rows,
          limit,
          ({ number }) => number,
          (row) => listedOrderJson(row, viewer),
        );
      },
    ),
    api(
      'post',
      '/work-orders',
      {
        ...{ id: 'openWorkOrder', tag: 'Work orders', summary: 'Opens a work order', may: 'work-order.create', body: NewBody, fields },
        details:
          'Its card comes to the top of the first column that is before the work. A new customer and a new vehicle are made with it.',
        ...{ answer: WorkOrderJson, status: 201 },
        example: {
          body: { customer_name: 'Ivy Okafor', phone: '555 0177', vehicle_description: '2021 Honda Civic', concern: 'Oil change' },
        },
      },
      async ({ viewer, body }) => {
        const { promisedAt, ...input } = camelKeys(body);
        const missing = findMissing(input);
        if (Object.keys(missing).length > 0) throw new Invalid(missing);
        const { result } = await createWorkOrder(db, viewer, { ...input, promisedAt: promised(promisedAt, viewer) });
        return readWorkOrder(db, viewer, result);
      },
    ),
    api(
      'get',
      '/work-orders/:number',
      {
        ...{ id: 'getWorkOrder', tag: 'Work orders', summary: 'One work order, with its jobs, lines and sums', may: 'board.see' },
        ...{ params: One, answer: WorkOrderJson },
        example: { params: { number: '1001' } },
      },
      ({ viewer, params }) => readWorkOrder(db, viewer, params),
    ),
    api(
      'patch',
      '/work-orders/:number',
      {
        ...{ ...one, id: 'changeWorkOrder', summary: 'Changes what a work order says, and who it is for', may: 'work-order.edit' },
        ...{ body: ChangeBody, fields },
        details:
          'What is not given stays. Names, phone, e-mail and plate are those of the customer and the vehicle: they change everywhere.',
        example: { params: { number: '1002' }, body: { tag: 'K 17', promised_at: '2026-12-01T16:30:00-06:00' } },
      },
      async ({ viewer, params, body }) => {
        const { promised_at: at, bill_to: payer, ...texts } = body;
        if (at) promised(at, viewer);
        const mine = {
          ...camelKeys(texts),
          ...(at !== undefined && { promised: toLocalInput(at, viewer.timeZone) }),
          ...(payer !== undefined && { billTo: String(payer ?? '') }),
        } as Partial<EditFields>;
        await editWorkOrder(db, viewer, viewer.timeZone, params.number, {}, mine);
        return readWorkOrder(db, viewer, params);
      },
    ),
    ...doneWith(services),
  ];
}

/** What is done with a work order by a button of its page. */
function doneWith({ db }: Services): Operation[] {
  return [
    api(
      'put',
      '/work-orders/:number/assignment',
      {
        ...{ ...one, id: 'assignWorkOrder', summary: 'Says who works on it and who looks after it', may: 'work-order.assign' },
        body: PeopleBody,
        example: { params: { number: '1002' }, body: { mechanic: 1, advisor: 2 } },
      },
      async ({ viewer, params, body }) => {
        await assign(db, viewer, params.number, body);
        return readWorkOrder(db, viewer, params);
      },
    ),
    api(
      'post',
      '/work-orders/:number/takes',
      {
        ...{ ...one, id: 'takeWorkOrder', summary: 'Takes a work order that nobody works on', may: 'work-order.take' },
        example: { params: { number: '1003' } },
      },
      async ({ viewer, params }) => {
        await take(db, viewer, params.number);
        return readWorkOrder(db, viewer, params);
      },
    ),
    api(
      'put',
      '/work-orders/:number/block',
      {
        ...{ ...one, id: 'blockWorkOrder', summary: 'Marks it as blocked, and says why', may: 'work-order.block', body: BlockInput },
        example: { params: { number: '1002' }, body: { reason: 'parts', note: 'Brake pads, on Thursday' } },
      },
      async ({ viewer, params, body }) => {
        await block(db, viewer, params.number, body);
        return readWorkOrder(db, viewer, params);
      },
    ),
    api(
      'delete',
      '/work-orders/:number/block',
      {
        ...{ ...one, id: 'freeWorkOrder', summary: 'It can go on', may: 'work-order.block' },
        example: { params: { number: '1002' } },
      },
      async ({ viewer, params }) => {
        await unblock(db, viewer, params.number);
        return readWorkOrder(db, viewer, params);
      },
    ),
    api(
      'post',
      '/work-orders/:number/hand-overs',
      {
        ...{ ...one, id: 'handOver', summary: 'The vehicle leaves: its card leaves the board', may: 'work-order.hand-over' },
        body: ReasonInput,
        details: 'From a finished column, and only when nothing is open or due; who may override a rule of the board can give a reason.',
        example: { params: { number: '1004' }, body: {} },
      },
      async ({ viewer, params, body }) => {
        await handOver(db, viewer, params.number, body.reason);
        return readWorkOrder(db, viewer, params);
      },
    ),
    api(
      'post',
      '/work-orders/:number/returns',
      {
        ...{ ...one, id: 'bringBack', summary: 'Brings a vehicle’s card back to the board', may: 'board.reopen', body: ReasonInput },
        example: { params: { number: '1005' }, body: { reason: 'The noise is back.' } },
      },
      async ({ viewer, params, body }) => {
        await bringBack(db, viewer, params.number, body.reason);
        return readWorkOrder(db, viewer, params);
      },
    ),
  ];
}
