import { createHash } from 'node:crypto';
import { type RawBuilder, sql } from 'kysely';

/** JSON that an event may carry. Texts that people may want removed later (comments) do not belong in it. */
export type EventData = { [key: string]: string | number | boolean | null | EventData | (string | number)[] };

export interface EventInput {
  /** `<noun>.<what happened>`, e.g. `card.moved`. */
  kind: string;
  workOrderId: number | null;
  data: EventData;
}

/** A row of `events` without its hash. */
export interface EventRow {
  shop_id: number;
  version: number;
  seq: number;
  at: Date;
  actor_id: number | null;
  kind: string;
  work_order_id: number | null;
  data: unknown;
  request_id: string | null;
  result: unknown;
}

/**
 * The next link of a shop's chain.
 * @param previous hash of the event before it; 32 zero bytes for the first
 * @returns sha256(previous, the row in canonical form)
 */
export function hashEvent(previous: Buffer, row: EventRow): Buffer {
  return createHash('sha256').update(hashedBytes(previous, row)).digest();
}

/** What is hashed of an event, so that anybody can hash it again: the hash before it, then the row in canonical form (UTF-8). */
export function hashedBytes(previous: Buffer, row: EventRow): Buffer {
  const canonical = canonicalJson([
    row.shop_id,
    row.version,
    row.seq,
    row.at.toISOString(),
    row.actor_id,
    row.kind,
    row.work_order_id,
    row.data,
    row.request_id,
    row.result,
  ]);
  return Buffer.concat([previous, Buffer.from(canonical)]);
}

/** An event as it is stored: linked to the one before it. */
export type ChainedEvent = EventRow & { hash: string };

/** What the events of one change have in common. */
export interface EventHead {
  shop: number;
  version: number;
  at: Date;
  staff: number | null;
  requestId: string | null;
  /** What the change gave back; kept with the request id, for a repetition to get the same. */
  result: unknown;
}

/**
 * Numbers the events of one change and links them to the chain.
 * @param previous hash of the shop's last event
 * @returns the rows, and the hash of the last one
 */
export function chainEvents(previous: Buffer, head: EventHead, events: EventInput[]): { rows: ChainedEvent[]; hash: Buffer } {
  let hash = previous;
  const rows = events.map((event, index) => {
    const row: EventRow = {
      shop_id: head.shop,
      version: head.version,
      seq: index + 1,
      at: head.at,
      actor_id: head.staff,
      kind: event.kind,
      work_order_id: event.workOrderId,
      data: event.data,
      request_id: index === 0 ? head.requestId : null,
      result: index === 0 && head.requestId ? (head.result ?? null) : null,
    };
    hash = hashEvent(hash, row);
    return { ...row, hash: hash.toString('hex') };
  });
  return { rows, hash };
}

/** The statement that stores chained events, however many, in one round trip. */
export function insertEvents(rows: ChainedEvent[]): RawBuilder<unknown> {
  return sql`
    insert into events (shop_id, version, seq, at, actor_id, kind, work_order_id, data, request_id, result, hash)
    select shop_id, version, seq, at, actor_id, kind, work_order_id, data, request_id, nullif(result, 'null'), decode(hash, 'hex')
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(
      shop_id bigint, version bigint, seq int, at timestamptz, actor_id bigint, kind text, work_order_id bigint,
      data jsonb, request_id text, result jsonb, hash text)`;
}

/** JSON with the keys of every object in order, so that the same value is always the same text. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}
