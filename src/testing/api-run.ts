import type { Role } from '../features/staff/permissions.js';
import type { Operation } from '../platform/web/api.js';
import { AnswerCheck, ApiClient } from './api.js';
import { makeApiShop } from './api-shop.js';
import { testDatabase } from './database.js';
import type { Schema } from './json-schema.js';
import { startTestServer } from './server.js';
import type { TestShop } from './shop.js';

/** For what goes along all operations, on a slow machine. */
export const LONG = 180_000;

export type ApiRun = Awaited<ReturnType<typeof startApiRun>>;

/** A server with the shop of the examples, for what is done with every operation of the API. */
export async function startApiRun() {
  const database = await testDatabase();
  const server = await startTestServer(database.url, { API_REQUESTS_PER_MINUTE: '1000000' });
  const shop: TestShop = await makeApiShop(server.app.services);
  const answers = new AnswerCheck((await new ApiClient(server.client(), null).get('/openapi.json')).json);
  const { operations } = server.app.api;
  return {
    ...{ database, server, shop, answers, operations },
    /** Those that need a token. */
    closed: operations.filter(({ may }) => may !== 'anyone'),
    /** Signs somebody in: what was tried may have ended their sign-in, or even changed their role. */
    async as(role: Role): Promise<ApiClient> {
      const { staff } = shop.staff[role];
      await database.db.updateTable('memberships').set({ role, disabled_at: null }).where('staff_id', '=', staff).execute();
      return ApiClient.signIn(server.client(), shop, role);
    },
    /** The versions of all shops: what changes anything, changes one of them. */
    everything: () => database.db.selectFrom('shops').select(['id', 'version']).orderBy('id').execute(),
    resolve: (ref: string) => resolve(answers, ref),
    /** The schema of what an operation takes: JSON, or the fields and files of a form. */
    bodySchema(operation: Operation): Schema | null {
      const content = answers.described(operation).requestBody?.content;
      const schema = content?.['application/json']?.schema ?? content?.['multipart/form-data']?.schema;
      if (!schema) return null;
      return schema.$ref ? resolve(answers, schema.$ref) : schema;
    },
    async stop() {
      await server.stop();
      await database.close();
    },
  };
}

export const named = ({ method, path }: Pick<Operation, 'method' | 'path'>) => `${method} ${path}`;

/** Does something with each, eight at a time: most of it is waiting. */
export async function withEach<Item>(items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items];
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

function resolve({ document }: AnswerCheck, ref: string): Schema {
  return ref
    .slice(2)
    .split('/')
    .reduce((part, name) => part[name], document) as Schema;
}
