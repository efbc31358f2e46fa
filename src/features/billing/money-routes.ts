import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showDate, showFullDateTime } from '../../platform/time.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { showAmount, showMoney } from './amounts.js';
import { CloseInput, SeveralInput } from './inputs.js';
import { PAY_METHODS, type PayMethod, payOldest } from './payments.js';
import { AGES, ageOf, getStatement, listReceivables } from './receivables.js';
import { readCurrency } from './terms.js';
import { closeTill, listCloses, METHOD_LIST, readTill } from './till.js';

const OneCustomer = z.object({ customer: Id });
const Whole = z.coerce.number().int().nonnegative().nullable().default(null).catch(null);

/** What customers owe, and the till. */
export function moneyRoutes({ db }: Services): Route[] {
  const till = async (viewer: Viewer, before: number | null, refused: Refused | null): Promise<Answer> =>
    page('billing/till', await tillPage(db, viewer, before, refused));
  const debtor = async (viewer: Viewer, customer: number, refused: Refused | null): Promise<Answer> =>
    page('billing/debtor', await debtorPage(db, viewer, customer, refused));

  return [
    get('/receivables', { may: 'customer.see', query: z.object({ due: Whole, customer: Whole }) }, async ({ viewer, query }) => {
      const after = query.due !== null && query.customer !== null ? { due: query.due, customer: query.customer } : null;
      return page('billing/receivables', await receivablesPage(db, viewer, after));
    }),
    get('/receivables/:customer', { may: 'customer.see', params: OneCustomer }, ({ viewer, params }) =>
      debtor(viewer, params.customer, null),
    ),
    post(
      '/receivables/:customer/payments',
      {
        may: 'payment.take',
        params: OneCustomer,
        body: SeveralInput,
        form: ({ viewer, params }, refused) => debtor(viewer, params.customer, refused),
      },
      async ({ viewer, params, body }) => {
        // A customer of another shop is not here, whatever the form says.
        await getStatement(db, viewer.shop, params.customer);
        const { requestId, amount, tendered, shown, ...rest } = body;
        const input = { ...rest, cents: amount, tenderedCents: tendered, expectedCents: shown };
        const { result } = await payOldest(db, viewer, params.customer, input, requestId);
        const change = result.changeCents > 0 ? ` Give ${showMoney(result.changeCents, result.currency)} back as change.` : '';
        const text = `${showMoney(amount, result.currency)} taken for ${result.numbers.map((number) => `WO-${number}`).join(', ')}.${change}`;
        return done(`/receivables/${params.customer}`, { flash: { text } });
      },
    ),
    get('/till', { may: 'till.close', query: z.object({ before: Whole }) }, ({ viewer, query }) => till(viewer, query.before, null)),
    post(
      '/till/closes',
      { may: 'till.close', body: CloseInput, form: ({ viewer }, refused) => till(viewer, null, refused) },
      async ({ viewer, body }) => {
        const pick = (prefix: 'counted' | 'expected') =>
          Object.fromEntries(METHOD_LIST.map((method) => [method, body[`${prefix}.${method}`]])) as Record<PayMethod, number>;
        const input = { counted: pick('counted'), expected: pick('expected'), note: body.note };
        const { result } = await closeTill(db, viewer, input, body.requestId);
        return done('/till', { flash: { text: `The till is closed: ${sayDifference(result.differenceCents, result.currency)}.` } });
      },
    ),
  ];
}

function sayDifference(cents: number, currency: string): string {
  if (cents === 0) return 'it is right';
  return `${showMoney(Math.abs(cents), currency)} ${cents > 0 ? 'too much' : 'missing'}`;
}

async function receivablesPage(db: Services['db'], viewer: Viewer, after: { due: number; customer: number } | null) {
  const [found, currency] = await Promise.all([listReceivables(db, viewer.shop, after), readCurrency(db, viewer.shop)]);
  return {
    ...{ title: 'Receivables', tab: 'receivables', agesNames: AGES, currency, next: found.next },
    debtors: found.debtors.map((one) => ({ ...one, ages: one.ages.map(showUnlessZero), due: showAmount(one.dueCents) })),
    ages: found.ages.map(showUnlessZero),
    due: showAmount(found.dueCents),
    later: after !== null,
  };
}

async function debtorPage(db: Services['db'], viewer: Viewer, customer: number, refused: Refused | null) {
  const statement = await getStatement(db, viewer.shop, customer);
  const { currency, dueCents } = statement;
  return {
    ...{
      title: `What ${statement.customer.company || statement.customer.name} owes`,
      tab: 'receivables',
      customer: statement.customer,
      currency,
    },
    invoices: statement.invoices.map((one) => ({
      ...{
        number: one.number,
        invoice: one.invoice,
        vehicle: one.vehicle,
        poNumber: one.poNumber,
        days: one.days,
        age: AGES[ageOf(one.days)],
      },
      posted: showDate(one.postedAt, viewer.timeZone),
      ...{ total: showAmount(one.totalCents), paid: showUnlessZero(one.paidCents), due: showAmount(one.dueCents) },
    })),
    ...{ due: showAmount(dueCents), dueMoney: showMoney(dueCents, currency), shown: dueCents, methods: Object.entries(PAY_METHODS) },
    requestId: String(refused?.values.requestId ?? randomUUID()),
    values: refused?.values ?? { amount: showAmount(dueCents), method: 'check' },
    errors: refused?.fields ?? {},
  };
}

async function tillPage(db: Services['db'], viewer: Viewer, before: number | null, refused: Refused | null) {
  const [sums, { closes, next }, currency] = await Promise.all([
    readTill(db, viewer.shop),
    listCloses(db, viewer.shop, before),
    readCurrency(db, viewer.shop),
  ]);
  return {
    ...{ title: 'Till', tab: 'till', currency, next, before },
    isEmpty: sums.every(({ count }) => count === 0),
    sums: sums.map(({ method, expectedCents, count }) => ({
      ...{ method, name: PAY_METHODS[method], count, shown: expectedCents, expected: showAmount(expectedCents) },
    })),
    closes: closes.map((close) => ({
      ...{ id: close.id, at: showFullDateTime(close.at, viewer.timeZone), closedBy: close.closedBy, note: close.note },
      sums: METHOD_LIST.flatMap((method) => {
        const sum = close.sums[method];
        if (!sum) return [];
        const difference = sum.counted - sum.expected;
        const cells = { expected: showAmount(sum.expected), counted: showAmount(sum.counted), difference: showUnlessZero(difference) };
        return [{ name: PAY_METHODS[method], ...cells, isOff: difference !== 0 }];
      }),
    })),
    requestId: String(refused?.values.requestId ?? randomUUID()),
    values: refused?.values ?? {},
    errors: refused?.fields ?? {},
  };
}

function showUnlessZero(cents: number): string {
  return cents === 0 ? '' : showAmount(cents);
}
