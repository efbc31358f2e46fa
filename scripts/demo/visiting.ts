import type { PlannedJob } from './jobs/index.js';
import type { Ticket } from './ticket.js';
import type { Doer, Step, VisitDeed } from './timeline.js';
import type { Visit } from './visit.js';
import { VISITS } from './visits.js';

const FIRST_NUMBER = 1001;

/** Tells of some work orders what is shown, asked and proved at them. */
export function addVisits(tickets: Ticket[]): void {
  const inOrder = [...tickets].sort((a, b) => startOf(a) - startOf(b));
  for (const [number, visit] of Object.entries(VISITS)) {
    const ticket = inOrder[Number(number) - FIRST_NUMBER];
    if (ticket?.vehicle.kind !== visit.kind)
      throw new Error(`WO-${number} is not of a ${visit.kind} any more: visits.ts tells of another one.`);
    ticket.visit = visit;
    ticket.plan.jobs.push(...propose(visit));
    ticket.steps = weave(ticket.steps, visit);
  }
}

function startOf({ steps }: Ticket): number {
  return steps[0]?.at ?? 0;
}

function propose({ inspection }: Visit): PlannedJob[] {
  return Object.entries(inspection?.found ?? {}).flatMap(([found, { job }]) => {
    if (!job || typeof job === 'string') return [];
    const { work, answer, reason = '' } = job;
    return [
      {
        ...{ work, answer, reason, found, concern: '', cause: work.cause ?? '', payType: 'customer', brings: null },
        correction: work.correction ?? 'Done, checked on the road.',
      },
    ];
  });
}

/** Puts the steps of a visit between those that are there. */
function weave(steps: Step[], visit: Visit): Step[] {
  const { arrival, inspection, link, acknowledged, checked, remark } = visit;
  const added: Step[] = [];
  const add = (at: number, by: Doer, what: VisitDeed['what']) => added.push({ at, by, deed: { what } });
  const find = (what: Step['deed']['what']) => steps.find(({ deed }) => deed.what === what)?.at;
  const arrived = steps[0]?.at ?? 0;
  if (arrival) add(arrived + 0.006, 'advisor', 'photograph');
  const estimated = find('estimate');
  if (inspection) {
    const until = inspection.at ?? estimated ?? arrived + 0.1;
    const from = Math.max(...steps.map(({ at }) => at).filter((at) => at < until));
    add(from + (until - from) * 0.3, 'mechanic', 'start inspection');
    add(from + (until - from) * 0.9, 'mechanic', 'inspect');
    if (inspection.at === undefined) add(from + (until - from) * 0.95, 'advisor', 'release findings');
  }
  if (remark) added.push({ at: 0.984, by: 'advisor', deed: { what: 'comment', text: remark } });
  if (link?.opened !== undefined) add(link.opened, 'advisor', 'open link');
  if (link?.answered) add(link.answered.at, 'advisor', 'answer');
  if (link?.asked) add(link.asked.at, 'advisor', 'ask');
  const leaves = find('hand-over') ?? Number.POSITIVE_INFINITY;
  if (acknowledged) add(Math.min(acknowledged.at, leaves - 0.004), 'advisor', 'acknowledge');
  if (acknowledged?.released) add(leaves - 0.002, 'manager', 'let go');
  const finished = steps.findLast(({ deed }) => deed.what === 'move' && deed.to === 'done')?.at;
  if (checked && finished !== undefined) add(finished + 0.004, 'manager', 'check');
  return [...steps.filter((step) => !isReplaced(step, link)), ...added].sort((a, b) => a.at - b.at);
}

/** An answer by the link is in place of the one on the phone, and the card has moved by itself then. */
function isReplaced({ deed }: Step, link: Visit['link']): boolean {
  if (!link?.answered || link.answered.only) return false;
  return deed.what === 'consent' || (deed.what === 'move' && deed.to === 'progress');
}
