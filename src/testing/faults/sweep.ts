import { sql } from 'kysely';
import type { Route } from '../../platform/web/routes.js';
import type { Client, Reply } from '../client.js';
import type { TestDatabase } from '../database.js';
import { makeSamples, type RouteSamples } from '../route-samples.js';
import { startTestServer, type TestServer } from '../server.js';
import { makeShop, type TestShop } from '../shop.js';
import { findDamage, versionOf } from '../truth.js';
import { FailingStatements, type When } from './failing-statements.js';

/** No change of the shop's data: kept beside it, whatever becomes of a request. */
const BOOKKEEPING =
  /^(migrations|files|sessions?|.*throttle.*|.*limit.*|access_.*|fault.*|.*timings?|.*samples?|process.*|api_(requests|sign_ins)|webhook_deliveries|staff_sessions)$/;
/** Of webhooks: how far deliveries have come. */
const BESIDES = "array['last_version', 'failing_since']";
/** Far more than any route asks; a test that saw no end would never end. */
const MOST_STATEMENTS = 200;

/** A server whose statements can be made to fail, and a shop with one of everything. */
export class Sweep {
  private constructor(
    private readonly database: TestDatabase,
    readonly server: TestServer,
    readonly shop: TestShop,
    readonly samples: RouteSamples,
    private readonly client: Client,
    private readonly statements: FailingStatements,
    private readonly tables: string[],
  ) {}

  static async prepare(database: TestDatabase): Promise<Sweep> {
    const server = await startTestServer(database.url, { OBSERVE: 'off' });
    const shop = await makeShop(database.db);
    const samples = await makeSamples(server, database, shop);
    const client = await server.clientOf(shop, 'manager');
    const { rows } = await sql<{ name: string }>`select c.relname as name from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`.execute(database.db);
    const tables = rows.map((row) => row.name).filter((name) => !BOOKKEEPING.test(name));
    return new Sweep(database, server, shop, samples, client, new FailingStatements(server.app.services.pool), tables);
  }

  /**
   * Asks a route again and again, while its first, second, third … statement fails, until it comes to its end.
   * @returns what was not as it must be, in words, and how many faults there were
   */
  async run(route: Route): Promise<{ wrong: string[]; faults: number }> {
    const wrong: string[] = [];
    let faults = 0;
    for (let at = 1; at <= MOST_STATEMENTS; at++) {
      let ended = false;
      for (const when of ['before', 'after'] as const) {
        const found = await this.#break(route, at, when);
        if (!found) {
          ended = true;
          break;
        }
        faults++;
        wrong.push(...found);
      }
      if (ended) return { wrong, faults };
    }
    return { wrong: [...wrong, `${route.path} asks more than ${MOST_STATEMENTS} statements`], faults };
  }

  /** @returns null when there was nothing left to break */
  async #break(route: Route, at: number, when: When): Promise<string[] | null> {
    const { db } = this.database;
    const before = { version: await versionOf(db, this.shop.id), data: await this.#fingerprint() };
    this.statements.arm(at, when);
    // What is sent as it is read, such as an export, is cut off: no browser takes that for the whole.
    const reply = await this.#ask(route).catch((error: Error) => error);
    this.statements.disarm();
    const { broken } = this.statements;
    if (broken === undefined) return null;
    const after = { version: await versionOf(db, this.shop.id), data: await this.#fingerprint() };
    const wrong = await findDamage(db, this.shop.id);
    if (after.version - before.version > 1) wrong.push(`it happened ${after.version - before.version} times`);
    const changed = this.tables.filter((table) => after.data.get(table) !== before.data.get(table));
    if (after.version === before.version && changed.length > 0) wrong.push(`it happened in part, without an event: ${changed}`);
    wrong.push(...this.#findLies(reply, changed.length > 0));
    return wrong.map(
      (one) =>
        `${route.method} ${route.path}, statement ${at} fails ${when} "${broken.slice(0, 60)}" (${reply instanceof Error ? reply.message : reply.status}): ${one}`,
    );
  }

  #findLies(reply: Reply | Error, changed: boolean): string[] {
    if (reply instanceof Error || reply.status < 500) return [];
    const lies: string[] = [];
    const number = /\b(E-\w+)/.exec(reply.text)?.[1];
    if (!number || !this.server.logged.some((line) => line.number === number)) lies.push('it is not in the log under a number');
    if (changed && /not saved|Nothing you typed was saved/.test(reply.text)) lies.push('it says that nothing was saved, and something was');
    return lies;
  }

  #ask(route: Route): Promise<Reply> {
    return this.client.post(this.samples.pathOf(route), this.samples.bodyOf(route));
  }

  /** Of everything that the shop has. */
  async #fingerprint(): Promise<Map<string, string>> {
    const parts = this.tables.map(
      (table) =>
        sql`select ${table} as name, md5(coalesce(string_agg(j::text, '' order by j::text), '')) as sum from ${sql.table(table)} t, lateral (select to_jsonb(t) - ${sql.raw(BESIDES)} as j) one`,
    );
    const { rows } = await sql<{ name: string; sum: string }>`${sql.join(parts, sql` union all `)}`.execute(this.database.db);
    return new Map(rows.map((row) => [row.name, row.sum]));
  }
}
