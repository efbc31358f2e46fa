import type { Request } from 'express';
import type { ZodType, z } from 'zod';
import type { Answer } from './answers.js';
import type { Flash } from './sessions.js';
import type { FilesSpec, ReceivedFile, UploadedFile, UploadSpec } from './uploads.js';
import type { Viewer } from './viewer.js';

/** What a form page gets back when its input was refused: what was typed, and a sentence per field. */
export interface Refused {
  values: Record<string, unknown>;
  fields: Record<string, string>;
}

export interface Context<May, Params, Query, Body> {
  request: Request;
  viewer: May extends 'anyone' ? Viewer | null : Viewer;
  params: Params;
  query: Query;
  body: Body;
  /** The file that came with the form, of a route with `upload`. */
  file: UploadedFile | null;
  /** What came with the form, of a route with `files`. They are removed after the answer. */
  files: ReceivedFile[];
  /** The message left for this page by the one before it. */
  flash: Flash | undefined;
  /** What every page gets besides its own data, for a handler that renders by itself. */
  frame(): object;
  /** True when htmx asks. It decides the form of the answer, never what is allowed. */
  htmx: boolean;
}

interface ReadSpec<May, Params, Query> {
  /** A permission of the one table, or `anyone` for what needs no sign-in. */
  may: May;
  params?: Params;
  query?: Query;
}

interface WriteSpec<May, Params, Body> extends ReadSpec<May, Params, undefined> {
  body: Body;
  /** The one small file that its form may carry (`multipart/form-data`), in memory. */
  upload?: UploadSpec;
  /** The large files that its form may carry, on disk. A route with neither takes none. */
  files?: FilesSpec;
  /** Shows the form again with what was typed and what is wrong with it. Without it the error page says it. */
  form?: (context: FormContext<May, Params>, refused: Refused) => Promise<Answer> | Answer;
}

type Out<Schema, Otherwise> = Schema extends ZodType ? z.output<Schema> : Otherwise;
type None = Record<string, never>;
export type FormContext<May, Params> = Context<May, Out<Params, None>, None, unknown>;

/** A route as data, so that a test can list every one of them. */
export interface Route {
  method: 'get' | 'post';
  path: string;
  may: string;
  params: ZodType | undefined;
  query: ZodType | undefined;
  body: ZodType | undefined;
  upload: UploadSpec | undefined;
  files: FilesSpec | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: each handler is typed where its route is declared.
  form: ((context: any, refused: Refused) => Promise<Answer> | Answer) | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  handle: (context: any) => Promise<Answer> | Answer;
}

/** Declares a page or fragment that is read. Handlers of GET never change anything. */
export function get<May extends string, Params extends ZodType | undefined = undefined, Query extends ZodType | undefined = undefined>(
  path: string,
  spec: ReadSpec<May, Params, Query>,
  handle: (context: Context<May, Out<Params, None>, Out<Query, None>, None>) => Promise<Answer> | Answer,
): Route {
  const { may, params, query } = spec;
  const none = { body: undefined, upload: undefined, files: undefined, form: undefined };
  return { method: 'get', path, may, params, query, ...none, handle };
}

/** Declares a change. Its permission and the schema of its input are required by the type. */
export function post<May extends string, Body extends ZodType, Params extends ZodType | undefined = undefined>(
  path: string,
  spec: WriteSpec<May, Params, Body>,
  handle: (context: Context<May, Out<Params, None>, None, z.output<Body>>) => Promise<Answer> | Answer,
): Route {
  const { may, params, body, upload, files, form } = spec;
  return { method: 'post', path, may, params, query: undefined, body, upload, files, form, handle };
}
