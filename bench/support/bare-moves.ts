// What a move costs without the program: its transaction, statement by statement, from a process that does nothing else.
// Started with WRITERS, SECONDS and COLUMNS; prints a Moved as JSON.
import { createHash } from 'node:crypto';
import pg from 'pg';
import { type Move, moveFor } from './moving.js';

const { DATABASE_URL, WRITERS, SECONDS, COLUMNS } = process.env;

const LOCK = `update shops set version = version + 1 where id = 1
  returning version, event_hash, date_trunc('milliseconds', clock_timestamp()) as at`;
const CARD = `select w.id, w.rank, f.id as from_id, f.name as from_name, t.id as to_id, t.name as to_name, a.number as after_number, a.rank as after_rank,
    (select p.number from work_orders p where p.shop_id = w.shop_id and p.column_id = w.column_id and p.rank < w.rank order by p.rank desc limit 1) as from_after
  from work_orders w
  join columns f on f.shop_id = w.shop_id and f.id = w.column_id
  join columns t on t.shop_id = w.shop_id and t.id = $2
  left join lateral (
    select o.number, o.rank from work_orders o
    where o.shop_id = w.shop_id and o.column_id = t.id and o.rank is not null and o.id <> w.id and $3::bigint is not null
    order by (o.number = $3) desc, o.rank desc limit 1
  ) a on true
  where w.shop_id = 1 and w.number = $1`;
const NEXT = `select min(rank) as rank from work_orders
  where shop_id = 1 and column_id = $1 and rank is not null and id <> $2 and ($3::bigint is null or rank > $3)`;
const PUT = 'update work_orders set column_id = $1, rank = $2, column_since = $3 where shop_id = 1 and id = $4';
const RECORD = `with written as (
    insert into events (shop_id, version, seq, at, actor_id, kind, work_order_id, data, hash) values (1, $1, 1, $2, 1, 'card.moved', $3, $4, $5)
  ), chained as (update shops set event_hash = $5 where id = 1)
  select pg_notify('shop', '1:' || $1::bigint)`;

async function move(client: pg.Client, { number, column, after }: Move): Promise<void> {
  await client.query('begin');
  const head = (await client.query(LOCK)).rows[0];
  const card = (await client.query(CARD, [number, column, after || null])).rows[0];
  const next = (await client.query(NEXT, [column, card.id, card.after_rank])).rows[0].rank;
  await client.query(PUT, [column, between(card.after_rank, next), head.at, card.id]);
  const from = { column: card.from_id, name: card.from_name, after: card.from_after };
  const data = JSON.stringify({ number, from, to: { column, name: card.to_name, after: card.after_number } });
  const hash = createHash('sha256').update(head.event_hash).update(data).digest();
  await client.query(RECORD, [head.version, head.at, card.id, data, hash]);
  await client.query('commit');
}

/** Never runs out of room as the real ranks can: what renumbering costs is the program's own. */
function between(previous: string | null, next: string | null): number {
  if (previous === null) return next === null ? 65_536 : Number(next) - 65_536;
  const middle = next === null ? Number(previous) + 65_536 : Math.floor((Number(previous) + Number(next)) / 2);
  return middle > Number(previous) ? middle : Date.now() * 1000 + Math.floor(Math.random() * 1000);
}

const clients = await Promise.all(
  Array.from({ length: Number(WRITERS) }, async () => {
    const client = new pg.Client({ connectionString: DATABASE_URL });
    await client.connect();
    return client;
  }),
);
const columns = String(COLUMNS).split(',').map(Number);
const writers = clients.map((client) => (next: Move) => move(client, next));
console.log(JSON.stringify(await moveFor(Number(SECONDS), writers, columns)));
await Promise.all(clients.map((client) => client.end()));
