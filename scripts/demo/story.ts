import { type Customer, Garage, type Vehicle } from './garage.js';
import { COMEBACKS, HEAVY_JOBS, JOBS, type Job } from './jobs/index.js';
import { FORMER, STAFF } from './people.js';
import { makePlan } from './plan.js';
import { Random } from './random.js';
import { EXTRAS } from './remarks.js';
import type { Promised, Ticket } from './ticket.js';
import { type Odd, type Stage, type Step, Timeline } from './timeline.js';
import { addVisits } from './visiting.js';

const SEED = 20_394;
/** How many work orders stand in each column. */
const OPEN: [Stage, number][] = [
  ['estimates', 12],
  ['progress', 15],
  ['waiting', 7],
  ['done', 11],
];
const FINISHED = 300;
/** Days of work that the story reaches back: ten weeks, so that some bills can be old. */
export const STORY_DAYS = 60;
/** When the former mechanic left: three weeks ago. */
export const FORMER_LEFT = -16;

type When = 'late' | 'soon' | 'today' | 'later' | 'none';
/** What the cards of a column were promised, from the one that came last to the one that is there longest. */
const PROMISES: Record<Exclude<Stage, 'done'>, When[]> = {
  estimates: ['today', 'soon', 'later', 'none', 'today', 'later', 'soon', 'today', 'later', 'today', 'none', 'late'],
  progress: ['today', 'later', 'soon', 'today', 'soon', 'later', 'today', 'none', 'late', 'soon', 'today', 'late', 'today', 'late', 'late'],
  waiting: ['later', 'today', 'later', 'none', 'today', 'later', 'late'],
};

/** So that a look at the board shows what all comes to this shop: kinds, or what a vehicle is called. */
const TO_BE_SEEN: Partial<Record<Stage, Record<number, string>>> = {
  estimates: { 4: 'motorcycle', 7: 'forklift' },
  progress: { 1: 'John Deere', 5: 'Honda Civic', 9: 'school bus' },
  waiting: { 2: 'tractor', 4: 'bus' },
};

/** Estimates that leave the customer a choice. */
const TO_BE_CHOSEN = [3, 8];

/** A work order before it is known who brings it. */
interface Sketch {
  stage: Stage | 'gone';
  from: number;
  when: When;
  /** A kind of vehicle, or what it is called. */
  seen: string | undefined;
  odd: Odd | null;
  /** Is written, and has something to choose. */
  choice?: boolean;
  /** Comes from this company. */
  company?: string | undefined;
  /** Somebody sold a vehicle just before, and this is the first visit of its buyer. */
  sold?: boolean;
}

/** A vehicle that goes from one customer to another. */
export interface Sale {
  at: number;
  vehicle: Vehicle;
  seller: Customer;
  buyer: Customer;
}

export interface Story {
  tickets: Ticket[];
  companies: Customer[];
  sales: Sale[];
}

/** Everything that happened in the demo shop; the same in every run. */
export function tellStory(): Story {
  const random = new Random(SEED);
  const garage = new Garage(random);
  const sketches = [...sketchFinished(random), ...sketchOpen(random)].sort((a, b) => a.from - b.from);
  const sales: Sale[] = [];
  const tickets = sketches.map((sketch) => {
    if (!sketch.sold) return tell(random, garage, sketch, null);
    const { vehicle, buyer } = garage.sale(sketch.from);
    sales.push({ at: sketch.from - 0.6, vehicle, seller: vehicle.customer, buyer });
    vehicle.customer = buyer;
    return tell(random, garage, sketch, vehicle);
  });
  addVisits(tickets);
  return { tickets, companies: garage.companies, sales };
}

/** What must not be left to chance: bills that are old, a posted invoice that is opened again, a car that is sold. */
const CERTAIN: Record<number, Pick<Sketch, 'company' | 'odd' | 'sold'>> = {
  2: { company: 'Blackhawk Pallet & Crating', odd: null },
  20: { company: 'Stateline Driving School', odd: null },
  60: { company: 'Kishwaukee Landscaping', odd: null },
  90: { company: 'Kishwaukee Landscaping', odd: null },
  150: { company: 'Prairie Bread Bakery', odd: 'opened again' },
  200: { odd: 'brought back' },
  210: { odd: null, sold: true },
};

