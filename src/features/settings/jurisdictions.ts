import { showMoney, showPercent } from '../billing/amounts.js';
import type { Jurisdiction } from '../billing/rules.js';

/** How much a final invoice may be above what the customer has authorized, and what paper must say, where a shop is. */
export interface Preset extends Jurisdiction {
  suppliesAllowed: boolean;
  /** The sentence that the law wants beside shop supplies. */
  suppliesText: string;
  /** Where it is written. */
  source: string;
  /** What else to know of it that the program does not do by itself. */
  note: string;
}

const NOTHING_OVER: Omit<Preset, 'name' | 'source'> = {
  threshold: 'none',
  ppm: 0,
  minCents: 0,
  capCents: null,
  beforeTax: false,
  suppliesAllowed: true,
  suppliesText: '',
  note: '',
};

const FLORIDA_SUPPLIES =
  'This charge represents costs and profits to the motor vehicle repair facility for miscellaneous shop supplies or waste disposal.';

/**
 * Rules of some places, as a start: each is copied into the shop, which can change it. The statutes were read in excerpts.
 */
export const PRESETS: Record<string, Preset> = {
  none: { ...NOTHING_OVER, name: 'Nothing over what was authorized', source: '' },
  alaska: { ...NOTHING_OVER, name: 'Alaska', source: 'AS 45.45.140' },
  california: {
    ...NOTHING_OVER,
    name: 'California',
    source: '16 CCR 3353, 3354, 3356; supplies: Bureau of Automotive Repair, 2007',
    suppliesAllowed: false,
    note: 'The estimate is authorized before any work, and every later charge before it is made. The registration number stands on every invoice.',
  },
  florida: {
    ...NOTHING_OVER,
    name: 'Florida',
    source: 'Fla. Stat. 559.905, 559.909',
    threshold: 'greater',
    ppm: 100_000,
    minCents: 1000,
    capCents: 5000,
    suppliesText: FLORIDA_SUPPLIES,
    note: 'A written estimate is due above $100.',
  },
  illinois: {
    ...NOTHING_OVER,
    name: 'Illinois',
    source: '815 ILCS 306/25',
    note: 'Consent that was spoken is written down with date, time, name, phone number, parts, labor and total.',
  },
  michigan: {
    ...NOTHING_OVER,
    name: 'Michigan',
    source: 'MCL 257.1307e',
    note: 'The estimate names supplies as an amount, not as a percentage. The invoice names the mechanic with the certification number.',
  },
  ohio: {
    ...NOTHING_OVER,
    name: 'Ohio',
    source: 'Attorney General’s brochure on motor vehicle repairs',
    threshold: 'percent',
    ppm: 100_000,
    note: 'The customer chooses the kind of estimate on a form when it is more than $25.',
  },
  ontario: {
    ...NOTHING_OVER,
    name: 'Ontario',
    source: 'Community Legal Education Ontario',
    threshold: 'percent',
    ppm: 100_000,
  },
  uk: {
    ...NOTHING_OVER,
    name: 'United Kingdom',
    source: '',
    note: 'No statute names a share; what was not agreed need not be paid.',
  },
  washington: {
    ...NOTHING_OVER,
    name: 'Washington',
    source: 'RCW 46.71.015, 46.71.025',
    threshold: 'percent',
    ppm: 100_000,
    beforeTax: true,
    note: 'A written estimate above $100 names odometer and plate, or the last 8 of the VIN.',
  },
};

/** What a rule means, in one sentence. */
export function explainRule(rule: Omit<Jurisdiction, 'name'>, currency: string): string {
  const [share, least] = [showPercent(rule.ppm), showMoney(rule.minCents, currency)];
  const approved = rule.beforeTax ? 'what was approved, both without sales tax' : 'what was approved';
  const above = {
    none: '',
    percent: share,
    greater: `${least} or ${share}, whichever is more,`,
    lesser: `${least} or ${share}, whichever is less,`,
  }[rule.threshold];
  const nothing = !above || (rule.threshold === 'percent' && rule.ppm === 0) || rule.capCents === 0;
  if (nothing) return `An invoice may never be above ${approved}: anything more needs the customer’s consent first.`;
  const cap = rule.capCents === null ? '' : ` and never more than ${showMoney(rule.capCents, currency)},`;
  return `An invoice may be at most ${cap && !above.endsWith(',') ? `${above},` : above}${cap} above ${approved}. Anything more needs the customer’s consent first.`;
}
