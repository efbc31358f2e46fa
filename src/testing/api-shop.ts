import { addLabel } from '../features/labels/labels.js';
import { addComment } from '../features/work-orders/comments.js';
import type { Database } from '../platform/database/pool.js';
import { hashToken } from '../platform/tokens.js';
import { makeShop, openOrders, type TestShop } from './shop.js';

/** The refresh token that the example of `POST /tokens/refresh` names. */
const REFRESH_TOKEN = 'example-of-a-refresh-token-AAAAAAAAAAAAAAAA';

/**
 * The shop of the examples in the API's document, in a database of its own: so every id is what the examples say. Columns 1 to 4,
 * work orders 1001 to 1005.
 */
export async function makeApiShop(db: Database): Promise<TestShop> {
  const shop = await makeShop(db, 'api');
  const { manager, advisor } = shop.staff;
  const numbers = await openOrders(db, advisor, 5);
  for (const name of ['Warranty', 'Fleet', 'Waiting customer']) await addLabel(db, manager, { name, color: 'blue' });
  for (const text of ['It squeals when cold.', 'The customer calls back.', 'Towed in.'])
    await addComment(db, manager, numbers[0] as number, text);
  const signIn = await db
    .insertInto('api_sign_ins')
    .values({ shop_id: shop.id, staff_id: manager.staff, expires_at: new Date(Date.now() + 3_600_000) })
    .returning('id')
    .executeTakeFirstOrThrow();
  await db
    .insertInto('api_refresh_tokens')
    .values({ shop_id: shop.id, sign_in_id: signIn.id, token_hash: hashToken(REFRESH_TOKEN) })
    .execute();
  return shop;
}