function sketchFinished(random: Random): Sketch[] {
  return Array.from({ length: FINISHED }, (_, index) => {
    // It began with a few a day.
    const day = -STORY_DAYS + 1 + Math.floor((index / FINISHED) ** 0.75 * (STORY_DAYS - 2));
    const odd = index % 120 === 60 ? 'reopened' : null;
    return { stage: 'gone', from: day + morning(random), when: 'none', seen: undefined, odd, ...CERTAIN[index] };
  });
}

/** `from` is when it came to its column. */
function sketchOpen(random: Random): Sketch[] {
  return OPEN.flatMap(([stage, count]) =>
    Array.from({ length: count }, (_, index) => {
      const when = stage === 'done' ? 'none' : (PROMISES[stage][index] ?? 'none');
      const choice = stage === 'estimates' && TO_BE_CHOSEN.includes(index);
      return { stage, from: enteredAt(random, stage, index / count), when, seen: TO_BE_SEEN[stage]?.[index], odd: null, choice };
    }),
  );
}

/** Most come in the morning. */
function morning(random: Random): number {
  return 0.9 * random.next() ** 1.7;
}

/** When an open card came to its column: some just now, a few long ago. @param share 0 for the first, almost 1 for the last card */
function enteredAt(random: Random, stage: Stage, share: number): number {
  const longest = { estimates: 1.6, progress: 2.2, waiting: 5, done: 3.5 }[stage];
  return 0.97 - longest * share ** 2 - random.between(0, 0.15);
}

function tell(random: Random, garage: Garage, sketch: Sketch, known: Vehicle | null): Ticket {
  const { vehicle, job, steps, comeback } = arrange(random, garage, sketch, known);
  const arrived = steps[0]?.at ?? 0;
  const left = steps.at(-1)?.at ?? 0;
  vehicle.visits++;
  vehicle.busyUntil = sketch.stage === 'gone' ? left : Number.POSITIVE_INFINITY;
  const labels = pickLabels(random, sketch, vehicle, job, comeback);
  const reading = garage.read(vehicle, arrived);
  const plan = makePlan(random, vehicle, job, { comeback, warranty: labels.includes('Warranty'), reading });
  if (sketch.odd === 'opened again') plan.discount = null;
  const labelled: Step[] = labels.map((label) => ({ at: arrived, by: 'advisor', deed: { what: 'label', label } }));
  return {
    vehicle,
    customer: vehicle.customer,
    plan,
    concern: random.chance(0.22) ? `${job.says} ${random.pick(EXTRAS)}` : job.says,
    promised: promise(random, sketch, steps),
    advisor: random.weighted([
      ['advisor@demo.test', 5],
      ['priya@demo.test', 4],
      ['manager@demo.test', 1],
    ]),
    mechanic: pickMechanic(random, vehicle, left),
    steps: [...steps.slice(0, 1), ...labelled, ...steps.slice(1)],
  };
}

/**
 * A job, what happens with it, and a vehicle that has it and is not in the shop already.
 * @param known the vehicle, when it is no question which one
 */
function arrange(
  random: Random,
  garage: Garage,
  sketch: Sketch,
  known: Vehicle | null,
): { vehicle: Vehicle; job: Job; steps: Step[]; comeback: boolean } {
  const { company, seen } = sketch;
  const fits = (job: Job) => (vehicle: Vehicle) =>
    (known ? vehicle === known : job.on.includes(vehicle.kind)) &&
    (!seen || vehicle.kind === seen || vehicle.description.includes(seen)) &&
    (!company || vehicle.customer.company === company);
  for (;;) {
    const back = !known && !company && !seen && random.chance(0.035) ? garage.returning(sketch.from - 3, 14) : undefined;
    const job = back ? random.pick(COMEBACKS) : pickJob(random, sketch.stage);
    const timeline = new Timeline(random, job);
    if (sketch.stage === 'gone') timeline.whole(sketch.odd);
    else timeline.until(sketch.stage);
    const steps = place(timeline, sketch);
    if (known && !job.on.includes(known.kind)) continue;
    const isChoice = job.work.some(({ choice }) => choice) && steps.some(({ deed }) => deed.what === 'send');
    if (sketch.choice && !isChoice) continue;
    const vehicle = back ?? garage.arrival(steps[0]?.at ?? 0, sketch.stage !== 'gone', fits(job));
    if (vehicle) return { vehicle, job, steps, comeback: back !== undefined };
  }
}

