import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { z } from 'zod';
import { change } from '../../platform/database/change.js';
import { NotFound, RequestError } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type Answer, bytes, done, page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import { answerMissed, SinceQuery } from '../../platform/web/screens.js';
import { findOrder } from '../billing/settle.js';
import { customerFile, show } from '../media/files.js';
import { acknowledgeByLink } from '../safety/holds.js';
import { answerByLink, callOf } from './answers.js';
import {
  AboutQuery,
  AcknowledgementBody,
  AnswerBody,
  ChoicesQuery,
  choicesIn,
  OneToken,
  OneVisit,
  QuestionBody,
  reasonsIn,
} from './inputs.js';
import { type FoundLink, findLink, holdLink, recordOpening } from './links.js';
import { askQuestion } from './questions.js';
import { SHEET, toSignature } from './signatures.js';
import { VisitThrottle } from './throttle.js';
import { LinkKeys } from './tokens.js';
import { headOf, readVisitData, toDocument, toReview, toSum, toVisitPage } from './visit-page.js';
import { readVersion } from './visits.js';

const OnePicture = z.object({ handle: z.string().max(64), media: Id, use: z.string().max(20) });
const Version = z.object({ v: z.string().max(64).optional() });

/**
 * The pages of a customer's link. The token is exchanged for a cookie of one visit, so no address keeps it. They meet no session:
 * who is signed in to the shop in the same browser makes no difference here.
 */
