import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, Money, pageOf, showTime, Time } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { getWorkOrder } from '../work-orders/details.js';
import type { Payment } from '../work-orders/whole.js';
import { MOST_PRICE_CENTS } from './amounts.js';
import { paymentFields, refundFields } from './inputs.js';
import { PAY_METHODS, type PayMethod, refundPayment, takePayment } from './payments.js';

const OfOrder = z.object({ number: Id });
const PaymentJson = z
  .strictObject({
    ...{ id: JsonId, kind: z.enum(['deposit', 'payment', 'refund']), at: Time, taken_by: z.string() },
    method: z.enum(Object.keys(PAY_METHODS) as [PayMethod, ...PayMethod[]]),
    amount: Money,
    tendered: Money.nullable().meta({ description: 'Cash that was handed over, when it was more.' }),
    ...{ reference: z.string(), note: z.string(), refund_of: JsonId.nullable() },
  })
  .meta({ id: 'Payment' });

const Amount = z.int().min(1).max(MOST_PRICE_CENTS);
const TakeBody = z.strictObject({
  ...{ ...paymentFields, amount_cents: Amount, tendered_cents: Amount.nullable().default(null) },
  deposit: z.boolean().default(false).meta({ description: 'Money ahead of the bill.' }),
});
const RefundBody = z.strictObject({
  ...{ ...refundFields, amount_cents: Amount },
  payment: JsonId.nullable().default(null).meta({ description: 'The one that is given back; null for any of the order’s.' }),
});
const fields = { amount: 'amount_cents', tendered: 'tendered_cents' };

/** What was paid for a work order. */
export function paymentOperations({ db }: Services): Operation[] {
  const list = async (viewer: ApiViewer, number: number) => {
    const { payments, currency } = await getWorkOrder(db, viewer.shop, number);
    return asPage(
      payments.map((one) => toJson(one, currency, viewer)),
      null,
    );
  };
  return [
    api(
      'get',
      '/work-orders/:number/payments',
      {
        ...{ id: 'listPayments', tag: 'Payments', summary: 'What was paid, and given back', may: 'price.see', params: OfOrder },
        ...{ answer: pageOf(PaymentJson), example: { params: { number: '1003' } } },
      },
      ({ viewer, params }) => list(viewer, params.number),
    ),
    api(
      'post',
      '/work-orders/:number/payments',
      {
        ...{ id: 'takePayment', tag: 'Payments', summary: 'Takes money for a work order', may: 'payment.take', params: OfOrder, fields },
        ...{ body: TakeBody, answer: z.strictObject({ change: Money }), status: 201 },
        example: { params: { number: '1003' }, body: { method: 'cash', amount_cents: 2500, tendered_cents: 3000, deposit: true } },
      },
      async ({ viewer, params, body }) => {
        const { amount_cents: cents, tendered_cents: tenderedCents, ...rest } = body;
        const { result } = await takePayment(db, viewer, params.number, { ...rest, cents, tenderedCents });
        return { change: { cents: result.changeCents, currency: result.currency } };
      },
    ),
    api(
      'post',
      '/work-orders/:number/refunds',
      {
        ...{ id: 'refundPayment', tag: 'Payments', summary: 'Gives money back', may: 'payment.refund', params: OfOrder, fields },
        ...{ body: RefundBody, answer: null },
        example: { params: { number: '1003' }, body: { method: 'cash', amount_cents: 1000, reason: 'The part came cheaper.' } },
      },
      async ({ viewer, params, body }) => {
        const { amount_cents: cents, ...rest } = body;
        await refundPayment(db, viewer, params.number, { ...rest, cents });
      },
    ),
  ];
}

function toJson(payment: Payment, currency: string, viewer: ApiViewer): z.input<typeof PaymentJson> {
  const { id, kind, method, cents, tenderedCents, reference, note, refundOfId, takenBy, at } = payment;
  return {
    ...{ id, kind, method, reference, note, refund_of: refundOfId, taken_by: takenBy, at: showTime(new Date(at), viewer) },
    amount: { cents, currency },
    tendered: tenderedCents === null ? null : { cents: tenderedCents, currency },
  };
}
