import type { PayType, Tax } from '../features/billing/rules.js';
import { lockOrder, settle } from '../features/billing/settle.js';
import { freezeTerms } from '../features/billing/terms.js';
import { type Change, change } from '../platform/database/change.js';
import type { Database } from '../platform/database/pool.js';
import type { Viewer } from '../platform/web/viewer.js';

const TAX: Tax = { id: 1, name: 'Sales tax', ppm: 72_500 };

export interface PaperLine {
  kind: 'labor' | 'part' | 'tire' | 'sublet' | 'fee' | 'core' | 'discount';
  description: string;
  quantity?: number;
  cents?: number;
  cost?: number;
  ppm?: number;
  partNumber?: string;
  condition?: 'new' | 'used' | 'rebuilt' | 'reconditioned' | 'oem-crash' | 'non-oem';
  legalText?: string;
  vendor?: string;
  vendorInvoice?: string;
}

export interface PaperJob {
  name: string;
  concern?: string;
  cause?: string;
  correction?: string;
  internalNote?: string;
  payType?: PayType;
  consent?: 'proposed' | 'declined' | 'deferred';
  reason?: string;
  choice?: number;
  choiceName?: string;
  picked?: boolean;
  lines: PaperLine[];
}

/** Writes jobs as a desk would, with all that paper shows of them; parts are taxed. @returns their ids */
export async function writeJobs(
  db: Database,
  viewer: Viewer,
  number: number,
  jobs: PaperJob[],
  whole: PaperLine[] = [],
): Promise<number[]> {
  const { result } = await change(db, viewer, {}, async (tx) => {
    const order = await lockOrder(tx, number);
    await freezeTerms(tx, order);
    const { before } = await tx.db
      .selectFrom('jobs')
      .select((eb) => eb.fn.coalesce(eb.fn.max('position'), eb.lit(0)).as('before'))
      .where('shop_id', '=', tx.shop)
      .where('work_order_id', '=', order.id)
      .executeTakeFirstOrThrow();
    const ids: number[] = [];
    for (const [index, job] of jobs.entries()) {
      const id = await insertJob(tx, order.id, before + index + 1, job);
      await insertLines(tx, order.id, id, job.lines);
      ids.push(id);
    }
    await insertLines(tx, order.id, null, whole);
    await settle(tx, order);
    tx.record('job.added', order.id, { number });
    return ids;
  });
  return result;
}

async function insertJob(tx: Change, workOrder: number, position: number, job: PaperJob): Promise<number> {
  const { id } = await tx.db
    .insertInto('jobs')
    .values({
      ...{ shop_id: tx.shop, work_order_id: workOrder, position, name: job.name, progress: 'complete' },
      ...{ concern: job.concern ?? '', cause: job.cause ?? '', correction: job.correction ?? '', internal_note: job.internalNote ?? '' },
      ...{ pay_type: job.payType ?? 'customer', consent: job.consent ?? 'proposed', consent_reason: job.reason ?? '' },
      ...{ choice: job.choice ?? null, choice_name: job.choiceName ?? '', picked: job.picked ?? true },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** A core belongs to the line before it. */
async function insertLines(tx: Change, workOrder: number, job: number | null, lines: PaperLine[]): Promise<void> {
  let before: number | null = null;
  for (const [position, line] of lines.entries()) {
    const isCore = line.kind === 'core';
    const row: { id: number } = await tx.db
      .insertInto('lines')
      .values({
        ...{ shop_id: tx.shop, work_order_id: workOrder, job_id: job, position, kind: line.kind, description: line.description },
        ...{ quantity: line.quantity ?? 100, price_cents: line.cents ?? 0, cost_cents: line.cost ?? 0, discount_ppm: line.ppm ?? null },
        ...{ part_number: line.partNumber ?? '', condition: line.condition ?? null, legal_text: line.legalText ?? '' },
        ...{ vendor: line.vendor ?? '', vendor_invoice: line.vendorInvoice ?? '' },
        ...{ core_of_id: isCore ? before : null, core_state: isCore ? 'owed' : null },
        taxes: JSON.stringify(['part', 'tire', 'core'].includes(line.kind) ? [TAX] : []),
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    before = row.id;
  }
}

/** Gives a shop what stands on its paper. */
export async function writeLetterhead(db: Database, shop: number, more: Record<string, unknown> = {}): Promise<void> {
  const settings = {
    ...{ address: '120 Harbor Road\nOakland, CA 94607', phone: '510 555 0100', email: 'desk@harbor.test', website: 'harbor.test' },
    ...{ registration: 'ARD 271828', invoice_prefix: 'INV-' },
  };
  await db
    .updateTable('billing_settings')
    .set({ ...settings, ...more })
    .where('shop_id', '=', shop)
    .execute();
}

/** An order with so many jobs and lines in all, as a long estimate has them. */
export function manyJobs(jobs: number, lines: number): PaperJob[] {
  const names = ['Front brakes', 'Timing belt, water pump and all that is behind the cover', 'Oil service', 'Alignment'];
  return Array.from({ length: jobs }, (_, job) => ({
    name: names[job % names.length] as string,
    concern:
      job % 3 === 0 ? 'It squeals when it is cold, most of all in the morning and in the rain, and it has done so for some weeks.' : '',
    cause: job % 2 === 0 ? 'Pads are down to 2 mm, rotors are scored.' : '',
    lines: Array.from({ length: Math.floor(lines / jobs) + (job < lines % jobs ? 1 : 0) }, (_, line): PaperLine => {
      if (line % 3 === 0)
        return { kind: 'labor', description: `Take off, look at and fit again, step ${line + 1}`, quantity: 150, cents: 12_000 };
      const description =
        line % 5 === 1
          ? 'Bracket set with bolts, washers, clips and the long description that its maker has given it'
          : 'Brake pad set, ceramic';
      return { kind: 'part', description, quantity: 200, cents: 4_599, cost: 2_111, partNumber: `BP-${1000 + line}`, condition: 'new' };
    }),
  }));
}
