import type { Request } from 'express';
import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { Conflict } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, showTime, Time } from '../../platform/web/api-fields.js';
import { OneOrder, OneQuestion, ReplyInput } from './inputs.js';
import { makeLink, renewLink, revokeLinks } from './links.js';
import { answerQuestion, getQuestion } from './questions.js';
import { sendToCustomer } from './sending.js';
import { addressOf, getSharing } from './sharing.js';
import { LinkKeys } from './tokens.js';

const LinkJson = z
  .strictObject({
    url: z
      .string()
      .nullable()
      .meta({ description: 'For the customer alone: whoever has it answers for them. Null: it can’t be shown again.' }),
    expires_at: Time,
  })
  .meta({ id: 'Link' });
const QuestionJson = z
  .strictObject({ id: JsonId, work_order: JsonId, job: z.string().nullable(), text: z.string(), asked_at: Time, answer: z.string() })
  .meta({ id: 'Question' });

const tag = 'Consent';
const link = { tag, may: 'link.make', params: OneOrder, keep: false } as const;
const question = { tag, may: 'question.answer', params: OneQuestion, answer: QuestionJson } as const;

async function readQuestion(db: Database, viewer: ApiViewer, params: z.output<typeof OneQuestion>): Promise<z.input<typeof QuestionJson>> {
  const { id, number, job, text, askedAt, answer } = await getQuestion(db, viewer.shop, params.number, params.question);
  return { id, work_order: number, job, text, asked_at: showTime(askedAt, viewer), answer };
}

/** The customer's link, and what they ask by it. */
export function linkOperations({ db, config }: Services): Operation[] {
  const { token } = new LinkKeys(config.sessionSecrets);
  const read = async ({ viewer, params, request }: { viewer: ApiViewer; params: { number: number }; request: Request }) => {
    const { link } = await getSharing(db, viewer.shop, params.number, token);
    if (!link) throw new Conflict('Somebody has revoked the link meanwhile.');
    return { url: addressOf(link, config.publicUrl, request), expires_at: showTime(link.expiresAt, viewer) };
  };
  return [
    api(
      'get',
      '/work-orders/:number/link',
      {
        ...{ id: 'getLink', tag, summary: 'Whether the customer has a link that works', may: 'link.make', params: OneOrder },
        details: 'Not the link itself: whoever has it answers for the customer, which is more than reading. `POST …/links` gives it.',
        answer: z.strictObject({ expires_at: Time.nullable().meta({ description: 'Null when there is none.' }) }),
        example: { params: { number: '1003' } },
      },
      async ({ viewer, params }) => {
        const { link } = await getSharing(db, viewer.shop, params.number, token);
        return { expires_at: link && showTime(link.expiresAt, viewer) };
      },
    ),
    api(
      'post',
      '/work-orders/:number/links',
      {
        ...{ ...link, id: 'makeLink', summary: 'The link that works, or a new one; nothing is sent', answer: LinkJson, status: 201 },
        body: z.strictObject({ anew: z.boolean().default(false).meta({ description: 'All that were given out stop working.' }) }),
        example: { params: { number: '1002' }, body: {} },
      },
      async (here) => {
        await (here.body.anew ? renewLink : makeLink)(db, here.viewer, here.params.number, token);
        return read(here);
      },
    ),
    api(
      'post',
      '/work-orders/:number/sendings',
      {
        ...{ ...link, id: 'sendToCustomer', summary: 'Keeps the estimate as it is now, and gives the link for the customer' },
        details: 'Whoever calls this sends the link: by e-mail, by text message, on paper.',
        ...{ answer: LinkJson, status: 201, example: { params: { number: '1003' } } },
      },
      async (here) => {
        await sendToCustomer(db, here.viewer, here.params.number, token);
        return read(here);
      },
    ),
    api(
      'delete',
      '/work-orders/:number/links',
      {
        ...link,
        id: 'revokeLinks',
        summary: 'No link of it opens anything any more',
        answer: null,
        example: { params: { number: '1003' } },
      },
      ({ viewer, params }) => revokeLinks(db, viewer, params.number),
    ),
    api(
      'get',
      '/work-orders/:number/questions/:question',
      { ...question, id: 'getQuestion', summary: 'What a customer has asked', example: { params: { number: '1003', question: '1' } } },
      ({ viewer, params }) => readQuestion(db, viewer, params),
    ),
    api(
      'put',
      '/work-orders/:number/questions/:question/answer',
      {
        ...{
          ...question,
          id: 'answerQuestion',
          summary: 'Answers it: the customer finds it on their page',
          body: ReplyInput,
          match: readQuestion,
        },
        example: { params: { number: '1003', question: '1' }, body: { answer: 'Until noon.' } },
      },
      async ({ viewer, params, body }) => {
        await answerQuestion(db, viewer, params.number, params.question, body.answer);
        return readQuestion(db, viewer, params);
      },
    ),
  ];
}
