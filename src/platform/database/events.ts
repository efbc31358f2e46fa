import { createHash } from 'node:crypto';

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
  return createHash('sha256').update(previous).update(canonical).digest();
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
