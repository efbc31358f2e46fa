import type { Database } from '../../platform/database/pool.js';
import { dateOf } from '../../platform/time.js';
import { type ArrivalRow, type OrderRow, type ReplyRow, readArrivals, readHours, readOrders, readReplies } from './reading.js';
import { isInDanger, openHundredths, openSpans } from './rules.js';

export interface Endangered extends OrderRow {
  /** Open hours until the promise, hundredths. */
  open: number;
}

/** A shop's morning; of a mechanic, only what is theirs. */
export interface Today {
  now: Date;
  timeZone: string;
  /** The shop's version that it shows, or a later one. */
  version: number;
  arrivals: ArrivalRow[];
  /** For a later day, not confirmed yet. */
  requests: ArrivalRow[];
  /** The promise has passed. */
  late: OrderRow[];
  /** There is more work left than open hours until the promise. */
  danger: Endangered[];
  blocked: OrderRow[];
  /** The customer has been asked and has not answered. */
  asked: OrderRow[];
  ready: OrderRow[];
  replies: ReplyRow[];
}

const byTime = (time: (row: OrderRow) => Date | null) => (one: OrderRow, other: OrderRow) =>
  (time(one)?.getTime() ?? 0) - (time(other)?.getTime() ?? 0);

/** Reads it in four queries, however much there is. @param mechanic whose it is; null for the desk */
export async function readToday(db: Database, shop: number, mechanic: number | null, now = new Date()): Promise<Today> {
  const { timeZone, version, hours } = await readHours(db, shop, now);
  const [orders, comers, replies] = await Promise.all([
    readOrders(db, shop, mechanic),
    readArrivals(db, shop, dateOf(now, timeZone), mechanic),
    mechanic === null ? readReplies(db, shop) : [],
  ]);
  const spans = openSpans(hours, timeZone, now);
  const open = orders.filter(({ meaning }) => meaning !== 'done');
  const waits = (order: OrderRow) => order.blocked === 'approval' || order.customerState === 'sent' || order.customerState === 'opened';
  return {
    ...{ now, timeZone, version, replies },
    arrivals: comers.filter(({ isToday }) => isToday),
    requests: mechanic === null ? comers.filter(({ isToday }) => !isToday) : [],
    late: open.filter(({ promisedAt }) => promisedAt !== null && promisedAt <= now),
    danger: open
      .filter(({ promisedAt, left }) => promisedAt !== null && promisedAt > now && isInDanger(spans, now, promisedAt, left))
      .map((order) => ({ ...order, open: openHundredths(spans, now, order.promisedAt as Date) })),
    blocked: open.filter(({ blocked }) => blocked !== null && blocked !== 'approval').sort(byTime((row) => row.blockedSince)),
    asked: mechanic === null ? open.filter(waits).sort(byTime(askedSince)) : [],
    ready: mechanic === null ? orders.filter(({ meaning }) => meaning === 'done').sort(byTime((row) => row.columnSince)) : [],
  };
}

/** Since when an answer is awaited. */
export function askedSince({ customerState, customerStateAt, blockedSince }: OrderRow): Date | null {
  return customerState === 'sent' || customerState === 'opened' ? customerStateAt : blockedSince;
}