function pickJob(random: Random, stage: Sketch['stage']): Job {
  const fitting = JOBS.filter((job) => stage !== 'waiting' || job.needs);
  return random.weighted(fitting.map((job) => [job, (job.weight ?? 1) * (HEAVY_JOBS.includes(job) ? 0.5 : 1)] as const));
}

function pickLabels(random: Random, sketch: Sketch, vehicle: Vehicle, job: Job, comeback: boolean): string[] {
  const labels: string[] = [];
  if (vehicle.customer.company) labels.push('Fleet');
  if (comeback) labels.push('Comeback');
  if (/inspection|safety lane/i.test(job.says)) labels.push('State inspection');
  if (/will not start|died|clicks|limp/i.test(job.says) && random.chance(0.7)) labels.push('Tow-in');
  const mayWait = sketch.stage === 'gone' ? 0.12 : sketch.when === 'soon' ? 0.6 : 0;
  if (labels.length < 2 && !vehicle.customer.company && random.chance(mayWait)) labels.push('Waiter');
  if (labels.length < 2 && random.chance(0.07)) labels.push('Night drop');
  if (labels.length < 2 && random.chance(0.05)) labels.push('Warranty');
  if (labels.length < 2 && sketch.stage === 'done' && random.chance(0.3)) labels.push('Keys in box');
  return labels;
}

/** Puts the steps where they belong: a finished one from its arrival on, an open one around when it came to its column. */
function place(timeline: Timeline, sketch: Sketch): Step[] {
  const last = timeline.steps.at(-1)?.at ?? 0;
  if (sketch.stage === 'gone') {
    const start = Math.min(sketch.from, 0.9 - last);
    return timeline.steps.map((step) => ({ ...step, at: start + step.at }));
  }
  const room = 0.985 - sketch.from;
  const after = Math.max(last - timeline.entered, 1e-9);
  const squeeze = Math.min(1, room / after);
  return timeline.steps.map((step) => {
    const since = step.at - timeline.entered;
    return { ...step, at: sketch.from + (since > 0 ? since * squeeze : since) };
  });
}

function promise(random: Random, sketch: Sketch, steps: Step[]): Promised {
  const arrived = steps[0]?.at ?? 0;
  if (sketch.stage === 'gone' || sketch.stage === 'done') {
    const done = steps.find((step) => step.deed.what === 'move' && step.deed.to === 'done')?.at ?? arrived;
    return random.chance(0.1) ? null : { position: Math.max(arrived + 0.2, done + random.between(-0.15, 0.6)) };
  }
  switch (sketch.when) {
    case 'late':
      return { position: random.between(Math.min(Math.max(arrived + 0.3, -0.8), 0.7), 0.85) };
    case 'soon':
      return { fromNow: random.whole(12, 55) };
    case 'today':
      return { ahead: random.whole(75, 400) };
    case 'later':
      return { ahead: random.whole(500, 1100) };
    case 'none':
      return null;
  }
}

function pickMechanic(random: Random, vehicle: Vehicle, last: number): string {
  const mechanics = STAFF.filter((person) => person.role === 'mechanic').map((person) => person.email);
  if (last < FORMER_LEFT - 1 && random.chance(0.15)) return FORMER.email;
  const heavy = ['bus', 'truck', 'tractor', 'forklift'].includes(vehicle.kind);
  if (heavy && random.chance(0.6)) return random.pick(['sven@demo.test', 'dale@demo.test']);
  return random.chance(0.12) ? 'mechanic@demo.test' : random.pick(mechanics);
}
