import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { expect } from 'vitest';
import type { Role } from '../features/staff/permissions.js';
import { API_ROOT, type Operation } from '../platform/web/api.js';
import type { Client, Reply } from './client.js';
import { PASSWORD, type TestShop } from './shop.js';
import { type SentFile, sendForm } from './upload.js';

export interface ApiReply extends Reply {
  /** Null when there is none. */
  // biome-ignore lint/suspicious/noExplicitAny: whoever asked knows what it is.
  json: any;
}

export interface ApiRequest {
  body?: unknown;
  headers?: Record<string, string>;
}

/** A program that uses the API with a token. */
export class ApiClient {
  constructor(
    private readonly client: Client,
    readonly token: string | null,
  ) {}

  /** Signs somebody in. @throws Error when that fails */
  static async signIn(client: Client, shop: TestShop, role: Role): Promise<ApiClient> {
    const { status, json, text } = await new ApiClient(client, null).send('post', '/tokens', {
      body: { email: shop.email(role), password: PASSWORD },
    });
    if (status !== 201) throw new Error(`Signing in failed: ${status} ${text}`);
    return new ApiClient(client, json.access_token);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<ApiReply> {
    return this.send('get', path, { headers });
  }

  /** @param path below /api/v1 */
  async send(method: string, path: string, { body, headers = {} }: ApiRequest = {}): Promise<ApiReply> {
    const reply = await this.client.send(method.toUpperCase(), `${API_ROOT}${path}`, {
      headers: {
        ...(this.token !== null && { authorization: `Bearer ${this.token}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return withJson(reply);
  }

  /** A form with fields and files. @param path below /api/v1 */
  async sendFiles(path: string, fields: Record<string, string>, field: string, files: SentFile[]): Promise<ApiReply> {
    const headers = { authorization: `Bearer ${this.token}` };
    const named = files.map((file) => ({ field, ...file }));
    return withJson(await sendForm(this.client, `${API_ROOT}${path}`, fields, named, { headers }));
  }
}

function withJson(reply: Reply): ApiReply {
  const isJson = /json/.test(reply.headers['content-type'] ?? '') && reply.text !== '';
  return { ...reply, json: isJson ? JSON.parse(reply.text) : null };
}

/** The address of an operation, below /api/v1. */
export function addressOf(
  operation: Operation,
  params: object = operation.example.params ?? {},
  query: object = operation.example.query ?? {},
): string {
  const path = operation.path.replace(/:(\w+)/g, (_, name: string) =>
    encodeURIComponent(String((params as Record<string, unknown>)[name])),
  );
  const asked = new URLSearchParams(Object.entries(query).map(([name, value]): [string, string] => [name, String(value)])).toString();
  return asked ? `${path}?${asked}` : path;
}

/** Holds answers against the document. */
export class AnswerCheck {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #validators = new Map<string, ValidateFunction>();

  // biome-ignore lint/suspicious/noExplicitAny: a document.
  constructor(readonly document: any) {
    formats.default(this.#ajv);
    this.#ajv.addSchema(document, 'api');
  }

  /** The part of the document about an operation. */
  // biome-ignore lint/suspicious/noExplicitAny: a document.
  described({ path, method }: Pick<Operation, 'path' | 'method'>): any {
    return this.document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method];
  }

  /** That an answer is one that the document speaks of, and no fault. */
  check(operation: Operation, reply: ApiReply, what = ''): void {
    const where = `${operation.method} ${operation.path} ${what}: ${reply.status} ${reply.text.slice(0, 300)}`;
    expect(reply.status, where).toBeLessThan(500);
    const responses = this.described(operation).responses;
    expect(Object.keys(responses), where).toContain(String(reply.status));
    const { $ref } = responses[reply.status];
    const response = $ref ? this.document.components.responses[$ref.split('/').pop()] : responses[reply.status];
    const [type] = Object.keys(response.content ?? {});
    if (!type) expect(reply.text, where).toBe('');
    if (!type || type === '*/*') return;
    expect(reply.headers['content-type'], where).toMatch(type);
    const pointer = $ref ? `#/components/responses/${$ref.split('/').pop()}` : this.#pointer(operation, reply.status);
    const validate = this.#validator(`api${pointer}/content/${pointed(type)}/schema`);
    expect(validate(reply.json) ? [] : validate.errors, where).toEqual([]);
  }

  #validator($ref: string): ValidateFunction {
    const validator = this.#validators.get($ref) ?? this.#ajv.compile({ $ref });
    this.#validators.set($ref, validator);
    return validator;
  }

  #pointer({ path, method }: Operation, status: number): string {
    return `#/paths/${pointed(path.replace(/:(\w+)/g, '{$1}'))}/${method}/responses/${status}`;
  }
}

/** As it stands in a JSON pointer in an address. */
function pointed(part: string): string {
  return encodeURIComponent(part.replace(/~/g, '~0').replace(/\//g, '~1'));
}
