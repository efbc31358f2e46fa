import type { Request } from 'express';

/**
 * Where the program is reached from outside: as it is configured, else as this request has reached it.
 * @returns `https://shop.example`; empty when nobody knows, as in a job without a configured address
 */
export function originOf({ publicUrl }: { publicUrl?: string | undefined }, request?: Request): string {
  return publicUrl ?? (request ? `${request.protocol}://${request.get('host')}` : '');
}

/** Opens a mail program with a mail in it (RFC 6068). */
export function mailtoOf(address: string, subject: string, text: string): string {
  return `mailto:${encodeURIComponent(address).replace('%40', '@')}?subject=${encodeURIComponent(subject)}&body=${encodeURIComponent(text)}`;
}

/** Opens a phone's messages with one in them: iPhones and Android both read the text after “?&body=”. */
export function smsOf(phone: string, text: string): string {
  return `sms:${phone.replace(/[^\d+]/g, '')}?&body=${encodeURIComponent(text)}`;
}
