import { sql } from 'kysely';
import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { addJob, type Task } from '../../platform/jobs/jobs.js';
import type { Services } from '../../platform/services.js';
import { pruneDeliveries, SEND, scheduleSending, writeDeliveries } from './deliveries.js';
import { PING } from './kinds.js';
import { type HookEvent, networksOf, OFF_AFTER, pauseAfter, payloadOf } from './rules.js';
import { HookSecrets } from './secrets.js';
import { type Outcome, sendMessage } from './sending.js';
import { switchOff } from './webhooks.js';

const WRITE = 'webhooks-write';
/** Sent at the same time to one webhook; one job of a webhook after the other. */
const AT_ONCE = 10;
/** Several changes of a second are looked at together. */
const PAUSE = 1_000;

const OfShop = z.object({ shop: z.number() });
const OfHook = z.object({ shop: z.number(), hook: z.number() });

/** Events become deliveries. */
const writeTask: Task = {
  name: WRITE,
  run: async (payload, { db }) => writeDeliveries(db, OfShop.parse(payload).shop),
};

/** Whatever should have been woken and was not: a lost notification, a job that was given up. */
const lookTask: Task = {
  name: 'webhooks-look',
  at: '* * * * *',
  run: async (_payload, { db }) => {
    await addWriting(db, null);
    const { rows } = await sql<{ shop: number; hook: number }>`
      select distinct d.shop_id as shop, d.webhook_id as hook from webhook_deliveries d join webhooks w on w.shop_id = d.shop_id and w.id = d.webhook_id
      where d.next_at < now() - interval '30 seconds' and w.off_since is null`.execute(db);
    for (const { shop, hook } of rows) await scheduleSending(db, shop, hook);
  },
};

const pruneTask: Task = {
  name: 'webhooks-prune',
  at: '43 3 * * *',
  run: async (_payload, { db }) => pruneDeliveries(db),
};

/** Sends what is due of one webhook. What was sent and not written down because the process died is sent again. */
const sendTask: Task = {
  name: SEND,
  run: async (payload, services) => {
    const { shop, hook } = OfHook.parse(payload);
    const found = await findHook(services.db, shop, hook);
    if (!found) return;
    const due = await listDue(services.db, shop, hook);
    const secrets = secretsOf(found, new HookSecrets(services.config.sessionSecrets), shop);
    const allowed = networksOf(services.config.webhooksPrivateNetworks);
    const outcomes = await Promise.all(
      due.map(async (delivery) => {
        const body = payloadOf(delivery, found.full_data);
        const outcome: Outcome =
          secrets.length === 0
            ? { status: null, answer: 'Its secret can’t be read any more: give it a new one.', milliseconds: 0 }
            : await sendMessage({ id: delivery.message, url: found.url, body, secrets }, allowed);
        await writeOutcome(services.db, shop, delivery, outcome);
        return outcome;
      }),
    );
    await judge(services.db, shop, hook, outcomes);
    await scheduleSending(services.db, shop, hook);
  },
};

export const WEBHOOK_TASKS: Task[] = [writeTask, sendTask, lookTask, pruneTask];

interface HookRow {
  url: string;
  full_data: boolean;
  secret: Buffer;
  previous_secret: Buffer | null;
}

