import { z } from 'zod';

const Text = (max: number) =>
  z.string().transform((value) => value.replaceAll('\0', '').replace(/\r\n?/g, '\n').trim().slice(0, max).toWellFormed());

/** What a program hands over: see docs/messages.md. Fields that we do not know are its own business. */
export const Incoming = z.object({
  channel: z.enum(['mail', 'sms']),
  /** Of the provider: the same one is taken once. */
  id: z.string().min(1).max(300),
  from: Text(1000).pipe(z.string().min(3).max(254)),
  name: Text(200).default(''),
  subject: Text(400).default(''),
  /** Empty where there is only a subject or a picture. */
  text: Text(20_000).default(''),
  /** What it answers: Message-IDs, or what the provider called the message. */
  in_reply_to: z.union([z.string(), z.array(z.string())]).default([]),
  message_id: z.string().max(300).default(''),
});
