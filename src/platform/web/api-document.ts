import { isDeepStrictEqual } from 'node:util';
import { type ZodType, z } from 'zod';
import { API_ROOT, FILE, type Operation, type Scope } from './api.js';
import { Problem } from './problems.js';

type Json = Record<string, unknown>;

export interface DocumentFacts {
  title: string;
  version: string;
  /** What stands above the operations, in CommonMark. */
  description: string;
  scopeOf(operation: Operation): Scope;
}

const PROBLEMS: Record<number, [name: string, description: string]> = {
  400: ['BadRequest', 'The request can’t be read.'],
  401: ['Unauthorized', 'There is no token, or it does not work any more; at a sign-in, what was given is not right.'],
  403: ['Forbidden', 'The role of the person, or the scope of the token, does not allow that.'],
  404: ['NotFound', 'It is not there, or belongs to another shop.'],
  409: ['Conflict', 'It has changed meanwhile, or a rule refuses it.'],
  412: ['PreconditionFailed', 'It was changed since it was read.'],
  413: ['ContentTooLarge', 'That is too much at once.'],
  415: ['UnsupportedMediaType', 'The body is no JSON.'],
  422: ['UnprocessableContent', 'A field is not right; `errors` says which.'],
  429: ['TooManyRequests', 'Slow down: `Retry-After` says for how many seconds.'],
  500: ['InternalServerError', 'A fault of the server; `number` finds it in its log.'],
  503: ['ServiceUnavailable', 'The database does not answer; try again.'],
  507: ['InsufficientStorage', 'The disk is full.'],
};

const HEADERS = {
  IfNoneMatch: header('If-None-Match', 'An ETag that is known: answered with 304 when nothing has changed.'),
  IfMatch: header('If-Match', 'The ETag of what is to be changed: refused with 412 when somebody has changed it since.'),
  IdempotencyKey: header(
    'Idempotency-Key',
    'Made by the caller, one for each thing that is to happen: a repetition has no second effect and gets the same answer.',
  ),
};

function header(name: string, description: string): Json {
  return { name, in: 'header', required: false, description, schema: { type: 'string', maxLength: 1000 } };
}

/**
 * The OpenAPI 3.1 document of the operations, from the schemas that check their input.
 * @throws Error when two schemas that are not alike have the same name
 */
export function describeApi(operations: Operation[], facts: DocumentFacts): Json {
  const schemas: Json = {};
  const convert = (schema: ZodType, io: 'input' | 'output') => toJsonSchema(schema, io, schemas);
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describeOperation(operation, facts.scopeOf(operation), convert) };
  }
  const problem = { 'application/problem+json': { schema: convert(Problem, 'output') } };
  const responses = Object.values(PROBLEMS).map(([name, description]) => [name, { description, content: problem }]);
  return {
    openapi: '3.1.1',
    info: { title: facts.title, version: facts.version, description: facts.description, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: API_ROOT }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      responses: Object.fromEntries(responses),
      parameters: HEADERS,
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'An access token of `POST /tokens`, or a named token that a manager has made.',
        },
      },
    },
  };
}

type Convert = (schema: ZodType, io: 'input' | 'output') => Json;

function describeOperation(operation: Operation, scope: Scope, convert: Convert): Json {
  const { id, tag, summary, details, may, example } = operation;
  const needs = may === 'anyone' ? '' : `Needs the permission \`${may}\`.`;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: [details, needs].filter(Boolean).join('\n\n'),
    security: may === 'anyone' ? [] : [{ token: [scope] }],
    parameters: [
      ...parametersOf(operation.params, 'path', example.params, convert),
      ...parametersOf(operation.query, 'query', example.query, convert),
      ...headersOf(operation).map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    ...((operation.body || operation.files) && { requestBody: describeBody(operation, convert) }),
    responses: describeResponses(operation, convert),
  };
}

