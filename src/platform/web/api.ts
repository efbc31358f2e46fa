import type { Request } from 'express';
import type { ZodType, z } from 'zod';
import type { Database } from '../database/pool.js';
import type { FileAnswer } from './answers.js';
import type { FilesSpec, ReceivedFile } from './uploads.js';
import type { Viewer } from './viewer.js';

/** Where the API is mounted; the paths of operations are below it. */
export const API_ROOT = '/api/v1';

/**
 * What a token may be used for, besides what the role of its person allows. Which one an operation needs follows from what it
 * is: reading needs `read`, a change that only managers may make needs `manage`, every other change `write`.
 */
export const SCOPES = ['read', 'write', 'manage'] as const;
export type Scope = (typeof SCOPES)[number];

/** The person behind a request to the API, and by what right it came. */
export interface ApiViewer extends Viewer {
  scopes: readonly Scope[];
  /** A sign-in of a program, or a named token. */
  credential: { kind: 'sign-in' | 'token'; id: number };
}

export interface ApiContext<May, Params, Query, Body> {
  request: Request;
  viewer: May extends 'anyone' ? null : ApiViewer;
  params: Params;
  query: Query;
  body: Body;
  /** Of an operation with `files`. They are removed after the answer. */
  files: ReceivedFile[];
}

/** The answer of an operation that gives a file of the store, see file() in answers.ts. */
export const FILE = 'file';

type In<Schema> = Schema extends ZodType ? z.input<Schema> : never;
type Out<Schema> = Schema extends ZodType ? z.output<Schema> : Record<string, never>;
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without an answer returns nothing.
type AnswerOf<Schema> = Schema extends ZodType ? z.input<Schema> : Schema extends typeof FILE ? FileAnswer : void;

interface ApiSpec<May, Params, Query, Body, Answer> {
  /** operationId in the document: `moveCard`. */
  id: string;
  /** The heading it stands under in the document: `Work orders`. */
  tag: string;
  /** One line: what it does. */
  summary: string;
  /** More, where one line does not say it. */
  details?: string;
  /** A permission of the one table, or `anyone` for what needs no token. */
  may: May;
  /** Parts of the path: `:number` → `{ number: Id }`. */
  params?: Params;
  /** A strictObject. */
  query?: Query;
  /** A strictObject of a change's JSON; without it none is read. */
  body?: Body;
  /** The files it takes, as multipart/form-data; the other fields of that form are then the body. */
  files?: FilesSpec;
  /** Of its success; null for 204. */
  answer: Answer;
  /** 200, but 204 without an answer. */
  status?: 200 | 201;
  /**
   * Reads what a change is about, as the GET of it answers: then `If-Match` with the ETag of that GET is understood, and
   * compared under the lock of the shop. One statement, for it runs inside the change.
   */
  match?: (db: Database, viewer: ApiViewer, params: Out<Params>) => Promise<unknown>;
  /** What an ETag can be told from without reading anything more: the shop's version and what else the answer depends on. */
  etag?: (viewer: ApiViewer, query: Out<Query>) => string;
  /**
   * False when the answer holds a secret: it is not kept for repetitions. One with the same `Idempotency-Key` is handled anew; its
   * changes are found to be done.
   */
  keep?: false;
  /** How the nouns call fields that have another name here: `{ perHour: 'cents_per_hour' }`. camelCase is turned by itself. */
  fields?: Record<string, string>;
  /** Stands in the document, and is executed by the tests in the shop of src/testing/api-shop.ts. */
  example: ([Params] extends [ZodType] ? { params: In<Params> } : object) &
    ([Body] extends [ZodType] ? { body: In<Body> } : object) & { query?: NoInfer<In<Query>> };
}

type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** An operation as data, so that the document is made of it and a test can call every one. */
export interface Operation {
  method: Method;
  /** As express writes it, below API_ROOT. */
  path: string;
  id: string;
  tag: string;
  summary: string;
  details: string | undefined;
  may: string;
  params: ZodType | undefined;
  query: ZodType | undefined;
  body: ZodType | undefined;
  files: FilesSpec | undefined;
  answer: ZodType | typeof FILE | null;
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: each is typed where its operation is declared.
  match: ((db: Database, viewer: ApiViewer, params: any) => Promise<unknown>) | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  etag: ((viewer: ApiViewer, query: any) => string) | undefined;
  keep: boolean;
  fields: Record<string, string>;
  example: { params?: object; query?: object; body?: object };
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  handle: (context: any) => Promise<unknown> | unknown;
}

/**
 * Declares an operation of the JSON API. How to add a resource:
 *
 * 1. In `src/features/<feature>/api.ts` (HTTP only, like routes.ts) export `xOperations(services): Operation[]`, and spread it into
 *    the list of src/app.ts. The document, its page, the tests and the limits follow from the list.
 * 2. A handler calls the same noun as the page (`addLabel`, `moveCard`) with `viewer` as its actor, and gives back plain JSON of
 *    the `answer` schema, which is checked by the compiler and, for every operation, by the tests. Where a noun does not tell the id of what
 *    it made, let it return `change()` with that id: a repetition by `Idempotency-Key` gets the same result, as JSON.
 *    Never give the noun a request id: the mount gives one to each change of a request that came with a key.
 * 3. Fields: `required`, `optional`, `Email` of forms.ts are the same rules as in the forms; numbers, ids, times and money are those of
 *    api-fields.ts. Names are snake_case; `camelKeys(body)` gives the noun its own. A refusal of a field by the noun comes back under
 *    the API's name, see `fields`. Give a schema that appears more than once `.meta({ id: 'Label' })`.
 * 4. A list: query `PageQuery` (or `.extend` it by filters), answer `pageOf(Item)`, made by `toPage(rows, limit, keyOf)`.
 * 5. A single thing: write its read as `(db, viewer, params) => …` and use it for the GET and as `match` of its changes, which
 *    should answer with it too. ETag, `If-None-Match`, `If-Match` come by themselves.
 * 6. The example is executed against src/testing/api-shop.ts: add there what it needs. Reads run first, then changes in the order of
 *    the list, DELETE last.
 *
 * What belongs to another shop is NotFound; who sees no prices gets none (src/features/work-orders/audiences.ts).
 */
export function api<
  May extends string,
  Params extends ZodType | undefined = undefined,
  Query extends ZodType | undefined = undefined,
  Body extends ZodType | undefined = undefined,
  Answer extends ZodType | typeof FILE | null = null,
>(
  method: Method,
  path: string,
  spec: ApiSpec<May, Params, Query, Body, Answer>,
  handle: (context: ApiContext<May, Out<Params>, Out<Query>, Out<Body>>) => Promise<NoInfer<AnswerOf<Answer>>> | NoInfer<AnswerOf<Answer>>,
): Operation {
  const { id, tag, summary, details, may, params, query, body, files, answer, status, match, etag, keep, fields, example } = spec;
  return {
    ...{ method, path, id, tag, summary, details, may, params, query, body, files, answer, match, etag, handle },
    example: example as Operation['example'],
    status: status ?? (answer === null ? 204 : 200),
    keep: keep ?? true,
    fields: fields ?? {},
  };
}
