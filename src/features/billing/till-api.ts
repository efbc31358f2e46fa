import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { api, type Operation } from '../../platform/web/api.js';
import { JsonId, Money, pageOf, pageQuery, showTime, Time } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id, optional } from '../../platform/web/forms.js';
import { MOST_PRICE_CENTS } from './amounts.js';
import { paymentFields } from './inputs.js';
import { PAY_METHODS, type PayMethod, payOldest } from './payments.js';
import { AGES, getStatement, listReceivables } from './receivables.js';
import { readCurrency } from './terms.js';
import { closeTill, listCloses, METHOD_LIST, readTill } from './till.js';

const OneCustomer = z.object({ customer: Id });
const Method = z.enum(Object.keys(PAY_METHODS) as [PayMethod, ...PayMethod[]]);
const Cents = z.int().min(-MOST_PRICE_CENTS).max(MOST_PRICE_CENTS);
const byMethod = (description: string) =>
  z
    .strictObject(
      Object.fromEntries(METHOD_LIST.map((method) => [method, Cents.default(0)])) as Record<PayMethod, z.ZodDefault<typeof Cents>>,
    )
    .meta({ description });

const Ages = z
  .array(Money)
  .length(AGES.length)
  .meta({ description: `By age since it was posted: ${AGES.join(', ')}.` });
const DebtorJson = z.strictObject({ customer: JsonId, name: z.string(), invoices: z.int(), ages: Ages, due: Money }).meta({ id: 'Debtor' });
const StatementJson = z
  .strictObject({
    ...{ customer: z.strictObject({ id: JsonId, name: z.string(), company: z.string() }), ages: Ages, due: Money },
    invoices: z.array(
      z.strictObject({
        ...{ work_order: JsonId, invoice_number: z.int().nullable(), posted_at: Time, vehicle: z.string(), po_number: z.string() },
        ...{ total: Money, paid: Money, due: Money, days: z.int() },
      }),
    ),
  })
  .meta({ id: 'Statement' });
const TillJson = z
  .strictObject({ methods: z.array(z.strictObject({ method: Method, expected: Money, payments: z.int() })) })
  .meta({ id: 'Till' });
const CloseJson = z
  .strictObject({
    ...{ id: JsonId, at: Time, closed_by: z.string(), note: z.string() },
    methods: z.array(z.strictObject({ method: Method, expected: Money, counted: Money })),
  })
  .meta({ id: 'TillClose' });

const SeveralBody = z.strictObject({
  ...paymentFields,
  amount_cents: z.int().min(1).max(MOST_PRICE_CENTS),
  tendered_cents: z.int().min(1).max(MOST_PRICE_CENTS).nullable().default(null),
  shown_cents: z.int().meta({ description: 'What is due in all, as it was read: refused when it is another sum by now.' }),
});
const fields = { amount: 'amount_cents', tendered: 'tendered_cents' };

/** What customers owe, and the till. */
export function tillOperations({ db }: Services): Operation[] {
  return [
    ...receivables({ db }),
    api(
      'get',
      '/till',
      {
        id: 'getTill',
        tag: 'Payments',
        summary: 'What should be in the till since it was closed last',
        may: 'till.close',
        answer: TillJson,
        example: {},
      },
      async ({ viewer }) => {
        const [sums, currency] = [await readTill(db, viewer.shop), await readCurrency(db, viewer.shop)];
        return {
          methods: sums.map(({ method, expectedCents, count }) => ({
            method,
            expected: { cents: expectedCents, currency },
            payments: Number(count),
          })),
        };
      },
    ),
    api(
      'get',
      '/till/closes',
      {
        ...{ id: 'listTillCloses', tag: 'Payments', summary: 'How the till was closed, the latest first', may: 'till.close' },
        ...{ query: pageQuery(JsonId), answer: pageOf(CloseJson), example: {} },
      },
      async ({ viewer, query }) => {
        const currency = await readCurrency(db, viewer.shop);
        const { closes, next } = await listCloses(db, viewer.shop, query.after ?? null, query.limit);
        const items = closes.map(({ id, at, closedBy, note, sums }) => ({
          ...{ id, at: showTime(at, viewer), closed_by: closedBy, note },
          methods: METHOD_LIST.flatMap((method) => {
            const sum = sums[method];
            return sum ? [{ method, expected: { cents: sum.expected, currency }, counted: { cents: sum.counted, currency } }] : [];
          }),
        }));
        return asPage(items, next);
      },
    ),
    api(
      'post',
      '/till/closes',
      {
        ...{ id: 'closeTill', tag: 'Payments', summary: 'Writes down what was counted; the count begins anew', may: 'till.close' },
        body: z.strictObject({
          counted: byMethod('Cents of each method; what is not given is nothing.'),
          expected: byMethod('What should be there, as it was read: refused when money was taken or given back since.'),
          note: optional('The note', 500),
        }),
        ...{ answer: z.strictObject({ difference: Money }), status: 201 },
        example: { body: { counted: { cash: 1400, card: 15_000, check: 5000 }, expected: { cash: 1500, card: 15_000, check: 5000 } } },
      },
      async ({ viewer, body }) => {
        const { result } = await closeTill(db, viewer, body);
        return { difference: { cents: result.differenceCents, currency: result.currency } };
      },
    ),
  ];
}

