import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type SpawnedServer, spawnServer } from '../server.js';

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Several processes of the program on one database and one folder of files, each with a port that it keeps. */
export class Fleet {
  private constructor(
    readonly ports: number[],
    readonly dataDir: string,
    private readonly url: string,
    private readonly more: Record<string, string>,
    readonly servers: (SpawnedServer | undefined)[],
  ) {}

  /** @param more environment variables of each */
  static async start(url: string, count: number, more: Record<string, string> = {}): Promise<Fleet> {
    const dataDir = join(process.env.TEST_FOLDER ?? tmpdir(), `fleet-${randomBytes(6).toString('hex')}`);
    const fleet = new Fleet(await freePorts(count), dataDir, url, more, []);
    await Promise.all(fleet.ports.map((_, index) => fleet.start(index)));
    return fleet;
  }

  async start(index: number): Promise<void> {
    const own = { PORT: String(this.ports[index]), DATA_DIR: this.dataDir, TRUSTED_PROXIES: '127.0.0.1' };
    this.servers[index] = await spawnServer(this.url, { ...own, ...this.more });
  }

  /** @returns how it ended */
  async end(index: number, signal: NodeJS.Signals): Promise<string> {
    const server = this.servers[index] as SpawnedServer;
    this.servers[index] = undefined;
    return server.end(signal);
  }

  async stop(): Promise<void> {
    await Promise.all(this.servers.map((server) => server?.end('SIGKILL')));
    await rm(this.dataDir, { recursive: true, force: true });
  }
}
