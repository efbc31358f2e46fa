import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import type { Role } from '../features/staff/permissions.js';
import { PASSWORD, type TestShop } from './shop.js';

export interface Reply {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
  /** The same, as it came. */
  bytes: Buffer;
}

export interface RequestOptions {
  htmx?: boolean;
  headers?: OutgoingHttpHeaders;
  /** Sent as they are; for anything else than a form. */
  body?: string | Buffer;
}

export type Fields = Record<string, string | number> | [string, string][];

/**
 * A browser as far as a server can tell: keeps cookies, says where a form comes from, follows no redirect by itself.
 * It can also lie, which fetch() would not let it do: every header may be given.
 */
export class Client {
  readonly cookies = new Map<string, string>();
  readonly #agent = new Agent({ keepAlive: true });

  constructor(readonly url: string) {}

  /** The Cookie header, for a socket of the same browser. */
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get(path: string, options: RequestOptions = {}): Promise<Reply> {
    return this.send('GET', path, options);
  }

  post(path: string, fields: Fields = {}, options: RequestOptions = {}): Promise<Reply> {
    const pairs = Array.isArray(fields) ? fields : Object.entries(fields).map(([name, value]): [string, string] => [name, String(value)]);
    const body = new URLSearchParams(pairs).toString();
    const headers = { origin: this.url, 'content-type': 'application/x-www-form-urlencoded', ...options.headers };
    return this.send('POST', path, { body, ...options, headers });
  }

  /** Any method; `undefined` as a header's value leaves it out. */
  send(method: string, path: string, options: RequestOptions = {}): Promise<Reply> {
    const headers: OutgoingHttpHeaders = { ...(this.cookies.size > 0 && { cookie: this.cookie }), ...options.headers };
    if (options.htmx) headers['hx-request'] = 'true';
    for (const name of Object.keys(headers)) if (headers[name] === undefined) delete headers[name];
    if (options.body !== undefined) headers['content-length'] ??= Buffer.byteLength(options.body);
    const { hostname, port } = new URL(this.url);
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, path, method, headers, agent: this.#agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          this.#keep(answer.headers['set-cookie'] ?? []);
          const bytes = Buffer.concat(chunks);
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text: bytes.toString(), bytes });
        });
      });
      sent.on('error', reject);
      sent.end(options.body);
    });
  }

  signIn(email: string, password = PASSWORD): Promise<Reply> {
    return this.post('/sign-in', { email, password });
  }

  /** @throws Error when it does not end on the board */
  async signInAs(shop: TestShop, role: Role): Promise<this> {
    const reply = await this.signIn(shop.email(role));
    if (reply.status !== 303 || reply.headers.location !== '/board') throw new Error(`Signing in failed: ${reply.status} ${reply.text}`);
    return this;
  }

  close(): void {
    this.#agent.destroy();
  }

  #keep(lines: string[]): void {
    for (const line of lines) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (!name) continue;
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value as string);
    }
  }
}
