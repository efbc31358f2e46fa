import { verifyConsents } from '../features/evidence/verify-consents.js';
import { hashEvent } from '../platform/database/events.js';
import type { Database } from '../platform/database/pool.js';
import type { Shown } from './socket.js';

/** The board as the database has it: numbers by column, from the top. Columns without cards are there, too. */
export async function boardInDatabase(db: Database, shop: number): Promise<Shown> {
  const columns = await db.selectFrom('columns').select('id').where('shop_id', '=', shop).where('position', 'is not', null).execute();
  const shown: Shown = Object.fromEntries(columns.map((column) => [column.id, []]));
  const cards = await db
    .selectFrom('work_orders')
    .select(['number', 'column_id'])
    .where('shop_id', '=', shop)
    .where('rank', 'is not', null)
    .orderBy('rank')
    .execute();
  for (const card of cards) shown[card.column_id]?.push(card.number);
  return shown;
}

export async function versionOf(db: Database, shop: number): Promise<number> {
  return (await db.selectFrom('shops').select('version').where('id', '=', shop).executeTakeFirstOrThrow()).version;
}

/**
 * Everything that must hold in a shop at any time, whatever happened to it.
 * @returns what does not; empty when all is well
 */
export async function findDamage(db: Database, shop: number): Promise<string[]> {
  const damage: string[] = [];
  const head = await db.selectFrom('shops').select(['version', 'event_hash']).where('id', '=', shop).executeTakeFirstOrThrow();
  const events = await db.selectFrom('events').selectAll().where('shop_id', '=', shop).orderBy('version').orderBy('seq').execute();
  const versions = [...new Set(events.map((event) => event.version))];
  if (versions.length !== head.version) damage.push(`${versions.length} versions have events, the shop stands at ${head.version}`);
  versions.forEach((version, index) => {
    if (version !== index + 1) damage.push(`version ${index + 1} is missing, ${version} stands in its place`);
  });
  let hash: Buffer = Buffer.alloc(32);
  for (const event of events) {
    hash = hashEvent(hash, event);
    if (!hash.equals(event.hash)) damage.push(`the chain breaks at ${event.version}.${event.seq}`);
    hash = event.hash;
  }
  if (!hash.equals(head.event_hash)) damage.push('the head of the chain is not the last event');
  const consent = await verifyConsents(db, shop);
  if (consent) damage.push(consent);
  damage.push(...(await findCardDamage(db, shop)));
  return damage;
}

async function findCardDamage(db: Database, shop: number): Promise<string[]> {
  const cards = await db
    .selectFrom('work_orders')
    .select(['number', 'column_id', 'rank', 'handed_over_at'])
    .where('shop_id', '=', shop)
    .execute();
  const { next_work_order_number: next } = await db
    .selectFrom('shops')
    .select('next_work_order_number')
    .where('id', '=', shop)
    .executeTakeFirstOrThrow();
  const damage: string[] = [];
  const numbers = cards.map((card) => card.number).sort((a, b) => a - b);
  numbers.forEach((number, index) => {
    if (number !== 1001 + index) damage.push(`number ${1001 + index} is missing or doubled`);
  });
  if (next !== 1001 + cards.length) damage.push(`the next number is ${next}, there are ${cards.length} work orders`);
  const places = cards.filter((card) => card.rank !== null).map((card) => `${card.column_id}/${card.rank}`);
  if (new Set(places).size !== places.length) damage.push('two cards have the same place');
  const lost = cards.filter((card) => card.rank === null && !card.handed_over_at);
  if (lost.length > 0) damage.push(`${lost.length} cards stand nowhere`);
  return damage;
}
