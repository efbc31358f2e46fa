import { type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { lockOrder, settle } from '../billing/settle.js';
import { freezeTerms } from '../billing/terms.js';
import { type CannedLine, findCannedJob } from '../settings/canned-jobs.js';
import { insertJob } from './job-rows.js';
import type { NewLine } from './line-rows.js';
import { feeLine, toNewLine, writeLines } from './lines.js';
import { loadPricing, type Pricing } from './pricing.js';

/** Adds a canned job with all its lines, at the rates of now. @returns the id of the job */
export async function addCannedJob(
  db: Database,
  viewer: Viewer,
  number: number,
  canned: number,
  requestId?: string,
): Promise<Changed<{ job: number }>> {
  return change(db, viewer, { requestId: requestId && `canned/${requestId}` }, async (tx) => {
    const job = await addCannedWithin(tx, viewer, number, canned);
    if (job === null) throw new NotFound('That canned job is not here any more.');
    return { job };
  });
}

/** As addCannedJob(), inside a change that does more. @returns null when the shop has no such canned job any more */
export async function addCannedWithin(tx: Change, viewer: Viewer, number: number, canned: number): Promise<number | null> {
  const order = await lockOrder(tx, number);
  const found = await findCannedJob(tx.db, tx.shop, canned);
  if (!found) return null;
  const { name, concern, cause, correction } = found;
  const job = await insertJob(tx, order, { name, concern, cause, correction });
  tx.record('job.added', order.id, { number, job, name, concern, canned });
  if (found.lines.length > 0) {
    await freezeTerms(tx, order);
    const pricing = await loadPricing(tx.db, tx.shop, order.id);
    await writeLines(tx, viewer, order, job, toNewLines(pricing, found.lines));
  }
  await settle(tx, order);
  return job;
}

/** A tire brings the fees that the shop charges for each tire, as when it is typed. */
function toNewLines(pricing: Pricing, lines: CannedLine[]): NewLine[] {
  return lines.flatMap((line) => {
    const { kind, description, partNumber, quantity, priceCents, costCents } = line;
    const values = {
      ...{ description, partNumber, quantity, priceCents, costCents, discountPpm: null, taxOverride: null, condition: null },
      ...{ flatQuantity: kind === 'labor' ? quantity : null, laborRateId: null, vendor: '', vendorInvoice: '', coreState: null },
    };
    const fees = kind === 'tire' ? pricing.fees.filter((fee) => fee.eachOf === 'tire').map((fee) => feeLine(pricing, fee, quantity)) : [];
    return [toNewLine(pricing, kind, values), ...fees];
  });
}
