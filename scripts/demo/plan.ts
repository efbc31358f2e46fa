import { type Customer, payerOf, type Vehicle } from './garage.js';
import { DECLINE_REASONS, DEFER_REASONS, type DemoLine, findable, type Job, type PlannedJob, type Work } from './jobs/index.js';
import { labor } from './jobs/job.js';
import type { Random } from './random.js';

/** The money of one work order, before it is known what it comes to. */
export interface Plan {
  jobs: PlannedJob[];
  /** What comes up when the work has begun: a line more on the first job. */
  surprise: DemoLine;
  discount: { description: string; price: string } | null;
  poNumber: string;
  consent: { method: 'in-person' | 'phone' | 'text'; by: string; note: string };
  pays: 'cash' | 'card' | 'check' | 'split';
  /** Last four of a card. */
  card: string;
  check: string;
  reading: { in: number; out: number };
}

const SURPRISES = [
  labor('0.4', 'Drill out a seized bolt'),
  labor('0.5', 'Free rusted fasteners'),
  labor('0.3', 'Repair a broken connector found on the way'),
  labor('0.6', 'Clean up corroded mounting surface'),
];

const CONSENT_NOTES = ['', '', '', 'Wants to see the old parts.', 'Up to this sum, call above it.', 'Spoke with both of them.'];

/** What is done on a vehicle, what is found besides, and who pays how. */
export function makePlan(
  random: Random,
  vehicle: Vehicle,
  job: Job,
  more: { comeback: boolean; warranty: boolean; reading: number },
): Plan {
  const payType = more.comeback ? 'comeback' : more.warranty ? 'warranty' : 'customer';
  const jobs = [...mainJobs(random, job, payType), ...comingBack(random, vehicle), ...alsoFound(random, vehicle, job)];
  vehicle.left.push(...jobs.filter(({ answer, work }) => answer !== 'approve' && !work.choice));
  return {
    jobs,
    surprise: random.pick(SURPRISES),
    discount: pickDiscount(vehicle.customer),
    poNumber: payerOf(vehicle.customer)?.poRequired ? String(random.whole(41_000, 48_999)) : '',
    consent: {
      method: random.weighted([
        ['phone', 6],
        ['in-person', 4],
        ['text', 2],
      ]),
      by: vehicle.customer.name.replace(/,.*/, ''),
      note: random.pick(CONSENT_NOTES),
    },
    pays: random.weighted([
      ['card', 11],
      ['cash', 4],
      ['check', 3],
      ['split', 1],
    ]),
    card: `${random.pick(['Visa', 'Mastercard', 'Discover', 'Amex'])} ${random.whole(1000, 9999)}`,
    check: `No. ${random.whole(1001, 8999)}`,
    reading: { in: more.reading, out: more.reading + random.whole(0, vehicle.serial ? 1 : 14) },
  };
}

/** The story's own jobs; of alternatives one is chosen, and the others are declined by that. */
function mainJobs(random: Random, job: Job, payType: PlannedJob['payType']): PlannedJob[] {
  const chosen = random.weighted([
    ['Good', 3],
    ['Better', 5],
    ['Best', 2],
  ] as const);
  // Who does not pay is not asked: then it is one job, and not a choice.
  const works = payType === 'customer' ? job.work : job.work.filter(({ choice }) => !choice || choice === 'Better').map(withoutChoice);
  return works.map((work, index) => ({
    work,
    concern: work.concern ?? (index === 0 || work.choice ? job.says : ''),
    cause: work.cause ?? (index === 0 || work.choice ? job.finds : ''),
    correction: work.correction ?? (index === 0 || work.choice ? job.did : ''),
    payType,
    answer: work.choice && work.choice !== chosen ? 'decline' : 'approve',
    reason: '',
    brings: null,
  }));
}

function withoutChoice({ choice: _, ...work }: Work): Work {
  return work;
}

/** What was put off comes up again at the next visit. */
function comingBack(random: Random, vehicle: Vehicle): PlannedJob[] {
  const left = vehicle.left.filter(({ answer }) => answer === 'defer' || random.chance(0.3));
  vehicle.left = vehicle.left.filter((one) => !left.includes(one));
  return left.map((brings) => ({ ...brings, ...answer(random, 0.6), brings }));
}

function alsoFound(random: Random, vehicle: Vehicle, job: Job): PlannedJob[] {
  // Nothing twice: neither the same job, nor what is a line of another.
  const known = [...job.work, ...vehicle.left.map(({ work }) => work)];
  const said = new Set(known.flatMap(({ name, lines }) => [name, ...lines.map(({ fields }) => fields.description)]));
  const found = findable(vehicle.kind).filter(
    ({ name, lines }) => !said.has(name) && !lines.some(({ fields }) => fields.description && said.has(fields.description)),
  );
  if (found.length === 0 || !random.chance(0.42)) return [];
  const work = random.pick(found);
  const { cause = '', correction } = work;
  return [{ work, concern: '', cause, correction, payType: 'customer', ...answer(random, 0.45), brings: null }];
}

function answer(random: Random, yes: number): Pick<PlannedJob, 'answer' | 'reason'> {
  if (random.chance(yes)) return { answer: 'approve', reason: '' };
  if (random.chance(0.65)) return { answer: 'defer', reason: random.pick(DEFER_REASONS) };
  return { answer: 'decline', reason: random.pick(DECLINE_REASONS) };
}

function pickDiscount({ fleet }: Customer): Plan['discount'] {
  return fleet?.discount ? { description: 'Fleet discount', price: fleet.discount } : null;
}
