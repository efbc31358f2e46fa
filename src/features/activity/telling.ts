import { tell as tellOfOrder } from '../work-orders/history.js';

// biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data; the sentences below know them.
type Data = any;

/** What an event names by an id only, as it is called now. */
export interface Named {
  customer: string | null;
  vehicle: string | null;
  staff: string | null;
  column: string | null;
}

/** Things by the first word of an event's kind: what they are called, and where in the list of kinds they stand. */
const NOUNS: Record<string, string> = {
  absence: 'an absence',
  'api-token': 'the API token',
  backup: 'a backup',
  bay: 'the bay',
  booking: 'the settings of booking',
  'canned-job': 'the canned job',
  column: 'the column',
  contact: 'a contact',
  customer: 'the customer',
  'customer-page': 'the link to the own page of',
  fee: 'the fee',
  'inspection-template': 'the inspection template',
  jurisdiction: 'the law that applies',
  label: 'the label',
  'labor-rate': 'the labor rate',
  logo: 'the logo',
  meter: 'the meter',
  notice: 'a notice',
  'opening-hours': 'the opening hours',
  paper: 'the settings of the paper',
  part: 'parts',
  'price-matrix': 'the price matrix',
  retention: 'how long records are kept',
  supplies: 'the shop supplies',
  'tax-rate': 'the tax',
  'tax-terms': 'the terms of the taxes',
  'technician-hours': 'the hours of',
  tv: 'the link of a wall TV',
  vehicle: 'the vehicle',
  visits: 'the settings of visits',
  'house-rules': 'numbers and limits',
  webhook: 'the webhook',
};

const VERBS: Record<string, string> = {
  added: 'added',
  archived: 'put away',
  changed: 'changed',
  made: 'made',
  removed: 'removed',
  renamed: 'renamed',
  restored: 'brought back',
  revoked: 'revoked',
  'switched-on': 'switched on',
  'switched-off': 'switched off',
};

const EXPORTED: Record<string, string> = { activity: 'the activity log', access: 'the list of sign-ins', everything: 'the whole shop' };
const OFF_WHY: Record<string, string> = { gone: ': its receiver is gone', failing: ': nothing had arrived for days' };
const MERGED = 'put a duplicate together with';

/** What does not follow from noun and verb. */
const SENTENCES: Record<string, (data: Data, named: Named) => string> = {
  'shop.made': (data) => `made the shop ${quote(data.name)}`,
  'shop.imported': () => 'brought the shop here from another installation',
  'webhook.switched-on': (data) => `switched the webhook ${quote(data.name)} on`,
  'webhook.switched-off': (data) => `switched the webhook ${quote(data.name)} off${OFF_WHY[data.why] ?? ''}`,
  'webhook.secret-renewed': (data) => `made a new secret for the webhook ${quote(data.name)}`,
  'shop.second-factor-asked': (data) => `changed who needs a second factor${fromTo(data)}`,
  'column.shifted': (data, { column }) => `moved the column${name(column)} to the ${data.direction}`,
  'column.renumbered': (_data, { column }) => `made room between the cards of${name(column) || ' a column'}`,
  'customer.merged': (_data, { customer }) => `${MERGED} the customer${name(customer)}`,
  'customer.merge-undone': (_data, { customer }) => `took apart what was put together with the customer${name(customer)}`,
  'vehicle.merged': (_data, { vehicle }) => `${MERGED} the vehicle${name(vehicle)}`,
  'vehicle.merge-undone': (_data, { vehicle }) => `took apart what was put together with the vehicle${name(vehicle)}`,
  'vehicle.transferred': (_data, { vehicle }) => `wrote the vehicle${name(vehicle)} over to another customer`,
  'vehicle.service-noted': (data, { vehicle }) => `noted what the vehicle${name(vehicle)} is due for: ${quote(data.what)}`,
  'vehicle.service-ended': (data, { vehicle }) => `took ${quote(data.what)} off what the vehicle${name(vehicle)} is due for`,
  'customer.imported': (data) => imported(data, 'customers'),
  'vehicle.imported': (data) => imported(data, 'vehicles'),
  'part.imported': (data) => imported(data, 'parts'),
  'data.exported': (data) => `took out ${EXPORTED[data.what] ?? data.what} as a file`,
  'numbering.raised': (data) => `raised the next number of ${words(data.what)} from ${data.from} to ${data.to}`,
  'notice.made': (data) => `told ${data.staff.length === 1 ? 'a colleague' : `${data.staff.length} colleagues`} something`,
  'notice.read': () => 'read what they were told',
  'till.closed': (data) => `closed the till${data.differenceCents ? ', which did not add up' : ''}`,
  'staff.invited': (data, { staff }) => `invited${name(staff)} as ${data.role}`,
  'staff.link-made': (_data, { staff }) => `made a new link for${name(staff)} to choose a password`,
  'staff.role-changed': (data, { staff }) => `changed the role of${name(staff)} from ${data.from} to ${data.to}`,
  'staff.disabled': (_data, { staff }) => `disabled${name(staff)}`,
  'staff.enabled': (_data, { staff }) => `let${name(staff)} in again`,
  'staff.password-changed': (_data, { staff }) => `chose a new password${staff ? ` for${name(staff)}` : ''}`,
  'staff.sessions-ended': (_data, { staff }) => `signed${name(staff)} out of other browsers`,
  'staff.second-factor-on': (_data, { staff }) => `set up a second factor for${name(staff)}`,
  'staff.second-factor-off': (_data, { staff }) => `removed the second factor of${name(staff)}`,
  'staff.second-factor-reset': (_data, { staff }) => `took the second factor of${name(staff)} away`,
  'staff.recovery-codes-renewed': (_data, { staff }) => `made new recovery codes for${name(staff)}`,
};

