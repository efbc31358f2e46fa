import { Temporal } from 'temporal-polyfill';

const OPENS = 7 * 60 + 30;
/** Minutes after midnight at which the shop closes, by day of the week (1 is Monday); Sunday it stays closed. */
const CLOSES: Record<number, number> = { 1: 17 * 60 + 30, 2: 17 * 60 + 30, 3: 17 * 60 + 30, 4: 17 * 60 + 30, 5: 17 * 60 + 30, 6: 13 * 60 };
const LEAST_TODAY = 4 * 60;
const MOST_TODAY = 12 * 60;

interface Day {
  opens: number;
  closes: number;
}

/**
 * Turns the story's times into real ones. The story counts in days of work: 0 to 1 is today from opening until now, -1 to 0
 * the day the shop was open before, and so on; so the same story fits any moment at which it is loaded, always within opening
 * hours. Only today may reach beyond them: whoever loads the demo at night still sees a shop at work.
 */
export class ShopClock {
  readonly #days: Day[] = [];

  constructor(
    private readonly now: Date,
    private readonly timeZone: string,
  ) {}

  /** @param position in days of work, at most 1, which is now */
  at(position: number): Date {
    const index = Math.floor(Math.min(position, 1 - 1e-9));
    const day = this.#day(-index);
    return new Date(Math.round(day.opens + (Math.min(position, 1) - index) * (day.closes - day.opens)));
  }

  /** A time that long ahead while the shop is open, on the quarter of an hour. */
  ahead(minutes: number): Date {
    let left = minutes * 60_000;
    let from = this.now.getTime();
    for (let date = this.#date(this.now); ; date = date.add({ days: 1 })) {
      const day = this.#hours(date);
      if (!day || day.closes <= from) continue;
      from = Math.max(from, day.opens);
      if (left <= day.closes - from) return roundTo(15, from + left);
      left -= day.closes - from;
      from = day.closes;
    }
  }

  /** A time that long from now by the wall clock, on five minutes; negative is past. */
  fromNow(minutes: number): Date {
    return roundTo(5, this.now.getTime() + minutes * 60_000);
  }

  #day(back: number): Day {
    while (this.#days.length <= back) this.#days.push(this.#dayBefore(this.#days.at(-1)));
    return this.#days[back] as Day;
  }

  #dayBefore(day: Day | undefined): Day {
    if (!day) return this.#today();
    for (let date = this.#date(new Date(day.opens)); ; date = date.subtract({ days: 1 })) {
      const hours = this.#hours(date);
      if (hours && hours.closes < day.opens) return hours;
    }
  }

  #today(): Day {
    const now = this.now.getTime();
    const hours = this.#hours(this.#date(this.now));
    const opened = hours && hours.opens < now ? hours.opens : now;
    const opens = Math.min(Math.max(opened, now - MOST_TODAY * 60_000), now - LEAST_TODAY * 60_000);
    return { opens, closes: now };
  }

  #hours(date: Temporal.PlainDate): Day | null {
    const closes = CLOSES[date.dayOfWeek];
    if (closes === undefined) return null;
    const at = (minutes: number) =>
      date.toZonedDateTime({
        timeZone: this.timeZone,
        plainTime: Temporal.PlainTime.from({ hour: Math.floor(minutes / 60), minute: minutes % 60 }),
      }).epochMilliseconds;
    return { opens: at(OPENS), closes: at(closes) };
  }

  #date(at: Date): Temporal.PlainDate {
    return Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(this.timeZone).toPlainDate();
  }
}

function roundTo(minutes: number, at: number): Date {
  const step = minutes * 60_000;
  return new Date(Math.round(at / step) * step);
}
