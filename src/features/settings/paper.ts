import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Actor, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid } from '../../platform/errors.js';
import { Email, optional } from '../../platform/web/forms.js';
import { text } from './fields.js';
import type { Sheet } from './sheets.js';

/** What stands on every paper of the shop. */
export const PAPER: Sheet = {
  table: 'billing_settings',
  event: 'paper.changed',
  fields: {
    address: text('address'),
    phone: text('phone'),
    email: text('email'),
    website: text('website'),
    registration: text('registration'),
    estimateText: text('estimate_text'),
    repairOrderText: text('repair_order_text'),
    invoiceText: text('invoice_text'),
    paper: text('paper'),
  },
};
export const PAPER_INPUTS = {
  address: optional('The address', 400),
  phone: optional('The phone number', 60),
  email: z.union([z.literal('').transform(() => ''), Email]).default(''),
  website: optional('The website', 200),
  registration: optional('The registration number', 100),
  estimateText: optional('The text', 3000),
  repairOrderText: optional('The text', 3000),
  invoiceText: optional('The text', 3000),
  paper: z.enum(['letter', 'a4'], 'Please choose the size.'),
};

export const LOGO = { field: 'logo', maxBytes: 500_000 };

/** By its first bytes: what a file is called proves nothing. */
function imageType(bytes: Buffer): 'image/png' | 'image/jpeg' | null {
  if (bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]))) return 'image/png';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg';
  return null;
}

/** @throws Invalid when it is neither PNG nor JPEG */
export async function saveLogo(db: Database, actor: Actor, bytes: Buffer): Promise<void> {
  const type = imageType(bytes);
  if (!type) throw new Invalid({ logo: 'That is no PNG and no JPEG. Please choose a picture of one of these kinds.' });
  await writeLogo(db, actor, bytes, type);
}

export async function removeLogo(db: Database, actor: Actor): Promise<void> {
  await writeLogo(db, actor, null, null);
}

async function writeLogo(db: Database, actor: Actor, logo: Buffer | null, type: string | null): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const before = await findLogo(tx.db, tx.shop);
    if (before ? logo?.equals(before.bytes) : logo === null) return;
    await tx.db.updateTable('billing_settings').set({ logo, logo_type: type }).where('shop_id', '=', tx.shop).execute();
    tx.record('logo.changed', null, { from: before && digest(before.bytes), to: logo && digest(logo), type });
  });
}

/** The shop's logo, or null when it has none. */
export async function findLogo(db: Database, shop: number): Promise<{ bytes: Buffer; type: string } | null> {
  const row = await db.selectFrom('billing_settings').select(['logo', 'logo_type']).where('shop_id', '=', shop).executeTakeFirstOrThrow();
  return row.logo && row.logo_type ? { bytes: row.logo, type: row.logo_type } : null;
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
