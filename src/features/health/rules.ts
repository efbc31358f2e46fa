import { type BackupState, noticeOf, TOO_OLD } from '../../platform/backup/state.js';
import { showAge } from '../../platform/time.js';
import type { ChainCheck } from '../activity/chain.js';
import { daysUntilFull, type Point, tellGrowth, tellRoom } from './forecast.js';
import { count, showBytes, showMs } from './words.js';

export interface Disk {
  host: string;
  free: number;
  total: number;
  history: Point[];
}

export interface ProcessFact {
  host: string;
  pid: number;
  version: string;
  startedAt: Date;
  seenAt: Date;
  memory: number | null;
  sockets: number | null;
  /** p99 of the event loop's delay, the worst minute of fifteen. */
  loopMs: number | null;
}

export interface Facts {
  database: { version: string; bytes: number; milliseconds: number; growth: Point[] };
  processes: ProcessFact[];
  disks: Disk[];
  jobs: { waiting: number; oldest: Date | null; givenUp: string[] };
  backups: BackupState & {
    isOn: boolean;
    /** Whether they stand on another disk than the data. */
    isElsewhere: boolean;
  };
  chain: ChainCheck | null;
  /** When the shop was made. */
  shopSince: Date;
  faults: { kinds: number; times: number };
  /** How long pages took in the last 24 hours, all together. Milliseconds. */
  pages: { count: number; p50: number; p95: number };
  /** Webhooks at which nothing arrives; `offWhy` when they were switched off for that. */
  silentHooks: { name: string; offWhy: string | null }[];
  /** Whether it is kept how processes are. */
  observes: boolean;
}

/** `soon`: not known yet, as it should be in a shop that has not had its first night. */
export type State = 'fine' | 'soon' | 'watch' | 'wrong';