function headersOf({ method, may, match, answer }: Operation): (keyof typeof HEADERS)[] {
  if (method === 'get') return answer === null ? [] : ['IfNoneMatch'];
  return [...(match ? (['IfMatch'] as const) : []), ...(may === 'anyone' ? [] : (['IdempotencyKey'] as const))];
}

function parametersOf(schema: ZodType | undefined, where: 'path' | 'query', example: object | undefined, convert: Convert): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = convert(schema, 'input') as { properties?: Record<string, Json>; required?: string[] };
  return Object.entries(properties).map(([name, { description, ...property }]) => {
    const value = (example as Json | undefined)?.[name];
    return {
      ...{ name, in: where, required: required.includes(name), schema: property },
      ...(description !== undefined && { description }),
      ...(value !== undefined && { example: property.type === 'integer' ? Number(value) : value }),
    };
  });
}

function describeBody({ body, files, example }: Operation, convert: Convert): Json {
  const schema = body ? convert(body, 'input') : { type: 'object', properties: {}, additionalProperties: false };
  if (!files) return { required: true, content: { 'application/json': { schema, example: example.body } } };
  const several = { type: 'array', maxItems: files.maxFiles, items: { type: 'string', format: 'binary' } };
  const form = { ...schema, properties: { ...(schema.properties as Json), [files.field]: several } };
  return { required: true, content: { 'multipart/form-data': { schema: form } } };
}

function describeResponses(operation: Operation, convert: Convert): Json {
  const { answer, status, method, may, params, query, body, files, match } = operation;
  const etag =
    method === 'get' || match
      ? { ETag: { description: 'What it is now, for If-None-Match and If-Match.', schema: { type: 'string' } } }
      : {};
  const content =
    answer === null
      ? {}
      : answer === FILE
        ? { content: { '*/*': { schema: { type: 'string', format: 'binary' } } } }
        : { content: { 'application/json': { schema: convert(answer, 'output') } } };
  const success = { description: answer === null ? 'Done.' : 'Here it is.', ...(answer !== null && { headers: etag }), ...content };
  const also = [
    ...(method === 'get' ? [] : [400, 413, 415]),
    ...(may === 'anyone' ? [] : [401, 403, 429]),
    ...(may === 'anyone' && method !== 'get' ? [401, 403, 429] : []),
    ...(params || method !== 'get' ? [404] : []),
    ...(method === 'get' ? [] : [409]),
    ...(match ? [412] : []),
    ...(files ? [507] : []),
    ...(query || body || method !== 'get' ? [422] : [422]),
    ...[500, 503],
  ];
  const problems = also.sort().map((code) => [code, { $ref: `#/components/responses/${PROBLEMS[code]?.[0]}` }]);
  return {
    [status]: success,
    ...(answer === FILE && {
      206: { ...success, description: 'The range that was asked for.' },
      416: { description: 'There is no such range.' },
    }),
    ...(method === 'get' && { 304: { description: 'What is known is still so.' } }),
    ...Object.fromEntries(problems),
  };
}

/** JSON Schema (2020-12, as OpenAPI 3.1 has it). What has a name goes into `schemas`, and is referred to there. */
function toJsonSchema(schema: ZodType, io: 'input' | 'output', schemas: Json): Json {
  const { $schema, $defs, ...own } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // The format says it; the pattern would be 400 characters.
      if (jsonSchema.format === 'date-time') delete jsonSchema.pattern;
    },
  }) as Json;
  for (const [name, definition] of Object.entries(($defs ?? {}) as Json)) {
    const named = refer(definition);
    if (schemas[name] !== undefined && !isDeepStrictEqual(schemas[name], named)) throw new Error(`There are two schemas called ${name}.`);
    schemas[name] = named;
  }
  return refer(own) as Json;
}

function refer(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(refer);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) =>
      key === '$ref' && typeof member === 'string' ? [key, member.replace('#/$defs/', '#/components/schemas/')] : [key, refer(member)],
    ),
  );
}
