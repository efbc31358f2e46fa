// What the pages of a customer's link show, ready to read.
import type { Database } from '../../platform/database/pool.js';
import { showDate, showDateTime } from '../../platform/time.js';
import { showMoney, showQuantity } from '../billing/amounts.js';
import { METHOD_NAMES, outcomeOf } from '../billing/authorizations.js';
import { OTHER_OPTION } from '../billing/consent.js';
import type { SnapshotJob, SnapshotLine } from '../billing/snapshots.js';
import type { Meaning } from '../board/rules.js';
import { showMeasures } from '../inspections/rules.js';
import type { CustomerMedium } from '../media/of-order.js';
import { wordsOf } from '../safety/rules.js';
import { sumsOf, wordingOf } from './answers.js';
import type { FoundLink } from './links.js';
import { type Offer, readOffer } from './offers.js';
import { answersOf, type Choices, goodUntil, type Question } from './rules.js';
import type { ShownFinding } from './shown.js';
import { readVisit, type VisitRow } from './visits.js';

export interface VisitData {
  link: FoundLink;
  visit: VisitRow;
  offer: Offer;
}

export async function readVisitData(db: Database, link: FoundLink): Promise<VisitData> {
  const [visit, offer] = await Promise.all([readVisit(db, link), readOffer(db, link.shop, link.workOrder)]);
  return { link, visit, offer };
}

/** All of the page. @param choices what was chosen before, to be kept */
export function toVisitPage(data: VisitData, choices: Choices) {
  const { link, visit } = data;
  const zone = link.timeZone;
  return {
    ...headOf(link),
    ...{ vehicle: visit.vehicle, plate: visit.plate, number: link.number, greeting: visit.greeting, version: visit.version },
    address: visit.address,
    where: whereOf(visit, zone, data.offer.standing === 'open'),
    found: foundOf(data),
    pictures: visit.shown.media
      .filter((one) => !visit.shown.findings.some(({ id }) => id === one.finding))
      .map((one) => toPicture(link, one)),
    estimate: estimateOf(data, choices),
    unsafe: visit.unsafe.length > 0 && {
      holds: visit.unsafe.map(({ id }) => id).join(),
      names: visit.unsafe.map(({ name }) => name),
      words: wordsOf(visit.unsafe.map(({ name }) => name)),
    },
    questions: visit.questions.map(({ askedAt, answeredAt, ...one }) => ({
      ...one,
      askedAt: showDateTime(new Date(askedAt), zone),
      answeredAt: answeredAt && showDateTime(new Date(answeredAt), zone),
    })),
    earlier: earlierOf(data),
  };
}

/** What every page of a link begins with. */
export function headOf(link: FoundLink) {
  return {
    title: `WO-${link.number}`,
    base: `/visit/${link.handle}`,
    shopName: link.shopName,
    phone: link.phone,
    call: link.phone.replace(/[^\d+]/g, ''),
  };
}

const STEPS: [string, Meaning[]][] = [
  ['Checking', ['estimate']],
  ['In work', ['active', 'waiting']],
  ['Ready', ['done']],
];

function whereOf({ meaning, column, promisedAt, handedOverAt, createdAt }: VisitRow, zone: string, asks: boolean) {
  // What a shop calls its columns is for the shop, but for what it does or waits for just now.
  const words: Partial<Record<Meaning, string>> = {
    estimate: asks ? 'Waiting for your answer' : 'We are looking at it',
    done: 'Ready for you',
  };
  const at = STEPS.findIndex(([, meanings]) => meanings.includes(meaning));
  const steps = STEPS.map(([name], index) => ({ name, state: handedOverAt || index < at ? 'done' : index === at ? 'here' : 'ahead' }));
  return {
    steps,
    stage: handedOverAt ? `Picked up on ${showDate(handedOverAt, zone)}` : (words[meaning] ?? column),
    here: showDateTime(createdAt, zone),
    promised: handedOverAt || meaning === 'done' || !promisedAt ? null : showDay(promisedAt, zone),
  };
}

function showDay(at: Date, zone: string): string {
  const isToday = showDate(at, zone) === showDate(new Date(), zone);
  const text = showDateTime(at, zone);
  return isToday ? `Today, ${text.split(', ').at(-1)}` : text;
}

const COLORS = { red: 'Needs work now', yellow: 'Will need work soon', green: 'Checked and good' } as const;

function foundOf({ link, visit }: VisitData) {
  const { findings, media } = visit.shown;
  const toFinding = (finding: ShownFinding) => ({
    ...{ id: finding.id, name: finding.name, section: finding.section, color: finding.color, note: finding.note, job: finding.job },
    unsafe: finding.safety && finding.color === 'red',
    required: finding.reason === 'required',
    measured: showMeasures(finding.measures, finding.unit),
    pictures: media.filter((one) => one.finding === finding.id).map((one) => toPicture(link, one)),
  });
  return (['red', 'yellow', 'green'] as const).flatMap((color) => {
    const own = findings.filter((finding) => finding.color === color).map(toFinding);
    return own.length > 0 ? [{ color, words: COLORS[color], findings: own }] : [];
  });
}

