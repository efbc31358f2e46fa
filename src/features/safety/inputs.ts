import { z } from 'zod';
import { Invalid } from '../../platform/errors.js';
import { Id, optional, RequestId, required } from '../../platform/web/forms.js';
import { METHODS, type Method } from '../billing/authorizations.js';

export const OneOrder = z.object({ number: Id });

/** The holds that a form showed, so that nobody answers for one they did not see: `12,15`. */
const Holds = z
  .string()
  .regex(/^[1-9]\d{0,14}(,[1-9]\d{0,14}){0,99}$/, 'This form is damaged. Please open it again.')
  .transform((text) => text.split(',').map(Number));

export const acknowledgementFields = {
  ...{ givenBy: required('The name', 200), note: optional('The note', 1000) },
  how: z.enum(Object.keys(METHODS) as [Method, ...Method[]], 'Please choose how.'),
};
export const releaseFields = { note: required('How it leaves', 1000) };
export const checkFields = { note: optional('The note', 1000) };

export const AcknowledgementInput = z.strictObject({ holds: Holds, ...acknowledgementFields, requestId: RequestId });
export const ReleaseInput = z.strictObject({ holds: Holds, ...releaseFields, requestId: RequestId });
export const CheckInput = z.strictObject({
  ...{ passed: z.enum(['yes', 'no'], 'Please say whether it is good.'), ...checkFields, requestId: RequestId },
});

/** @throws Invalid for a no without a word about it */
export function refuseSilentNo({ passed, note }: { passed: boolean; note: string }): void {
  if (!passed && note === '') throw new Invalid({ note: 'Please say what is not right.' });
}
