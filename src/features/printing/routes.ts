import type { Request } from 'express';
import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import type { Permission } from '../staff/permissions.js';
import { getWorkOrder } from '../work-orders/details.js';
import { estimatePaper } from './estimate.js';
import { nameVehicle } from './facts.js';
import { invoicePaper } from './invoice.js';
import { PAPERS, type Paper, type PaperName } from './papers.js';
import { getPaperRecord, type PaperRecord, type Size } from './records.js';
import { repairOrderPaper } from './repair-order.js';
import { codeOf, toSheets } from './sheets.js';
import { tagsOf } from './tags.js';
import { worksheetPaper } from './worksheet.js';

const Numbered = z.object({ number: Id });
const Sized = z.object({ size: z.enum(['letter', 'a4'], 'Paper is letter or a4.').optional() });

const MAY: Record<PaperName, Permission> = {
  ...{ estimate: 'price.see', 'repair-order': 'price.see', invoice: 'price.see' },
  ...{ worksheet: 'work-order.print', tag: 'work-order.print' },
};

interface Asked {
  viewer: Viewer;
  params: { number: number };
  query: { size?: Size | undefined };
  request: Request;
}

/** What goes on paper. */
export function printRoutes(services: Services): Route[] {
  const { db } = services;

  const show =
    (name: PaperName) =>
    async ({ viewer, params, query, request }: Asked) => {
      const record = await getPaperRecord(db, viewer.shop, params.number);
      const size = query.size ?? record.paper;
      const { number } = record.order;
      const head = letterheadOf(record);
      const links = { back: `/work-orders/${number}`, backTo: ' to the work order', ...(await codeFor(services, request, number)) };
      const frame = { title: `${NAMES[name]} WO-${number}`, of: `WO-${number}`, size, number, head, ...links };
      if (name === 'tag') return page('printing/tags', { ...frame, tag: tagsOf(record.order) });
      const paper = await PAPER[name](record, viewer);
      return page('printing/paper', { ...frame, paper, again: againOf(record), sheets: toSheets(paper, head, size) });
    };

  const PAPER: Record<Exclude<PaperName, 'tag'>, (record: PaperRecord, viewer: Viewer) => Paper | Promise<Paper>> = {
    estimate: (record) => estimatePaper(record, new Date()),
    'repair-order': repairOrderPaper,
    invoice: invoicePaper,
    worksheet: async (record, viewer) => worksheetPaper(record.order, await getWorkOrder(db, viewer.shop, record.order.number)),
  };

  return [
    get('/work-orders/:number/print', { may: 'work-order.print', params: Numbered, query: Sized }, show('worksheet')),
    ...PAPERS.map((name) => get(`/work-orders/:number/print/${name}`, { may: MAY[name], params: Numbered, query: Sized }, show(name))),
  ];
}

const NAMES: Record<PaperName, string> = {
  ...{ estimate: 'Estimate', 'repair-order': 'Repair order', worksheet: 'Worksheet', invoice: 'Invoice', tag: 'Tags' },
};

async function codeFor({ config }: Services, request: Request, number: number) {
  const origin = config.publicUrl ?? `${request.protocol}://${request.get('host')}`;
  // A phone can't open the address of the computer that this one calls itself.
  return { code: await codeOf(`${origin}/work-orders/${number}`), onlyHere: /^https?:\/\/(localhost|127\.|\[::1\])/.test(origin) };
}

function letterheadOf({ order, hasLogo }: PaperRecord) {
  const { name, address, phone, email, website, registration } = order.shop;
  const reach = [phone, email, website].filter(Boolean).join(' · ');
  const lines = [...address.split('\n').filter((line) => line.trim()), reach, registration && `Registration ${registration}`];
  return { name, logo: hasLogo, lines: lines.filter(Boolean) };
}

/** Whose paper it is, on each sheet after the first. */
function againOf({ order }: PaperRecord): string {
  return [order.vehicle.plate, nameVehicle(order), order.customer.company || order.customer.name].filter(Boolean).join(' · ');
}
