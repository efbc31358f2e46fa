import type { Change } from '../../platform/database/change.js';
import { Forbidden, Invalid } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { can, ROLE_NAMES, type Role } from '../staff/permissions.js';
import { showMoney, showPercent } from './amounts.js';
import { counts } from './consent.js';
import { divide, MILLION } from './rounding.js';
import type { Totals } from './rules.js';
import { type OrderState, readState, totalsOf } from './state.js';

/**
 * What discounts take off a job, and from what; of the whole order, what its own discounts take off what the jobs' have left. Only what
 * they lower is looked at: no core, and of the whole order no job that the customer does not pay, nor an option that was not picked.
 * @param job null for the order as a whole
 */
function discountOf({ lines, jobs }: OrderState, totals: Totals, job: number | null): { beforeCents: number; offCents: number } {
  const lowered = new Set(
    jobs.filter((one) => (job === null ? counts(one) && one.payType === 'customer' : one.id === job)).map(({ id }) => id),
  );
  let [beforeCents, offCents] = [0, 0];
  for (const line of lines) {
    const cents = totals.lines.get(line.id) ?? 0;
    if (line.job === job && line.kind === 'discount') offCents -= cents;
    else if (line.job !== null && lowered.has(line.job) && line.kind !== 'core') beforeCents += cents;
  }
  return { beforeCents, offCents };
}

/** Whether it is more than this share. @param ppm parts per million */
export function isOverLimit({ beforeCents, offCents }: { beforeCents: number; offCents: number }, ppm: number): boolean {
  // Rounded as the discount itself is: ten percent is never more than ten percent for half a cent.
  return BigInt(offCents) > divide(BigInt(beforeCents) * BigInt(ppm), MILLION);
}

/**
 * To be called in the change that wrote a discount line, after it is written: whether this person may give that much.
 * @param job the job it stands in; null for a discount of the whole order
 * @param field of the form, for the sentence
 * @throws Forbidden without the permission; Invalid above the limit that the settings give the role
 */
export async function checkDiscount(tx: Change, viewer: Viewer, order: { id: number }, job: number | null, field = 'price'): Promise<void> {
  if (!can(viewer.role, 'discount.give')) throw new Forbidden();
  const limits = await tx.db
    .selectFrom('billing_settings')
    .select(['advisor_discount_ppm as advisor', 'manager_discount_ppm as manager'])
    .where('shop_id', '=', tx.shop)
    .executeTakeFirstOrThrow();
  const limit = limits[viewer.role as keyof typeof limits] ?? 0;
  const state = await readState(tx.db, tx.shop, order.id);
  const given = discountOf(state, totalsOf(state), job);
  if (!isOverLimit(given, limit)) return;
  const money = (cents: number) => showMoney(cents, state.terms?.currency ?? 'USD');
  throw new Invalid({
    [field]: `That takes ${money(given.offCents)} off ${money(given.beforeCents)}. ${ROLE_NAMES[viewer.role as Role]}s may take off at most ${showPercent(limit)}.`,
  });
}
