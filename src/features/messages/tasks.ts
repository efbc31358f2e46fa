import { sql } from 'kysely';
import { z } from 'zod';
import type { Task } from '../../platform/jobs/jobs.js';
import type { Channel } from './consents.js';
import { SEND, scheduleSending } from './outbox.js';
import { sendDue } from './sending.js';
import { StopLinks } from './unsubscribing.js';

const OfChannel = z.object({ shop: z.number(), channel: z.enum(['mail', 'sms']) });

/** Sends what is due of one channel of a shop. */
const sendTask: Task = {
  name: SEND,
  run: async (payload, { db, config }) => {
    const { shop, channel } = OfChannel.parse(payload);
    await sendDue(db, config, new StopLinks(config.sessionSecrets, config.publicUrl), shop, channel);
  },
};

/** Whatever is due and has no job: one that was given up, or replaced at a bad moment. */
const lookTask: Task = {
  name: 'messages-look',
  at: '* * * * *',
  run: async (_payload, { db }) => {
    const { rows } = await sql<{ shop: number; channel: Channel }>`
      select shop_id as shop, channel from messages where state in ('waiting', 'sending') and due_at < now() - interval '30 seconds'
      group by shop_id, channel having coalesce(max(hold_until), now()) <= now()`.execute(db);
    for (const { shop, channel } of rows) await scheduleSending(db, shop, channel);
  },
};

export const MESSAGE_TASKS: Task[] = [sendTask, lookTask];
