import type { Client, Fields, Reply } from '../client.js';
import type { TestDatabase } from '../database.js';
import type { RouteSamples } from '../route-samples.js';
import type { TestServer } from '../server.js';
import type { TestShop } from '../shop.js';

/** What is asked instead of the sample, where that one is only good enough to be refused. */
export interface Ready {
  path?: string;
  body?: Fields | (() => Promise<Fields>);
  /** Of whoever asks; without, the manager. */
  cookies?: Map<string, string>;
  /** For what is no plain form. */
  ask?: (client: Client, path: string) => Promise<Reply>;
}

export interface Place {
  server: TestServer;
  database: TestDatabase;
  shop: TestShop;
  samples: RouteSamples;
  manager: Client;
}

/** What comes before is no part of what is tried: it has to succeed. */
export async function must(client: Client, path: string, fields: Fields = {}): Promise<void> {
  const { status, text } = await client.post(path, fields);
  if (status >= 400) throw new Error(`POST ${path}: ${status} ${text.slice(0, 300)}`);
}
