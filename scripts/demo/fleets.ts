import type { Kind } from './vehicles.js';

/** How a company pays what it owes: so many days of work after an invoice is posted. */
export interface Terms {
  after: number;
  by: 'check' | 'transfer';
  /** Since this day of work, as the story counts, nothing has come any more. */
  until?: number;
}

/** A company with several vehicles: who brings them, what they have, and how it pays. */
export interface Fleet {
  company: string;
  contact: string;
  address: string;
  /** Further people: name, what they do. */
  contacts?: [name: string, role: string][];
  has: { kind: Kind; count: number }[];
  poRequired?: boolean;
  taxCertificate?: string;
  /** What it gets off, on labor and parts. */
  discount?: string;
  /** Pays on account; without it, at the counter. */
  terms?: Terms;
  /** Name of the company that pays for it. */
  billTo?: string;
  notes?: string;
}

/** Companies that pay for others and bring nothing themselves. */
export const PAYERS: Fleet[] = [
  {
    company: 'Boone County Council on Aging',
    contact: 'Harold Nyquist, accounts payable',
    address: '2141 Henry Luckow Lane\nBelvidere, IL 61008',
    has: [],
    terms: { after: 20, by: 'check' },
  },
  {
    company: 'Midwest Fleet Leasing, LLC',
    contact: 'Maintenance desk',
    address: '900 Jorie Boulevard, Suite 210\nOak Brook, IL 60523',
    contacts: [['Dolores Pineda', 'Approvals above $1,500']],
    has: [],
    poRequired: true,
    terms: { after: 15, by: 'transfer' },
  },
];

export const FLEETS: Fleet[] = [
  {
    company: 'Rock River Plumbing & Heating',
    contact: 'Shelly Vance',
    address: '1820 Harrison Avenue\nRockford, IL 61104',
    contacts: [
      ['Gene Vance', 'Owner'],
      ['Patty Kroll', 'Accounts payable'],
    ],
    has: [
      { kind: 'van', count: 5 },
      { kind: 'pickup', count: 1 },
    ],
    discount: '5 %',
    terms: { after: 18, by: 'transfer' },
  },
  {
    company: 'Winnebago County Community Unit School District No. 322',
    contact: 'Ed Tillman, transport',
    address: '304 East Avenue\nWinnebago, IL 61088',
    contacts: [
      ['Marge Ostrowski', 'Business office'],
      ['Curtis Webb', 'Night dispatcher'],
    ],
    has: [{ kind: 'bus', count: 5 }],
    poRequired: true,
    taxCertificate: 'E9985-4412-08',
    terms: { after: 26, by: 'check' },
    notes: 'Purchase order before any work, also for small things. Buses must be back by 1:45 pm.',
  },
  {
    company: 'Northern Illinois Agricultural Cooperative & Grain Elevator',
    contact: 'Deb Hofstetter',
    address: '7710 Elevator Road\nRoscoe, IL 61073',
    contacts: [['Lyle Brandt', 'Yard foreman']],
    has: [
      { kind: 'tractor', count: 3 },
      { kind: 'forklift', count: 2 },
      { kind: 'pickup', count: 1 },
    ],
    terms: { after: 22, by: 'check' },
  },
  {
    company: 'Prairie Bread Bakery',
    contact: 'Amir Haddad',
    address: '615 Seventh Street\nRockford, IL 61104',
    contacts: [['Leila Haddad', 'Office']],
    has: [
      { kind: 'truck', count: 3 },
      { kind: 'van', count: 1 },
    ],
    discount: '5 %',
    terms: { after: 12, by: 'transfer' },
    notes: 'Trucks leave at 3 am. Key box, not the counter.',
  },
  {
    company: 'Kishwaukee Landscaping',
    contact: 'Tomás Rivera',
    address: '4406 Kishwaukee Street\nRockford, IL 61109',
    has: [
      { kind: 'pickup', count: 3 },
      { kind: 'tractor', count: 1 },
    ],
    terms: { after: 14, by: 'check', until: -38 },
    notes: 'Waits for a payment himself, says it comes this month.',
  },
  {
    company: 'Blackhawk Pallet & Crating',
    contact: 'Ron Szymanski',
    address: '2200 South Main Street\nRockford, IL 61102',
    contacts: [['Irene Novak', 'Bookkeeper, Tuesdays and Thursdays']],
    has: [
      { kind: 'forklift', count: 3 },
      { kind: 'truck', count: 1 },
    ],
    poRequired: true,
    terms: { after: 30, by: 'check', until: -60 },
  },
  {
    company: 'Meals on Wheels of Boone County',
    contact: 'Sister Agnes Doyle',
    address: '128 North State Street\nBelvidere, IL 61008',
    has: [
      { kind: 'van', count: 2 },
      { kind: 'car', count: 2 },
    ],
    billTo: 'Boone County Council on Aging',
  },
  {
    company: 'Two Rivers Parcel',
    contact: 'Keisha Banks',
    address: '5520 International Drive\nRockford, IL 61109',
    contacts: [['Andre Mills', 'Dispatch']],
    has: [
      { kind: 'van', count: 4 },
      { kind: 'truck', count: 2 },
    ],
    billTo: 'Midwest Fleet Leasing, LLC',
  },
  {
    company: 'Stateline Driving School',
    contact: 'Paul Grube',
    address: '3315 Broadway\nRockford, IL 61108',
    has: [{ kind: 'car', count: 4 }],
    discount: '5 %',
  },
  {
    company: 'Belvidere Orchards',
    contact: 'Hannelore Weiß',
    address: '11602 Poplar Grove Road\nPoplar Grove, IL 61065',
    has: [
      { kind: 'tractor', count: 2 },
      { kind: 'forklift', count: 1 },
    ],
    notes: 'Pays cash at harvest, by card otherwise.',
  },
];

/** Streets on which private customers live. */
export const STREETS = [
  'Auburn Street, Rockford, IL 61103',
  'Spring Creek Road, Rockford, IL 61107',
  'North Main Street, Rockford, IL 61103',
  'Alpine Road, Loves Park, IL 61111',
  'Perryville Road, Rockford, IL 61107',
  'Riverside Boulevard, Loves Park, IL 61111',
  'Pearl Street, Belvidere, IL 61008',
  'Charles Street, Rockford, IL 61108',
  'Hononegah Road, Roscoe, IL 61073',
  'Blackhawk Boulevard, Rockton, IL 61072',
  'Ralston Road, Machesney Park, IL 61115',
  'West State Street, Rockford, IL 61102',
];
