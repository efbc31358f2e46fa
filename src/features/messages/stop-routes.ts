import { z } from 'zod';
import { change } from '../../platform/database/change.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { page } from '../../platform/web/answers.js';
import { get, post, type Route } from '../../platform/web/routes.js';
import { recordConsent, whatTheySaid } from './consents.js';
import { StopLinks } from './unsubscribing.js';

const Token = z.object({ token: z.string().max(200) });
/** As a mail program sends it (RFC 8058, 3.1), or a person's button. */
const OneClick = z.strictObject({ 'List-Unsubscribe': z.literal('One-Click') });

/** Where a link in a mail ends the messages that advertise: nobody signs in, and reading the page changes nothing. */
export function stopRoutes({ db, config }: Services): Route[] {
  const links = new StopLinks(config.sessionSecrets, config.publicUrl);
  const find = async (token: string) => {
    const found = links.read(token);
    const row =
      found &&
      (await db
        .selectFrom('messages as m')
        .innerJoin('shops as s', 's.id', 'm.shop_id')
        .select(['m.shop_id as shop', 'm.address', 'm.customer_id as customer', 's.name as shopName'])
        .where('m.shop_id', '=', found.shop)
        .where('m.id', '=', found.message)
        .executeTakeFirst());
    if (!row) throw new NotFound('This link does not work. It may have been cut off in the mail.');
    return row;
  };
  return [
    get('/unsubscribe/:token', { may: 'anyone', params: Token }, async ({ params }) => {
      const { shopName, address } = await find(params.token);
      return page('messages/unsubscribe', { title: `Mail from ${shopName}`, shopName, address, token: params.token, isDone: false });
    }),
    post('/unsubscribe/:token', { may: 'anyone', params: Token, body: OneClick }, async ({ params }) => {
      const { shop, shopName, address, customer } = await find(params.token);
      const words = 'Pressed “No more of these” in a mail';
      await change(db, { shop, staff: null }, {}, async (tx) => {
        if ((await whatTheySaid(tx.db, shop, 'mail', address)).marketing === false) return;
        await recordConsent(tx, { channel: 'mail', address, topic: 'marketing', isGranted: false, saidBy: 'link', words, customer });
      });
      return page('messages/unsubscribe', { title: `Mail from ${shopName}`, shopName, address, token: params.token, isDone: true });
    }),
  ];
}
