import { Conflict } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type Answer, bytes, done, type PageAnswer } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { WorkOrderPages } from '../work-orders/pages.js';
import { showMoney } from './amounts.js';
import { recordConsent } from './authorizations.js';
import { makeInvoice, postInvoice, unpostInvoice } from './documents.js';
import { consentForm, paymentForm, refundForm } from './forms.js';
import { ConsentBody, DocumentInput, Numbered, PaymentInput, RefundInput, SentInput, UnpostInput } from './inputs.js';
import { refundPayment, takePayment } from './payments.js';
import { markAsSent } from './revisions.js';

/** Documents, consent and payments of one work order. */
export function billingRoutes(services: Services): Route[] {
  const { db, views } = services;
  const pages = new WorkOrderPages(services);
  type At = { viewer: Viewer; params: { number: number } };
  type Here = { viewer: Viewer; params: { number: number }; htmx: boolean; frame(): object };

  /** After a form of its own: back to the page of the work order, or, in the dialog over the board, its sheet again. */
  const back = async ({ viewer, params, htmx, frame }: Here, text: string): Promise<Answer> => {
    const flash = { text };
    if (!htmx) return done(`/work-orders/${params.number}`, { flash });
    const sheet = (await pages.show(viewer, params.number, null, true)) as PageAnswer;
    const html = views.render(sheet.fragment as string, { ...frame(), ...sheet.data }) + views.render('board/notice', { flash });
    return bytes(html, { 'Content-Type': 'text/html; charset=utf-8' });
  };
  /** After a button on the page: its parts as they are now. */
  const changed = async ({ viewer, params, frame }: Here, text: string): Promise<Answer> => {
    const flash = { text };
    const parts = await pages.partsAndActions(viewer, params.number, frame());
    return done(`/work-orders/${params.number}`, { flash, fragments: parts + views.render('board/notice', { flash }) });
  };
  /** The page again with the sentence; over the board a message, so that the sheet below stays as it is. */
  const refusedAt = ({ viewer, params, htmx }: At & { htmx: boolean }, refused: Refused) => {
    if (htmx) throw new Conflict(Object.values(refused.fields)[0] ?? 'That did not work.');
    return pages.show(viewer, params.number, refused, false);
  };
  const consentAgain = ({ viewer, params }: At, refused: Refused) => consentForm(db, viewer, params.number, refused);
  const paymentAgain = ({ viewer, params }: At, refused: Refused) => paymentForm(db, viewer, params.number, refused);
  const refundAgain = ({ viewer, params }: At, refused: Refused) => refundForm(db, viewer, params.number, refused);

  return [
    post('/work-orders/:number/revisions', { may: 'consent.record', params: Numbered, body: SentInput, form: refusedAt }, async (here) => {
      const { result } = await markAsSent(db, here.viewer, here.params.number, here.body.requestId);
      return changed(here, `Revision ${result.revision} ${result.fresh ? 'is written down as sent' : 'says exactly this already'}.`);
    }),
    get('/work-orders/:number/authorizations/new', { may: 'consent.record', params: Numbered }, ({ viewer, params }) =>
      consentForm(db, viewer, params.number, null),
    ),
    post(
      '/work-orders/:number/authorizations',
      { may: 'consent.record', params: Numbered, body: ConsentBody, form: consentAgain },
      async (here) => {
        const { result } = await recordConsent(db, here.viewer, here.params.number, here.body.input, here.body.requestId);
        return back(here, `${showMoney(result.authorizedCents, result.currency)} is authorized.`);
      },
    ),
    post('/work-orders/:number/invoices', { may: 'invoice.make', params: Numbered, body: DocumentInput, form: refusedAt }, async (here) => {
      const { result } = await makeInvoice(db, here.viewer, here.params.number, here.body.shown, here.body.requestId);
      return changed(here, `Invoice ${result.invoice} is made.`);
    }),
    post('/work-orders/:number/postings', { may: 'invoice.make', params: Numbered, body: DocumentInput, form: refusedAt }, async (here) => {
      const { result } = await postInvoice(db, here.viewer, here.params.number, here.body.shown, here.body.requestId);
      return changed(here, `Invoice ${result.invoice} is posted.`);
    }),
    post(
      '/work-orders/:number/unpostings',
      { may: 'invoice.unpost', params: Numbered, body: UnpostInput, form: refusedAt },
      async (here) => {
        await unpostInvoice(db, here.viewer, here.params.number, here.body.reason);
        return changed(here, `WO-${here.params.number} is open again. What was paid stays paid.`);
      },
    ),
    get('/work-orders/:number/payments/new', { may: 'payment.take', params: Numbered }, ({ viewer, params }) =>
      paymentForm(db, viewer, params.number, null),
    ),
    post(
      '/work-orders/:number/payments',
      { may: 'payment.take', params: Numbered, body: PaymentInput, form: paymentAgain },
      async (here) => {
        const { requestId, amount, tendered, ...rest } = here.body;
        const input = { ...rest, cents: amount, tenderedCents: tendered };
        const { result } = await takePayment(db, here.viewer, here.params.number, input, requestId);
        const change = result.changeCents > 0 ? ` Give ${showMoney(result.changeCents, result.currency)} back as change.` : '';
        return back(here, `${showMoney(amount, result.currency)} taken.${change}`);
      },
    ),
    get('/work-orders/:number/refunds/new', { may: 'payment.refund', params: Numbered }, ({ viewer, params }) =>
      refundForm(db, viewer, params.number, null),
    ),
    post(
      '/work-orders/:number/refunds',
      { may: 'payment.refund', params: Numbered, body: RefundInput, form: refundAgain },
      async (here) => {
        const { requestId, amount, ...rest } = here.body;
        const { result } = await refundPayment(db, here.viewer, here.params.number, { ...rest, cents: amount }, requestId);
        return back(here, `${showMoney(amount, result.currency)} given back.`);
      },
    ),
  ];
}
