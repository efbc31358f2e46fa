// biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data; the sentences below know them.
type Data = any;

const what = ({ channel }: Data) => (channel === 'sms' ? 'a text message' : 'a mail');

/** What the events of messages say, as the rest of a sentence that begins with who did it. */
export const MESSAGE_SENTENCES: Record<string, (data: Data) => string> = {
  'message.written': (data) => `wrote ${what(data)} to the customer${data.byHand ? ', to be sent by hand' : ''}`,
  'message.withdrawn': (data) => `took ${what(data)} to the customer back`,
  'message.received': (data) => `wrote ${what(data)}`,
  'message.retried': (data) => `${data.isFirst ? 'sends' : 'tries again to send'} ${what(data)} to the customer`,
  'message.assigned': (data) =>
    data.name ? `gave the customer’s message to ${data.name}` : 'gave the customer’s message to nobody in particular',
  'message.done': () => 'marked the customer’s message as done',
  'message.reopened': () => 'marked the customer’s message as not done',
  'message.delayed': (data) => `could not send ${what(data)} to the customer yet, and tries again`,
  'message.sent': (data) => `sent ${what(data)} to the customer`,
  'message.failed': (data) => `could not send ${what(data)} to the customer`,
  'message.left-to-people': (data) => `leaves ${what(data)} to be sent by hand: nothing sends it any more`,
};
