import { sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import type { HookSecrets } from './secrets.js';

/** Enough for every program that a shop runs; each event is written once for each of them. */
const MOST = 20;
/** How long what was signed with the former secret is signed with it too. */
const OVERLAP = 24 * 3_600_000;

export interface HookInput {
  name: string;
  url: string;
  /** Of KINDS, or `*`. */
  kinds: string[];
  fullData: boolean;
}

export type OffWhy = 'by-hand' | 'gone' | 'failing';

export interface Hook extends HookInput {
  id: number;
  offSince: Date | null;
  offWhy: OffWhy | null;
  failingSince: Date | null;
  /** Until when the former secret signs too. */
  previousUntil: Date | null;
}

const COLUMNS = [
  ...(['id', 'name', 'url', 'kinds', 'full_data as fullData', 'off_since as offSince', 'off_why as offWhy'] as const),
  ...(['failing_since as failingSince', 'previous_until as previousUntil'] as const),
] as const;

/** The shop's webhooks, by name. */
export function listHooks(db: Database, shop: number): Promise<Hook[]> {
  return db.selectFrom('webhooks').select(COLUMNS).where('shop_id', '=', shop).orderBy('name').orderBy('id').execute();
}

/** @throws NotFound for one of another shop */
export async function getHook(db: Database, shop: number, id: number): Promise<Hook> {
  const hook = await db.selectFrom('webhooks').select(COLUMNS).where('shop_id', '=', shop).where('id', '=', id).executeTakeFirst();
  if (!hook) throw new NotFound('That webhook is not here.');
  return hook;
}

/** What is wrong with the webhooks of a shop, for the page that says how everything is. */
export async function listSilentHooks(db: Database, shop: number): Promise<Pick<Hook, 'id' | 'name' | 'failingSince' | 'offWhy'>[]> {
  return db
    .selectFrom('webhooks')
    .select(['id', 'name', 'failing_since as failingSince', 'off_why as offWhy'])
    .where('shop_id', '=', shop)
    .where((eb) =>
      eb.or([eb('off_why', 'in', ['gone', 'failing']), eb.and([eb('off_since', 'is', null), eb('failing_since', 'is not', null)])]),
    )
    .orderBy('name')
    .execute();
}

/**
 * Adds a webhook. It is told of what happens from then on.
 * @returns its id, and its secret, which nobody is shown again; null to a repetition, which has made nothing
 * @throws Conflict when the shop has too many
 */
export async function addHook(
  db: Database,
  actor: Actor,
  secrets: HookSecrets,
  input: HookInput,
): Promise<{ id: number; secret: string | null }> {
  const { secret, sealed } = secrets.make(actor.shop);
  const { result, repeated } = await change(db, actor, {}, async (tx) => {
    const { count } = await tx.db
      .selectFrom('webhooks')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('shop_id', '=', tx.shop)
      .executeTakeFirstOrThrow();
    if (count >= MOST) throw new Conflict(`A shop can have ${MOST} webhooks. Remove one that is not needed any more.`);
    const row = { name: input.name, url: input.url, kinds: input.kinds, full_data: input.fullData, secret: sealed };
    const { id } = await tx.db
      .insertInto('webhooks')
      // The version of this very change: it is told of what comes after it.
      .values({ ...row, shop_id: tx.shop, last_version: versionOf(tx), created_at: tx.now })
      .returning('id')
      .executeTakeFirstOrThrow();
    tx.record('webhook.added', null, { webhook: id, name: input.name, host: new URL(input.url).host, fullData: input.fullData });
    return id;
  });
  return { id: result, secret: repeated ? null : secret };
}

/** Changes what it is told and where. @throws NotFound */
export async function changeHook(db: Database, actor: Actor, id: number, input: HookInput): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const before = await getHook(tx.db, tx.shop, id);
    const changed = (['name', 'url', 'fullData'] as const).filter((field) => before[field] !== input[field]);
    const kinds = before.kinds.join() === input.kinds.join() ? [] : ['kinds'];
    if (changed.length + kinds.length === 0) return;
    const row = { name: input.name, url: input.url, kinds: input.kinds, full_data: input.fullData };
    await updateHook(tx, id, row);
    tx.record('webhook.changed', null, { webhook: id, name: input.name, host: new URL(input.url).host, fields: [...changed, ...kinds] });
  });
}

/** Takes it away, with its log. @throws NotFound */
export async function removeHook(db: Database, actor: Actor, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { name } = await getHook(tx.db, tx.shop, id);
    await tx.db.deleteFrom('webhooks').where('shop_id', '=', tx.shop).where('id', '=', id).execute();
    tx.record('webhook.removed', null, { webhook: id, name });
  });
}

/** Gives it a new secret; for a day both sign. @returns the new one; null to a repetition, which has made nothing @throws NotFound */
export async function renewSecret(db: Database, actor: Actor, secrets: HookSecrets, id: number): Promise<string | null> {
  const { secret, sealed } = secrets.make(actor.shop);
  const { repeated } = await change(db, actor, {}, async (tx) => {
    const { name } = await getHook(tx.db, tx.shop, id);
    const until = new Date(tx.now.getTime() + OVERLAP);
    await updateHook(tx, id, { previous_secret: sql.ref('secret'), previous_until: until, secret: sealed });
    tx.record('webhook.secret-renewed', null, { webhook: id, name });
  });
  return repeated ? null : secret;
}

/** Switches it on again: what happened meanwhile is not sent, what waited is. @throws NotFound */
export async function switchOn(db: Database, actor: Actor, id: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { name, offSince } = await getHook(tx.db, tx.shop, id);
    if (!offSince) return;
    await updateHook(tx, id, { off_since: null, off_why: null, failing_since: null, last_version: versionOf(tx) });
    await tx.db
      .updateTable('webhook_deliveries')
      .set({ next_at: tx.now, attempts: 0 })
      .where('shop_id', '=', tx.shop)
      .where('webhook_id', '=', id)
      .where('next_at', 'is not', null)
      .execute();
    tx.record('webhook.switched-on', null, { webhook: id, name });
  });
}

/** Switches it off, by somebody (`by-hand`) or by the program itself. Doing it twice is doing it once. @throws NotFound */
export async function switchOff(db: Database, actor: Actor, id: number, why: OffWhy): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const { name, offSince } = await getHook(tx.db, tx.shop, id);
    if (offSince) return;
    await updateHook(tx, id, { off_since: tx.now, off_why: why });
    tx.record('webhook.switched-off', null, { webhook: id, name, why });
  });
}

type Columns = Partial<Record<'name' | 'url' | 'kinds' | 'full_data' | 'secret' | 'previous_secret' | 'previous_until', unknown>> &
  Partial<Record<'off_since' | 'off_why' | 'failing_since' | 'last_version', unknown>>;

async function updateHook(tx: Change, id: number, columns: Columns): Promise<void> {
  const pairs = Object.entries(columns).map(([column, value]) => sql`${sql.ref(column)} = ${value}`);
  await sql`update webhooks set ${sql.join(pairs)} where shop_id = ${tx.shop} and id = ${id}`.execute(tx.db);
}

/** The version that a change is about to make. */
function versionOf(tx: Change) {
  return sql<number>`(select version from shops where id = ${tx.shop})`;
}
