import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Operation } from './platform/web/api.js';
import type { FilesSpec } from './platform/web/uploads.js';
import { type ApiClient, addressOf } from './testing/api.js';
import { type ApiRun, LONG, named, startApiRun, withEach } from './testing/api-run.js';
import { allowedBy, refusedBy, type Schema } from './testing/json-schema.js';
import { photoBytes } from './testing/media.js';

let run: ApiRun;
let answers: ApiRun['answers'];
let manager: ApiClient;

beforeAll(async () => {
  run = await startApiRun();
  ({ answers } = run);
});
afterAll(() => run.stop());
beforeEach(async () => {
  manager = await run.as('manager');
});

const everything = () => run.everything();

describe('whatever comes', () => {
  test('what the schemas allow is answered as the document says', { timeout: LONG }, async () => {
    const seed = Date.now() % 1_000_000_000;
    for (const operation of run.operations.filter(({ id, files }) => id !== 'signOut' && !files)) {
      manager = await run.as('manager');
      const schema = run.bodySchema(operation);
      const body = schema ? allowedBy(schema, run.resolve) : fc.constant(undefined);
      const inputs = fc.record({ params: paramsOf(operation), query: given(operation, 'query'), body });
      await withEach(fc.sample(inputs, { numRuns: 8, seed }), async ({ params, query, body }) => {
        const reply = await manager.send(operation.method, addressOf(operation, params, query), { body });
        answers.check(operation, reply, `seed ${seed} ${JSON.stringify({ params, query, body })}`);
      });
    }
  });

  test('forms with files: any fields, none, too many and broken ones are answered as the document says', { timeout: LONG }, async () => {
    const photo = { name: 'a.jpg', bytes: await photoBytes(99) };
    const broken = { name: 'b.jpg', bytes: photo.bytes.subarray(0, 200) };
    const taking = run.operations.filter(({ files }) => files);
    expect(taking.length).toBeGreaterThan(0);
    for (const operation of taking) {
      const { field, maxFiles } = operation.files as FilesSpec;
      const send = async (files: (typeof photo)[], fields: object, params: object = operation.example.params ?? {}) => {
        const reply = await manager.sendFiles(addressOf(operation, params), fields as Record<string, string>, field, files);
        answers.check(operation, reply, JSON.stringify({ fields, files: files.length }));
        return reply.status;
      };
      const fields = operation.example.body ?? {};
      expect(await send([photo], fields), named(operation)).toBe(operation.status);
      expect(await send([photo, broken], fields)).toBe(operation.status);
      const before = await everything();
      for (const files of [[], [broken], Array.from({ length: maxFiles + 1 }, () => broken)]) expect(await send(files, fields)).toBe(422);
      expect(await send([photo], { ...fields, is_admin: 'on' })).toBe(422);
      for (const [name, value] of Object.entries({ job: '1.5', arrival: 'maybe' }))
        expect(await send([photo], { [name]: value })).toBe(422);
      expect(await send([photo], fields, { number: '999999' })).toBe(404);
      expect((await manager.send(operation.method, addressOf(operation), { body: {} })).status).toBe(415);
      expect(await everything()).toEqual(before);
      const { [field]: _, ...properties } = (run.bodySchema(operation) as Schema).properties ?? {};
      const inputs = fc.record({ params: paramsOf(operation), fields: allowedBy({ type: 'object', properties }, run.resolve) });
      await withEach(fc.sample(inputs, 8), async ({ params, fields }) => void (await send([broken], fields as object, params)));
    }
  });

  test('what the schemas do not allow is refused, and changes nothing', { timeout: LONG }, async () => {
    for (const operation of run.closed.filter(({ files }) => !files)) {
      const schema = run.bodySchema(operation);
      if (schema?.type !== 'object') continue;
      const before = await everything();
      const wrong = refusedBy(schema, operation.example.body as Record<string, unknown>, run.resolve);
      await withEach(wrong, async ([what, body]) => {
        const reply = await manager.send(operation.method, addressOf(operation), { body });
        answers.check(operation, reply, what);
        expect([400, 404, 422], `${named(operation)} with ${what}: ${reply.text}`).toContain(reply.status);
      });
      expect(await everything(), named(operation)).toEqual(before);
    }
  });

  test('parts of an address that are none lead nowhere', { timeout: LONG }, async () => {
    const odd = ['0', '1.5', '99999999999999999999', "1'--", '%00'];
    const addresses = run.closed
      .filter(({ path }) => path.includes(':'))
      .flatMap((operation) => odd.map((part) => ({ operation, part: part.includes('%') ? part : encodeURIComponent(part) })));
    await withEach(addresses, async ({ operation, part }) => {
      const address = operation.path.replace(/:\w+/g, part);
      const reply = await manager.send(operation.method, address, { body: operation.example.body });
      expect([400, 404], `${operation.method} ${address}: ${reply.text}`).toContain(reply.status);
    });
  });

  const json = { 'content-type': 'application/json' };
  test.each<[string, Record<string, string>, string, number[]]>([
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 'text=x', [415]],
    ['a text', { 'content-type': 'text/plain' }, '{"text":"x"}', [415]],
    ['no type', {}, '{"text":"x"}', [415]],
    ['a type that is hardly JSON', { 'content-type': 'application/jsonp' }, '{"text":"x"}', [415]],
    ['a character set nobody knows', { 'content-type': 'application/json; charset=zebra' }, '{"text":"x"}', [415]],
    ['something packed', { ...json, 'content-encoding': 'gzip' }, '{"text":"x"}', [415]],
    ['half of it', json, '{"text":', [400]],
    ['two megabytes', json, JSON.stringify({ text: 'x'.repeat(2_000_000) }), [413]],
    ['10,000 lists in each other', json, '['.repeat(10_000) + ']'.repeat(10_000), [400, 422]],
    ['100,000 fields', json, `{${Array.from({ length: 100_000 }, (_, index) => `"f${index}":1`).join()}}`, [413, 422]],
    ['a prototype', json, '{"text":"x","__proto__":{"role":"manager"}}', [422]],
    ['a constructor', json, '{"text":"x","constructor":{"prototype":{"role":"manager"}}}', [422]],
    ['half a sign', json, '{"text":"\\ud800"}', [422]],
    ['a NUL', json, '{"text":"a\\u0000b"}', [422]],
  ])('a body with %s is refused', async (_name, headers, body, statuses) => {
    const before = await everything();
    const reply = await run.server.client().send('POST', '/api/v1/work-orders/1001/comments', {
      body,
      headers: { authorization: `Bearer ${manager.token}`, ...headers },
    });
    expect(statuses, reply.text).toContain(reply.status);
    expect(reply.headers['content-type']).toBe('application/problem+json');
    expect(await everything()).toEqual(before);
    expect(({} as { role?: string }).role).toBeUndefined();
  });
});

/** Mostly those of the example, for what is there. */
function paramsOf(operation: Operation): fc.Arbitrary<object> {
  return fc.oneof({ weight: 3, arbitrary: fc.constant(operation.example.params ?? {}) }, given(operation, 'path'));
}

/** Parameters that the document allows. */
function given(operation: Operation, where: 'path' | 'query'): fc.Arbitrary<object> {
  const { parameters } = answers.described(operation) as { parameters: { name: string; in: string; required: boolean; schema: Schema }[] };
  const own = parameters.filter((one) => one.in === where);
  // Nobody waits here; the feed has tests of its own.
  const fields = own.map(({ name, schema }) => [name, name === 'wait' ? fc.constant(0) : allowedBy(schema, run.resolve)] as const);
  return fc.record(Object.fromEntries(fields), { requiredKeys: own.filter((one) => one.required).map((one) => one.name) });
}
