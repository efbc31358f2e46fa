import express, { type Request, type Response, Router } from 'express';
import type { ZodError, ZodType } from 'zod';
import type { Database } from '../database/pool.js';
import { Forbidden, Invalid, NotFound, RequestError } from '../errors.js';
import type { FileAnswer } from './answers.js';
import { type ApiViewer, FILE, type Operation, type Scope } from './api.js';
import { etagOf, refuseOther } from './api-conditions.js';
import { snakeName } from './api-fields.js';
import { beginRequest, changeIds, fingerprint, finishRequest, idempotencyKey, type KeptAnswer, type KeyedRequest } from './api-requests.js';
import { wordsOf } from './api-words.js';
import { namesTag, sendFile } from './send-file.js';
import { type ReceivedFile, receiveFiles, removeReceived } from './uploads.js';

export interface ApiOptions {
  db: Database;
  /** A path for each file that is received; see FileStore. */
  temporary(): string;
  /** Who a request's token stands for, as the database knows them now; null when it stands for nobody. */
  authenticate(request: Request): Promise<ApiViewer | null>;
  /** Counts a request of a token. @throws TooMany */
  count(viewer: ApiViewer, response: Response): Promise<void>;
  may(viewer: ApiViewer, permission: string): boolean;
  /** Of an operation; see SCOPES. */
  scopeOf(operation: Operation): Scope;
}

/** Enough for the longest notes of a job, in any script. Nothing compressed: a bomb unfolds in us. */
const readJson = express.json({ limit: '1mb', inflate: false, strict: false, type: () => true });

/** Turns declared operations into a router: token, limit, scope and permission, then input, then the handler, then the answer. */
export function mountApi(operations: Operation[], options: ApiOptions): Router {
  const router = Router({ caseSensitive: true });
  for (const operation of operations) {
    router[operation.method](operation.path, async (request, response) => {
      const files: ReceivedFile[] = [];
      try {
        await run(operation, request, response, files, options);
      } finally {
        await removeReceived(files);
      }
    });
  }
  for (const path of new Set(operations.map((operation) => operation.path))) {
    const methods = operations.filter((operation) => operation.path === path).map(({ method }) => method.toUpperCase());
    router.all(path, (_request, response) => {
      response.set('Allow', methods.join(', '));
      throw new RequestError(405, `This address answers ${methods.join(' and ')}.`);
    });
  }
  router.use(() => {
    throw new NotFound('The API has no such address. All that it has stand at /api/docs.');
  });
  return router;
}

async function run(operation: Operation, request: Request, response: Response, files: ReceivedFile[], options: ApiOptions) {
  response.set('Cache-Control', 'no-store');
  const viewer = operation.may === 'anyone' ? null : await admit(operation, request, response, options);
  const params = operation.params ? parse(operation.params, request.params, () => new NotFound()) : {};
  const query = operation.query ? parse(operation.query, request.query, invalid) : none(request.query, 'parameter');
  if (viewer && operation.etag && operation.method === 'get') {
    response.set('ETag', etagOf(operation.etag(viewer, query)));
    if (namesTag(request.get('If-None-Match'), response.get('ETag') as string)) return void response.status(304).end();
  }
  const body = await readBody(operation, request, files, options);
  const keyed = viewer && operation.method !== 'get' ? keyOf(request, viewer) : null;
  const print = keyed && (await fingerprint(request, files));
  if (keyed && print) {
    const earlier = await beginRequest(options.db, keyed, print);
    if (earlier) return sendText(earlier, response);
  }
  if (viewer) demand(operation, viewer, params, request.get('If-Match'), keyed && print && changeIds(keyed, print));
  const given = await handle(operation, { request, viewer, params, query, body, files });
  if (operation.answer === FILE) return sendFile(given as FileAnswer, request, response);
  const kept = { status: operation.status, answer: operation.answer === null ? null : JSON.stringify(given) };
  if (keyed && operation.keep) await finishRequest(options.db, keyed, kept);
  send(operation, kept, request, response);
}

async function admit(operation: Operation, request: Request, response: Response, options: ApiOptions): Promise<ApiViewer> {
  const viewer = await options.authenticate(request);
  if (!viewer) {
    const why = request.headers.authorization === undefined ? '' : ', error="invalid_token"';
    response.set('WWW-Authenticate', `Bearer realm="ServiceFLOW"${why}`);
    throw new RequestError(401, 'This needs a token that is valid: Authorization: Bearer …');
  }
  // Whom a fault happened to.
  request.user = viewer;
  await options.count(viewer, response);
  const scope = options.scopeOf(operation);
  if (!viewer.scopes.includes(scope)) {
    response.set('WWW-Authenticate', `Bearer realm="ServiceFLOW", error="insufficient_scope", scope="${scope}"`);
    throw new Forbidden(`This token has no scope “${scope}”.`);
  }
  if (!options.may(viewer, operation.may)) throw new Forbidden();
  return viewer;
}

