import { networkInterfaces } from 'node:os';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer } from '../../testing/server.js';
import { makeShop } from '../../testing/shop.js';
import { TestSocket } from '../../testing/socket.js';
import { addJob } from '../jobs/jobs.js';

const TOKEN = 'a token of the test for metrics, long enough';
let database: TestDatabase;
let server: TestServer;

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url, { METRICS_TOKEN: TOKEN, TRUSTED_PROXIES: '127.0.0.1' });
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** The value of one line of the text format. */
function readValue(text: string, line: string): number {
  const found = text.split('\n').find((one) => one.startsWith(`${line} `));
  if (!found) throw new Error(`There is no ${line}.`);
  return Number(found.slice(line.length + 1));
}

test('this machine reads what Prometheus understands: answers by route, connections, sockets, jobs, and Node itself', async () => {
  const shop = await makeShop(database.db);
  const client = await server.clientOf(shop, 'mechanic');
  for (let turn = 0; turn < 3; turn++) await client.get('/board');
  await client.get('/work-orders/4711');
  const socket = await TestSocket.open(client, 'board');
  await addJob(database.db, 'nothing-does-this', {}, { runAt: new Date(Date.now() + 60_000) });
  const { status, headers, text } = await server.client().get('/metrics');
  expect(status).toBe(200);
  expect(headers['content-type']).toContain('text/plain; version=0.0.4');
  expect(headers['set-cookie']).toBeUndefined();
  expect(readValue(text, 'http_request_duration_seconds_count{method="GET",route="/board",status="200"}')).toBe(3);
  expect(readValue(text, 'http_request_duration_seconds_count{method="GET",route="/work-orders/:number",status="404"}')).toBe(1);
  expect(readValue(text, 'serviceflow_sockets')).toBe(1);
  expect(readValue(text, 'serviceflow_database_connections')).toBeGreaterThan(0);
  expect(readValue(text, 'serviceflow_jobs{state="waiting"}')).toBe(1);
  expect(readValue(text, 'process_resident_memory_bytes')).toBeGreaterThan(10_000_000);
  expect(text).not.toMatch(/4711|@/);
  expect((await server.client().get('/metrics')).status).toBe(200);
  socket.close();
});

test('nobody else learns that they are there', async () => {
  const client = server.client();
  const nothing = await client.get('/no-such-page');
  const lies = [
    { 'x-forwarded-for': '203.0.113.7' },
    { 'x-forwarded-for': '127.0.0.1' },
    { forwarded: 'for=127.0.0.1' },
    { 'x-real-ip': '::1' },
  ];
  for (const headers of [...lies, ...lies.map((one) => ({ ...one, authorization: `Bearer ${TOKEN}x` }))]) {
    const reply = await client.get('/metrics', { headers });
    expect(reply.status, JSON.stringify(headers)).toBe(404);
    expect(reply.text).toBe(nothing.text);
  }
  const headers = { 'x-forwarded-for': '203.0.113.7', authorization: `Bearer ${TOKEN}` };
  expect((await client.get('/metrics', { headers })).status).toBe(200);
  expect(JSON.stringify(server.logged)).not.toContain(TOKEN);
});

const elsewhere = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal);

test.skipIf(!elsewhere)('an address of the network is not this machine, though it is', async () => {
  const open = await startTestServer(database.url, { HOST: '0.0.0.0' });
  const [own, there] = [open.client(), open.client()];
  try {
    Object.assign(there, { url: open.url.replace('localhost', elsewhere?.address ?? '') });
    expect((await own.get('/metrics')).status).toBe(200);
    expect((await there.get('/livez')).status).toBe(200);
    expect((await there.get('/metrics')).status).toBe(404);
    expect((await there.get('/metrics', { headers: { authorization: 'Bearer undefined' } })).status).toBe(404);
  } finally {
    await open.stop();
  }
});

test('they can be read while the database does not answer', async () => {
  const alone = await testDatabase();
  const lonely = await startTestServer(alone.url);
  try {
    await alone.close();
    const { status, text } = await lonely.client().get('/metrics');
    expect(status).toBe(200);
    expect(text).toContain('serviceflow_sockets 0');
  } finally {
    await lonely.stop();
  }
});
