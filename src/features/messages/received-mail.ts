import { createHash } from 'node:crypto';
import { type Attachment, type ParsedMail, simpleParser } from 'mailparser';

/** What the hook of replies takes: see docs/messages.md. */
export interface HandedOver {
  channel: 'mail';
  id: string;
  from: string;
  name: string;
  subject: string;
  text: string;
  in_reply_to: string[];
  message_id: string;
}

/**
 * A mail as it came over the wire (RFC 5322), as the hook takes it: what its writer has written, without what they quote below it.
 * A report that one of ours could not be delivered (RFC 3464) answers that one.
 * @returns null for what nobody has sent
 */
export async function readMail(raw: Buffer): Promise<HandedOver | null> {
  const mail = await simpleParser(raw, { skipImageLinks: true, skipTextToHtml: true });
  const [sender] = mail.from?.value ?? [];
  if (!sender?.address) return null;
  const id = mail.messageId ?? createHash('sha256').update(raw).digest('hex');
  return {
    ...{ channel: 'mail', id: id.slice(0, 300), from: sender.address, name: sender.name, subject: mail.subject ?? '' },
    text: withoutQuote(mail.text ?? '').slice(0, 19_000) + attachedTo(mail).slice(0, 1_000),
    in_reply_to: [...new Set([...listed(mail.references), ...listed(mail.inReplyTo), ...mail.attachments.flatMap(returned)])].slice(-50),
    message_id: (mail.messageId ?? '').slice(0, 300),
  };
}

const listed = (ids: string | string[] | undefined): string[] => (ids === undefined ? [] : [ids].flat().flatMap((one) => one.split(/\s+/)));

/** The mail that comes back with a report, or its head. */
function returned({ contentType, content }: Attachment): string[] {
  if (contentType !== 'message/rfc822' && contentType !== 'text/rfc822-headers') return [];
  return /^message-id:\s*(<[^>\s]+>)/im.exec(content.toString('latin1').split(/\r?\n\r?\n/)[0] ?? '')?.slice(1) ?? [];
}

/** Files stay in the mailbox: the work order says that they are there. */
function attachedTo({ attachments }: ParsedMail): string {
  const names = attachments.filter(({ related, filename }) => !related && filename).map(({ filename }) => filename);
  return names.length === 0 ? '' : `\n\n(In the mailbox: ${names.join(', ')})`;
}

/** Outlook’s line above the mail that it answers, whose head follows. */
const DIVIDER = /^[ \t]*(?:-{2,}[^-]{3,40}-{2,}|_{10,})[ \t]*$/;
const FIELD = /^[^:]{2,20}:/;

/** What stands above a quote at the end; all of it where nothing does. */
export function withoutQuote(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const divider = lines.findIndex((line, index) => DIVIDER.test(line) && FIELD.test(lines[index + 1] ?? ''));
  const above = divider < 0 ? lines : lines.slice(0, divider);
  const end = above.findLastIndex((line) => line.trim() !== '' && !line.startsWith('>')) + 1;
  const isQuoted = above.slice(end).some((line) => line.startsWith('>'));
  const own = above
    .slice(0, isQuoted ? withoutAttribution(above, end) : end)
    .join('\n')
    .trim();
  return own || lines.join('\n').trim();
}

/** “On Tue, Dana wrote:”, “Am Dienstag schrieb Dana:”: a line above a quote, or two. @returns where what is above it ends */
function withoutAttribution(lines: string[], end: number): number {
  if (!lines[end - 1]?.trimEnd().endsWith(':')) return end;
  const start = lines.findLastIndex((line, index) => index < end && line.trim() === '') + 1;
  return end - start <= 2 ? start : end;
}
