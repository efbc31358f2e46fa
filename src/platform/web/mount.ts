import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Request, type Response, Router } from 'express';
import type { ZodError, ZodType } from 'zod';
import { Forbidden, Invalid, NotFound, RequestError, TooMany } from '../errors.js';
import type { Answer, DoneAnswer, StreamAnswer } from './answers.js';
import type { Refused, Route } from './routes.js';
import { sendFile } from './send-file.js';
import { type Flash, saveSession } from './sessions.js';
import { type ReceivedFile, receiveFile, receiveFiles, removeReceived, type UploadedFile } from './uploads.js';
import type { Viewer } from './viewer.js';
import type { Views } from './views.js';

export interface MountOptions {
  views: Views;
  /** A path for each file that is received; see FileStore. */
  temporary(): string;
  may(viewer: Viewer, permission: string): boolean;
  /** What every page gets besides its own data. */
  frame(viewer: Viewer | null, flash: Flash | undefined, request: Request): object;
}

/** The person behind a request, put there by the sign-in middleware. */
export function viewerOf(request: Request): Viewer | null {
  return (request.user as Viewer | undefined) ?? null;
}

export function isHtmx(request: Request): boolean {
  return request.get('HX-Request') === 'true';
}

/** Turns declared routes into a router: permission, then input, then the handler, then the answer. */
export function mount(routes: Route[], options: MountOptions): Router {
  const router = Router({ caseSensitive: true });
  for (const route of routes) {
    router[route.method](route.path, async (request, response) => {
      const files: ReceivedFile[] = [];
      try {
        await send(await answer(route, request, files, options), request, response, options);
      } finally {
        await removeReceived(files);
      }
    });
  }
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map((route) => route.method.toUpperCase());
    router.all(path, (_request, response) => {
      response.set('Allow', methods.join(', '));
      throw new RequestError(405, 'That address does not work this way.');
    });
  }
  return router;
}

/** @param files where those go that were received: whatever happens, they are removed after the answer */
async function answer(route: Route, request: Request, files: ReceivedFile[], options: MountOptions): Promise<Answer> {
  const viewer = allow(route, request, options);
  const context = {
    request,
    viewer,
    params: route.params ? parse(route.params, request.params, () => new NotFound()) : {},
    query: {} as unknown,
    body: {} as unknown,
    file: null as UploadedFile | null,
    files,
    flash: request.session?.flash,
    htmx: isHtmx(request),
    frame: () => options.frame(viewer, undefined, request),
  };
  try {
    // Not before the permission: nobody else makes us read a large body.
    if (route.files) files.push(...(await receiveFiles(route.files, request, options.temporary)));
    if (route.upload) context.file = await receiveFile(route.upload, request);
    if (route.query) context.query = parse(route.query, request.query, invalid);
    if (route.body) context.body = parse(route.body, request.body ?? {}, invalid);
    return await route.handle(context);
  } catch (error) {
    if (!(error instanceof RequestError) || !route.form) throw error;
    if (error instanceof TooMany) request.res?.set('Retry-After', String(error.retryAfterSeconds));
    const refused: Refused = {
      values: typed(request.body),
      fields: error instanceof Invalid ? error.fields : { '': error.message },
    };
    const form = await route.form(context, refused);
    return form.kind === 'page' || form.kind === 'bytes' ? { ...form, status: error.status } : form;
  }
}

/** What was typed, to be shown again. A field that came twice is a list: no form of ours sends that, and no view can show it. */
function typed(body: unknown): Refused['values'] {
  return Object.fromEntries(Object.entries(body ?? {}).filter(([, value]) => typeof value === 'string'));
}

function allow(route: Route, request: Request, options: MountOptions): Viewer | null {
  const viewer = viewerOf(request);
  if (route.may === 'anyone') return viewer;
  if (!viewer) throw new RequestError(401, 'Please sign in first.');
  if (!options.may(viewer, route.may)) throw new Forbidden();
  return viewer;
}

function parse(schema: ZodType, value: unknown, refuse: (error: ZodError) => Error): unknown {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw refuse(parsed.error);
  return parsed.data;
}

function invalid(error: ZodError): Invalid {
  const fields: Record<string, string> = {};
  for (const issue of error.issues) {
    const field = issue.code === 'unrecognized_keys' ? '' : issue.path.join('.');
    fields[field] ??= issue.code === 'unrecognized_keys' ? `This form has no field “${issue.keys[0]}”.` : issue.message;
  }
  return new Invalid(fields);
}

async function send(given: Answer, request: Request, response: Response, options: MountOptions): Promise<void> {
  if (given.kind === 'done') return sendDone(given, request, response);
  if (given.kind === 'bytes')
    return void response
      .status(given.status)
      .set(given.headers)
      .end(given.body ?? undefined);
  if (given.kind === 'stream') return sendStream(given, response);
  if (given.kind === 'file') return sendFile(given, request, response);
  const asFragment = given.fragment !== undefined && isHtmx(request);
  const frame = options.frame(viewerOf(request), asFragment ? undefined : takeFlash(request), request);
  const html = options.views.render(asFragment ? (given.fragment as string) : given.view, { ...frame, ...given.data });
  response
    .status(given.status ?? 200)
    .set('Vary', 'HX-Request')
    .type('html')
    .send(html);
}

/** A reader that goes away ends it; a fault on the way cuts the connection, so that a half file is not taken for a whole one. */
async function sendStream(given: StreamAnswer, response: Response): Promise<void> {
  response.status(200).set(given.headers);
  await pipeline(Readable.from(given.chunks), response).catch((error: { code?: string }) => {
    if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  });
}

/** The message waits in the session until a whole page shows it. */
function takeFlash(request: Request): Flash | undefined {
  const flash = request.session?.flash;
  if (flash) delete request.session.flash;
  return flash;
}

async function sendDone(given: DoneAnswer, request: Request, response: Response): Promise<void> {
  if (given.headers) response.set(given.headers);
  if (isHtmx(request) && given.fragments !== undefined) return void response.type('html').send(given.fragments);
  if (given.flash) {
    request.session.flash = given.flash;
    await saveSession(request);
  }
  if (isHtmx(request)) return void response.set('HX-Redirect', given.to).status(200).end();
  response.redirect(303, given.to);
}
