import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** `pass`: as if it were not there. `swallow`: bytes vanish and nobody is told, as on a line that went dead. `refuse`: newcomers are reset. */
export type Way = 'pass' | 'swallow' | 'refuse';

/** What is waited for in the bytes of the client; then the line is cut `before` they arrive, or `after` their answer has set out. */
interface Trap {
  bytes: string;
  when: 'before' | 'after';
  sprung(): void;
}

/** Stands between two programs and does to their connections what networks do. With several targets, each newcomer gets the next one that answers. */
export class TcpProxy {
  way: Way = 'pass';
  /** Milliseconds that each chunk takes longer, in both directions. */
  delay = 0;
  #turn = 0;
  #trap: Trap | undefined;
  readonly #sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly targets: number[],
  ) {
    server.on('connection', (client) => void this.#accept(client));
  }

  /** @param targets ports of this machine */
  static async open(...targets: number[]): Promise<TcpProxy> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, targets);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Connections that are open. */
  get open(): number {
    return this.#sockets.size / 2;
  }

  /** From now on newcomers are let in there, too. */
  add(target: number): void {
    this.targets.push(target);
  }

  /** The address of a server, by way of this proxy. */
  through(url: string): string {
    const address = new URL(url);
    address.hostname = '127.0.0.1';
    address.port = String(this.port);
    return address.href;
  }

  /** Resets every connection there is. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Cuts the one connection whose client says `bytes` next. @returns when it is done */
  cutAt(bytes: string, when: Trap['when']): Promise<void> {
    return new Promise((sprung) => {
      this.#trap = { bytes, when, sprung };
    });
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #accept(client: Socket): Promise<void> {
    client.on('error', () => client.destroy());
    if (this.way === 'refuse') return void client.resetAndDestroy();
    const target = await this.#reach();
    if (!target) return void client.resetAndDestroy();
    target.on('error', () => target.destroy());
    if (client.destroyed) return void target.destroy();
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const) {
      one.setNoDelay(true);
      this.#sockets.add(one);
      one.once('close', () => {
        this.#sockets.delete(one);
        // On a dead line nobody hears that the other has left.
        if (this.way !== 'swallow') other.destroy();
      });
    }
    client.on('data', (bytes) => this.#carry(client, target, bytes, true));
    target.on('data', (bytes) => this.#carry(target, client, bytes, false));
    client.on('end', () => this.way !== 'swallow' && target.end());
    target.on('end', () => this.way !== 'swallow' && client.end());
  }

  /** The next target that takes a connection: what was not sent yet may be sent to another. */
  async #reach(): Promise<Socket | undefined> {
    for (let attempt = 0; attempt < this.targets.length; attempt++) {
      const socket = connect(this.targets[this.#turn++ % this.targets.length] as number, '127.0.0.1');
      const reached = await once(socket, 'connect').then(
        () => true,
        () => false,
      );
      if (reached) return socket;
    }
    return undefined;
  }

  #carry(from: Socket, to: Socket, bytes: Buffer, isClient: boolean): void {
    if (this.way === 'swallow') return;
    const trap = this.#trap;
    if (isClient && trap && bytes.includes(trap.bytes)) {
      this.#trap = undefined;
      if (trap.when === 'before') {
        from.resetAndDestroy();
        to.resetAndDestroy();
        trap.sprung();
        return;
      }
      // What it answers is lost on the way.
      to.removeAllListeners('data').once('data', () => {
        from.resetAndDestroy();
        to.resetAndDestroy();
        trap.sprung();
      });
    }
    const send = () => {
      if (to.destroyed || to.write(bytes)) return;
      from.pause();
      to.once('drain', () => from.resume());
    };
    if (this.delay > 0) setTimeout(send, this.delay);
    else send();
  }
}
