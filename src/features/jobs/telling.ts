import { showAmount, showPercent, showQuantity } from '../billing/amounts.js';

// biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data; the sentences below know them.
type Data = any;

const FIELD_NAMES: Record<string, string> = {
  ...{ name: 'name', concern: 'concern', cause: 'cause', correction: 'correction', internalNote: 'internal note', payType: 'pay type' },
  ...{ mechanic: 'mechanic', progress: 'progress', clocked: 'clocked hours', supplies: 'shop supplies', description: 'description' },
  ...{ quantity: 'quantity', priceCents: 'price', costCents: 'cost', discountPpm: 'discount', taxes: 'tax', taxOverride: 'tax' },
  ...{ partNumber: 'part number', condition: 'condition', flatQuantity: 'book hours', laborRateId: 'labor rate', vendor: 'vendor' },
  ...{ vendorInvoice: 'vendor’s invoice number', coreState: 'core' },
};

/** Of a line: shown with both values; the rest is only named. */
const SHOWN: Record<string, (value: Data) => string> = {
  quantity: showQuantity,
  flatQuantity: showQuantity,
  priceCents: showAmount,
  costCents: showAmount,
  discountPpm: showPercent,
};
const MONEY = ['priceCents', 'costCents', 'discountPpm', 'priceByHand', 'taxes', 'taxOverride', 'laborRateId'];
/** Follows from what was changed, and is not told of itself. */
const QUIET = ['priceByHand', 'laborRateId'];

/** What the events of jobs and lines say, as the rest of a sentence that begins with who did it. `prices`: for those who may see them. */
export const JOB_SENTENCES: Record<string, (data: Data, prices: boolean) => string> = {
  'job.added': (data) => `added the job “${data.name}”`,
  'job.changed': (data) => `changed ${names(Object.keys(data.to))} of “${data.name}”`,
  'job.removed': (data) => `removed the job “${data.name}”`,
  'job.moved': (data) => `moved the job “${data.name}” ${data.direction}`,
  'job.copied': (data) => `copied the job “${data.name}”`,
  'job.option-added': (data) => `added the option ${data.option} to “${data.name}”`,
  'job.option-picked': (data) => `picked the option ${data.option} of “${data.name}”`,
  'job.brought-back': (data) => `brought “${data.name}” back from WO-${data.from}`,
  'line.added': (data, prices) => `added ${counted(data.after, prices)}`,
  'line.changed': (data, prices) => `changed “${data.description}”${changes(data, prices)}`,
  'line.removed': (data, prices) => `removed ${counted(data.before, prices)}`,
  'line.moved': (data) => `moved “${data.description}” ${data.direction}`,
  'meter.read': (data) =>
    `read ${data.name}: ${Object.entries(data.to)
      .map(([moment, value]) => `${value || 'nothing'} ${moment}`)
      .join(', ')}`,
};

function names(fields: string[]): string {
  return [...new Set(fields.filter((field) => !QUIET.includes(field)).map((field) => FIELD_NAMES[field] ?? field))].join(', ');
}

function counted(line: Data, prices: boolean): string {
  const what = line.quantity === 100 ? `“${line.description}”` : `${showQuantity(line.quantity)} × “${line.description}”`;
  if (!prices) return what;
  return `${what} at ${line.discountPpm === null ? showAmount(line.priceCents) : showPercent(line.discountPpm)}`;
}

function changes(data: Data, prices: boolean): string {
  const fields = Object.keys(data.to).filter((field) => !QUIET.includes(field) && (prices || !MONEY.includes(field)));
  const told = fields.map((field) => {
    const show = SHOWN[field];
    if (!show || data.from[field] === null || data.to[field] === null) return FIELD_NAMES[field] ?? field;
    return `${FIELD_NAMES[field]} from ${show(data.from[field])} to ${show(data.to[field])}`;
  });
  return told.length > 0 ? `: ${[...new Set(told)].join(', ')}` : '';
}
