import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import MailComposer from 'nodemailer/lib/mail-composer';
import type SMTPConnection from 'nodemailer/lib/smtp-connection';
import { escapeHtml } from '../../platform/web/html.js';
import { isMailAddress, type Outcome, type Ready } from './rules.js';

const TIME_LIMIT = 20_000;
/** Nothing is longer under way than this, so that whoever finds it under way later knows that it is not. */
const MOST = 50_000;

/**
 * Hands a mail to the server, with a Message-ID that is the same however often it is sent. Never throws. When it is over, the connection
 * is closed: what took too long is not delivered later without our knowing.
 * @param url smtp://…, smtps://…
 * @param from the address it comes from; the shop's name is put in front
 * @param limit in milliseconds
 */
export async function sendMail({ url, from }: { url: string; from: string }, message: Ready, limit = MOST): Promise<Outcome> {
  if (!isMailAddress(message.address)) return { kind: 'refused', answer: 'That is not a mail address.' };
  let isHandedOver = false;
  const transport = createTransport({
    url,
    ...{ connectionTimeout: TIME_LIMIT, greetingTimeout: TIME_LIMIT, socketTimeout: TIME_LIMIT, dnsTimeout: TIME_LIMIT },
    // What a customer or a template says never makes it read a file or fetch an address.
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  try {
    const raw = await composeMail(from, message);
    const body = Readable.from(
      (function* () {
        yield raw;
        isHandedOver = true;
      })(),
    );
    const signal = AbortSignal.timeout(limit);
    const { response } = await transport.sendMail({ envelope: { from, to: [message.address] }, raw: body, signal });
    return { kind: 'sent', answer: response };
  } catch (error) {
    return judge(error as SMTPConnection.SMTPError, isHandedOver);
  }
}

/** The mail as it goes over the wire (RFC 5322): plain text and HTML, both UTF-8. */
function composeMail(from: string, message: Ready): Promise<Buffer> {
  const { unsubscribe } = message;
  const text = unsubscribe ? `${message.text}\n\nNo more of these: ${unsubscribe}` : message.text;
  const headers: Record<string, string> = { 'Auto-Submitted': message.byProgram ? 'auto-generated' : 'no' };
  if (unsubscribe) {
    // RFC 8058: the customer's mail program offers it beside the mail.
    headers['List-Unsubscribe'] = `<${unsubscribe}>`;
    headers['List-Unsubscribe-Post'] = 'List-Unsubscribe=One-Click';
  }
  const composer = new MailComposer({
    ...{ from: { name: message.shopName, address: from }, to: { name: message.name, address: message.address } },
    ...{ messageId: message.outsideId, subject: message.subject, text, html: htmlOf(text, message.subject), headers },
    ...(message.replyTo && { replyTo: { name: message.shopName, address: message.replyTo } }),
    ...(message.inReplyTo && { inReplyTo: message.inReplyTo, references: [message.inReplyTo] }),
    ...{ disableFileAccess: true, disableUrlAccess: true },
  });
  return composer.compile().build();
}

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g;

/** A text as simple HTML: its paragraphs, its lines, and its addresses to be clicked. */
function htmlOf(text: string, title: string): string {
  const paragraphs = text
    .split(/\n{2,}/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p style="margin:0 0 16px">${paragraph.split('\n').map(lineOf).join('<br>\n')}</p>`);
  return `<!doctype html>
<html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:24px 16px;font:16px/1.5 system-ui,sans-serif"><div dir="auto" style="max-width:36em;margin:0 auto">
${paragraphs.join('\n')}
</div></body></html>`;
}

function lineOf(line: string): string {
  let html = '';
  let end = 0;
  for (const found of line.matchAll(LINK)) {
    const address = escapeHtml(found[0]);
    html += `${escapeHtml(line.slice(end, found.index))}<a href="${address}">${address}</a>`;
    end = found.index + found[0].length;
  }
  return html + escapeHtml(line.slice(end));
}

/**
 * What an error means (RFC 5321, 4.2.1): the server is not there or does not want us at all; this address is refused for good, or
 * for now.
 */
function judge(error: SMTPConnection.SMTPError, isHandedOver: boolean): Outcome {
  const { responseCode = 0, command = '' } = error;
  const answer = wordsOf(error);
  const isOfMessage = error.code === 'EMESSAGE' || command === 'RCPT TO' || command === 'DATA' || command === 'API';
  if (isOfMessage && command !== 'MAIL FROM' && responseCode !== 421) {
    return { kind: responseCode >= 500 || command === 'API' ? 'refused' : 'later', answer };
  }
  return { kind: 'down', answer, mayHaveArrived: isHandedOver };
}

const WORDS: Record<string, string> = {
  ECONNREFUSED: 'Connection refused.',
  ENOTFOUND: 'That name is not known.',
  EDNS: 'The name of the mail server could not be looked up.',
  ETIMEDOUT: 'The mail server did not answer in time.',
  EABORT: 'The mail server did not answer in time.',
  ECONNRESET: 'The connection was cut.',
  EAUTH: 'The mail server refused the sign-in.',
  ETLS: 'No encrypted connection could be made.',
};

function wordsOf(error: SMTPConnection.SMTPError): string {
  const system = /\b(ECONNREFUSED|ENOTFOUND|ECONNRESET|EHOSTUNREACH|ENETUNREACH)\b/.exec(error.message)?.[1];
  const words = WORDS[system ?? ''] ?? (error.response ? '' : WORDS[error.code ?? '']) ?? '';
  return (error.code === 'EAUTH' ? `${WORDS.EAUTH} ${error.response ?? ''}` : words || error.response || error.message)
    .trim()
    .slice(0, 500);
}
