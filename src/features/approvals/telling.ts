// biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data; the sentences below know them.
type Data = any;

/** What the events of the customer's link say, as the rest of a sentence that begins with who did it. */
export const CUSTOMER_SENTENCES: Record<string, (data: Data) => string> = {
  'link.made': () => 'made a link for the customer',
  'link.prolonged': () => 'let the customer’s link work longer',
  'link.sent': (data) => `sent revision ${data.revision} to the customer’s page`,
  'link.opened': (data) => (data.first ? 'opened the link' : 'looked at the page again'),
  'link.revoked': () => 'revoked the customer’s link',
  'question.asked': (data) => `asked ${data.name ? `about “${data.name}”` : 'a question'}`,
  'question.answered': (data) => `answered the question${data.name ? ` about “${data.name}”` : ''}`,
};

/** Whether the customer did it themselves, by their link. */
export function isByCustomer(kind: string, data: Data): boolean {
  return kind === 'link.opened' || kind === 'question.asked' || (kind === 'consent.recorded' && data.method === 'link');
}