/** What an event says, as the rest of a sentence that begins with who did it. An unknown kind is told by its own words. */
export function tellEvent(kind: string, data: Data, named: Named): string {
  try {
    const own = SENTENCES[kind];
    if (own) return own(data, named);
    const ofOrder = tellOfOrder(kind, data);
    return ofOrder === kind ? tellByWords(kind, data, named) : ofOrder;
  } catch {
    // What an older version wrote may lack what a sentence needs.
    return words(kind);
  }
}

function tellByWords(kind: string, data: Data, named: Named): string {
  const [noun = '', verb = ''] = kind.split('.', 2);
  const called = data.name ?? named[noun as keyof Named] ?? data.to?.name ?? null;
  if (verb === 'default-changed') return `made ${quote(data.to)} the default instead of ${quote(data.from)}`;
  const done = VERBS[verb];
  const thing = NOUNS[noun] ?? `the ${words(noun)}`;
  if (!done) return `${thing}${name(called)}: ${words(verb)}`;
  const whose = noun === 'contact' || noun === 'meter' ? of(named) : '';
  return `${done} ${thing}${name(called)}${whose}${verb === 'changed' || verb === 'renamed' ? fromTo(data) : ''}`;
}

/** What was there before, and what is now: `: threshold from “none” to “percent”`. */
function fromTo({ from, to }: Data): string {
  if (typeof to !== 'object' || to === null) return to === undefined ? '' : ` from ${quote(from)} to ${quote(to)}`;
  const changes = Object.keys(to).filter((field) => JSON.stringify(from?.[field]) !== JSON.stringify(to[field]));
  if (changes.length === 0) return '';
  return `: ${changes.map((field) => `${words(field)} from ${quote(from?.[field])} to ${quote(to[field])}`).join(', ')}`;
}

function imported(data: Data, what: string): string {
  const counts = ['added', 'changed'].flatMap((how) => (data[how] ? [`${data[how]} ${how}`] : []));
  return `read ${what} in from ${quote(data.file)}${counts.length > 0 ? `: ${counts.join(', ')}` : ''}`;
}

function of({ customer, vehicle }: Named): string {
  const whose = vehicle ?? customer;
  return whose ? ` of ${whose}` : '';
}

function name(called: unknown): string {
  return called ? ` ${String(called)}` : '';
}

/** `estimateDays` and `estimate-days`: estimate days */
function words(text: string): string {
  return text
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/[.-]/g, ' ')
    .toLowerCase();
}

function quote(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'nothing';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return `“${text.length > 80 ? `${text.slice(0, 80)}…` : text}”`;
}
