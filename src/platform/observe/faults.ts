import { randomInt } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../database/pool.js';
import { VERSION } from '../version.js';
import { type Marks, marksOf } from './fault-marks.js';
import type { Logger } from './log.js';
import { scrubText, stackOf } from './scrub.js';

export type FaultKind = 'server' | 'browser' | 'csp' | 'job';

/** Something that went wrong and that nobody who saw it can mend. */
export interface Fault {
  kind: FaultKind;
  /** What was thrown; for a browser's fault an error made of what it reported. */
  error: unknown;
  /** The one that a person was shown, and that the log has; otherwise it gets one. */
  number?: string;
  /** The pattern of a route, or the name of a background job. */
  route?: string;
  method?: string;
  /** Of whoever saw it. */
  staff?: number | null;
  /** Whose managers are shown it; null: all of them. */
  shop?: number | null;
  /** The id of the request. */
  request?: string;
}

/** Told in each case, at once: another place that keeps faults. */
export type TellFault = (fault: Fault & { number: string; marks: Marks }) => void;

/** Of faults that are alike, so many a minute are kept one by one; beyond that they are only counted. */
const EACH_MINUTE = 20;
/** Kinds of faults that are kept of a shop, and of nobody's: strangers can report browser faults, and make them up. */
const MOST_GROUPS = 500;
const MOST_WAITING = 200;
const MOST_ALIKE = 500;
const TRY_AGAIN_AFTER = 10_000;

interface Waiting {
  fault: Fault;
  number: string;
  marks: Marks;
  at: Date;
  /** How many it stands for. */
  count: number;
  isKept: boolean;
}

/** A number such as E-4KX09Q: stands in the log, on the health page, and, if somebody saw it happen, on theirs. */
export function faultNumber(): string {
  return `E-${randomInt(36 ** 6)
    .toString(36)
    .toUpperCase()
    .padStart(6, '0')}`;
}

/** What those need who only come upon faults. */
export type KeepFaults = Pick<Faults, 'record'>;

/** Keeps faults in the database, as well as that goes: it never throws, never waits, and never takes much room. */
export class Faults {
  #waiting: Waiting[] = [];
  #minute = 0;
  readonly #alike = new Map<string, number>();
  #writing: Promise<void> | undefined;
  #again: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(
    private readonly db: Database,
    private readonly log: Logger,
    private readonly tell?: TellFault,
  ) {}

  /** @returns its number */
  record(fault: Fault): string {
    const number = fault.number ?? faultNumber();
    try {
      const marks = marksOf(fault.kind, fault.error, fault.route ?? '');
      this.tell?.({ ...fault, number, marks });
      this.#wait(fault, number, marks);
    } catch (error) {
      this.log.error({ err: error, number }, 'a fault could not be noted');
    }
    return number;
  }

  /** Waits until what was recorded is kept, or can't be. */
  async settled(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#again);
    await this.settled();
  }

  #wait(fault: Fault, number: string, marks: Marks): void {
    const minute = Math.floor(Date.now() / 60_000);
    if (minute !== this.#minute) this.#alike.clear();
    this.#minute = minute;
    const key = keyOf(fault, marks);
    const alike = (this.#alike.get(key) ?? 0) + 1;
    if (this.#alike.size < MOST_ALIKE || alike > 1) this.#alike.set(key, alike);
    const isKept = alike <= EACH_MINUTE;
    // Not the first one, which may be on its way to the database.
    const same = isKept ? undefined : this.#waiting.find((one, index) => index > 0 && !one.isKept && keyOf(one.fault, one.marks) === key);
    if (same) same.count++;
    else if (this.#waiting.length < MOST_WAITING) this.#waiting.push({ fault, number, marks, at: new Date(), count: 1, isKept });
    this.#write();
  }

  #write(): void {
    if (this.#writing || this.#waiting.length === 0) return;
    this.#writing = this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
  }

  async #writeAll(): Promise<void> {
    // What comes meanwhile travels together.
    await new Promise((resolve) => setImmediate(resolve));
    clearTimeout(this.#again);
    for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
      try {
        await keepFault(this.db, next);
        this.#waiting.shift();
      } catch (error) {
        const reason = (error as { code?: string }).code ?? '';
        // A person or shop that is gone: then it is nobody's. What the database would never take must not keep others waiting. Anything else is the
        // database being away.
        if (reason.startsWith('23') && (next.fault.shop || next.fault.staff)) next.fault = { ...next.fault, shop: null, staff: null };
        else if (/^2[23]/.test(reason)) this.#giveUp(error);
        else return this.#tryAgain(error);
      }
    }
  }

  #giveUp(error: unknown): void {
    const { number } = this.#waiting.shift() as Waiting;
    this.log.error({ err: error, number }, 'a fault could not be noted');
  }

  #tryAgain(error: unknown): void {
    this.log.warn({ err: error, faults: this.#waiting.length }, 'faults could not be kept; trying again');
    if (this.#closed) return;
    this.#again = setTimeout(() => this.#write(), TRY_AGAIN_AFTER);
    this.#again.unref();
  }
}

/** What is alike to a shop. */
function keyOf(fault: Fault, marks: Marks): string {
  return `${marks.fingerprint} ${fault.shop ?? 0}`;
}

/**
 * Notes a fault for the health page, with what it belongs together with. The log is the caller's.
 * @returns its number
 */
export function recordFault(services: { faults: KeepFaults }, fault: Fault): string {
  return services.faults.record(fault);
}

async function keepFault(db: Database, { fault, number, marks, at, count, isKept }: Waiting): Promise<void> {
  const message = scrubText(fault.error instanceof Error ? String(fault.error.message) : String(fault.error)).slice(0, 1_000);
  await sql`
    with alike as (
      insert into fault_groups (shop_id, kind, fingerprint, title, place, route, first_at, last_at, first_version, last_version, count)
      select ${fault.shop ?? null}::bigint, ${fault.kind}::text, ${marks.fingerprint}::text, ${marks.title}::text, ${marks.place}::text,
        ${fault.route ?? ''}::text, ${at}::timestamptz, ${at}::timestamptz, ${VERSION}::text, ${VERSION}::text, ${count}::bigint
      where (select count(*) from fault_groups where coalesce(shop_id, 0) = ${fault.shop ?? 0}) < ${MOST_GROUPS}
        or exists (select from fault_groups where fingerprint = ${marks.fingerprint} and coalesce(shop_id, 0) = ${fault.shop ?? 0})
      on conflict (fingerprint, coalesce(shop_id, 0)) do update set
        last_at = greatest(fault_groups.last_at, excluded.last_at), count = fault_groups.count + excluded.count,
        title = excluded.title, place = excluded.place, last_version = excluded.last_version
      returning id
    )
    insert into faults (group_id, number, at, staff_id, method, version, request, message, stack)
    select id, ${number}::text, ${at}::timestamptz, ${fault.staff ?? null}::bigint, ${fault.method ?? ''}::text, ${VERSION}::text,
      ${fault.request ?? ''}::text, ${message}::text, ${stackOf(fault.error).join('\n')}::text
    from alike where ${isKept}::boolean`.execute(db);
}
