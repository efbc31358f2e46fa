import { METHOD_NAMES } from '../billing/authorizations.js';
import { listNames } from './rules.js';

// biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data; the sentences below know them.
type Data = any;

/** What the events of holds and checks say, as the rest of a sentence that begins with who did it. None names a price. */
export const SAFETY_SENTENCES: Record<string, (data: Data) => string> = {
  'hold.made': (data) => `held the vehicle: “${data.name}” is unsafe, and the customer declined it`,
  'hold.ended': (data) =>
    `ended the hold for “${data.name}”: ${data.why === 'approved' ? 'it is to be done after all' : 'it was corrected, and is not unsafe any more'}`,
  'hold.acknowledged': (data) =>
    `${data.how === 'link' ? 'was told' : 'wrote down'} that ${data.by} knows of what is unsafe: ${listNames(data.names)} (${how(data)})${noted(data)}`,
  'hold.released': (data) =>
    `released the vehicle, though ${listNames(data.names)} ${data.names.length > 1 ? 'are' : 'is'} unsafe${noted(data)}`,
  'quality.passed': (data) => `checked the work: it is good${noted(data)}`,
  'quality.failed': (data) => `checked the work: something is not right${noted(data)}`,
};

function how(data: Data): string {
  return (METHOD_NAMES[data.how as keyof typeof METHOD_NAMES] ?? data.how).toLowerCase();
}

function noted({ note }: Data): string {
  return note ? `: ${note}` : '';
}