function receivables({ db }: Pick<Services, 'db'>): Operation[] {
  const sums = (cents: number[], currency: string) => cents.map((one) => ({ cents: one, currency }));
  return [
    api(
      'get',
      '/receivables',
      {
        ...{ id: 'listReceivables', tag: 'Payments', summary: 'Who owes what on posted invoices, the most first', may: 'customer.see' },
        ...{ query: pageQuery(z.strictObject({ due: z.int(), customer: JsonId })), answer: pageOf(DebtorJson), example: {} },
      },
      async ({ viewer, query }) => {
        const currency = await readCurrency(db, viewer.shop);
        const { debtors, next } = await listReceivables(db, viewer.shop, query.after ?? null, query.limit);
        const items = debtors.map(({ customer, name, invoices, ages, dueCents }) => ({
          ...{ customer, name, invoices: Number(invoices), ages: sums(ages, currency), due: { cents: dueCents, currency } },
        }));
        return asPage(items, next);
      },
    ),
    api(
      'get',
      '/receivables/:customer',
      {
        ...{ id: 'getStatement', tag: 'Payments', summary: 'What one customer owes, the oldest invoice first', may: 'customer.see' },
        ...{ params: OneCustomer, answer: StatementJson, example: { params: { customer: '1' } } },
      },
      async ({ viewer, params }) => {
        const { customer, currency, invoices, ages, dueCents } = await getStatement(db, viewer.shop, params.customer);
        const money = (cents: number) => ({ cents, currency });
        return {
          ...{
            customer: { id: customer.id, name: customer.name, company: customer.company },
            ages: sums(ages, currency),
            due: money(dueCents),
          },
          invoices: invoices.map((one) => ({
            ...{ work_order: one.number, invoice_number: one.invoice, posted_at: showTime(one.postedAt, viewer), vehicle: one.vehicle },
            ...{
              po_number: one.poNumber,
              total: money(one.totalCents),
              paid: money(one.paidCents),
              due: money(one.dueCents),
              days: one.days,
            },
          })),
        };
      },
    ),
    api(
      'post',
      '/receivables/:customer/payments',
      {
        ...{ id: 'payOldest', tag: 'Payments', summary: 'Takes one payment for several invoices, the oldest first', may: 'payment.take' },
        ...{ params: OneCustomer, body: SeveralBody, status: 201, fields },
        answer: z.strictObject({ work_orders: z.array(JsonId), change: Money }),
        example: { params: { customer: '8' }, body: { method: 'check', reference: '1881', amount_cents: 5000, shown_cents: 10_000 } },
      },
      async ({ viewer, params, body }) => {
        // A customer of another shop is not here, whatever was sent.
        await getStatement(db, viewer.shop, params.customer);
        const { amount_cents: cents, tendered_cents: tenderedCents, shown_cents: expectedCents, ...rest } = body;
        const { result } = await payOldest(db, viewer, params.customer, { ...rest, cents, tenderedCents, expectedCents });
        return { work_orders: result.numbers, change: { cents: result.changeCents, currency: result.currency } };
      },
    ),
  ];
}
