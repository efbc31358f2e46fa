import type { Request } from 'express';
import type { Services } from '../../platform/services.js';
import { showDate } from '../../platform/time.js';
import { originOf } from '../../platform/web/addresses.js';
import { type Answer, type PageAnswer, page } from '../../platform/web/answers.js';
import { codeOf } from '../../platform/web/qr-code.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { getSharing } from '../approvals/sharing.js';
import { LinkKeys } from '../approvals/tokens.js';
import { getStatement } from '../billing/receivables.js';
import { getWorkOrder } from '../work-orders/details.js';
import { estimatePaper } from './estimate.js';
import { nameVehicle } from './facts.js';
import { invoicePaper } from './invoice.js';
import type { Paper, PaperName } from './papers.js';
import { type Piece, scan } from './pieces.js';
import { getPaperRecord, getShopOnPaper, type PaperRecord, type ShopOnPaper, type Size } from './records.js';
import { repairOrderPaper } from './repair-order.js';
import { type Letterhead, toSheets } from './sheets.js';
import { statementPaper } from './statement.js';
import { tagsOf } from './tags.js';
import { worksheetPaper } from './worksheet.js';

interface Asked {
  viewer: Viewer;
  /** Without one the shop's own paper. */
  query: { size?: Size | undefined };
  request: Request;
}

const NAMES: Record<PaperName, string> = {
  ...{ estimate: 'Estimate', 'repair-order': 'Repair order', worksheet: 'Worksheet', invoice: 'Invoice', tag: 'Tags' },
};

/** A paper of a work order. @throws NotFound when the shop has no such number */
export async function showPaper(services: Services, name: PaperName, number: number, asked: Asked): Promise<Answer> {
  const record = await getPaperRecord(services.db, asked.viewer.shop, number);
  const { order } = record;
  const size = asked.query.size ?? record.paper;
  const head = letterheadOf({ ...order.shop, ...record });
  const back = await linkTo(services, asked.request, `/work-orders/${number}`, ' to the work order');
  const frame = { title: `${NAMES[name]} WO-${number}`, of: `WO-${number}`, size, number, head, ...back };
  if (name === 'tag') return page('printing/tags', { ...frame, tag: tagsOf(order) });
  const paper = await writePaper(services, name, record, asked.viewer);
  paper.pieces.push(...(await linkPieces(services, name, asked, number)));
  const again = [order.vehicle.plate, nameVehicle(order), order.customer.company || order.customer.name].filter(Boolean).join(' · ');
  return page('printing/paper', { ...frame, paper, again, sheets: toSheets(paper, head, size) });
}

/**
 * An invoice for the customer whom it is for, behind their own link.
 * @param asked with the way back to their page
 * @throws NotFound when the shop has no such number
 */
export async function showInvoice(
  services: Services,
  shop: number,
  number: number,
  asked: Pick<Asked, 'query'> & { back: string },
): Promise<PageAnswer> {
  const record = await getPaperRecord(services.db, shop, number);
  const { order } = record;
  const size = asked.query.size ?? record.paper;
  // The logo is for whoever is signed in.
  const head = letterheadOf({ ...order.shop, ...record, hasLogo: false });
  const paper = invoicePaper(record);
  const again = [order.vehicle.plate, nameVehicle(order)].filter(Boolean).join(' · ');
  const frame = {
    title: paper.title,
    of: paper.title,
    size,
    number,
    head,
    back: asked.back,
    backTo: ' to your page',
    code: '',
    onlyHere: false,
  };
  return { kind: 'page', view: 'printing/paper', data: { ...frame, paper, again, sheets: toSheets(paper, head, size) } };
}

async function writePaper({ db }: Services, name: Exclude<PaperName, 'tag'>, record: PaperRecord, viewer: Viewer): Promise<Paper> {
  if (name === 'estimate') return estimatePaper(record, new Date());
  if (name === 'repair-order') return repairOrderPaper(record);
  if (name === 'invoice') return invoicePaper(record);
  return worksheetPaper(record.order, await getWorkOrder(db, viewer.shop, record.order.number));
}

/** On what the customer is asked to sign: their own page, if they have a link that works. */
async function linkPieces({ db, config }: Services, name: PaperName, { viewer, request }: Asked, number: number): Promise<Piece[]> {
  if (name !== 'estimate' && name !== 'repair-order') return [];
  const { link } = await getSharing(db, viewer.shop, number, new LinkKeys(config.sessionSecrets).token);
  if (!link?.token) return [];
  const code = await codeOf(`${originOf(config, request)}/c/${link.token}`);
  return [
    scan(
      code,
      'See it and answer it on your phone: where the vehicle is, what was found, the estimate.',
      `Until ${showDate(link.expiresAt, viewer.timeZone)}. This code is yours alone.`,
    ),
  ];
}

/** What a customer owes. @throws NotFound when the shop has no such customer */
export async function showStatement(services: Services, customer: number, asked: Asked): Promise<Answer> {
  const { shop } = asked.viewer;
  const statement = await getStatement(services.db, shop, customer);
  const settings = await getShopOnPaper(services.db, shop);
  const size = asked.query.size ?? settings.paper;
  const head = letterheadOf(settings);
  const name = statement.customer.company || statement.customer.name;
  const back = await linkTo(services, asked.request, `/customers/${customer}`, ' to the customer');
  const paper = statementPaper(statement, settings.invoicePrefix, new Date());
  const frame = { title: `Statement for ${name}`, of: 'the statement', size, number: '', head, again: name, ...back };
  return page('printing/paper', { ...frame, paper, sheets: toSheets(paper, head, size) });
}

/** The way back on the screen, and the code that leads there from paper. */
async function linkTo({ config }: Services, request: Request, path: string, backTo: string) {
  const url = `${originOf(config, request)}${path}`;
  // A phone can't open the address of the computer that this one calls itself.
  return { back: path, backTo, code: await codeOf(url), onlyHere: /^https?:\/\/(localhost|127\.|\[::1\])/.test(url) };
}

function letterheadOf({
  name,
  address,
  phone,
  email,
  website,
  registration,
  hasLogo,
}: Omit<ShopOnPaper, 'paper' | 'invoicePrefix'>): Letterhead {
  const reach = [phone, email, website].filter(Boolean).join(' · ');
  const lines = [...address.split('\n').filter((line) => line.trim()), reach, registration && `Registration ${registration}`];
  return { name, logo: hasLogo, lines: lines.filter(Boolean) };
}
