import { randomUUID } from 'node:crypto';
import { type AccessClaims, AccessTokens } from '../../features/api/access-tokens.js';
import type { Operation } from '../../platform/web/api.js';
import type { Route } from '../../platform/web/routes.js';
import { ApiClient, addressOf } from '../api.js';
import { Client, type Reply } from '../client.js';
import type { TestDatabase } from '../database.js';
import { makeSamples } from '../route-samples.js';
import type { TestServer } from '../server.js';
import type { TestShop } from '../shop.js';
import { makeReady } from './ready-samples.js';

/** One way to write: a route with a body that changes something. */
export interface Write {
  name: string;
  /** Sent twice it does the same once. */
  once: boolean;
  /** Asks a server, always for the same and as the same person. */
  send(url: string): Promise<Reply>;
}

/** A browser with these cookies, for one request. */
async function asBrowser(url: string, cookies: Map<string, string>, ask: (client: Client) => Promise<Reply>): Promise<Reply> {
  const client = new Client(url);
  for (const [name, value] of cookies) client.cookies.set(name, value);
  return ask(client).finally(() => client.close());
}

/** Every route of the pages that writes, with the samples that all tests of routes use, or with what is ready for it. */
export async function pageWrites(server: TestServer, database: TestDatabase, shop: TestShop): Promise<Write[]> {
  const samples = await makeSamples(server, database, shop);
  const manager = await server.clientOf(shop, 'manager');
  const ready = await makeReady({ server, database, shop, samples, manager });
  const own = new Map(manager.cookies);
  const unknown = Object.keys(ready).filter((path) => !server.app.routes.some((route) => route.path === path));
  if (unknown.length > 0) throw new Error(`There is no route ${unknown}.`);
  return server.app.routes
    .filter((route) => route.method === 'post')
    .map((route) => {
      const { path = samples.pathOf(route), body = samples.bodyOf(route), cookies = own, ask } = ready[route.path] ?? {};
      const once = takesRequestId(route);
      const more: [string, string][] = once ? [['requestId', `sweep-${randomUUID()}`]] : [];
      const plain = async (client: Client) => {
        const fields = typeof body === 'function' ? await body() : body;
        const pairs = Array.isArray(fields)
          ? fields
          : Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]);
        return client.post(path, [...more, ...pairs.filter(([name]) => !(once && name === 'requestId'))]);
      };
      const send = (url: string) => asBrowser(url, cookies, (client) => (ask ? ask(client, path) : plain(client)));
      return { name: `POST ${route.path}`, once, send };
    });
}

function takesRequestId({ body }: Route): boolean {
  return body !== undefined && 'shape' in body && 'requestId' in Object(body.shape);
}

/** Every operation of the API that writes, with the example of its document, under a key. */
export async function apiWrites(server: TestServer, shop: TestShop): Promise<Write[]> {
  const { token } = await ApiClient.signIn(server.client(), shop, 'manager');
  // The sweep takes longer than an access token is good for.
  const tokens = new AccessTokens(server.app.services.config.sessionSecrets);
  const claims = (await tokens.read(token ?? '')) as AccessClaims;
  const operations = server.app.api.operations.filter(({ method }) => method !== 'get');
  return operations.map((operation) => {
    const once = operation.may !== 'anyone';
    const headers: Record<string, string> = once ? { 'idempotency-key': randomUUID() } : {};
    const send = (url: string) => {
      const ask = async (client: Client) =>
        new ApiClient(client, once ? await tokens.make(claims) : null).send(operation.method, addressOf(operation), {
          ...bodyOf(operation),
          headers,
        });
      return asBrowser(url, new Map(), ask);
    };
    return { name: `${operation.method.toUpperCase()} /api/v1${operation.path}`, once, send };
  });
}

function bodyOf({ example, body }: Operation): { body?: unknown } {
  return body && !('files' in Object(example)) ? { body: (example as { body?: unknown }).body } : {};
}