/** One thing of the Health page: how it is, in words, and what to do about it. */
export interface Item {
  state: State;
  title: string;
  text: string;
  /** Null when there is nothing to do. */
  advice: string | null;
  link?: { to: string; name: string };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GB = 1e9;
/** A process tells every minute that it lives. */
const SILENT = 3 * MINUTE;
/** Milliseconds. Up to a second nobody loses the thread. */
const SLOW = 1_000;
const FEWEST_PAGES = 50;

/** Everything, in the order in which it matters. @param when how the shop writes a time */
export function judge(facts: Facts, now: Date, when: (at: Date) => string): Item[] {
  return [
    judgeBackups(facts.backups, now, when),
    judgeDatabase(facts.database),
    ...facts.disks.map((disk) => judgeDisk(disk, facts.disks.length > 1)),
    judgeFaults(facts.faults),
    ...judgeSpeed(facts.pages),
    judgeJobs(facts.jobs, now),
    judgeProcesses(facts.processes, facts.observes, now),
    judgeChain(facts.chain, facts.shopSince, now, when),
    ...judgeHooks(facts.silentHooks),
  ];
}

/** The worst of all. */
export function worstOf(items: Item[]): State {
  return (['wrong', 'watch', 'soon'] as const).find((bad) => items.some(({ state }) => state === bad)) ?? 'fine';
}

const PROVE_NOW = 'npm run backup -- --prove makes one now, and proves it.';

function judgeBackups(backups: Facts['backups'], now: Date, when: (at: Date) => string): Item {
  const { lastBackup, lastProof, fault, copyFault, isOn, isElsewhere, since } = backups;
  const proof = lastProof ? `Last proven restore: ${when(lastProof.at)}, ${lastProof.seconds} s.` : 'No backup has been proven yet.';
  const made = lastBackup ? ` The last backup is of ${when(lastBackup.at)}, ${showBytes(lastBackup.bytes)}.` : ' There is no backup.';
  const say = (state: State, more: string, advice: string | null): Item => ({ state, title: 'Backups', text: proof + made + more, advice });
  const isOld = noticeOf(since, lastProof?.at ?? null, now) !== null;
  if (fault) return say('wrong', ` The last one failed: ${fault}`, `Mend that; then ${PROVE_NOW}`);
  if (!isOn) {
    const advice = `Unless something else copies the data, set BACKUP_AT to an hour. ${PROVE_NOW}`;
    return say(isOld ? 'wrong' : 'watch', ' None is made by itself: BACKUP_AT is off.', advice);
  }
  if (isOld) return say('wrong', '', `A backup counts only when it was restored once: ${PROVE_NOW}`);
  if (copyFault)
    return say('wrong', ` The copy in the second folder failed: ${copyFault}`, 'Connect the second disk, or set BACKUP_SECOND_DIR anew.');
  if (!since) return say('fine', ' Of a demo none is made by itself.', null);
  if (!lastProof) return say('soon', ` The first one is made and proven tonight; ${PROVE_NOW}`, null);
  const advice = 'They are on the same disk as the data. Set BACKUP_SECOND_DIR to a folder on another one.';
  return isElsewhere ? say('fine', '', null) : say('watch', '', advice);
}

/** Nothing is said of webhooks with which all is well: most shops have none. */
function judgeHooks(hooks: Facts['silentHooks']): Item[] {
  if (hooks.length === 0) return [];
  const names = (some: Facts['silentHooks']) => some.map(({ name }) => name).join(', ');
  const [off, on] = [hooks.filter(({ offWhy }) => offWhy), hooks.filter(({ offWhy }) => !offWhy)];
  const text = [
    off.length > 0 && `Switched off, because nothing arrived: ${names(off)}.`,
    on.length > 0 && `Nothing arrives at ${names(on)}.`,
  ];
  return [
    {
      ...{ state: off.length > 0 ? 'wrong' : 'watch', title: 'Webhooks', text: text.filter(Boolean).join(' ') },
      ...{ advice: 'Ask whoever runs the other program, then send a test.', link: { to: '/settings/webhooks', name: 'Look at webhooks' } },
    },
  ];
}

function judgeDatabase({ version, bytes, milliseconds, growth }: Facts['database']): Item {
  const isSlow = milliseconds > 500;
  return {
    state: isSlow ? 'watch' : 'fine',
    title: 'Database',
    text: `It answers in ${Math.max(1, milliseconds)} ms and holds ${showBytes(bytes)}. ${tellGrowth(growth)} It is Postgres ${version.split(' ')[0]}.`,
    advice: isSlow ? 'It answers slowly: look at what else its machine does.' : null,
  };
}

function judgeDisk({ host, free, total, history }: Disk, isOneOfMany: boolean): Item {
  const title = isOneOfMany ? `Disk of ${host}` : 'Disk';
  const days = daysUntilFull(history, free);
  const text = `${showBytes(free)} of ${showBytes(total)} are free. ${tellRoom(history, free)}`;
  const advice = 'Remove what is not needed, such as old backups, or add a larger disk.';
  if (free < Math.min(GB, total * 0.05) || (days !== null && days < 7)) return { state: 'wrong', title, text, advice };
  const isShort = free < Math.min(5 * GB, total * 0.1) || (days !== null && days < 42);
  return { state: isShort ? 'watch' : 'fine', title, text, advice: isShort ? advice : null };
}

/** Nothing is said of a day on which hardly anybody worked. */
function judgeSpeed({ count: asked, p50, p95 }: Facts['pages']): Item[] {
  if (asked < FEWEST_PAGES) return [];
  const text = `In the last 24 hours half of all pages were there within ${showMs(p50)}, 95 of 100 within ${showMs(p95)}.`;
  const isSlow = p95 > SLOW;
  return [
    {
      ...{ state: isSlow ? 'watch' : 'fine', title: 'Speed', text },
      advice: isSlow ? 'People wait: look at which pages are slow, and what else the machine does.' : null,
      ...(isSlow && { link: { to: '/health/times', name: 'Look at how fast it is' } }),
    },
  ];
}

function judgeFaults({ kinds, times }: Facts['faults']): Item {
  const title = 'Faults';
  const link = { to: '/health/faults', name: 'Look at faults' };
  if (times === 0) return { state: 'fine', title, text: 'None in the last 24 hours.', advice: null, link };
  const text = `${count(times, 'fault')} of ${count(kinds, 'kind')} in the last 24 hours.`;
  return {
    state: 'watch',
    title,
    text,
    advice: 'Look at what broke; if it goes on, pass the number on to whoever looks after the program.',
    link,
  };
}

function judgeJobs({ waiting, oldest, givenUp }: Facts['jobs'], now: Date): Item {
  const title = 'Work in the background';
  const late = oldest ? now.getTime() - oldest.getTime() : 0;
  const text =
    waiting === 0
      ? 'Nothing waits.'
      : `${count(waiting, 'job')} to do${late > MINUTE && oldest ? `, the oldest since ${showAge(oldest, now)}` : ''}.`;
  if (late > 15 * MINUTE) return { state: 'wrong', title, text, advice: 'It is stuck: look at the faults, and start the program again.' };
  if (givenUp.length > 0)
    return {
      state: 'watch',
      title,
      text: `${text} Given up after many tries: ${givenUp.join(', ')}.`,
      advice: 'Look at the faults of these jobs. A week after it was given up, nothing is said of it any more.',
    };
  return { state: 'fine', title, text, advice: null };
}

function judgeProcesses(processes: ProcessFact[], observes: boolean, now: Date): Item {
  const title = 'The program';
  if (!observes)
    return { state: 'watch', title, text: 'It is not kept how it is: OBSERVE is off.', advice: 'Set OBSERVE to on to see it here.' };
  const silent = processes.filter(({ seenAt }) => now.getTime() - seenAt.getTime() > SILENT);
  const alive = processes.filter((one) => !silent.includes(one));
  const versions = [...new Set(alive.map(({ version }) => version))];
  const slow = alive.filter(({ loopMs }) => (loopMs ?? 0) > 250);
  const text = `It runs: ${count(alive.length, 'process', 'processes')} of version ${versions.join(' and ') || '?'}.`;
  if (silent.length > 0) {
    const who = silent.map(({ host, pid, seenAt }) => `${host} (${pid}), silent for ${showAge(seenAt, now)}`).join('; ');
    return {
      state: 'watch',
      title,
      text: `${text} Ended without a word: ${who}.`,
      advice: 'If it was not you who ended it, look at its log: it may have had too little memory.',
    };
  }
  if (slow.length > 0)
    return {
      state: 'watch',
      title,
      text: `${text} Answers are late by up to ${Math.round(Math.max(...slow.map(({ loopMs }) => loopMs ?? 0)))} ms.`,
      advice: 'The machine has too much to do: look at what else it does.',
    };
  if (versions.length > 1)
    return { state: 'watch', title, text, advice: 'An update seems to be under way; both work side by side. Finish it.' };
  return { state: 'fine', title, text, advice: null };
}

function judgeChain(chain: ChainCheck | null, since: Date, now: Date, when: (at: Date) => string): Item {
  const title = 'The record';
  const link = { to: '/activity', name: 'Look at the activity' };
  if (!chain && now.getTime() - since.getTime() <= TOO_OLD)
    return { state: 'soon', title, text: 'It is verified within an hour, and then each night.', advice: null, link };
  if (!chain) return { state: 'watch', title, text: 'It was not verified yet.', advice: 'Work in the background may be stuck.', link };
  const text = `Verified ${when(chain.at)}: all of its ${count(chain.events, 'event')} stand as they were written.`;
  if (chain.wrong) {
    const advice = 'Somebody changed the database by hand. Keep a copy as it is now, and compare it with the last backup.';
    return { state: 'wrong', title, text: `Verified ${when(chain.at)}: it was tampered with, ${chain.wrong}.`, advice, link };
  }
  const isOld = now.getTime() - chain.at.getTime() > 2 * DAY;
  return {
    state: isOld ? 'watch' : 'fine',
    title,
    text,
    advice: isOld ? 'That was a while ago: work in the background may be stuck.' : null,
    link,
  };
}
