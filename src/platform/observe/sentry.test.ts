import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, until } from '../../testing/server.js';
import { makeShop } from '../../testing/shop.js';

let database: TestDatabase;
let sink: Server;
let dsn: string;
let answer = 200;
const received: { path: string; headers: object; body: string }[] = [];

beforeAll(async () => {
  database = await testDatabase();
  sink = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ path: request.url ?? '', headers: request.headers, body });
    response.writeHead(answer, { location: 'http://127.0.0.1:1/elsewhere' }).end('{}');
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
  dsn = `http://publickey@127.0.0.1:${(sink.address() as AddressInfo).port}/42`;
});
afterAll(async () => {
  sink.close();
  await database.close();
});

test('a fault is sent to a server of Sentry’s protocol, scrubbed, and nothing else is', async () => {
  const shop = await makeShop(database.db);
  const server = await startTestServer(database.url, { SENTRY_DSN: dsn });
  const client = await server.clientOf(shop, 'manager');
  await client.get('/board');
  await client.get('/no-such-page');
  const { staff } = shop.staff.manager;
  const error = new TypeError('could not reach dana@example.com');
  const number = server.app.services.faults.record({
    kind: 'server',
    error,
    route: '/board',
    method: 'GET',
    staff,
    shop: shop.id,
    request: 'a1-1',
  });
  await until(() => received.length > 0, 'the fault');
  answer = 302;
  server.app.services.faults.record({ kind: 'server', error: new Error('second'), route: '/board' });
  await server.stop();
  expect(received.map(({ path }) => path.split('?')[0])).toEqual(['/api/42/envelope/', '/api/42/envelope/']);
  const [, item, event] = (received[0]?.body ?? '')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(item.type).toBe('event');
  expect(event).toMatchObject({
    ...{ level: 'error', transaction: '/board', user: { id: String(staff) }, release: expect.stringMatching(/^serviceflow@\d/) },
    tags: { kind: 'server', number, method: 'GET' },
  });
  expect(event.exception.values[0]).toMatchObject({ type: 'TypeError', value: 'could not reach …@…' });
  const frame = event.exception.values[0].stacktrace.frames.find(({ filename }: { filename: string }) =>
    filename.endsWith('sentry.test.ts'),
  );
  expect(frame).toMatchObject({ in_app: true, lineno: expect.any(Number) });
  expect(JSON.stringify(received)).not.toMatch(/dana@|manager@|"sid|cookie|ip_address|server_name":"[^"]/i);
});

test('without an address nothing is sent, and one that is none ends the start', async () => {
  received.length = 0;
  const server = await startTestServer(database.url);
  server.app.services.faults.record({ kind: 'server', error: new Error('stays here') });
  await server.stop();
  expect(received).toEqual([]);
  await expect(startTestServer(database.url, { SENTRY_DSN: 'https://sentry.example.com/42' })).rejects.toThrow(/^SENTRY_DSN /);
});
