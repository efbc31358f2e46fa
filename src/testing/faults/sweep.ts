import { sql } from 'kysely';
import type { FileStore } from '../../platform/files/store.js';
import { makeApiShop } from '../api-shop.js';
import type { Reply } from '../client.js';
import type { TestDatabase } from '../database.js';
import { startTestServer, type TestServer, until } from '../server.js';
import { makeShop, type TestShop } from '../shop.js';
import { findDamage, versionOf } from '../truth.js';
import { findFileDamage, untilNoneUnderWay } from './check.js';
import { arm, disarm, installFailpoints, stepsOf } from './failpoints.js';
import { KeptState } from './kept-state.js';
import { Standbys } from './killable.js';
import { apiWrites, pageWrites, type Write } from './writes.js';

/** No change of the shop's data: kept beside it, whatever becomes of a request. */
const BOOKKEEPING =
  /^(files|sessions?|.*throttle.*|.*limit.*|access_.*|fault.*|.*timings?|.*samples?|process.*|chain_checks|imports|api_(requests|sign_ins|refresh_tokens)|webhook_deliveries|webhooks|second_factors|recovery_codes)$/;
/** What only reads, or is undone by whoever is left: after it nothing is other than before. */
const READS = /^(begin|rollback|open|read|stat|readdir|readFile|select(?!.*(pg_notify|add_job|set_config))|start transaction)/is;

export interface Swept {
  /** What was not as it must be, in words. */
  wrong: string[];
  faults: number;
  /** Whether the shop was another one after it, undisturbed. */
  writes: boolean;
}

/** A shop with one of everything, every way to write to it, and servers whose steps go wrong. */
export class Sweep {
  #standbys: Standbys | undefined;

  private constructor(
    private readonly database: TestDatabase,
    private readonly server: TestServer,
    private readonly shop: TestShop,
    private readonly state: KeptState,
    readonly writes: Write[],
    private readonly version: number,
  ) {}

  /** @param door whose routes are tried; each has a shop of its own */
  static async prepare(database: TestDatabase, door: 'pages' | 'api'): Promise<Sweep> {
    await installFailpoints();
    const server = await startTestServer(database.url, { OBSERVE: 'off', API_REQUESTS_PER_MINUTE: '1000000' });
    const shop = door === 'api' ? await makeApiShop(server.app.services) : await makeShop(database.db);
    const writes = door === 'api' ? await apiWrites(server, shop) : await pageWrites(server, database, shop);
    // What waits for nobody: the webhooks are told of all that was made.
    await untilDone(database);
    const state = await KeptState.of(database);
    return new Sweep(database, server, shop, state, writes, await versionOf(database.db, shop.id));
  }

  async close(): Promise<void> {
    await this.#standbys?.close();
    await this.server.stop();
  }

