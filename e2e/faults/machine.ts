import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROLES, type Role } from '../../src/features/staff/permissions.js';
import { type OpenDatabase, openDatabase } from '../../src/platform/database/pool.js';
import { Client } from '../../src/testing/client.js';
import { spawnProgram, testEnvironment } from '../../src/testing/server.js';
import { makeShop, openOrders, type TestShop } from '../../src/testing/shop.js';

const PEOPLE = 4;

/** One machine: the program with its own Postgres, as `npm start` has it, a shop, and people who are signed in. */
export class Machine {
  readonly clients: Client[] = [];
  private constructor(
    readonly dataDir: string,
    readonly shop: TestShop,
    readonly numbers: number[],
    public database: OpenDatabase,
    private program: ReturnType<typeof spawnProgram>,
    private readonly port: number,
  ) {}

  /** @param before a command that starts the program @param more environment variables */
  static async start(before: string[] = [], more: Record<string, string> = {}): Promise<Machine> {
    const dataDir = mkdtempSync(join(process.env.TEST_FOLDER as string, 'machine-'));
    // Its user passes through to the folder of Postgres.
    chmodSync(dataDir, 0o711);
    const program = spawnProgram(environmentOf(dataDir, 0, more), undefined, before);
    const url = await started(program);
    const database = openDatabase(databaseOf(dataDir), 3, () => {});
    const shop = await makeShop(database.db);
    const numbers = await openOrders(database.db, shop.staff.advisor, PEOPLE);
    const machine = new Machine(dataDir, shop, numbers, database, program, Number(new URL(url).port));
    for (let index = 0; index < PEOPLE; index++)
      machine.clients.push(await new Client(url).signInAs(shop, ROLES[index % ROLES.length] as Role));
    return machine;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number {
    return this.program.process.pid as number;
  }

  /** Everything it has written. */
  get output(): string {
    return this.program.output.join('');
  }

  /** Of its Postgres: the first, and all that it has started. */
  processesOfPostgres(): number[] {
    // By its command: the number in postmaster.pid may be that of another namespace.
    const isFirst = (pid: string) => /^\d+$/.test(pid) && commandOf(pid).includes(join(this.dataDir, 'postgres'));
    const first = readdirSync('/proc').find(isFirst);
    if (!first) return [];
    // It ends with 1 when there are none.
    const children = spawnSync('ps', ['-o', 'pid=', '--ppid', first], { encoding: 'utf8' }).stdout;
    return [Number(first), ...children.split('\n').map(Number).filter(Boolean)];
  }

  /** @returns how it ended */
  async end(signal: NodeJS.Signals): Promise<string> {
    this.program.process.kill(signal);
    return this.program.ended;
  }

  /** Once it has ended: again, at the same address. */
  async startAgain(before: string[] = [], more: Record<string, string> = {}): Promise<void> {
    await this.database.close();
    this.program = spawnProgram(environmentOf(this.dataDir, this.port, more), undefined, before);
    await started(this.program);
    this.database = openDatabase(databaseOf(this.dataDir), 3, () => {});
  }

  async remove(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.database.close();
    await this.end('SIGKILL');
    // Postgres, where the program could not stop it any more.
    const [left] = this.processesOfPostgres();
    // It may just be going by itself.
    if (left) spawnSync('kill', ['-QUIT', String(left)]);
    while (this.processesOfPostgres().length > 0) await sleep(100);
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

function environmentOf(dataDir: string, port: number, more: Record<string, string>): Record<string, string> {
  return { ...testEnvironment(''), DATABASE_URL: '', DATA_DIR: dataDir, PORT: String(port), ...more };
}

async function started(program: ReturnType<typeof spawnProgram>): Promise<string> {
  const url = await Promise.race([program.url, program.ended.then(() => undefined)]);
  if (!url) throw new Error(`The program did not start: ${program.output.join('')}`);
  return url;
}

/** The address of the Postgres of a DATA_DIR that is in use. */
function databaseOf(dataDir: string): string {
  const password = readFileSync(join(dataDir, 'secrets/postgres-password'), 'utf8').trim();
  const port = readFileSync(join(dataDir, 'postgres/postmaster.pid'), 'utf8').split('\n')[3];
  return `postgres://postgres:${password}@127.0.0.1:${port}/serviceflow`;
}

/** The program and its arguments; nothing when it is gone. */
function commandOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return [];
  }
}
