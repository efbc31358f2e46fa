import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Config } from '../../config.js';
import type { Database } from '../../platform/database/pool.js';
import { ANYWHERE } from '../webhooks/rules.js';
import { sendMessage } from '../webhooks/sending.js';
import type { Channel } from './consents.js';
import { sendMail } from './mail.js';
import type { Outcome, Ready } from './rules.js';

export type Provider = (message: Ready) => Promise<Outcome>;

/** What this installation sends by itself, as the environment says it. */
export function providerOf({ mail, sms }: Config, channel: Channel): Provider | undefined {
  if (channel === 'mail') return mail && ((message) => sendMail(mail, message));
  return sms && ((message) => sendSms(sms, message));
}

/** Writes down what is sent here, so that every message knows when it is written. At each start. */
export async function noteChannels(db: Database, config: Config): Promise<void> {
  const channels = (['mail', 'sms'] as const).filter((channel) => providerOf(config, channel));
  await sql`
    with gone as (delete from message_channels where channel <> all (${channels}::text[]))
    insert into message_channels (channel) select unnest(${channels}::text[]) on conflict do nothing`.execute(db);
}

/** What a message is called before it is sent the first time. */
export function newOutsideId(config: Config, channel: Channel): string {
  const name = randomBytes(16).toString('hex');
  return channel === 'sms' ? `msg_${name}` : `<${name}@${config.mail?.from.split('@')[1] ?? 'localhost'}>`;
}

/** What stands between answers for a program that took it, and then did not answer itself (RFC 9110, 15.5.9, 15.6.3, 15.6.5). */
const NO_ANSWER = [408, 502, 504];

/**
 * Hands a text message to the program that sends it, signed as Standard Webhooks 1.0 has it; see docs/messages.md. However often it is
 * handed over, its webhook-id is the same. Never throws.
 * @param limit in milliseconds
 */
export async function sendSms({ url, secret }: { url: string; secret: string }, message: Ready, limit?: number): Promise<Outcome> {
  const { id, shop, shopName, address, text, occasion, name } = message;
  const body = JSON.stringify({
    ...{ type: 'sms.send', timestamp: new Date().toISOString() },
    data: { message: id, shop: { id: shop, name: shopName }, to: address, name, text, occasion },
  });
  const { status, answer } = await sendMessage(
    { id: message.outsideId, url, body, secrets: [secret] },
    ANYWHERE,
    limit === undefined ? {} : { limit },
  );
  if (status === null) return { kind: 'down', answer, mayHaveArrived: !/Nothing listens|not known|looked up|no way/.test(answer) };
  const words = `${status} ${answer}`.slice(0, 500);
  if (status >= 200 && status < 300) return { kind: 'sent', answer: words, outsideId: idIn(answer) };
  // 400 and 422 are about this message, as docs/messages.md says; anything else about the program.
  if (status === 400 || status === 422) return { kind: 'refused', answer: words };
  return { kind: 'down', answer: words, mayHaveArrived: NO_ANSWER.includes(status) };
}

/** What the provider calls it: `{"id": "SM123"}`. */
function idIn(answer: string): string | undefined {
  try {
    const { id } = JSON.parse(answer) as { id?: unknown };
    return typeof id === 'string' && id.length > 0 ? id.slice(0, 200) : undefined;
  } catch {
    return undefined;
  }
}
