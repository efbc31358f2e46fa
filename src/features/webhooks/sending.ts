import { lookup } from 'node:dns/promises';
import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { type BlockList, isIP } from 'node:net';
import { Webhook } from 'standardwebhooks';
import { firstWords, hostOf, placeOf } from './rules.js';

const TIME_LIMIT = 10_000;
/** Of the answer no more is read; the connection is closed there. */
const MOST_READ = 8_192;

export interface Message {
  /** The header `webhook-id`: the same however often it is sent. */
  id: string;
  url: string;
  body: string;
  /** `whsec_…`; of two, both sign. */
  secrets: string[];
}

export interface Outcome {
  /** Of HTTP; null when nothing answered. */
  status: number | null;
  /** How the answer began, or why there is none. */
  answer: string;
  milliseconds: number;
}

/** Resolves a name to its addresses; another one only in tests. */
export type Resolve = (host: string) => Promise<string[]>;

const resolveByDns: Resolve = async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/** What is wrong with where a message should go; told in the log of deliveries. */
class Refused extends Error {}

/**
 * Sends a message, signed after the Standard Webhooks specification 1.0. The name is resolved once, every address of it must
 * be allowed, and the connection goes to the one that was looked at: a name that changes in between leads nowhere else. No
 * redirect is followed. Never throws: what went wrong is in the outcome.
 */
export async function sendMessage(
  message: Message,
  allowed: BlockList,
  more: { resolve?: Resolve; limit?: number } = {},
): Promise<Outcome> {
  const { resolve = resolveByDns, limit: milliseconds = TIME_LIMIT } = more;
  const begun = performance.now();
  const outcome = (status: number | null, answer: string): Outcome => ({
    ...{ status, answer },
    milliseconds: Math.round(performance.now() - begun),
  });
  const limit = AbortSignal.timeout(milliseconds);
  try {
    const url = new URL(message.url);
    const address = await Promise.race([findAddress(url, allowed, resolve), refusal(limit)]);
    const { status, answer } = await post(url, address, message, limit);
    return outcome(status, answer);
  } catch (error) {
    return outcome(null, limit.aborted ? `No answer within ${milliseconds / 1000} seconds.` : wordsOf(error as NodeJS.ErrnoException));
  }
}

function refusal(limit: AbortSignal): Promise<never> {
  return new Promise((_, reject) => limit.addEventListener('abort', () => reject(limit.reason), { once: true }));
}

async function findAddress(url: URL, allowed: BlockList, resolve: Resolve): Promise<string> {
  const host = hostOf(url);
  const addresses = isIP(host) ? [host] : await resolve(host);
  const places = addresses.map((address) => placeOf(address, allowed));
  const [first] = addresses;
  if (!first || places.includes('refused')) throw new Refused('The address leads into a private network, so nothing was sent.');
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && places.every((place) => place === 'allowed')))
    throw new Refused('Without encryption (http) nothing is sent to the public internet.');
  return first;
}

function post(url: URL, address: string, message: Message, signal: AbortSignal): Promise<{ status: number; answer: string }> {
  const family = isIP(address);
  const pinned: RequestOptions['lookup'] = (_host, options, done) =>
    options.all ? done(null, [{ address, family }]) : done(null, address, family);
  const options: RequestOptions = {
    ...{ method: 'POST', host: hostOf(url), port: url.port || undefined, path: `${url.pathname}${url.search}` },
    // A connection of its own: one that is kept open was pinned for somebody else.
    ...{ agent: false, lookup: pinned, signal, headers: headersOf(message) },
  };
  return new Promise((resolve, reject) => {
    const sent = (url.protocol === 'https:' ? requestHttps : requestHttp)(options, (answer) => {
      readBeginning(answer).then((bytes) => {
        resolve({ status: answer.statusCode ?? 0, answer: firstWords(bytes) });
        answer.destroy();
      }, reject);
    });
    sent.on('error', reject);
    sent.end(message.body);
  });
}

function headersOf({ id, body, secrets }: Message): Record<string, string | number> {
  const now = new Date();
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'ServiceFLOW',
    'webhook-id': id,
    'webhook-timestamp': Math.floor(now.getTime() / 1000),
    'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, now, body)).join(' '),
  };
}

async function readBeginning(answer: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length >= MOST_READ) break;
  }
  return Buffer.concat(chunks).subarray(0, MOST_READ);
}

const WORDS: Record<string, string> = {
  ENOTFOUND: 'That name is not known.',
  EAI_AGAIN: 'The name could not be looked up.',
  ECONNREFUSED: 'Nothing listens there.',
  ECONNRESET: 'The connection was cut.',
  EHOSTUNREACH: 'There is no way to that address.',
  ENETUNREACH: 'There is no way to that address.',
};

function wordsOf(error: NodeJS.ErrnoException): string {
  if (error instanceof Refused) return error.message;
  return WORDS[error.code ?? ''] ?? `It could not be sent (${error.code ?? error.message}).`;
}
