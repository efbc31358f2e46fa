import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import WebSocket from 'ws';
import { makeTvLink, revokeTvLink } from '../../features/tv/links.js';
import type { Client } from '../../testing/client.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { startTestServer, type TestServer, until } from '../../testing/server.js';
import { makeShop, openOrders, PASSWORD, type TestShop } from '../../testing/shop.js';
import { TestSocket, tryToOpen } from '../../testing/socket.js';

let database: TestDatabase;
let server: TestServer;
let shop: TestShop;
let client: Client;
let shops = 0;
const opened: TestSocket[] = [];

beforeAll(async () => {
  database = await testDatabase();
  server = await startTestServer(database.url);
});
beforeEach(async () => {
  shop = await makeShop(database.db, `shop${++shops}`);
  client = await server.clientOf(shop, 'mechanic');
});
afterEach(() => {
  for (const socket of opened.splice(0)) socket.close();
});
afterAll(async () => {
  await server.stop();
  await database.close();
});

/** @returns the HTTP status, or `open` */
async function knock(room: string, headers: Record<string, string> = {}): Promise<number | string> {
  const answer = await tryToOpen(client, room, { origin: client.url, cookie: client.cookie, ...headers });
  if (typeof answer === 'number') return answer;
  answer.terminate();
  return 'open';
}

async function open(room: string, as = client): Promise<TestSocket> {
  const socket = await TestSocket.open(as, room);
  opened.push(socket);
  return socket;
}

