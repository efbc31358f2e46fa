import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { scopeOf } from './features/api/credentials.js';
import { makeToken } from './features/api/named-tokens.js';
import { can, PERMISSIONS, ROLES } from './features/staff/permissions.js';
import { projectPath } from './platform/project.js';
import type { Operation, Scope } from './platform/web/api.js';
import { ApiClient, addressOf } from './testing/api.js';
import { type ApiRun, LONG, named, startApiRun, withEach } from './testing/api-run.js';
import { makeShop } from './testing/shop.js';

/** A test that saw fewer operations than there are would prove nothing. */
const FEWEST_OPERATIONS = 100;
/** What needs no token. Nothing joins this list by accident. */
const FOR_ANYONE = ['getDocument', 'refreshTokens', 'signIn'];

let run: ApiRun;
let answers: ApiRun['answers'];
let server: ApiRun['server'];
let manager: ApiClient;

beforeAll(async () => {
  run = await startApiRun();
  ({ answers, server } = run);
});
afterAll(() => run.stop());
beforeEach(async () => {
  manager = await run.as('manager');
});

const everything = () => run.everything();

describe('the document', () => {
  test('is OpenAPI 3.1, and speaks of every operation that is mounted, and of no other', () => {
    expect(answers.document.openapi).toMatch(/^3\.1\./);
    const described = Object.entries(answers.document.paths as Record<string, object>).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
    );
    expect(described.sort()).toEqual(mountedOperations(server.app.http).sort());
    expect(described.sort()).toEqual(run.operations.map(named).sort());
    expect(described.length).toBeGreaterThanOrEqual(FEWEST_OPERATIONS);
    expect(new Set(run.operations.map(({ id }) => id)).size).toBe(run.operations.length);
  });

  test('refers to nothing that is not in it', () => {
    const references = JSON.stringify(answers.document).match(/"\$ref":"[^"]+"/g) ?? [];
    expect(references.length).toBeGreaterThan(10);
    for (const reference of new Set(references)) expect(run.resolve(JSON.parse(`{${reference}}`).$ref), reference).toBeDefined();
  });

  test('names every part of a path, and for every operation an example', () => {
    for (const operation of run.operations) {
      const { parameters } = answers.described(operation) as { parameters: { name: string; in: string }[] };
      const parts = [...operation.path.matchAll(/:(\w+)/g)].map(([, name]) => name);
      expect(
        parameters.filter((one) => one.in === 'path').map((one) => one.name),
        named(operation),
      ).toEqual(parts);
      expect(Object.keys(operation.example.params ?? {}), named(operation)).toEqual(parts);
      if (operation.body && !operation.files) expect(operation.example.body, named(operation)).toBeDefined();
    }
  });

  test('is what docs/api.md says: every address in it is there', () => {
    const text = readFileSync(projectPath('docs', 'api.md'), 'utf8');
    const found = text.matchAll(/(?:\/api\/v1|\$API)(\/[\w./$-]+)/g);
    const addresses = [...found].map(([, address]) => (address as string).replace('$NUMBER', '1001'));
    expect(addresses.length).toBeGreaterThan(12);
    const patterns = run.operations.map(({ path }) => new RegExp(`^${path.replace(/:\w+/g, '\\d+')}$`));
    expect(addresses.filter((address) => !patterns.some((pattern) => pattern.test(address)))).toEqual([]);
  });

  test('has permissions of the one table', () => {
    for (const operation of run.operations) expect([...Object.keys(PERMISSIONS), 'anyone'], named(operation)).toContain(operation.may);
    expect(
      run.operations
        .filter(({ may }) => may === 'anyone')
        .map(({ id }) => id)
        .sort(),
    ).toEqual(FOR_ANYONE);
  });
});

