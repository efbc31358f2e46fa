import { Temporal } from 'temporal-polyfill';

const KEPT = { newest: 10, days: 7, weeks: 4, months: 12 };
const HOUR = 3_600_000;

interface Kept {
  madeAt: Date;
}

/**
 * Which backups have had their time. The newest 10 stay, so that nobody's own copy goes with the next; of each of the last 7 days on which one was made the newest stays, so does that of
 * the last 4 weeks and the last 12 months. Days, weeks (from Monday) and months in UTC; counted are those that have a backup, so a
 * machine that was off for a year forgets nothing.
 * @returns those to remove, from the oldest on
 */
export function pruned<Backup extends Kept>(backups: readonly Backup[]): Backup[] {
  const newestFirst = [...backups].sort((a, b) => b.madeAt.getTime() - a.madeAt.getTime());
  const kept = new Set<Backup>(newestFirst.slice(0, KEPT.newest));
  const keep = (most: number, periodOf: (date: Temporal.PlainDate) => string) => {
    const periods = new Set<string>();
    for (const backup of newestFirst) {
      if (periods.size >= most) return;
      const period = periodOf(dateOf(backup.madeAt));
      if (periods.has(period)) continue;
      periods.add(period);
      kept.add(backup);
    }
  };
  keep(KEPT.days, (date) => date.toString());
  keep(KEPT.weeks, (date) => `${date.yearOfWeek}-${date.weekOfYear}`);
  keep(KEPT.months, (date) => date.toPlainYearMonth().toString());
  return newestFirst.filter((backup) => !kept.has(backup)).reverse();
}

function dateOf(at: Date): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO('UTC').toPlainDate();
}

/** What decides whether the nightly backup should begin now. */
export interface Night {
  now: Date;
  /** Hour of the day, 0 to 23, on the shop's clock. */
  hour: number;
  timeZone: string;
  /** When the first shop was made: a new one has its first night before it. */
  since: Date;
  /** When the last one that was proven began. */
  lastGood: Date | null;
  /** When the last one began, whatever became of it. */
  lastTried: Date | null;
}

/**
 * True from that hour on until it is done, so that a machine which was off at night does it in the morning. What failed is
 * tried again an hour later.
 */
export function isDue({ now, hour, timeZone, since, lastGood, lastTried }: Night): boolean {
  const due = lastTime(now, hour, timeZone);
  if (since >= due || (lastGood && lastGood >= due)) return false;
  return !lastTried || now.getTime() - lastTried.getTime() >= HOUR;
}

/** The last time at which it was that hour there; where daylight saving skips it, the hour after. */
export function lastTime(now: Date, hour: number, timeZone: string): Date {
  const local = Temporal.Instant.fromEpochMilliseconds(now.getTime()).toZonedDateTimeISO(timeZone);
  const at = (date: Temporal.PlainDate) => date.toZonedDateTime({ timeZone, plainTime: { hour } }).epochMilliseconds;
  const today = at(local.toPlainDate());
  return new Date(today <= now.getTime() ? today : at(local.toPlainDate().subtract({ days: 1 })));
}

/** `serviceflow-midtown-motors-20261123-081205Z.zip`: for people; what counts stands inside. */
export function archiveName(shop: string, madeAt: Date): string {
  const slug = shop
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40);
  const time = madeAt.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `serviceflow-${slug || 'shop'}-${time}Z.zip`;
}
