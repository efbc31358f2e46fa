import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import fs, { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { until } from '../../testing/server.js';
import { openTemporaryFolder } from '../files/temporary.js';
import { openLog } from '../observe/log.js';
import { bytes } from './answers.js';
import { bodyDeadline } from './deadlines.js';
import { errorHandler } from './errors.js';
import { mount } from './mount.js';
import { post } from './routes.js';
import type { ReceivedFile } from './uploads.js';
import type { Views } from './views.js';

const MOST = 100_000;
const B = '----cut-here';
const folder = mkdtempSync(join(tmpdir(), 'serviceflow-uploads-'));
const temporary = join(folder, 'files', 'tmp');

interface Seen extends ReceivedFile {
  hash: string;
  mode: number;
}
let server: Server;
let port: number;
let seen: Seen[][] = [];
let failing = false;
let place: () => string;

beforeAll(async () => {
  const { path } = await openTemporaryFolder(temporary);
  place = path;
  const files = { field: 'files', maxFiles: 3, maxBytes: MOST };
  const form = (_context: unknown, refused: { fields: Record<string, string> }) => bytes(JSON.stringify(refused.fields), {});
  const body = z.strictObject({ caption: z.string().optional() });
  // One that was too large is not there any more.
  const look = (file: ReceivedFile) =>
    existsSync(file.path)
      ? { ...file, hash: hashOf(readFileSync(file.path)), mode: statSync(file.path).mode & 0o777 }
      : { ...file, hash: '', mode: 0 };
  const routes = [
    post('/files', { may: 'anyone', body, files, form }, ({ files, body }) => {
      seen.push(files.map(look));
      if (failing) throw new Error('It broke.');
      return bytes(JSON.stringify(body), {});
    }),
    post('/many', { may: 'anyone', body, files: { ...files, maxFiles: 20 } }, ({ files }) => {
      seen.push(files.map(look));
      return bytes('read', {});
    }),
    post('/closed', { may: 'media.add', body, files }, () => bytes('never', {})),
    post('/text', { may: 'anyone', body: z.object({}) }, () => bytes('read', {})),
  ];
  const http = express();
  http.use(bodyDeadline({ body: 500, pause: 2_000, upload: 5_000 }));
  http.use(express.urlencoded({ extended: false }));
  http.use(mount(routes, { views: {} as Views, temporary: () => place(), may: () => false, frame: () => ({}) }));
  http.use(errorHandler(openLog('silent'), { record: () => '' }, (problem) => JSON.stringify(problem)));
  server = createServer(http).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  await until(() => readdirSync(temporary).length === 0, 'no temporary file stays');
  seen = [];
  failing = false;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const hashOf = (content: Buffer) => createHash('sha256').update(content).digest('hex');
const part = (name: string, content: Buffer | string, field = 'files') =>
  Buffer.concat([
    Buffer.from(
      `--${B}\r\nContent-Disposition: form-data; name="${field}"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
    Buffer.from(content),
    CRLF,
  ]);
const CRLF = Buffer.from('\r\n');
const field = (name: string, value: string) => Buffer.from(`--${B}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`);
const END = Buffer.from(`--${B}--\r\n`);

function head(path: string, headers: Record<string, string | number>): string {
  const all = { Host: 'localhost', 'Content-Type': `multipart/form-data; boundary=${B}`, ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

interface Reply {
  status: number;
  text: string;
}

/** What the server says on this connection until it is closed or the answer is whole. */
function replyOn(socket: Socket): Promise<Reply> {
  return new Promise((resolve) => {
    let all = '';
    const tell = () => {
      const [, status = '0'] = /^HTTP\/1\.1 (\d+)/.exec(all) ?? [];
      resolve({ status: Number(status), text: all.split('\r\n\r\n').slice(1).join('\r\n\r\n') });
    };
    socket.on('data', (chunk) => {
      all += chunk;
      const length = /content-length: (\d+)/i.exec(all)?.[1];
      if (length && Buffer.byteLength(all.split('\r\n\r\n')[1] ?? '') >= Number(length)) tell();
    });
    socket.on('error', () => {});
    socket.on('close', tell);
  });
}

async function send(...parts: Buffer[]): Promise<Reply> {
  return sendTo('/files', ...parts);
}

async function sendTo(path: string, ...parts: Buffer[]): Promise<Reply> {
  const body = Buffer.concat(parts);
  const socket = connect(port, '127.0.0.1');
  const reply = replyOn(socket);
  socket.write(head(path, { 'Content-Length': body.length }));
  socket.write(body);
  const answer = await reply;
  socket.destroy();
  return answer;
}

describe('several files', () => {
  test('come whole, for the eyes of one user, with their fields, and are gone after the answer', async () => {
    const contents = [randomBytes(MOST), randomBytes(1), randomBytes(70_001)];
    const reply = await send(
      part('one.jpg', contents[0] as Buffer),
      field('caption', 'Pads'),
      ...contents.slice(1).map((one) => part('x.jpg', one)),
      END,
    );
    expect(reply).toMatchObject({ status: 200, text: '{"caption":"Pads"}' });
    expect(seen[0]?.map((file) => [file.hash, file.bytes, file.mode])).toEqual(contents.map((one) => [hashOf(one), one.length, 0o600]));
    expect(seen[0]?.map((file) => file.name)).toEqual(['one.jpg', 'x.jpg', 'x.jpg']);
  });

  test('of which some are too large or empty: each of those says so, the others are whole', async () => {
    const good = [randomBytes(MOST), randomBytes(70_000)] as const;
    const names = ['a.jpg', 'large.jpg', 'empty.jpg'];
    const given = [[good[0], randomBytes(5_000_000), ''], [randomBytes(MOST + 1), '', good[1]], [randomBytes(MOST + 1)]];
    for (const contents of given) {
      expect((await send(...contents.map((one, index) => part(names[index] as string, one)), field('caption', 'Pads'), END)).text).toBe(
        '{"caption":"Pads"}',
      );
    }
    const [large, empty] = [/^This file is larger than 100 kB, which is the most that is taken\.$/, /^This file is empty\./];
    expect(seen.map((files) => files.map(({ refused }) => refused))).toEqual([
      [null, expect.stringMatching(large), expect.stringMatching(empty)],
      [expect.stringMatching(large), expect.stringMatching(empty), null],
      [expect.stringMatching(large)],
    ]);
    expect([seen[0]?.[0]?.hash, seen[1]?.[2]?.hash]).toEqual(good.map(hashOf));
    // Of what is too large nothing is kept.
    expect(seen.flat().filter(({ bytes, hash }) => bytes > MOST && hash !== '')).toEqual([]);
  });

  test('twenty at once are received without a warning of the runtime', async () => {
    const warned: Error[] = [];
    const note = (warning: Error) => void warned.push(warning);
    process.on('warning', note);
    // All of them in one chunk, so that all are written at a time.
    const contents = Array.from({ length: 20 }, () => randomBytes(100));
    expect((await sendTo('/many', ...contents.map((one) => part('x.jpg', one)), END)).status).toBe(200);
    expect(seen[0]?.map(({ hash }) => hash)).toEqual(contents.map(hashOf));
    await new Promise(setImmediate);
    process.off('warning', note);
    expect(warned).toEqual([]);
  });

  test('none, as a browser sends a field in which nothing was chosen', async () => {
    expect((await send(part('', ''), field('caption', 'Pads'), END)).status).toBe(200);
    expect((await send(part('/etc/', 'a folder'), END)).status).toBe(200);
    expect(seen).toEqual([[], []]);
  });

  test('are gone when the handler breaks', async () => {
    failing = true;
    expect((await send(part('one.jpg', 'x'), END)).status).toBe(500);
    expect(seen[0]).toHaveLength(1);
  });

  test('are gone when a field is refused', async () => {
    expect(await send(part('one.jpg', 'x'), field('surprise', 'x'), END)).toMatchObject({
      status: 422,
      text: '{"":"This form has no field “surprise”."}',
    });
    expect(seen).toEqual([]);
  });
});

const SENTENCES: [what: string, sentence: RegExp, parts: Buffer[]][] = [
  ['one too many', /^That is too much at once: at most 3 files of 100 kB each\.$/, [1, 2, 3, 4].map(() => part('x.jpg', 'x'))],
  ['forty too many', /too much at once/, Array.from({ length: 43 }, () => part('x.jpg', 'x'))],
  ['another field', /did not arrive whole/, [part('x.jpg', 'x', 'avatar')]],
  ['too many fields', /did not arrive whole/, Array.from({ length: 60 }, (_, index) => field(`f${index}`, 'x'))],
  ['two thousand parts', /did not arrive whole|too much/, Array.from({ length: 2_000 }, () => field('caption', 'x'))],
  ['a field that is too long', /did not arrive whole/, [field('caption', 'x'.repeat(70_000))]],
  ['the name of a field that is too long', /did not arrive whole/, [field('x'.repeat(10_000), 'x')]],
  ['a name with a NUL', /did not arrive whole/, [part('a\u0000b.jpg', 'x')]],
  ['a nested field', /did not arrive whole/, [field('caption[a][a][a]', 'x')]],
];

describe('what can’t be taken is a sentence at the field', () => {
  test.each(SENTENCES)('%s', async (_what, sentence, parts) => {
    const reply = await send(...parts, END);
    expect(reply.status).toBe(422);
    expect(JSON.parse(reply.text).files).toMatch(sentence);
    expect(seen).toEqual([]);
    expect((await send(part('next.jpg', 'x'), END)).status).toBe(200);
  });

  test.each([
    ['no boundary', 'multipart/form-data'],
    ['a boundary of 300 characters', `multipart/form-data; boundary=${'x'.repeat(300)}`],
    ['another boundary', 'multipart/form-data; boundary=other'],
  ])('%s', async (_what, type) => {
    const body = Buffer.concat([part('x.jpg', 'x'), END]);
    const socket = connect(port, '127.0.0.1');
    const reply = replyOn(socket);
    socket.write(head('/files', { 'Content-Type': type, 'Content-Length': body.length }));
    socket.write(body);
    const { status, text } = await reply;
    expect([status, JSON.parse(text).files]).toEqual([422, 'The files did not arrive whole. Please choose them again.']);
    socket.destroy();
    expect(seen).toEqual([]);
  });

  test.each([
    ['without its end', [part('x.jpg', 'x')]],
    ['in the middle of a file', [part('x.jpg', randomBytes(50_000)).subarray(0, 30_000)]],
    ['in the middle of a header', [Buffer.from(`--${B}\r\nContent-Dispo`)]],
    ['with line feeds only', [Buffer.from(`--${B}\nContent-Disposition: form-data; name="files"; filename="x"\n\nx\n--${B}--\n`)]],
    ['as nothing at all', [Buffer.alloc(0)]],
  ])('a form that ends %s', async (_what, parts) => {
    const reply = await send(...parts);
    expect([reply.status, JSON.parse(reply.text || '{}').files]).toEqual([
      422,
      'The files did not arrive whole. Please choose them again.',
    ]);
    expect(seen).toEqual([]);
  });

  test('a form that is cut off before the disk has made its file: nothing is made later', async () => {
    const { open } = fs;
    const slow = vi
      .spyOn(fs, 'open')
      .mockImplementation(((...args: Parameters<typeof open>) => setTimeout(() => open(...args), 300)) as never);
    try {
      expect((await send(part('x.jpg', 'x'))).status).toBe(422);
      expect(slow).toHaveBeenCalled();
      await sleep(400);
      expect(readdirSync(temporary)).toEqual([]);
    } finally {
      slow.mockRestore();
    }
  });
});

test.each([
  ['of 255 bytes', `${'ä'.repeat(125)}b.jpg`, `${'ä'.repeat(125)}b.jpg`],
  ['of 500 characters', `${'x'.repeat(500)}.jpg`, 'x'.repeat(200)],
  ['that is a path', '../../../etc/passwd', 'passwd'],
  ['that is a path of Windows', 'C:\\secret\\photo.jpg', 'photo.jpg'],
  ['that turns the direction', 'invoice\u202egpj.exe', 'invoicegpj.exe'],
  ['with a line end', 'a%0D%0Ab.jpg', 'ab.jpg'],
  ['that is a device', 'CON', 'CON'],
  ['that is a parameter', "x.jpg;filename*=utf-8''y", "x.jpg;filename*=utf-8''y"],
  ['of pictures', '🚗🔧.jpg', '🚗🔧.jpg'],
])('a name %s is only shown', async (_what, name, shown) => {
  const reply = await send(part(name, 'content'), END);
  expect(reply.status).toBe(200);
  expect(seen[0]?.map((file) => [file.name, file.hash])).toEqual([[shown, hashOf(Buffer.from('content'))]]);
  expect(seen[0]?.[0]?.path).toMatch(/\/files\/tmp\/[0-9a-f]{32}$/);
});

describe('a phone that hangs up', () => {
  const body = Buffer.concat([
    part('a.jpg', randomBytes(60_000)),
    field('caption', 'x'),
    part('b.jpg', randomBytes(60_000)),
    part('c.jpg', 'c'),
    END,
  ]);
  test.each(Array.from({ length: 20 }, (_, index) => Math.round((index * (body.length - 1)) / 19)))(
    'after %i bytes leaves nothing',
    async (cut) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(head('/files', { 'Content-Length': body.length }));
      await new Promise<void>((resolve) => socket.write(body.subarray(0, cut), () => resolve()));
      if (cut > 61_000) await until(() => readdirSync(temporary).length > 0, 'the first file to be written');
      socket.destroy();
      await until(() => readdirSync(temporary).length === 0, 'nothing to be left');
      expect(seen).toEqual([]);
      expect((await send(part('next.jpg', 'x'), END)).status).toBe(200);
    },
  );
});

describe('a connection that lies or does not end', () => {
  test('an announced size beyond all limits is refused before it is read', async () => {
    const socket = connect(port, '127.0.0.1');
    const reply = replyOn(socket);
    socket.write(head('/files', { 'Content-Length': 10_000_000_000 }));
    expect(await reply).toMatchObject({ status: 422, text: expect.stringContaining('too much at once') });
  });

  test('a body without an end is cut off', async () => {
    const socket = connect(port, '127.0.0.1');
    const reply = replyOn(socket);
    let closed = false;
    const cut = new Promise<void>((resolve) => socket.once('close', resolve)).then(() => {
      closed = true;
    });
    socket.write(head('/files', { 'Transfer-Encoding': 'chunked' }));
    const chunk = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(0x100000, 'x'), CRLF]);
    const first = part('x.jpg', 'x'.repeat(10)).subarray(0, -2);
    socket.write(Buffer.concat([Buffer.from(`${first.length.toString(16)}\r\n`), first, CRLF]));
    let sent = 0;
    while (!closed && sent < 400) {
      if (!socket.write(chunk)) await Promise.race([cut, new Promise((resolve) => socket.once('drain', resolve))]);
      sent++;
    }
    expect(closed).toBe(true);
    expect(sent).toBeLessThan(400);
    expect([0, 422]).toContain((await reply).status);
    expect(seen).toEqual([]);
  });

  test('a size that is larger than what comes: 60 s are enough to wait for the next byte (here 2)', async () => {
    const socket = connect(port, '127.0.0.1');
    const reply = replyOn(socket);
    socket.write(head('/files', { 'Content-Length': 50_000 }));
    socket.write(part('x.jpg', 'x'.repeat(10_000)));
    expect((await reply).status).toBe(408);
    expect(seen).toEqual([]);
  });

  test('slow, but going on: longer than a form may take', async () => {
    const body = Buffer.concat([part('x.jpg', randomBytes(1_000)), END]);
    const socket = connect(port, '127.0.0.1');
    const reply = replyOn(socket);
    socket.write(head('/files', { 'Content-Length': body.length }));
    for (let at = 0; at < body.length; at += 200) {
      await sleep(200);
      socket.write(body.subarray(at, at + 200));
    }
    expect((await reply).status).toBe(200);
    socket.destroy();
  });

  test('slow without end: an upload has a deadline, too', async () => {
    const socket = connect(port, '127.0.0.1');
    const reply = replyOn(socket);
    socket.write(head('/files', { 'Content-Length': 50_000 }));
    const drip = setInterval(() => socket.write('x'), 100);
    expect((await reply).status).toBe(408);
    clearInterval(drip);
  });

  test('a form that is not an upload has to come at once', async () => {
    const socket = connect(port, '127.0.0.1');
    const reply = replyOn(socket);
    socket.write(head('/text', { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': 50 }));
    const drip = setInterval(() => socket.write('x'), 100);
    expect((await reply).status).toBe(408);
    clearInterval(drip);
  });
});

test.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)(
  'a disk that is full is a sentence, and all of it is free again (needs root, to mount a small one)',
  async () => {
    const [small, before] = [join(folder, 'small'), place];
    mkdirSync(small);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=200k,mode=0700', 'tmpfs', small]);
    try {
      place = (await openTemporaryFolder(join(small, 'files', 'tmp'))).path;
      const reply = await send(part('a.jpg', randomBytes(MOST)), part('b.jpg', randomBytes(MOST)), part('c.jpg', randomBytes(MOST)), END);
      expect([reply.status, JSON.parse(reply.text).files]).toEqual([507, expect.stringMatching(/no room left.*nothing was saved/)]);
      expect(readdirSync(join(small, 'files', 'tmp'))).toEqual([]);
      expect((await send(part('a.jpg', randomBytes(MOST)), END)).status).toBe(200);
    } finally {
      place = before;
      execFileSync('umount', [small]);
    }
  },
);

test('who may not is told so before the body is read', async () => {
  const socket = connect(port, '127.0.0.1');
  const reply = replyOn(socket);
  socket.write(head('/closed', { 'Content-Length': 90_000 }));
  expect((await reply).status).toBe(401);
  expect(readdirSync(temporary)).toEqual([]);
  socket.destroy();
});
