import { STATUS_CODES } from 'node:http';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { Invalid } from '../errors.js';

/** Problem details of RFC 9457. `type` is always `about:blank`: the status says what kind of problem it is. */
export const Problem = z
  .strictObject({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string().meta({ description: 'A sentence for people.' }),
    instance: z.string().meta({ description: 'The path that was asked for.' }),
    errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
    number: z.string().optional().meta({ description: 'Of a fault: the number under which the server has logged it.' }),
  })
  .meta({ id: 'Problem' });

/** Whether a request is one to the API, which answers every error as a problem. */
export function isForApi(request: Request): boolean {
  return /^\/api(\/(?!docs)|$)/.test(request.originalUrl);
}

/** @param error what was thrown, for its fields */
export function sendProblem(
  given: { status: number; text: string; number?: string },
  error: unknown,
  request: Request,
  response: Response,
): void {
  const fields = error instanceof Invalid ? Object.entries(error.fields).filter(([field]) => field !== '') : [];
  const problem: z.input<typeof Problem> = {
    type: 'about:blank',
    title: STATUS_CODES[given.status] ?? 'Error',
    status: given.status,
    detail: given.text,
    instance: request.originalUrl.split('?', 1)[0] as string,
    ...(fields.length > 0 && { errors: fields.map(([field, message]) => ({ field, message })) }),
    ...(given.number !== undefined && { number: given.number }),
  };
  response.status(given.status).set('Content-Type', 'application/problem+json').end(JSON.stringify(problem));
}
