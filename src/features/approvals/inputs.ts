import { z } from 'zod';
import { Id, OptionalId, optional, RequestId, required, Tick } from '../../platform/web/forms.js';
import type { Choices } from './rules.js';
import { Drawn, toSignature } from './signatures.js';

export const OneVisit = z.object({ handle: z.string().max(64) });
export const OneToken = z.object({ token: z.string().max(200) });
const FIELD = /^(?:decision|option)\.[1-9]\d{0,14}$/;
const REASON = /^reason\.((?:decision|option)\.[1-9]\d{0,14})$/;
const CHOSEN = /^(?:approve|defer|decline|[1-9]\d{0,14})?$/;

/** What was chosen, out of an address or a form; whatever else stands there (messengers add their own) is left out. */
export function choicesIn(given: Record<string, unknown>): Choices {
  const pairs = Object.entries(given).filter(([name, value]) => FIELD.test(name) && typeof value === 'string' && CHOSEN.test(value));
  return Object.fromEntries(pairs) as Choices;
}

/** Why not, by field. */
export function reasonsIn(given: Record<string, unknown>): Record<string, string> {
  const pairs = Object.entries(given).flatMap(([name, value]) => {
    const [, field] = REASON.exec(name) ?? [];
    return field && typeof value === 'string' ? [[field, value]] : [];
  });
  return Object.fromEntries(pairs);
}

export const ChoicesQuery = z
  .record(z.string(), z.unknown())
  .transform((given) => ({ choices: choicesIn(given), answered: 'answered' in given }));
export const AboutQuery = z.object({ job: OptionalId.catch(null) });

const Revision = z
  .string({ error: 'This page is damaged. Please open your link again.' })
  .regex(/^[1-9]\d{0,8}$/)
  .transform(Number);

/** The form that is signed: for each question what was chosen, and why not. */
export const AnswerBody = z
  .object({
    revision: Revision,
    mark: z.string().regex(/^[0-9a-f]{64}$/, 'This page is damaged. Please open your link again.'),
    name: required('Your name', 200),
    strokes: Drawn,
    agreed: Tick,
    requestId: RequestId,
  })
  .catchall(optional('The reason', 500))
  .transform(({ revision, mark, name, strokes, agreed, requestId, ...rest }, context) => {
    for (const field of Object.keys(rest))
      if (!FIELD.test(field) && !REASON.test(field))
        context.addIssue({ code: 'custom', message: `This form has no field “${field}”.`, path: [''] });
    return { requestId, revision, mark, agreed, signature: toSignature(name, strokes), choices: choicesIn(rest), reasons: reasonsIn(rest) };
  });

export const QuestionBody = z.strictObject({ job: OptionalId, text: required('Your question', 2000), requestId: RequestId });

const Holds = z
  .string()
  .regex(/^\d{1,15}(,\d{1,15}){0,30}$/, 'This page is damaged. Please open your link again.')
  .transform((list) => list.split(',').map(Number));

export const AcknowledgementBody = z
  .strictObject({ holds: Holds, name: required('Your name', 200), strokes: Drawn, agreed: Tick, requestId: RequestId })
  .refine(({ agreed }) => agreed, { path: ['agreed'], error: 'Please tick that you know.' });

// Of the desk.
export const OneOrder = z.object({ number: Id });
export const OneQuestion = z.object({ number: Id, question: Id });
export const ReplyInput = z.strictObject({ answer: required('The answer', 2000) });
