import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showAge, showFullDateTime } from '../../platform/time.js';
import { VERSION } from '../../platform/version.js';
import { done, page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, type Route } from '../../platform/web/routes.js';
import { readFacts } from './facts.js';
import { FAULT_KINDS, type FaultGroup, findFault, getFault, listFaults } from './faults.js';
import { judge, worstOf } from './rules.js';
import { CHARTS, type Chart, type Gauge, readGauges, readTimes, SPANS, type Span, speedOf, type Times } from './times.js';
import { showBytes, showMs } from './words.js';

const may = 'health.see';
const HOUR = 3_600_000;
const SHOWN = 60;
/** Asked less often, one slow answer says nothing. */
const FEWEST = 5;
const before = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)
  .nullable()
  .catch(null)
  .default(null);
const choice = <Of extends string>(of: readonly [Of, ...Of[]], otherwise: Of) => z.enum(of).catch(otherwise).default(otherwise);

const ORDERS = {
  slow: { name: 'Slowest first', by: (one: Times) => one.p95 },
  sum: { name: 'Most time first', by: (one: Times) => one.sum },
  often: { name: 'Most often first', by: (one: Times) => one.count },
} as const;
type Order = keyof typeof ORDERS;

/** How the program is, in words: what is fine, what is not, what to do. */
export function healthPageRoutes(services: Services): Route[] {
  const { db } = services;
  return [
    get('/health', { may }, async ({ viewer }) => {
      const now = new Date();
      const [facts, times, recent] = await Promise.all([
        readFacts(services, viewer.shop, now),
        readTimes(db, 'route', 'day', now),
        listFaults(db, viewer.shop, '', null, new Date(now.getTime() - 24 * HOUR)),
      ]);
      const when = (at: Date) => showWhen(at, now, viewer.timeZone);
      const items = judge({ ...facts, pages: speedOf(times) }, now, when);
      return page('health/health', {
        ...{ title: 'Health', items, worst: worstOf(items), version: VERSION },
        slow: slowest(times),
        faults: recent.groups.slice(0, 5).map((group) => toFault(group, now)),
        processes: facts.processes.map((one) => ({
          ...one,
          ...{ started: when(one.startedAt), seen: showAge(one.seenAt, now), memory: one.memory === null ? '' : showBytes(one.memory) },
        })),
      });
    }),
    timesRoute(services),
    ...faultRoutes(services),
  ];
}

function timesRoute({ db }: Services): Route {
  const query = z.object({
    what: choice(['route', 'query'], 'route'),
    span: choice(Object.keys(SPANS) as [Span, ...Span[]], 'day'),
    order: choice(Object.keys(ORDERS) as [Order, ...Order[]], 'slow'),
    chart: choice(Object.keys(CHARTS) as [Chart, ...Chart[]], 'p95'),
  });
  return get('/health/times', { may, query }, async ({ query: { what, span, order, chart } }) => {
    const now = new Date();
    const [times, gauges] = await Promise.all([readTimes(db, what, span, now, chart), readGauges(db, span, now)]);
    times.sort((a, b) => ORDERS[order].by(b) - ORDERS[order].by(a) || a.name.localeCompare(b.name));
    return page('health/times', {
      ...{ title: 'How fast it is', what, span, order, chart, spans: SPANS, orders: ORDERS, charts: CHARTS },
      ...{
        times: times.slice(0, SHOWN).map((one) => toShown(one, chart)),
        left: Math.max(0, times.length - SHOWN),
        gauges: gauges.map(toGauge),
      },
    });
  });
}

function faultRoutes({ db }: Services): Route[] {
  const query = z.object({ kind: z.string().max(20).catch('').default(''), number: z.string().max(40).catch('').default(''), before });
  return [
    get('/health/faults', { may, query }, async ({ viewer, query: { kind, number, before } }) => {
      const found = number ? await findFault(db, viewer.shop, number) : null;
      if (found !== null) return done(`/health/faults/${found}`);
      const now = new Date();
      const { groups, next } = await listFaults(db, viewer.shop, kind, before);
      const shown = { kind: kind in FAULT_KINDS ? kind : '', number };
      return page('health/faults', {
        title: 'Faults',
        faults: groups.map((group) => toFault(group, now)),
        next,
        kinds: FAULT_KINDS,
        ...shown,
      });
    }),
    get(
      '/health/faults/:fault',
      { may, params: z.object({ fault: Id }), query: z.object({ before }) },
      async ({ viewer, params, query: { before } }) => {
        const now = new Date();
        const { group, seen, next } = await getFault(db, viewer.shop, params.fault, before);
        const time = (at: Date) => showFullDateTime(at, viewer.timeZone);
        return page('health/fault', {
          ...{ title: 'A fault', fault: toFault(group, now), first: time(group.firstAt), last: time(group.lastAt), next },
          seen: seen.map((one) => ({ ...one, at: time(one.at) })),
        });
      },
    ),
  ];
}

function slowest(times: Times[]) {
  return times
    .filter(({ count, name }) => count >= FEWEST && !/\/assets\/|\/reports$/.test(name))
    .sort((a, b) => b.p95 - a.p95)
    .slice(0, 6)
    .map((one) => toShown(one));
}

function toShown(one: Times, chart: Chart = 'p95') {
  const { name, count, spark } = one;
  return {
    name,
    count,
    spark,
    p50: showMs(one.p50),
    p95: showMs(one.p95),
    p99: showMs(one.p99),
    most: showMs(one.most),
    top: chart === 'count' ? `${spark.most.toLocaleString('en-US')} ×` : showMs(spark.most),
  };
}

function toGauge({ name, unit, now, least, spark }: Gauge) {
  const show = (value: number | null) => {
    if (value === null) return '–';
    return unit === 'ms' ? showMs(value) : unit === 'bytes' ? showBytes(value) : value.toLocaleString('en-US');
  };
  return { name, now: show(now), top: least === null ? `at most ${show(spark.most)}` : `at least ${show(least)}`, spark };
}

function toFault(group: FaultGroup, now: Date) {
  return { ...group, kindName: FAULT_KINDS[group.kind].name, meaning: FAULT_KINDS[group.kind].meaning, age: showAge(group.lastAt, now) };
}

/** `today, 3:12 AM`; a day that is not today with its date. */
function showWhen(at: Date, now: Date, timeZone: string): string {
  const [day, time] = split(at, timeZone);
  return day === split(now, timeZone)[0] ? `today, ${time}` : `${day}, ${time}`;
}

function split(at: Date, timeZone: string): [string, string] {
  const [month = '', year = '', time = ''] = showFullDateTime(at, timeZone).split(', ');
  return [`${month}, ${year}`, time];
}
