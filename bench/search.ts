import { addCustomers } from './support/customers.js';
import { query } from './support/database.js';
import type { Ground } from './support/ground.js';
import { quantile } from './support/numbers.js';
import { startServer } from './support/program.js';
import type { Figure } from './support/report.js';
import { Visitor } from './support/visitor.js';

const SIZES = [1_000, 20_000, 200_000];
const ROUNDS = 25;
const MOST_MS = 20;
/** What the noise of a machine may add before it counts as growth; below a few milliseconds everything is noise. */
const NOISE_MS = 10;

interface Place {
  orders: number;
  visitor: Visitor;
  asked: Record<string, string>;
  close(): Promise<void>;
}

/** The search by each kind of thing, and the list of customers, as whole answers of the program: with more and more work orders. */
export async function measureSearch(ground: Ground): Promise<Figure[]> {
  const places: Place[] = [];
  for (const orders of SIZES) places.push(await open(ground, orders));
  const figures: Figure[] = [];
  try {
    for (const kind of Object.keys((places[0] as Place).asked)) figures.push(...(await measure(kind, places)));
  } finally {
    for (const place of places) await place.close();
  }
  return figures;
}

async function open(ground: Ground, orders: number): Promise<Place> {
  const url = await ground.databases.copy('bench_pristine', `bench_search_${orders}`);
  await addCustomers(url, orders);
  const server = await startServer(url);
  const visitor = await Visitor.signedIn(server.url);
  const close = async () => {
    visitor.close();
    await server.stop();
  };
  return { orders, visitor, asked: await listAsked(url), close };
}

/** What is there is asked for: the customer in the middle, by everything that is known of them. */
async function listAsked(url: string): Promise<Record<string, string>> {
  const [row = {}] = await query(
    url,
    `select c.id, c.name, c.company, c.phone, v.plate, v.vin, (select max(number) from work_orders where vehicle_id = v.id) as number
     from customers c join vehicles v on v.customer_id = c.id
     where c.company <> '' and v.vin <> '' and c.id >= (select percentile_disc(0.5) within group (order by id) from customers where company <> '') order by c.id limit 1`,
  );
  const name = String(row.name);
  const at = Math.ceil(name.length * 0.7);
  const search = (text: unknown) => `/search?q=${encodeURIComponent(String(text))}`;
  return {
    'search by number': search(row.number),
    'search by plate': search(row.plate),
    'search by the end of a VIN': search(String(row.vin).slice(-8)),
    'search by phone': search(String(row.phone).replace(/\D/g, '')),
    'search by name': search(name),
    'search by a name with a letter missing': search(name.slice(0, at) + name.slice(at + 1)),
    'search by a first name of many': search(name.split(' ')[0]),
    'search by company': search(row.company),
    'search for what is not there': search('Xyzzyqwv'),
    "customers' list, first page": '/customers',
    "customers' list, in the middle": `/customers?after=${row.id}`,
  };
}

/** Asks in turns, so that whatever else the machine does falls on every size. */
async function measure(kind: string, places: Place[]): Promise<Figure[]> {
  const times = places.map((): number[] => []);
  for (let round = -5; round < ROUNDS; round++) {
    for (const [index, { visitor, asked }] of places.entries()) {
      const start = performance.now();
      const { status, body } = await visitor.get(asked[kind] as string);
      const took = performance.now() - start;
      if (status !== 200) throw new Error(`${kind}: ${status} ${body}`);
      if (round >= 0) times[index]?.push(took);
    }
  }
  const [small = 0, ...larger] = times.map((own) => quantile(own));
  return larger.map((value, index) => ({
    ...{
      measure: `${kind}, ${places[index + 1]?.orders.toLocaleString('en')} orders beside ${SIZES[0]?.toLocaleString('en')}`,
      unit: 'ms',
    },
    ...{ value, bare: small, ratio: value / small, target: `≤ ${MOST_MS} ms, and flat (± ${NOISE_MS} ms)` },
    met: value <= MOST_MS && value - small <= NOISE_MS,
  }));
}