describe('the door', () => {
  test('lets in whoever may see the page', async () => {
    const [number] = await openOrders(database.db, shop.staff.advisor, 1);
    expect(await knock('board')).toBe('open');
    expect(await knock(`work-order:${number}`)).toBe('open');
  });

  test.each([
    ['signed out', { cookie: '' }],
    ['a made up session', { cookie: 'sid=s%3Amade-up.signature' }],
    ['another site', { origin: 'http://evil.test' }],
    ['another port of this machine', { origin: 'http://localhost:1' }],
    ['https instead of http', { origin: 'SECURE' }],
    ['no origin', { origin: '' }],
    ['the origin “null”', { origin: 'null' }],
    ['another site that says it is the same', { origin: 'http://evil.test', 'sec-fetch-site': 'same-origin' }],
    ['a forwarded host', { origin: 'http://evil.test', 'x-forwarded-host': 'evil.test' }],
  ])('stays shut for %s', async (_name, headers) => {
    const secure = client.url.replace('http:', 'https:');
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.replace('SECURE', secure)]));
    expect(await knock('board', sent)).toBe(403);
  });

  test('stays shut for a browser that says nothing of where it comes from', async () => {
    const socket = new WebSocket(`${client.url.replace('http', 'ws')}/live?room=board`, { headers: { cookie: client.cookie } });
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    expect(response.statusCode).toBe(403);
  });

  test.each([
    '',
    'nothing',
    'board:1',
    'board/../x',
    'work-order:',
    'work-order:0',
    'work-order:x',
    'work-order:1e3',
    'work-order:0x3e9',
    'work-order: 1001',
    '__proto__',
    'constructor',
  ])('leads to no room “%s”', async (room) => {
    await openOrders(database.db, shop.staff.advisor, 1);
    expect([403, 404]).toContain(await knock(room));
  });

  test('leads to nothing of another shop', async () => {
    const other = await makeShop(database.db, `other${shops}`);
    const numbers = await openOrders(database.db, other.staff.advisor, 2);
    expect(await knock(`work-order:${numbers[1]}`)).toBe(403);
    const mine = await open('board');
    await openOrders(database.db, other.staff.advisor, 1);
    await openOrders(database.db, shop.staff.advisor, 1);
    await until(() => mine.messages.length > 0, 'the message of this shop');
    const here = await database.db.selectFrom('shops').select('version').where('id', '=', shop.id).executeTakeFirstOrThrow();
    expect(mine.messages.map((message) => message.version)).toEqual([here.version]);
  });

  test.each(['/', '/live/', '/board', '/live%2f', '//', '/live?room=board&room=x', '/%E0%A4%A'])(
    'is only at /live, not at %s',
    async (path) => {
      const socket = connect(Number(new URL(client.url).port), '127.0.0.1');
      const lines = [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ];
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n${lines.join('\r\n')}\r\n\r\n`);
      const [answer] = await once(socket, 'data');
      expect(String(answer)).toMatch(/^HTTP\/1\.1 (400|403|404) /);
      socket.destroy();
    },
  );
});

describe('within five seconds a socket closes', () => {
  const closes = async (socket: TestSocket) => {
    // A busy machine gets more than the five seconds.
    await until(() => socket.closed !== undefined, 'the socket to close', 10);
    expect(socket.closed?.code).toBe(4401);
  };

  test('after sign-out, here and not for others', async () => {
    const other = await open('board', await server.clientOf(shop, 'advisor'));
    const socket = await open('board');
    await client.post('/sign-out');
    await closes(socket);
    expect(other.closed).toBeUndefined();
  });

  test('when its person is disabled', async () => {
    const socket = await open('board');
    const manager = await server.clientOf(shop, 'manager');
    expect((await manager.post(`/staff/${shop.staff.mechanic.staff}/disablements`)).status).toBe(303);
    await closes(socket);
  });

  test('when the password was changed elsewhere', async () => {
    const socket = await open('board');
    const elsewhere = await server.clientOf(shop, 'mechanic');
    const kept = await open('board', elsewhere);
    await elsewhere.post('/account/password', { current: PASSWORD, password: 'another long password' });
    await closes(socket);
    expect(kept.closed).toBeUndefined();
  });

  test('when the link of a TV is revoked', async () => {
    const token = await makeTvLink(database.db, shop.staff.manager, { name: 'Hall', variant: 'floor' });
    const wall = server.client();
    const socket = await open(`tv:${token}`, wall);
    const link = await database.db.selectFrom('tv_links').select('id').where('shop_id', '=', shop.id).executeTakeFirstOrThrow();
    await revokeTvLink(database.db, shop.staff.manager, link.id);
    await closes(socket);
    expect(await tryToOpen(wall, `tv:${token}`, { origin: wall.url })).toBe(403);
    expect((await wall.get(`/tv/${token}`)).status).toBe(404);
  });
});

describe('what a screen may send is nothing', () => {
  test.each([
    ['more than a kilobyte', 1009, (socket: WebSocket) => socket.send('x'.repeat(1_000_000))],
    ['text that is none', 1007, (socket: WebSocket) => socket.send(Buffer.from([0xff, 0xfe, 0xfd]), { binary: false })],
  ])('%s: it is cut off with %i', async (_name, code, send) => {
    const socket = await open('board');
    send(socket.socket);
    await until(() => socket.closed !== undefined, 'the socket to close', 5);
    expect(socket.closed?.code).toBe(code);
  });

  test('frames without a mask: it is cut off', async () => {
    const socket = await open('board');
    // A client must mask; this is a server's frame “hi”.
    (socket.socket as unknown as { _socket: NodeJS.WritableStream })._socket.write(Buffer.from([0x81, 0x02, 0x68, 0x69]));
    await until(() => socket.closed !== undefined, 'the socket to close', 5);
    expect(socket.closed?.code).toBe(1002);
  });

  test('a flood of small frames and pings is read, thrown away, and disturbs nobody', async () => {
    const flood = await open('board');
    const other = await open('board', await server.clientOf(shop, 'advisor'));
    for (let count = 0; count < 2000; count++) {
      flood.socket.send('{"join":"everything"}');
      if (count % 10 === 0) flood.socket.ping();
    }
    await openOrders(database.db, shop.staff.advisor, 1);
    await until(() => other.messages.length > 0, 'the message to the other');
    expect(flood.messages.every((message) => message.content.includes('hx-partial'))).toBe(true);
  });
});

test('everybody in a room gets the same bytes, and what is in them depends on nobody', async () => {
  const [number] = await openOrders(database.db, shop.staff.advisor, 1);
  const everybody = await Promise.all(
    (['mechanic', 'advisor', 'manager'] as const).map(async (role) => open('board', await server.clientOf(shop, role))),
  );
  await client.post(`/work-orders/${number}/comments`, { text: 'Ready?' });
  await until(() => everybody.every((socket) => socket.messages.length > 0), 'a message to each');
  expect(new Set(everybody.map((socket) => JSON.stringify(socket.messages))).size).toBe(1);
});

test('a refused move tells nobody anything', async () => {
  const [number] = await openOrders(database.db, shop.staff.advisor, 1);
  const other = await makeShop(database.db, `other${shops}`);
  const socket = await open('board');
  const theirs = await open('board', await server.clientOf(other, 'mechanic'));
  for (const column of [other.columns[1]?.id ?? 0, 999_999]) {
    expect((await client.post(`/work-orders/${number}/moves`, { column, after: '' })).status).toBe(404);
  }
  expect((await client.post('/work-orders/1002/moves', { column: shop.columns[1]?.id ?? 0, after: '' })).status).toBe(404);
  await client.post(`/work-orders/${number}/comments`, { text: 'The one thing that happens' });
  await until(() => socket.messages.length > 0, 'a message');
  expect(socket.messages).toHaveLength(1);
  expect(theirs.messages).toEqual([]);
});
