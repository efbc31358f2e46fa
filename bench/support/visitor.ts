import { Agent, request } from 'node:http';
import WebSocket from 'ws';
import { MANAGER } from './shop.js';

export interface Reply {
  status: number;
  version: number;
  location: string | undefined;
  cookies: string[];
  body: Buffer;
}

/** One signed-in browser tab as far as the server can tell: one connection that is kept, a cookie, an Origin. */
export class Visitor {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  cookie = '';

  constructor(readonly url: string) {}

  /** @throws Error when it does not end on the board */
  static async signedIn(url: string): Promise<Visitor> {
    const visitor = new Visitor(url);
    const reply = await visitor.send('POST', '/sign-in', MANAGER);
    if (reply.location !== '/board') throw new Error(`Signing in failed: ${reply.status} ${reply.body}`);
    visitor.cookie = reply.cookies.map((line) => line.split(';', 1)[0]).join('; ');
    return visitor;
  }

  /** Another tab of the same browser. */
  another(): Visitor {
    return Object.assign(new Visitor(this.url), { cookie: this.cookie });
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Reply> {
    return this.send('GET', path, undefined, headers);
  }

  /** Moves a card as a drag does. @param known the version that the screen shows. @throws Error when it is refused */
  async move(number: number, column: number, after: number | '', known: number): Promise<Reply> {
    const fields = { column: String(column), after: String(after) };
    const headers = { 'hx-request': 'true', 'x-version': String(known), 'accept-encoding': 'gzip' };
    const reply = await this.send('POST', `/work-orders/${number}/moves`, fields, headers);
    if (reply.status !== 200) throw new Error(`A move was refused: ${reply.status} ${reply.body}`);
    return reply;
  }

  send(method: string, path: string, fields?: Record<string, string>, more: Record<string, string> = {}): Promise<Reply> {
    const body = fields && new URLSearchParams(fields).toString();
    const form = body !== undefined && { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) };
    const headers = { cookie: this.cookie, origin: this.url, ...form, ...more };
    return new Promise((resolve, reject) => {
      const sent = request(`${this.url}${path}`, { method, headers, agent: this.#agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            version: Number(answer.headers['x-version']),
            location: answer.headers.location,
            cookies: answer.headers['set-cookie'] ?? [],
            body: Buffer.concat(chunks),
          }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }

  /** The socket of a screen that shows the board. */
  socket(): Promise<WebSocket> {
    return openSocket(`${this.url.replace('http', 'ws')}/live?room=board`, { cookie: this.cookie, origin: this.url });
  }

  close(): void {
    this.#agent.destroy();
  }
}

export async function openSocket(url: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, { headers, perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}
