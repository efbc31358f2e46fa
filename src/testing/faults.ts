import pg from 'pg';
import { expect } from 'vitest';
import type { Client } from './client.js';
import type { TestDatabase } from './database.js';
import type { TestShop } from './shop.js';
import { findDamage } from './truth.js';

/** Comments that were written, told apart by their text: what was answered for, and what may or may not have happened. */
export interface Ledger {
  acknowledged: string[];
  refused: Map<string, string>;
}

/** Several people who comment without a pause until they are told to stop. */
export function keepWriting(clients: Client[]): { ledger: Ledger; stop(): Promise<Ledger> } {
  const ledger: Ledger = { acknowledged: [], refused: new Map() };
  let going = true;
  const write = async (client: Client, who: number) => {
    for (let turn = 0; going; turn++) {
      const text = `${who}/${turn}`;
      const outcome = await client.post('/work-orders/1001/comments', { text }).then(
        (reply) => String(reply.status),
        (error: Error) => error.message,
      );
      if (outcome === '303') ledger.acknowledged.push(text);
      else {
        ledger.refused.set(text, outcome);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  };
  const writing = clients.map(write);
  return {
    ledger,
    stop: async () => {
      going = false;
      await Promise.all(writing);
      return ledger;
    },
  };
}

export async function textsOf(database: Pick<TestDatabase, 'db'>): Promise<string[]> {
  return (await database.db.selectFrom('comments').select('text').execute()).map((row) => row.text);
}

/** Everything acknowledged is there, once; nothing that is there is half there. */
export async function expectKept(database: Pick<TestDatabase, 'db'>, ledger: Ledger, shop: TestShop): Promise<void> {
  const texts = await textsOf(database);
  expect(new Set(texts).size, 'nothing happened twice').toBe(texts.length);
  expect(
    ledger.acknowledged.filter((text) => !texts.includes(text)),
    'acknowledged, and lost',
  ).toEqual([]);
  expect(ledger.acknowledged.length).toBeGreaterThan(0);
  const events = await database.db.selectFrom('events').select('version').where('kind', '=', 'comment.added').execute();
  expect(events).toHaveLength(texts.length);
  expect(await findDamage(database.db, shop.id)).toEqual([]);
}

/** Somebody else keeps the lock of the shop until they are told to let go. */
export async function holdTheLock(url: string): Promise<pg.Client> {
  const holder = new pg.Client({ connectionString: url });
  holder.on('error', () => {});
  await holder.connect();
  await holder.query('begin');
  await holder.query('select from shops for update');
  return holder;
}