function toPicture({ handle }: FoundLink, medium: CustomerMedium) {
  const at = (use: string) => {
    const file = medium.files.find((one) => one.use === use);
    return file ? `/visit/${handle}/media/${medium.id}/${use}?v=${file.sha256.slice(0, 12)}` : null;
  };
  const large = at('customer');
  return {
    ...{ id: medium.id, kind: medium.kind, caption: medium.caption, job: medium.job, width: medium.width, height: medium.height },
    ...{
      large,
      small: at('thumbnail') ?? at('poster') ?? (medium.kind === 'photo' ? large : null),
      poster: at('poster') ?? at('thumbnail'),
    },
  };
}

/** The estimate as it was sent, with what became of each job; null when none was sent: then there is no price on the page. */
function estimateOf(data: VisitData, choices: Choices) {
  const { link, offer } = data;
  if (!offer.sent) return null;
  const { content, at, number } = offer.sent;
  const money = moneyOf(offer);
  const questions = offer.questions.map((question) => toQuestion(data, question, choices));
  const asked = new Set(offer.questions.flatMap(({ jobs }) => jobs));
  const settled = content.jobs.filter((job) => !asked.has(job.id) && job.payType !== 'internal').map((job) => toJob(data, job));
  const isSum = offer.isAsSent && (offer.standing === 'settled' || offer.standing === 'closed');
  const total = isSum ? offer.now.totals : content.totals;
  return {
    ...{ number, standing: offer.standing, mark: offer.mark, questions },
    settled: settled.filter(({ isOtherOption }) => !isOtherOption),
    sentAt: showDateTime(at, link.timeZone),
    goodUntil: showDate(goodUntil(at, offer.estimateDays), link.timeZone),
    lines: content.lines.map((line) => ({ what: line.description, sum: money(line.amountCents) })),
    total: money(total.totalCents),
    tax: money(total.taxCents),
    sum: offer.standing === 'open' ? toSum(offer, choices) : null,
  };
}

function moneyOf(offer: Offer): (cents: number) => string {
  const currency = offer.state.terms?.currency ?? 'USD';
  return (cents) => showMoney(cents, currency);
}

function toQuestion(data: VisitData, question: Question, choices: Choices) {
  const content = data.offer.sent?.content.jobs ?? [];
  const jobs = question.jobs.flatMap((id) => content.filter((job) => job.id === id)).map((job) => toJob(data, job));
  const names = [...new Set(jobs.map(({ name }) => name))];
  return {
    field: question.field,
    isChoice: question.choice !== null,
    // Options that are called each something else have no name in common.
    name: names.length === 1 ? (names[0] as string) : '',
    names: names.join(' · '),
    // Whichever of the options it is that the finding led to: any of them mends it.
    unsafe: jobs.some(({ unsafe }) => unsafe),
    jobs,
    chosen: choices[question.field] ?? '',
  };
}

function toJob({ link, visit, offer }: VisitData, job: SnapshotJob) {
  const money = moneyOf(offer);
  const now = !offer.isAsSent || offer.standing === 'expired' ? undefined : offer.now.jobs.find(({ id }) => id === job.id);
  const consent = offer.now.jobs.find(({ id }) => id === job.id)?.consent ?? job.consent;
  const total = now?.totalCents ?? job.totalCents;
  const before = consent === 'revised' ? offer.state.approvals.get(job.id)?.cents : undefined;
  const findings = new Set(visit.shown.findings.filter((finding) => finding.job === job.id).map(({ id }) => id));
  return {
    ...{ id: job.id, name: job.name, option: job.choiceName, consent, isFree: job.payType !== 'customer' },
    ...{ concern: job.concern, cause: job.cause, correction: job.correction },
    total: money(total),
    was:
      before === undefined
        ? null
        : { before: money(before), isSame: total === before, more: `${total >= before ? '+' : ''}${money(total - before)}` },
    isOtherOption: offer.now.jobs.find(({ id }) => id === job.id)?.consentReason === OTHER_OPTION,
    unsafe: visit.shown.findings.some((finding) => findings.has(finding.id) && finding.safety && finding.color === 'red'),
    lines: job.lines.map((line) => ({
      ...{ what: line.description, legal: line.legalText },
      quantity: line.kind === 'discount' || line.quantity === 100 ? null : showQuantity(line.quantity),
      sum: money(line.amountCents),
    })),
    pictures: visit.shown.media.filter((one) => one.job === job.id || findings.has(one.finding ?? 0)).map((one) => toPicture(link, one)),
    asked: visit.questions.filter((question) => question.job === job.id).length,
  };
}