export function visitRoutes(services: Services): Route[] {
  const { db, pool, config, views } = services;
  const keys = new LinkKeys(config.sessionSecrets);
  const throttle = new VisitThrottle(pool);
  const isSecure = config.publicUrl?.startsWith('https:') ?? false;
  const cookieOf = (handle: string) => `${isSecure ? '__Secure-' : ''}visit-${handle}`;

  /** The link of a page, by the cookie that its token was exchanged for. @throws NotFound; RequestError 410 */
  const enter = async (request: Request, handle: string): Promise<FoundLink> => {
    request.res?.set('X-Robots-Tag', 'noindex, nofollow');
    const link = /^[\w-]{10,64}$/.test(handle) ? await findLink(db, { handle }) : null;
    if (!link || !keys.knows(link, readCookie(request, cookieOf(handle))))
      throw new NotFound(
        'Please open the link again that the shop sent you. If this comes again, allow cookies for this page, or call the shop.',
      );
    return stillOpen(link);
  };
  const frameOf = (link: FoundLink) => ({ ...headOf(link), requestId: randomUUID(), sheet: SHEET });

  const showPage = async (
    link: FoundLink,
    given: Record<string, unknown>,
    more: { problem?: string; answered?: boolean } = {},
  ): Promise<Answer> => {
    const data = toVisitPage(await readVisitData(db, link), choicesIn(given));
    return page('visit/page', {
      ...frameOf(link),
      ...data,
      problem: more.problem ?? '',
      answered: more.answered ?? false,
      values: {},
      errors: {},
    });
  };
  const showReview = async (link: FoundLink, given: Record<string, unknown>, refused: Refused | null): Promise<Answer> => {
    const review = toReview(await readVisitData(db, link), choicesIn(given));
    if (!review) return showPage(link, given, { problem: 'Please choose an answer for at least one job.' });
    const reasons = reasonsIn(given);
    return page('visit/review', { ...frameOf(link), ...review, reasons, values: refused?.values ?? {}, errors: refused?.fields ?? {} });
  };
  type At = { request: Request; params: { handle: string } };
  /** What can be mended in the form comes back in it; what can't, on the page as it is now. */
  const answerAgain = async ({ request, params }: At, refused: Refused): Promise<Answer> => {
    const link = await enter(request, params.handle);
    const problem = refused.fields[''] ?? refused.fields.mark ?? refused.fields.revision;
    return problem === undefined ? showReview(link, refused.values, refused) : showPage(link, refused.values, { problem });
  };
  const askAgain = async ({ request, params }: At, refused: Refused): Promise<Answer> =>
    askPage(await enter(request, params.handle), Number(refused.values.job) || null, refused);
  const askPage = async (link: FoundLink, job: number | null, refused: Refused | null): Promise<Answer> => {
    const { estimate } = toVisitPage(await readVisitData(db, link), {});
    const all = [...(estimate?.questions.flatMap(({ jobs }) => jobs) ?? []), ...(estimate?.settled ?? [])];
    const about = all.find(({ id }) => id === job) ?? null;
    return page('visit/ask', { ...frameOf(link), about, values: refused?.values ?? {}, errors: refused?.fields ?? {} });
  };
  const acknowledgeAgain = async ({ request, params }: At, refused: Refused): Promise<Answer> => {
    const link = await enter(request, params.handle);
    const data = toVisitPage(await readVisitData(db, link), {});
    return page('visit/page', {
      ...frameOf(link),
      ...data,
      problem: refused.fields[''] ?? '',
      answered: false,
      values: refused.values,
      errors: refused.fields,
    });
  };

  return [
    get('/c/:token', { may: 'anyone', params: OneToken }, async ({ params, request }) => {
      request.res?.set('X-Robots-Tag', 'noindex, nofollow');
      const link = await findLink(db, { token: params.token });
      if (!link) {
        await throttle.wrong(request.ip ?? '');
        throw new NotFound('This link opens nothing. Is it whole? Please open it again from the message of the shop.');
      }
      stillOpen(link);
      const path = `/visit/${link.handle}`;
      request.res?.cookie(cookieOf(link.handle), keys.cookie(link), {
        httpOnly: true,
        sameSite: 'lax',
        secure: isSecure,
        path,
        expires: link.expiresAt,
      });
      return done(path);
    }),
    get('/visit/:handle', { may: 'anyone', params: OneVisit, query: ChoicesQuery }, async ({ params, query, request }) => {
      const link = await enter(request, params.handle);
      // A page that nobody looks at yet was not opened: what a browser fetches ahead, and what only asks for the head.
      const isAhead = /prefetch|prerender/i.test(`${request.get('Sec-Purpose')} ${request.get('Purpose')} ${request.get('X-Moz')}`);
      if (request.method === 'GET' && !isAhead) await recordOpening(db, link);
      return showPage(link, query.choices, { answered: query.answered });
    }),
    get('/visit/:handle/changes', { may: 'anyone', params: OneVisit, query: SinceQuery }, async ({ params, query, request }) => {
      const link = await enter(request, params.handle);
      return answerMissed(query.since, await readVersion(db, link), async () => {
        const empty = { problem: '', answered: false, values: {}, errors: {} };
        const data = { ...frameOf(link), ...toVisitPage(await readVisitData(db, link), {}), ...empty };
        return { version: data.version, content: views.render('visit/parts', data) };
      });
    }),
    get('/visit/:handle/total', { may: 'anyone', params: OneVisit, query: ChoicesQuery }, async ({ params, query, request }) => {
      const { offer } = await readVisitData(db, await enter(request, params.handle));
      if (offer.standing !== 'open') return bytes(null, {}, 204);
      return bytes(views.render('visit/sum', { sum: toSum(offer, query.choices) }), { 'Content-Type': 'text/html; charset=utf-8' });
    }),
    get('/visit/:handle/answer', { may: 'anyone', params: OneVisit, query: ChoicesQuery }, async ({ params, query, request }) =>
      showReview(await enter(request, params.handle), query.choices, null),
    ),
    post(
      '/visit/:handle/answers',
      { may: 'anyone', params: OneVisit, body: AnswerBody, form: answerAgain },
      async ({ params, body, request }) => {
        const link = await enter(request, params.handle);
        await throttle.sent(link.id);
        const { requestId, ...answer } = body;
        await answerByLink(db, link, { ...answer, fromAddress: request.ip ?? '', userAgent: request.get('User-Agent') ?? '' }, requestId);
        return done(`/visit/${link.handle}?answered`);
      },
    ),
    get('/visit/:handle/questions/new', { may: 'anyone', params: OneVisit, query: AboutQuery }, async ({ params, query, request }) =>
      askPage(await enter(request, params.handle), query.job, null),
    ),
    post(
      '/visit/:handle/questions',
      { may: 'anyone', params: OneVisit, body: QuestionBody, form: askAgain },
      async ({ params, body, request }) => {
        const link = await enter(request, params.handle);
        await throttle.sent(link.id);
        await askQuestion(db, link, body, body.requestId);
        return done(`/visit/${link.handle}#questions`);
      },
    ),
    post(
      '/visit/:handle/acknowledgements',
      { may: 'anyone', params: OneVisit, body: AcknowledgementBody, form: acknowledgeAgain },
      async ({ params, body, request }) => {
        const link = await enter(request, params.handle);
        await throttle.sent(link.id);
        const signature = toSignature(body.name, body.strokes);
        await change(
          db,
          { shop: link.shop, staff: null },
          { requestId: body.requestId && `known/${link.id}/${body.requestId}` },
          async (tx) => {
            await holdLink(tx, link);
            // Also of a posted order: nothing that stands on it changes.
            await acknowledgeByLink(tx, await findOrder(tx, link.number), { holds: body.holds, givenBy: body.name, signature });
            return {};
          },
        );
        return done(`/visit/${link.handle}`);
      },
    ),
    get('/visit/:handle/estimate', { may: 'anyone', params: OneVisit }, async ({ params, request }) => {
      const link = await enter(request, params.handle);
      const data = await readVisitData(db, link);
      const document = toDocument(data);
      if (!document) throw new NotFound('There is no estimate yet.');
      const { vehicle, plate } = data.visit;
      return page('visit/estimate', { ...frameOf(link), vehicle, plate, number: link.number, document });
    }),
    get('/visit/:handle/media/:media/:use', { may: 'anyone', params: OnePicture, query: Version }, async ({ params, request }) => {
      const link = await enter(request, params.handle);
      return show(services, await customerFile(db, link.shop, link.workOrder, params.media, params.use));
    }),
  ];
}

function stillOpen(link: FoundLink): FoundLink {
  if (link.state !== 'open') throw new RequestError(410, `This link does not work any more. ${callOf(link, 'for a new one')}`);
  return link;
}

function readCookie(request: Request, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(/;\s*/).map((pair) => pair.split('='));
  return pairs.find(([key]) => key === name)?.[1];
}
