import { showMoney } from './amounts.js';
import { METHOD_NAMES } from './authorizations.js';
import { PAY_METHODS, type PayMethod } from './payments.js';

// biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data; the sentences below know them.
type Data = any;

/** What the events of billing say, as the rest of a sentence that begins with who did it. `prices`: for those who may see them. */
export const BILLING_SENTENCES: Record<string, (data: Data, prices: boolean) => string> = {
  'estimate.sent': (data) => `sent the estimate, revision ${data.revision}, of ${money(data)}`,
  'consent.recorded': (data, prices) => consent(data, prices),
  'job.revised': (data, prices) =>
    `changed ${data.name} beyond what was approved${prices ? `: ${money(data, data.approvedCents)} then, ${money(data)} now` : ''}`,
  'job.as-approved': (data) => `brought ${data.name} back to what was approved`,
  'invoice.made': (data) => `made the invoice ${data.invoice} of ${money(data)}`,
  'invoice.withdrawn': (data) => `took the invoice ${data.invoice} back: it is a repair order again`,
  'invoice.posted': (data) =>
    `posted the invoice ${data.invoice} of ${money(data)}${data.dueCents > 0 ? `, ${money(data, data.dueCents)} on account` : ''}`,
  'invoice.unposted': (data) => `opened the posted invoice ${data.invoice} again: ${data.reason}`,
  'payment.taken': (data) => `took ${data.kind === 'deposit' ? 'a deposit' : 'a payment'} of ${money(data)} (${method(data)})`,
  'payment.refunded': (data) => `gave ${money(data)} back (${method(data)}): ${data.reason}`,
};

function money(data: Data, cents: number = data.cents): string {
  return showMoney(cents, data.currency ?? 'USD');
}

function method(data: Data): string {
  return (PAY_METHODS[data.method as PayMethod] ?? data.method).toLowerCase();
}

function consent(data: Data, prices: boolean): string {
  const named = (names: string[], word: string) => (names.length > 0 ? [`${word} ${names.join(', ')}`] : []);
  const said = [...named(data.approved, 'approved'), ...named(data.declined, 'declined'), ...named(data.deferred, 'put off')];
  const what = said.length > 0 ? said.join('; ') : 'agreed to the new sum';
  const how = METHOD_NAMES[data.method as keyof typeof METHOD_NAMES]?.toLowerCase() ?? data.method;
  const sum = prices ? `: ${money(data, data.authorizedCents)} authorized in all` : '';
  if (data.method === 'link') return `${what} by their link${sum}`;
  return `wrote down that the customer ${what} (${how})${sum}`;
}