/** The estimate as it was sent: a document, whatever happened since. Null when none was. */
export function toDocument({ link, offer }: VisitData) {
  if (!offer.sent) return null;
  const { content, at, number } = offer.sent;
  const money = moneyOf(offer);
  const lines = (of: SnapshotLine[]) =>
    of.map((line) => ({
      what: line.description,
      quantity: line.kind === 'discount' || line.quantity === 100 ? null : showQuantity(line.quantity),
      sum: money(line.amountCents),
    }));
  return {
    ...{ number, sentAt: showDateTime(at, link.timeZone), lines: lines(content.lines) },
    jobs: content.jobs
      .filter((job) => job.payType !== 'internal')
      .map((job) => ({
        ...{ name: job.name, option: job.choiceName, cause: job.cause, lines: lines(job.lines) },
        isAlternative: job.choice !== null && !job.counts,
        total: job.payType === 'customer' ? money(job.totalCents) : 'No charge',
      })),
    ...{ subtotal: money(content.totals.subtotalCents), total: money(content.totals.totalCents) },
    taxes: content.totals.taxes.map((tax) => ({ name: tax.name, sum: money(tax.cents) })),
    texts: [content.texts.estimateLaw, content.texts.estimate].filter(Boolean),
  };
}

/** What it comes to with these choices; without one, what it would come to if everything were approved. */
export function toSum(offer: Offer, choices: Choices) {
  const money = moneyOf(offer);
  const chosen = answersOf(offer.questions, choices);
  const approves = chosen.filter(({ decision }) => decision === 'approve').length;
  const outcome = outcomeOf(offer.state, chosen.length > 0 ? chosen : answersOf(offer.questions, allOf(offer)));
  const { beforeCents, afterCents } = sumsOf(offer, outcome);
  const more = afterCents - beforeCents;
  return {
    ...{ approves, isAll: chosen.length === 0, of: offer.questions.length, answers: chosen.length },
    before: offer.state.authorized ? money(beforeCents) : null,
    more: `${more >= 0 ? '+' : ''}${money(more)}`,
    after: money(afterCents),
  };
}

/** Everything approved; of options the one that the shop has picked. */
function allOf({ questions, state }: Offer): Choices {
  const pick = ({ choice, jobs }: Question) =>
    choice === null ? 'approve' : String(jobs.find((id) => state.jobs.some((job) => job.id === id && job.picked)) ?? jobs[0]);
  return Object.fromEntries(questions.map((question) => [question.field, pick(question)]));
}

const ORDER = ['approve', 'defer', 'decline'];
const DECIDED = { approve: 'Approved', decline: 'Declined', defer: 'Not now' } as const;

function earlierOf({ link, visit, offer }: VisitData) {
  const money = moneyOf(offer);
  return visit.consents.map((one) => ({
    ...{ id: one.id, givenBy: one.givenBy, how: METHOD_NAMES[one.method].toLowerCase(), at: showDateTime(new Date(one.at), link.timeZone) },
    total: offer.sent ? money(one.authorizedCents) : null,
    said: one.decisions
      .filter(({ reason }) => reason !== OTHER_OPTION)
      .sort((one, other) => ORDER.indexOf(one.decision) - ORDER.indexOf(other.decision))
      .map((answer) => ({
        word: DECIDED[answer.decision],
        decision: answer.decision,
        name: one.names[answer.job] ?? '',
        sum: answer.decision === 'approve' && offer.sent ? money(answer.cents) : '',
        reason: answer.reason,
      })),
  }));
}

/** The page to be signed: what was chosen, what it comes to, and what is agreed to. Null when nothing was chosen that can be. */
export function toReview(data: VisitData, choices: Choices) {
  const { offer } = data;
  const answers = answersOf(offer.questions, choices);
  if (answers.length === 0 || !offer.sent) return null;
  const outcome = outcomeOf(offer.state, answers);
  const chosen = offer.questions.flatMap((question) => {
    const value = choices[question.field] ?? '';
    if (answersOf([question], choices).length === 0) return [];
    const { jobs, ...rest } = toQuestion(data, question, choices);
    const job = jobs.find(({ id }) => String(id) === value) ?? jobs[0];
    return job ? [{ ...rest, value, job, kind: value === 'decline' || value === 'defer' ? value : 'approve' }] : [];
  });
  const [agree, ...small] = wordingOf(offer, outcome);
  const approved = chosen.filter(({ kind }) => kind === 'approve');
  return {
    ...headOf(data.link),
    ...{ number: offer.sent.number, mark: offer.mark, agree: agree as string, small, sum: toSum(offer, choices) },
    ...{ approved, others: chosen.filter(({ kind }) => kind !== 'approve'), left: offer.questions.length - chosen.length },
    button: buttonOf(chosen, toSum(offer, choices)),
    back: `/visit/${data.link.handle}?${new URLSearchParams(choices)}`,
    choices,
  };
}

function buttonOf(chosen: { kind: string }[], sum: { before: string | null; after: string }): string {
  const count = (kind: string) => chosen.filter((one) => one.kind === kind).length;
  const jobs = (number: number) => `${number} ${number === 1 ? 'job' : 'jobs'}`;
  if (count('approve') > 0) return `Approve ${jobs(count('approve'))}, ${sum.before ? 'new total ' : ''}${sum.after}`;
  return count('decline') === chosen.length ? `Decline ${jobs(chosen.length)}` : 'Send your answer';
}
