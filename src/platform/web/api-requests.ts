import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Request } from 'express';
import { sql } from 'kysely';
import { canonicalJson } from '../database/events.js';
import type { Database } from '../database/pool.js';
import { Invalid, RequestError } from '../errors.js';
import type { Task } from '../jobs/jobs.js';
import type { ReceivedFile } from './uploads.js';

/** A request that came with an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). */
export interface KeyedRequest {
  shop: number;
  staff: number;
  key: string;
}

/** What was answered, word for word. */
export interface KeptAnswer {
  status: number;
  answer: string | null;
}

const KEPT_FOR = '48 hours';

/** @returns null when there is none @throws RequestError 400 for one that is none */
export function idempotencyKey(request: Request): string | null {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return null;
  // By the draft it is a string in quotes; most send it bare.
  const bare = key.replace(/^"(.*)"$/, '$1');
  if (!/^[\x21-\x7e]{1,200}$/.test(bare)) throw new RequestError(400, 'An Idempotency-Key has 1 to 200 visible ASCII characters.');
  return bare;
}

/** SHA-256 of what a request asks for: the same key never stands for anything else. */
export async function fingerprint(request: Request, files: ReceivedFile[]): Promise<Buffer> {
  const hash = createHash('sha256').update(`${request.method} ${request.originalUrl}\n${canonicalJson(request.body ?? {})}\n`);
  for (const file of files) {
    hash.update(`${file.name}\n`);
    for await (const chunk of createReadStream(file.path)) hash.update(chunk as Buffer);
  }
  return hash.digest();
}

/**
 * Notes that a request is begun.
 * @returns the answer, when it was answered before; null when it was not, or was refused, or its process died
 * @throws Invalid when the key stands for another request
 */
export async function beginRequest(db: Database, { shop, staff, key }: KeyedRequest, print: Buffer): Promise<KeptAnswer | null> {
  const row = { shop_id: shop, staff_id: staff, key, fingerprint: print };
  const begun = await db
    .insertInto('api_requests')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning('key')
    .executeTakeFirst();
  if (begun) return null;
  const earlier = await db
    .selectFrom('api_requests')
    .select(['fingerprint', 'status', 'answer'])
    .where('shop_id', '=', shop)
    .where('staff_id', '=', staff)
    .where('key', '=', key)
    .executeTakeFirst();
  // Swept in between.
  if (!earlier) return null;
  if (!earlier.fingerprint.equals(print))
    throw new Invalid({ '': 'This Idempotency-Key was used for another request. Take a new one for each thing that is to happen.' });
  return earlier.status === null ? null : { status: earlier.status, answer: earlier.answer };
}

/** Keeps the answer of a request that had success. */
export async function finishRequest(db: Database, { shop, staff, key }: KeyedRequest, kept: KeptAnswer): Promise<void> {
  await db
    .updateTable('api_requests')
    .set(kept)
    .where('shop_id', '=', shop)
    .where('staff_id', '=', staff)
    .where('key', '=', key)
    .where('status', 'is', null)
    .execute();
}

/**
 * The ids under which the changes of a request are recorded, the first, the second …: a repetition whose answer was not kept, for its process
 * died, finds them there. They hold the fingerprint, so a key that is taken anew after it was forgotten means something else.
 */
export function changeIds({ staff, key }: KeyedRequest, print: Buffer): () => string {
  const mark = createHash('sha256').update(`${staff}\n${key}\n`).update(print).digest('base64url').slice(0, 27);
  let count = 0;
  return () => `api/${mark}/${++count}`;
}

/** Hourly: keys older than two days are forgotten. */
export const sweepRequestsTask: Task = {
  name: 'sweep-api-requests',
  at: '41 * * * *',
  run: async (_payload, { db }) => {
    await sql`delete from api_requests where created_at < now() - ${KEPT_FOR}::interval`.execute(db);
  },
};