async function findHook(db: Database, shop: number, hook: number): Promise<HookRow | null> {
  const row = await db
    .selectFrom('webhooks')
    .select((eb) => [
      ...(['url', 'full_data', 'secret'] as const),
      eb.case().when('previous_until', '>', sql<Date>`now()`).then(eb.ref('previous_secret')).end().as('previous_secret'),
    ])
    .where('shop_id', '=', shop)
    .where('id', '=', hook)
    .where('off_since', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

function secretsOf({ secret, previous_secret }: HookRow, secrets: HookSecrets, shop: number): string[] {
  return [secret, previous_secret].flatMap((sealed) => (sealed && secrets.open(shop, sealed)) || []);
}

interface Due extends HookEvent {
  id: number;
  message: string;
  attempts: number;
}

async function listDue(db: Database, shop: number, hook: number): Promise<Due[]> {
  const { rows } = await sql<Due>`
    select d.id, d.message_id as message, d.attempts, d.kind, coalesce(e.at, d.made_at) as at, coalesce(d.version, 0) as version,
      coalesce(d.seq, 0) as seq, case when a.id is not null then json_build_object('id', a.id, 'name', a.name) end as actor, w.number as "workOrder",
      coalesce(e.data, jsonb_build_object('webhook', d.webhook_id)) as data
    from webhook_deliveries d
    left join events e on e.shop_id = d.shop_id and e.version = d.version and e.seq = d.seq
    left join staff a on a.id = e.actor_id
    left join work_orders w on w.shop_id = e.shop_id and w.id = e.work_order_id
    where d.shop_id = ${shop} and d.webhook_id = ${hook} and d.next_at <= now() and (d.version is not null or d.kind = ${PING})
    order by d.next_at, d.id limit ${AT_ONCE}`.execute(db);
  return rows;
}

const hasArrived = ({ status }: Outcome) => status !== null && status >= 200 && status < 300;

async function writeOutcome(db: Database, shop: number, delivery: Due, outcome: Outcome): Promise<void> {
  const attempts = delivery.attempts + 1;
  const arrived = hasArrived(outcome);
  const pause = arrived || outcome.status === 410 ? null : pauseAfter(attempts, Math.random());
  await sql`
    update webhook_deliveries set attempts = ${attempts}, state = ${arrived ? 'delivered' : pause === null ? 'failed' : 'waiting'},
      next_at = now() + ${pause}::double precision * interval '1 millisecond', last_at = now(), last_status = ${outcome.status},
      last_answer = ${outcome.answer}, last_milliseconds = ${outcome.milliseconds}
    where shop_id = ${shop} and id = ${delivery.id}`.execute(db);
}

/** Whether the webhook as a whole is well: gone for good, silent for too long, or just heard from. */
async function judge(db: Database, shop: number, hook: number, outcomes: Outcome[]): Promise<void> {
  if (outcomes.length === 0) return;
  const actor = { shop, staff: null };
  if (outcomes.some(({ status }) => status === 410)) return switchOff(db, actor, hook, 'gone');
  const failing = outcomes.some(hasArrived) ? sql`null` : sql`coalesce(failing_since, now())`;
  const { rows } = await sql<{ over: boolean }>`
    update webhooks set failing_since = ${failing} where shop_id = ${shop} and id = ${hook}
    returning failing_since < now() - ${OFF_AFTER}::double precision * interval '1 millisecond' as over`.execute(db);
  if (rows[0]?.over) await switchOff(db, actor, hook, 'failing');
}

/** Jobs for shops whose webhooks have not been told everything. @param shops null for all */
async function addWriting(db: Database, shops: number[] | null): Promise<void> {
  const { rows } = await sql<{ shop: number }>`
    select distinct w.shop_id as shop from webhooks w join shops s on s.id = w.shop_id
    where w.off_since is null and w.last_version < s.version ${shops ? sql`and w.shop_id = any(${shops})` : sql``}`.execute(db);
  for (const { shop } of rows) await addJob(db, WRITE, { shop }, { key: `webhooks ${shop}`, queue: `webhooks ${shop}` });
}

/** Sees to it that what happens in a shop is told soon: at most one look a second, and none in the change itself. */
export class HookWatch {
  readonly #changed = new Set<number>();
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(private readonly services: Pick<Services, 'db' | 'log'>) {}

  /** A shop has a new version. */
  wake(shop: number): void {
    if (this.#closed) return;
    this.#changed.add(shop);
    this.#timer ??= setTimeout(() => void this.#look(), PAUSE).unref();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closed = true;
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    const shops = [...this.#changed];
    this.#changed.clear();
    try {
      await addWriting(this.services.db, shops);
    } catch (error) {
      this.services.log.warn({ err: error }, 'webhooks were not woken; they are looked after every minute');
    }
  }
}