  /** The first, the second, the third … step fails, before or after it took effect, until there is none left. */
  async fail(write: Write): Promise<Swept> {
    const steps = await this.#undisturbed(write);
    const swept: Swept = { wrong: [], faults: 0, writes: steps.writes };
    // After a failure there may be more steps than there are else: undoing takes some.
    for (let at = 1; at <= steps.names.length; at++) {
      for (const when of ['before', 'after'] as const) {
        arm(at, when);
        // What is sent as it is read, such as an export, is cut off: no browser takes that for the whole.
        const reply = await write.send(this.server.url).catch((error: Error) => error);
        const broken = disarm();
        if (broken === undefined) {
          // Some of the steps were of something else that happened just then. It is done: not so for the next one.
          await this.state.restore(await this.state.changed());
          continue;
        }
        swept.faults++;
        const { wrong, changed } = await this.#look(write);
        wrong.push(...this.#findLies(reply, changed));
        await this.state.restore(changed);
        swept.wrong.push(...wrong.map((one) => `${write.name}, step ${at} fails ${when} "${broken.slice(0, 60)}" (${say(reply)}): ${one}`));
      }
    }
    return swept;
  }

  /**
   * The process is killed after a step, and the same is sent again to another process.
   * @param everywhere after each step that is more than reading; else around each commit, for what was not committed nobody has seen
   */
  async kill(write: Write, everywhere: boolean): Promise<Swept> {
    const { names, writes } = await this.#undisturbed(write);
    const swept: Swept = { wrong: [], faults: 0, writes };
    const steps = names.flatMap((name, index) => {
      const isDue = everywhere ? !READS.test(name) : name === 'commit' || names[index + 1] === 'commit' || name === 'rename';
      return isDue ? [index + 1] : [];
    });
    this.#standbys ??= await Standbys.start(this.database.url, this.dataDir, 2);
    for (const at of steps) {
      const victim = await this.#standbys.take();
      await victim.arm(at);
      const reply = await write.send(victim.url).catch(() => null);
      await victim.end();
      // It may take other steps than the server that has answered before: then it was not killed.
      if (reply) {
        await this.state.restore(await this.state.changed());
        continue;
      }
      swept.faults++;
      await untilNoneUnderWay(this.database.db);
      const first = await this.#look(write);
      const again = await write.send(this.server.url);
      const second = await this.#look(write);
      const wrong = [...first.wrong, ...second.wrong];
      if (again.status >= 500) wrong.push(`sent again it is answered with ${again.status}`);
      if (write.once && writes && !second.changed.includes('events')) wrong.push('sent again it did not happen');
      await this.state.restore([...new Set([...first.changed, ...second.changed])]);
      const name = names[at - 1]?.slice(0, 60);
      swept.wrong.push(...wrong.map((one) => `${write.name}, killed after step ${at} "${name}": ${one}`));
    }
    return swept;
  }

  /** Rows and files agree, whatever has failed (I5). @returns what does not */
  findFileDamage(): Promise<string[]> {
    return findFileDamage(this.database.db, this.files, this.dataDir);
  }

  private get dataDir(): string {
    return this.server.app.services.config.dataDir;
  }

  private get files(): FileStore {
    return this.server.app.services.files;
  }

  /** What it does when nothing goes wrong. */
  async #undisturbed(write: Write): Promise<{ names: string[]; writes: boolean }> {
    const names = await stepsOf(() => write.send(this.server.url));
    const changed = await this.state.changed();
    await this.state.restore(changed);
    return { names, writes: changed.includes('events') };
  }

  async #look(write: Write): Promise<{ wrong: string[]; changed: string[] }> {
    // A message that is tried again goes out in the background, and writes that down.
    await untilDone(this.database);
    const changed = await this.state.changed();
    const ofShop = changed.filter((table) => !BOOKKEEPING.test(table));
    if (ofShop.length === 0) return { wrong: [], changed };
    const { db } = this.database;
    const wrong = await findDamage(db, this.shop.id);
    const times = (await versionOf(db, this.shop.id)) - this.version;
    if (times > 1 && write.once) wrong.push(`it happened ${times} times`);
    if (times === 0) wrong.push(`it happened in part, without an event: ${ofShop}`);
    return { wrong, changed };
  }

  #findLies(reply: Reply | Error, changed: string[]): string[] {
    if (reply instanceof Error || reply.status < 500) return [];
    const lies: string[] = [];
    const number = /\b(E-\w+)/.exec(reply.text)?.[1];
    if (!number || !this.server.logged.some((line) => line.number === number)) lies.push('it is not in the log under a number');
    const happened = changed.some((table) => !BOOKKEEPING.test(table));
    if (happened && /not saved|Nothing you typed was saved/.test(reply.text))
      lies.push(`it says that nothing was saved, and something was: ${changed}`);
    return lies;
  }
}

function say(reply: Reply | Error): string {
  return reply instanceof Error ? reply.message : String(reply.status);
}

function untilDone({ db }: TestDatabase): Promise<void> {
  const waiting = sql`select from graphile_worker._private_jobs where run_at <= now() and attempts < max_attempts`;
  return until(async () => (await waiting.execute(db)).rows.length === 0, 'background work', 60);
}
