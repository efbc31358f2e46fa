import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { listShops, verifyEvents } from '../../platform/database/verify-events.js';
import { addJob, type Task } from '../../platform/jobs/jobs.js';
import { faultNumber, recordFault } from '../../platform/observe/faults.js';
import type { Services } from '../../platform/services.js';

/** What the last walk along a shop's chain of events found. */
export interface ChainCheck {
  at: Date;
  /** How many events are as they were written, from the first on. */
  events: number;
  milliseconds: number;
  /** The end of a sentence; null when all is well. */
  wrong: string | null;
}

const NAME = 'verify-events';
const Payload = z.object({ shop: z.number().int().positive().optional() });

/** In the night, by UTC; a machine that is off at night does it in the hour after it was switched on. */
const NIGHT = 4;

/** Each night, for every shop; and for one when a manager asks. */
export const verifyTask: Task = {
  name: NAME,
  at: '47 * * * *',
  run: async (payload, services) => {
    const { shop } = Payload.parse(payload);
    const shops = shop ? [{ id: shop }] : await listDue(services.db, new Date());
    for (const { id } of shops) await verifyShop(services, id);
  },
};

/** The shops whose chain was verified too long ago, or never. */
export async function listDue(db: Database, now: Date): Promise<{ id: number }[]> {
  const before = new Date(now.getTime() - (now.getUTCHours() === NIGHT ? 12 : 26) * 3_600_000);
  const fresh = await db.selectFrom('chain_checks').select('shop_id').where('at', '>', before).execute();
  const known = new Set(fresh.map(({ shop_id }) => shop_id));
  return (await listShops(db)).filter(({ id }) => !known.has(id));
}

/** Has a shop's chain verified soon, in the background. */
export function askForVerification(db: Database, shop: number): Promise<void> {
  return addJob(db, NAME, { shop }, { key: `${NAME}/${shop}` });
}

async function verifyShop(services: Pick<Services, 'db' | 'log' | 'faults'>, shop: number): Promise<void> {
  const { db, log } = services;
  const start = performance.now();
  const { events, wrong } = await verifyEvents(db, shop);
  const milliseconds = Math.round(performance.now() - start);
  await sql`
    insert into chain_checks (shop_id, at, events, milliseconds, wrong) values (${shop}, now(), ${events}, ${milliseconds}, ${wrong})
    on conflict (shop_id) do update set at = excluded.at, events = excluded.events, milliseconds = excluded.milliseconds, wrong = excluded.wrong`.execute(
    db,
  );
  if (wrong === null) return;
  const number = faultNumber();
  log.error({ number, security: 'chain broken', shop, events, wrong }, 'the chain of events is not as it was written');
  recordFault(services, { kind: 'job', error: new Error(`The chain of events is broken: ${wrong}`), number, route: NAME, shop });
}

/** @returns null when it was never verified */
export async function readChainCheck(db: Database, shop: number): Promise<ChainCheck | null> {
  const row = await db
    .selectFrom('chain_checks')
    .select(['at', 'events', 'milliseconds', 'wrong'])
    .where('shop_id', '=', shop)
    .executeTakeFirst();
  return row ?? null;
}
