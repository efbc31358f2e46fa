import { z } from 'zod';
import { Id, OptionalId, optional, RequestId, required, Tick } from '../../platform/web/forms.js';
import { Money, orEmpty } from './amounts.js';
import { METHODS, type Method } from './authorizations.js';
import type { Answer } from './consent.js';
import { PAY_METHODS, type PayMethod } from './payments.js';

export const Numbered = z.object({ number: Id });

/** Cents that a form carries to say what it showed. */
const Shown = z
  .string({ error: 'This form is damaged. Please open it again.' })
  .regex(/^-?\d{1,13}$/, 'This form is damaged. Please open it again.')
  .transform(Number);

export const SentInput = z.strictObject({ requestId: RequestId });
export const DocumentInput = z.strictObject({ shown: Shown, requestId: RequestId });
export const UnpostInput = z.strictObject({ reason: optional('The reason', 500) });

const PayBy = z.enum(Object.keys(PAY_METHODS) as [PayMethod, ...PayMethod[]], 'Please choose how it is paid.');

const reference = optional('The reference', 100);
/** How it is paid, beside the money itself. */
export const paymentFields = { method: PayBy, reference, note: optional('The note', 500) };
export const refundFields = { method: PayBy, reference, reason: required('The reason', 500) };

export const PaymentInput = z.strictObject({
  ...paymentFields,
  amount: Money('The amount'),
  tendered: orEmpty(Money('The cash')),
  deposit: Tick,
  requestId: RequestId,
});

export const SeveralInput = z.strictObject({
  ...paymentFields,
  amount: Money('The amount'),
  tendered: orEmpty(Money('The cash')),
  shown: Shown,
  requestId: RequestId,
});

export const RefundInput = z.strictObject({
  ...refundFields,
  amount: Money('The amount'),
  payment: OptionalId,
  requestId: RequestId,
});

const DECISIONS = ['approve', 'decline', 'defer'];
const Decided = /^(decision|reason)\.([1-9]\d{0,14})$/;

/** Who answered, how, and about what. */
export const consentFields = {
  method: z.enum(Object.keys(METHODS) as [Method, ...Method[]], 'Please choose how the customer answered.'),
  givenBy: required('The name', 200),
  phone: optional('The number', 40),
  note: optional('The note', 1000),
  offer: z.string().regex(/^[0-9a-f]{64}$/, 'This form is damaged. Please open it again.'),
};

/** For each job a `decision.<job>` (empty: no answer) and a `reason.<job>`, beside who answered and how. */
export const ConsentBody = z
  .object({
    ...consentFields,
    shown: Shown,
    requestId: RequestId,
  })
  .catchall(optional('The reason', 500))
  .transform((body, context) => {
    const { method, givenBy, phone, note, offer, shown, requestId, ...rest } = body;
    const answers: Answer[] = [];
    for (const [name, value] of Object.entries(rest)) {
      const [, part, job] = Decided.exec(name) ?? [];
      if (!part) context.addIssue({ code: 'custom', message: `This form has no field “${name}”.`, path: [''] });
      else if (part === 'decision' && value !== '') {
        if (!DECISIONS.includes(value)) context.addIssue({ code: 'custom', message: 'That is not one of the choices.', path: [name] });
        answers.push({ job: Number(job), decision: value as Answer['decision'], reason: rest[`reason.${job}`] ?? '' });
      }
    }
    return { requestId, input: { answers, method, givenBy, phone, note, offer, shownCents: shown } };
  });

const counted = (method: PayMethod) => Money(PAY_METHODS[method], { min: -100_000_000_000 }).prefault('0');
const expected = Shown.prefault('0');

export const CloseInput = z.strictObject({
  ...{ 'counted.cash': counted('cash'), 'counted.card': counted('card'), 'counted.check': counted('check') },
  ...{ 'counted.transfer': counted('transfer'), 'counted.other': counted('other') },
  ...{
    'expected.cash': expected,
    'expected.card': expected,
    'expected.check': expected,
    'expected.transfer': expected,
    'expected.other': expected,
  },
  note: optional('The note', 500),
  requestId: RequestId,
});