/** Not before the permission: nobody else makes us read a large body. */
async function readBody(operation: Operation, request: Request, files: ReceivedFile[], options: ApiOptions): Promise<unknown> {
  if (operation.method === 'get') return {};
  const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  const isEmpty = chunked === undefined && !(Number(length) > 0);
  if (operation.files) {
    if (!isEmpty && !request.is('multipart/form-data')) throw new RequestError(415, 'This takes files: send multipart/form-data.');
    files.push(...(await receiveFiles(operation.files, request, options.temporary)));
  } else if (!isEmpty) {
    if (!request.is('application/json')) throw new RequestError(415, 'This takes JSON: say so with Content-Type: application/json.');
    await new Promise<void>((resolve, reject) => {
      readJson(request, request.res as Response, (error?: unknown) => (error ? reject(legible(error)) : resolve()));
    });
  }
  if (operation.body) return parse(operation.body, request.body === undefined ? {} : request.body, invalid);
  return none(request.body ?? {}, 'field');
}

/** What is wrong with a body that is no JSON, for whoever has sent it. */
function legible(error: unknown): unknown {
  if (!(error instanceof SyntaxError)) return error;
  return new RequestError(400, `The body is no JSON: ${error.message.slice(0, 200)}`);
}

function keyOf(request: Request, { shop, staff }: ApiViewer): KeyedRequest | null {
  const key = idempotencyKey(request);
  return key === null ? null : { shop, staff, key };
}

/** What the request demands of the changes that are made for it; see change(). */
function demand(operation: Operation, viewer: ApiViewer, params: unknown, ifMatch: string | undefined, ids: (() => string) | null): void {
  const { match } = operation;
  if (ifMatch !== undefined && operation.method !== 'get' && !match) throw new RequestError(400, 'This takes no If-Match.');
  viewer.demands = {
    nextRequestId: ids ?? undefined,
    provided:
      match && ifMatch !== undefined
        ? async (tx) => refuseOther(ifMatch, etagOf(JSON.stringify(await match(tx.db, viewer, params))))
        : undefined,
  };
}

/** Refusals of the nouns name their own fields; here they get the names of the API. */
async function handle(operation: Operation, context: object): Promise<unknown> {
  try {
    return await operation.handle(context);
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    const named = Object.entries(error.fields).map(([field, text]) => [operation.fields[field] ?? snakeName(field), text]);
    throw new Invalid(Object.fromEntries(named), error.status);
  }
}

function send(operation: Operation, kept: KeptAnswer, request: Request, response: Response): void {
  if (operation.method === 'get' && kept.answer !== null) {
    if (!operation.etag) response.set('ETag', etagOf(kept.answer));
    if (namesTag(request.get('If-None-Match'), response.get('ETag') as string)) return void response.status(304).end();
  } else if (operation.match && kept.answer !== null) response.set('ETag', etagOf(kept.answer));
  sendText(kept, response);
}

function sendText({ status, answer }: KeptAnswer, response: Response): void {
  response.status(status);
  if (answer === null) response.end();
  else response.set('Content-Type', 'application/json').end(answer);
}

function parse(schema: ZodType, value: unknown, refuse: (error: ZodError) => Error): unknown {
  const parsed = schema.safeParse(value, { error: wordsOf });
  if (!parsed.success) throw refuse(parsed.error);
  return parsed.data;
}

function none(given: object, what: string): Record<string, never> {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) throw new Invalid({ '': 'This takes nothing.' });
  const [name] = Object.keys(given);
  if (name !== undefined) throw new Invalid({ [name]: `There is no ${what} “${name}”.` });
  return {};
}

function invalid(error: ZodError): Invalid {
  const fields: Record<string, string> = {};
  for (const issue of error.issues) {
    const path = issue.path.join('.');
    if (issue.code === 'unrecognized_keys') for (const key of issue.keys) fields[path ? `${path}.${key}` : key] ??= `There is no “${key}”.`;
    else fields[path] ??= issue.message;
  }
  return new Invalid(fields);
}
