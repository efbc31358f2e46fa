import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import pg from 'pg';
import { addJob } from '../src/features/jobs/jobs.js';
import { addLine } from '../src/features/jobs/lines.js';
import { findViewer } from '../src/features/staff/sign-in.js';
import { openDatabase } from '../src/platform/database/pool.js';
import type { Ground } from './support/ground.js';
import { inTurns, quantile } from './support/numbers.js';
import { startServer } from './support/program.js';
import { atMost, type Figure } from './support/report.js';
import { Visitor } from './support/visitor.js';

const ORDER = 1001;
const JOBS = 12;
const LINES = 150;
const TURNS = 120;

/** Opening a work order with 12 jobs and 150 lines, and changing one of its lines, beside the bare statements of each. */
export async function measureOrders(ground: Ground): Promise<Figure[]> {
  const databaseUrl = await ground.databases.copy('bench_pristine', 'bench_orders');
  const line = await fill(databaseUrl);
  const server = await startServer(databaseUrl);
  const visitor = await Visitor.signedIn(server.url);
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const open = () => took(() => visitor.get(`/work-orders/${ORDER}`, { 'accept-encoding': 'gzip' }));
  const change = (turn: number) =>
    took(async () => {
      const fields = { description: `Line that was changed ${turn}`, quantity: '1', price: `${20 + turn}.50`, cost: '10' };
      const reply = await visitor.send('POST', `/work-orders/${ORDER}/lines/${line}/edits`, fields, { 'hx-request': 'true' });
      if (reply.status !== 200) throw new Error(`The line was not changed: ${reply.status} ${reply.body}`);
    });
  let turn = 0;
  for (; turn < 20; turn++) {
    await open();
    await change(turn);
  }
  const [opened, read] = await inTurns(TURNS, open, () => took(() => readBare(client)));
  const [changed, written] = await inTurns(
    TURNS,
    () => change(turn++),
    () => took(() => changeBare(client, line, turn++)),
  );
  await client.end();
  visitor.close();
  await server.stop();
  return [
    { ...compare('open an order of 12 jobs, 150 lines', opened, read) },
    { ...compare('change a line of it', changed, written), ...limit(quantile(changed)) },
    atMost('change a line of it, p95', quantile(changed, 0.95), 'ms', 60),
  ];
}

function compare(measure: string, own: number[], bare: number[]): Figure {
  return { measure, value: quantile(own), unit: 'ms', bare: quantile(bare), ratio: quantile(own) / quantile(bare) };
}

function limit(value: number): Pick<Figure, 'target' | 'met'> {
  return { target: '≤ 60 ms', met: value <= 60 };
}

async function took(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Writes the jobs and lines as a person would. @returns the line to change */
async function fill(url: string): Promise<number> {
  const { db, close } = openDatabase(url, 2, () => {});
  try {
    const { rows } = await sql<{ staff_id: number; shop_id: number }>`
      select staff_id, shop_id from memberships where role = 'manager' limit 1`.execute(db);
    const viewer = await findViewer(db, rows[0]?.staff_id as number, rows[0]?.shop_id as number);
    if (!viewer) throw new Error('The shop of the bench has no manager.');
    let last = 0;
    for (let index = 0; index < JOBS; index++) {
      const { result } = await addJob(db, viewer, ORDER, { name: `Job ${index + 1}`, concern: 'It squeals when it is cold' });
      for (let place = index; place < LINES; place += JOBS) {
        const part = { kind: 'part' as const, fields: { description: `Part ${place}`, quantity: '2', price: '19.99', cost: '8' } };
        const labor = { kind: 'labor' as const, fields: { description: `Work ${place}`, quantity: '0.5', price: '148' } };
        const input = { job: result.job, coreCents: null, fee: null, ...(place < JOBS ? labor : part) };
        last = (await addLine(db, viewer, ORDER, input)).result.line;
      }
    }
    return last;
  } finally {
    await close();
  }
}

const HEAD = `select w.id, w.terms, c.name, v.description from work_orders w
  join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
  join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id where w.shop_id = 1 and w.number = $1`;
const JOBS_OF = 'select id, name, concern, consent, pay_type from jobs where shop_id = 1 and work_order_id = $1 order by position';
const LINES_OF = `select id, job_id, kind, description, quantity, price_cents, cost_cents, taxes from lines
  where shop_id = 1 and work_order_id = $1 order by position`;

/** The order, its jobs and its lines, as plain rows. */
async function readBare(client: pg.Client): Promise<{ id: string }> {
  const { rows } = await client.query(HEAD, [ORDER]);
  await client.query(JOBS_OF, [rows[0].id]);
  await client.query(LINES_OF, [rows[0].id]);
  return rows[0];
}

/** One line, the sums and an event, with what the sums are worked out from, in one transaction. */
async function changeBare(client: pg.Client, line: number, turn: number): Promise<void> {
  await client.query('begin');
  const head = await client.query(
    'update shops set version = version + 1 where id = 1 returning version, event_hash, clock_timestamp() as at',
  );
  const { version, event_hash, at } = head.rows[0];
  const order = await readBare(client);
  const text = `Line that was changed ${turn}`;
  await client.query('update lines set description = $1, price_cents = $2 where shop_id = 1 and id = $3', [text, 2050 + turn, line]);
  await client.query(
    'update work_orders set subtotal_cents = subtotal_cents + 1, total_cents = total_cents + 1 where shop_id = 1 and id = $1',
    [order.id],
  );
  const data = JSON.stringify({ number: ORDER, line, to: { description: text } });
  const hash = createHash('sha256').update(event_hash).update(data).digest();
  await client.query(
    `with written as (
      insert into events (shop_id, version, seq, at, actor_id, kind, work_order_id, data, hash) values (1, $1, 1, $2, 1, 'line.edited', $3, $4, $5)
    ), chained as (update shops set event_hash = $5 where id = 1)
    select pg_notify('shop', '1:' || $1::bigint)`,
    [version, at, order.id, data, hash],
  );
  await client.query('commit');
}
