import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { SAME_PICTURE_BITS } from '../../platform/pictures/perceptual-hash.js';

/**
 * Finds the picture of another work order that looks most like this one: proof that is used a second time.
 * It compares with every picture of the shop, in the index `media_hash` alone: 100,000 of them take about 30 ms.
 * @param hash perceptual, 64 bits, signed; 0 is a picture of one color, which looks like any other such
 */
export async function findLookAlike(db: Database, shop: number, workOrderId: number, hash: bigint): Promise<number | null> {
  if (hash === 0n) return null;
  const { rows } = await sql<{ id: number }>`
    select p.id from media p
    where p.shop_id = ${shop} and p.perceptual_hash is not null and p.removed_at is null and p.work_order_id <> ${workOrderId}
      and bit_count((p.perceptual_hash # ${String(hash)}::bigint)::bit(64)) <= ${SAME_PICTURE_BITS}
    order by bit_count((p.perceptual_hash # ${String(hash)}::bigint)::bit(64)), p.id limit 1`.execute(db);
  return rows[0]?.id ?? null;
}
