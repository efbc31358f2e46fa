import type { Request } from 'express';
import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showDate, showDateTime } from '../../platform/time.js';
import { type Answer, bytes, done, type PageAnswer, page } from '../../platform/web/answers.js';
import { codeOf } from '../../platform/web/qr-code.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { WorkOrderPages } from '../work-orders/pages.js';
import { OneOrder, OneQuestion, ReplyInput } from './inputs.js';
import { makeLink, renewLink, revokeLinks } from './links.js';
import { answerQuestion, getQuestion } from './questions.js';
import { sendToCustomer } from './sending.js';
import { addressOf, getSharing, messagesOf } from './sharing.js';
import { LinkKeys } from './tokens.js';

const Nothing = z.strictObject({});
const LinkInput = z.strictObject({ anew: z.literal('yes').optional() });

/** The customer's link, as the desk has it. */
export function approvalRoutes(services: Services): Route[] {
  const { db, config, views } = services;
  const { token } = new LinkKeys(config.sessionSecrets);
  const pages = new WorkOrderPages(services);
  type At = { viewer: Viewer; params: { number: number }; request: Request };

  const share = async ({ viewer, params, request }: At): Promise<Answer> => {
    const { number } = params;
    const sharing = await getSharing(db, viewer.shop, number, token);
    const url = sharing.link && addressOf(sharing.link, config.publicUrl, request);
    const data = {
      ...{ title: `Link for WO-${number}`, number, vehicle: sharing.vehicle, phone: sharing.phone, email: sharing.email, url },
      exists: sharing.link !== null,
      until: sharing.link && showDate(sharing.link.expiresAt, viewer.timeZone),
      code: url && (await codeOf(url)),
      // A phone can't open the address of the computer that this one calls itself.
      onlyHere: url !== null && /^https?:\/\/(localhost|127\.|\[::1\])/.test(url),
      ...(url && messagesOf(sharing, url)),
    };
    return page('approvals/share', data, 'approvals/share-sheet');
  };
  const reply = async (
    { viewer, params }: { viewer: Viewer; params: { number: number; question: number } },
    refused: Refused | null,
  ): Promise<Answer> => {
    const { askedAt, ...question } = await getQuestion(db, viewer.shop, params.number, params.question);
    const data = {
      ...{ title: `Question about WO-${params.number}`, question: { ...question, askedAt: showDateTime(askedAt, viewer.timeZone) } },
      ...{ values: refused?.values ?? { answer: question.answer }, errors: refused?.fields ?? {} },
    };
    return page('approvals/question', data, 'approvals/question-form');
  };
  /** In the dialog over the board or over the page its sheet again, else the page. */
  const back = async (
    here: { viewer: Viewer; params: { number: number }; htmx: boolean; frame(): object },
    text: string,
  ): Promise<Answer> => {
    const flash = { text };
    if (!here.htmx) return done(`/work-orders/${here.params.number}`, { flash });
    const sheet = (await pages.show(here.viewer, here.params.number, null, true)) as PageAnswer;
    const html = views.render(sheet.fragment as string, { ...here.frame(), ...sheet.data }) + views.render('board/notice', { flash });
    return bytes(html, { 'Content-Type': 'text/html; charset=utf-8' });
  };
  const refusedAt = ({ viewer, params }: At, refused: Refused) => pages.show(viewer, params.number, refused, false);
  const to = (number: number) => `/work-orders/${number}/link`;

  return [
    post(
      '/work-orders/:number/sendings',
      { may: 'link.make', params: OneOrder, body: Nothing, form: refusedAt },
      async ({ viewer, params }) => {
        await sendToCustomer(db, viewer, params.number, token);
        return done(to(params.number));
      },
    ),
    get('/work-orders/:number/link', { may: 'link.make', params: OneOrder }, share),
    post('/work-orders/:number/links', { may: 'link.make', params: OneOrder, body: LinkInput }, async ({ viewer, params, body }) => {
      await (body.anew ? renewLink : makeLink)(db, viewer, params.number, token);
      return done(to(params.number));
    }),
    post('/work-orders/:number/links/revocations', { may: 'link.make', params: OneOrder, body: Nothing }, async ({ viewer, params }) => {
      await revokeLinks(db, viewer, params.number);
      return done(`/work-orders/${params.number}`, { flash: { text: 'The customer’s link is revoked. It opens nothing any more.' } });
    }),
    get('/work-orders/:number/questions/:question', { may: 'question.answer', params: OneQuestion }, (here) => reply(here, null)),
    post(
      '/work-orders/:number/questions/:question/answers',
      { may: 'question.answer', params: OneQuestion, body: ReplyInput, form: reply },
      async (here) => {
        await answerQuestion(db, here.viewer, here.params.number, here.params.question, here.body.answer);
        return back(here, 'The customer finds your answer on their page.');
      },
    ),
  ];
}
