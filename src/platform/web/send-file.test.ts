import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get as httpGet, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Client } from '../../testing/client.js';
import { until } from '../../testing/server.js';
import { openDiskStore } from '../files/disk.js';
import { openTemporaryFolder } from '../files/temporary.js';
import { openLog } from '../observe/log.js';
import { file } from './answers.js';
import { errorHandler } from './errors.js';
import { mount } from './mount.js';
import { get } from './routes.js';
import { securityHeaders } from './security.js';
import type { Views } from './views.js';

const folder = mkdtempSync(join(tmpdir(), 'serviceflow-serving-'));
const content = randomBytes(300_000);
const sha256 = createHash('sha256').update(content).digest();
const LENGTH = content.length;
const ETAG = `"${sha256.toString('hex')}"`;
const logged: string[] = [];
let server: Server;
let client: Client;

beforeAll(async () => {
  const store = openDiskStore(join(folder, 'files'), await openTemporaryFolder(join(folder, 'files', 'tmp')));
  const path = store.temporary();
  writeFileSync(path, content);
  await store.prepare(path, sha256);
  await store.keep(path, sha256);
  const given = { store, sha256, bytes: LENGTH, type: 'image/jpeg' };
  const routes = [
    get('/photo', { may: 'anyone' }, () => file(given)),
    get('/named', { may: 'anyone', query: z.object({ name: z.string() }) }, ({ query }) =>
      file({ ...given, name: query.name, attachment: true }),
    ),
    get('/gone', { may: 'anyone' }, () => file({ ...given, sha256: Buffer.alloc(32) })),
  ];
  const http = express().disable('etag').set('query parser', 'simple');
  http.use(securityHeaders(undefined));
  http.use(mount(routes, { views: {} as Views, temporary: () => '', may: () => false, frame: () => ({}) }));
  http.use(
    errorHandler(openLog('info', { write: (line) => void logged.push(line) }), { record: () => '' }, (problem) => JSON.stringify(problem)),
  );
  server = createServer(http).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  client = new Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterAll(() => {
  client.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The bytes themselves, which Client.get() would read as text. */
function fetchBytes(path: string, headers: Record<string, string> = {}, method = 'GET') {
  return fetch(`${client.url}${path}`, { headers, method }).then(async (reply) => ({
    status: reply.status,
    headers: Object.fromEntries(reply.headers),
    body: Buffer.from(await reply.arrayBuffer()),
  }));
}

test('a file comes whole, can do nothing but be looked at, and is kept by its reader alone', async () => {
  const { status, headers, body } = await fetchBytes('/photo');
  expect(status).toBe(200);
  expect(body.equals(content)).toBe(true);
  expect(headers).toMatchObject({
    ...{ 'content-type': 'image/jpeg', 'content-length': String(LENGTH), 'accept-ranges': 'bytes', etag: ETAG },
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, max-age=31536000, immutable',
    'content-disposition': 'inline',
  });
});

test('HEAD tells the same without the bytes', async () => {
  const { status, headers, body } = await fetchBytes('/photo', {}, 'HEAD');
  expect([status, headers['content-length'], headers.etag, body.length]).toEqual([200, String(LENGTH), ETAG, 0]);
});

test('what is missing is not found, as an ordinary page', async () => {
  const { status, headers } = await fetchBytes('/gone', { range: 'bytes=0-1' });
  expect(status).toBe(404);
  expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  expect(headers['content-security-policy']).toContain("style-src 'self'");
  expect(headers).not.toHaveProperty('etag');
});

describe('a range', () => {
  test.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-99', 0, 99],
    ['bytes=1000-', 1000, LENGTH - 1],
    ['bytes=-500', LENGTH - 500, LENGTH - 1],
    ['bytes=-999999999', 0, LENGTH - 1],
    ['bytes=5-999999999999', 5, LENGTH - 1],
    [`bytes=${LENGTH - 1}-${LENGTH - 1}`, LENGTH - 1, LENGTH - 1],
  ])('%s is that part', async (range, first, last) => {
    const { status, headers, body } = await fetchBytes('/photo', { range });
    expect(status).toBe(206);
    expect(headers['content-range']).toBe(`bytes ${first}-${last}/${LENGTH}`);
    expect(headers['content-length']).toBe(String(last - first + 1));
    expect(body.equals(content.subarray(first, last + 1))).toBe(true);
  });

  test.each([`bytes=${LENGTH}-`, `bytes=${LENGTH}-${LENGTH + 5}`, 'bytes=-0', 'bytes=999999999999-'])('%s is beyond it', async (range) => {
    const { status, headers, body } = await fetchBytes('/photo', { range });
    expect([status, headers['content-range'], body.length]).toEqual([416, `bytes */${LENGTH}`, 0]);
  });

  test.each([
    `bytes=${Array.from({ length: 500 }, () => '0-').join(',')}`,
    'bytes=0-1,5-9',
    'bytes=9-5',
    'bytes=-',
    'bytes=a-b',
    'bytes=0x1-0x5',
    'lines=0-5',
    'bytes=1e3-2e3',
    'bytes=99999999999999999999-',
    '',
  ])('%.40s is no range, and gives the whole once', async (range) => {
    const { status, body } = await fetchBytes('/photo', { range });
    expect([status, body.length]).toEqual([200, LENGTH]);
  });

  test('is of the file that the reader has begun, or the whole of the new one', async () => {
    expect((await fetchBytes('/photo', { range: 'bytes=0-9', 'if-range': ETAG })).status).toBe(206);
    expect((await fetchBytes('/photo', { range: 'bytes=0-9', 'if-range': '"other"' })).status).toBe(200);
    expect((await fetchBytes('/photo', { range: 'bytes=0-9', 'if-range': 'Wed, 21 Oct 2015 07:28:00 GMT' })).status).toBe(200);
  });
});

test.each([ETAG, `W/${ETAG}`, `"x", ${ETAG}`, '*'])('%s is known: 304', async (tag) => {
  const { status, body, headers } = await fetchBytes('/photo', { 'if-none-match': tag, range: 'bytes=0-5' });
  expect([status, body.length, headers.etag]).toEqual([304, 0, ETAG]);
});

test.each([
  ['photo.jpg', `attachment; filename="photo.jpg"; filename*=UTF-8''photo.jpg`],
  [
    'Bremse “vorn” 🚗.jpg',
    `attachment; filename="Bremse _vorn_ __.jpg"; filename*=UTF-8''Bremse%20%E2%80%9Cvorn%E2%80%9D%20%F0%9F%9A%97.jpg`,
  ],
  ['a"b\\c%41/d.jpg', `attachment; filename="a_b_c_41_d.jpg"; filename*=UTF-8''a%22b%5Cc%2541%2Fd.jpg`],
  ["x';x*(y)", `attachment; filename="x';x*(y)"; filename*=UTF-8''x%27%3Bx%2A%28y%29`],
  ['a\r\nSet-Cookie: x=y', `attachment; filename="a__Set-Cookie: x=y"; filename*=UTF-8''a%0D%0ASet-Cookie%3A%20x%3Dy`],
])('%j is a name and nothing else', async (name, header) => {
  const { status, headers } = await fetchBytes(`/named?name=${encodeURIComponent(name)}`);
  expect(status).toBe(200);
  expect(headers['content-disposition']).toBe(header);
  expect(headers).not.toHaveProperty('set-cookie');
});

test('readers that go away leave no open file, and are no fault', async () => {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise<void>((resolve) => {
      httpGet(`${client.url}/photo`, (reply) => {
        reply.once('data', () => reply.destroy());
        reply.once('close', resolve);
      }).on('error', () => resolve());
    });
  }
  const open = () => readdirSync('/proc/self/fd').filter((fd) => isOurs(fd)).length;
  if (process.platform === 'linux') await until(() => open() === 0, 'the files to be closed');
  expect(logged).toEqual([]);
});

function isOurs(fd: string): boolean {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
  } catch {
    return false;
  }
}