describe('who may', () => {
  test.each(ROLES)('a %s exactly what the table says', async (role) => {
    const client = await run.as(role);
    const before = await everything();
    await withEach(run.closed, async (operation) => {
      // An unknown parameter stops whoever gets past the door, so nothing changes.
      const reply = await client.send(operation.method, addressOf(operation, undefined, { unknown: 'field' }));
      expect(reply.status, `${named(operation)}: ${reply.text}`).toBe(can(role, operation.may) ? 422 : 403);
      answers.check(operation, reply);
    });
    expect(await everything()).toEqual(before);
  });

  test.each<Scope>(['read', 'write', 'manage'])('a token for “%s” only what that is', async (scope) => {
    const token = await makeToken(run.database.db, run.shop.staff.manager, { name: `Only ${scope}`, scopes: [scope], expiresAt: null });
    const client = new ApiClient(server.client(), token);
    const before = await everything();
    await withEach(run.closed, async (operation) => {
      const reply = await client.send(operation.method, addressOf(operation, undefined, { unknown: 'field' }));
      expect(reply.status, `${named(operation)}: ${reply.text}`).toBe(scopeOf(operation) === scope ? 422 : 403);
      if (reply.status === 403) expect(reply.headers['www-authenticate']).toContain(`insufficient_scope", scope="${scopeOf(operation)}"`);
    });
    expect(await everything()).toEqual(before);
    expect(run.closed.some((operation) => scopeOf(operation) === scope)).toBe(true);
  });

  test('nobody without a token, and no browser by its cookie', async () => {
    const browser = await server.clientOf(run.shop, 'manager');
    const before = await everything();
    await withEach(run.closed, async (operation) => {
      for (const client of [
        new ApiClient(server.client(), null),
        new ApiClient(browser, null),
        new ApiClient(server.client(), 'made-up'),
      ]) {
        const reply = await client.send(operation.method, addressOf(operation), { body: operation.example.body });
        expect(reply.status, named(operation)).toBe(401);
        expect(reply.headers['www-authenticate']).toMatch(/^Bearer /);
        expect(reply.headers['set-cookie']).toBeUndefined();
        answers.check(operation, reply);
      }
    });
    expect(await everything()).toEqual(before);
  });

  test('nobody of another shop', async () => {
    const other = await makeShop(run.database.db, 'other');
    const stranger = await ApiClient.signIn(server.client(), other, 'manager');
    const before = await everything();
    const particular = run.closed.filter(({ path, files }) => path.includes(':') && !files);
    expect(particular.length).toBeGreaterThan(8);
    await withEach(particular, async (operation) => {
      const reply = await stranger.send(operation.method, addressOf(operation), { body: operation.example.body });
      expect(reply.status, `${named(operation)}: ${reply.text}`).toBe(404);
      answers.check(operation, reply);
      expect(reply.text).not.toMatch(/It squeals|Vehicle 1|Dana Whitfield|Warranty|api\.test/);
    });
    expect(await everything()).toEqual(before);
    for (const operation of run.closed.filter(({ path, method }) => method === 'get' && !path.includes(':'))) {
      const reply = await stranger.send('get', addressOf(operation));
      expect(reply.text, named(operation)).not.toMatch(/It squeals|Vehicle 1|Dana Whitfield|Warranty|api\.test/);
    }
  });

  test('no page of another origin', async () => {
    for (const operation of run.operations) {
      const headers = {
        origin: 'https://evil.test',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      };
      const reply = await manager.send('options', addressOf(operation), { headers });
      expect(reply.status, named(operation)).toBe(405);
      expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    const reply = await manager.get('/board', { origin: 'https://evil.test' });
    expect(Object.keys(reply.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

test('no address answers a method that is not declared', async () => {
  for (const path of new Set(run.operations.map((operation) => operation.path))) {
    const same = run.operations.filter((operation) => operation.path === path);
    const declared = same.map(({ method }) => method.toUpperCase());
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'].filter((one) => !declared.includes(one))) {
      const headers = { 'x-http-method-override': declared[0] as string };
      const reply = await manager.send(method, addressOf(same[0] as Operation), { headers });
      expect(reply.status, `${method} ${path}`).toBe(405);
      expect(reply.headers.allow).toBe(declared.join(', '));
    }
  }
  expect(await manager.get('/nothing')).toMatchObject({
    status: 404,
    json: { status: 404, type: 'about:blank', instance: '/api/v1/nothing' },
  });
});

test('the check sees an answer that is not what the document says', async () => {
  const operation = run.operations.find(({ id }) => id === 'listLabels') as Operation;
  const reply = await manager.get('/labels');
  answers.check(operation, reply);
  const [first, ...others] = reply.json.items;
  for (const items of [[{ ...first, secret: 'x' }, ...others], [{ ...first, name: undefined }], [{ ...first, id: '1' }], null])
    expect(() => answers.check(operation, { ...reply, json: { ...reply.json, items } })).toThrow();
  for (const status of [500, 302, 201]) expect(() => answers.check(operation, { ...reply, status })).toThrow();
  expect(() => answers.check(operation, { ...reply, headers: { 'content-type': 'text/html' } })).toThrow();
});

test('every example works, once: again with the same key it gets the same answer', { timeout: LONG }, async () => {
  const order = ['get', 'put', 'patch', 'post', 'delete'];
  const last = 'signOut';
  const sorted = run.closed
    .filter(({ files }) => !files)
    .sort((a, b) => Number(a.id === last) - Number(b.id === last) || order.indexOf(a.method) - order.indexOf(b.method));
  for (const operation of [...run.operations.filter(({ may }) => may === 'anyone'), ...sorted]) {
    const { method, example } = operation;
    const address = addressOf(operation);
    const what = named(operation);
    if (operation.match) await expectCondition(operation, address);
    const headers = { 'idempotency-key': `example of ${operation.id}`.replace(/ /g, '-') };
    const first = await manager.send(method, address, { body: example.body, headers });
    expect(first.status, `${what}: ${first.text}`).toBe(operation.status);
    answers.check(operation, first);
    if (method === 'get') {
      expect(await manager.get(address, { 'if-none-match': first.headers.etag as string }), what).toMatchObject({ status: 304, text: '' });
    } else if (operation.may !== 'anyone' && operation.id !== last) {
      const before = await everything();
      const second = await manager.send(method, address, { body: example.body, headers });
      // A secret is told once.
      const untold = operation.keep ? {} : { secret: null };
      expect([second.status, second.json && { ...second.json, ...untold }], what).toEqual([
        first.status,
        first.json && { ...first.json, ...untold },
      ]);
      if (operation.keep) expect(second.text, what).toBe(first.text);
      expect(await everything(), what).toEqual(before);
      if (operation.body) {
        const other = await manager.send(method, address, { body: { ...example.body, reason: 'Another one' }, headers });
        expect(other.status, what).toBe(422);
      }
    }
  }
});

/** Refused with another ETag than that of the GET, which is the one that is let through. */
async function expectCondition(operation: Operation, address: string): Promise<void> {
  const before = await everything();
  const { body } = operation.example;
  const reply = await manager.send(operation.method, address, { body, headers: { 'if-match': '"another"' } });
  expect(reply.status, `${named(operation)}: ${reply.text}`).toBe(412);
  answers.check(operation, reply);
  expect(await everything(), named(operation)).toEqual(before);
}

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle?: { stack?: Layer[] };
  match(path: string): boolean;
  slash: boolean;
}

/** What express would answer below the API's root, however it came there. */
function mountedOperations(app: object): string[] {
  const { stack } = (app as { router: { stack: Layer[] } }).router;
  const roots = stack.filter((layer) => !layer.slash && layer.handle?.stack && layer.match('/api/v1'));
  return roots.flatMap((root) =>
    (root.handle?.stack ?? []).flatMap(({ route }) =>
      route
        ? Object.keys(route.methods)
            .filter((method) => method !== '_all')
            .map((method) => `${method} ${route.path}`)
        : [],
    ),
  );
}
