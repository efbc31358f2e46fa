import { createHash } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zip } from '../../../platform/files/zip.js';
import { testDatabase } from '../../../testing/database.js';
import { startTestServer } from '../../../testing/server.js';
import { type Elsewhere, elsewhere, type Files, readShop, takeShop } from '../../../testing/shop-archives.js';
import { unzip } from '../../../testing/unzip.js';
import { makeWholeShop } from '../../../testing/whole-shop.js';
import type { Manifest } from '../../exports/archive-format.js';

let good: Buffer;
let files: Files;
let target: Elsewhere;

beforeAll(async () => {
  const database = await testDatabase();
  const server = await startTestServer(database.url);
  const shop = await makeWholeShop(server.app.services, 'first');
  good = await takeShop(database, server.app.services.files, shop.id);
  files = unzip(good);
  await server.stop();
  await database.close();
  target = await elsewhere();
});
afterAll(() => target.database.close());

describe('an archive that is not right', () => {
  const pack = (of: Files, at = new Date(0)) =>
    buffer(
      zip(
        [...of].map(([path, content]) => (path.startsWith('files/') ? stored(path, content) : { path, content })),
        at,
      ),
    );
  const stored = (path: string, content: Buffer) => ({
    path,
    bytes: content.length,
    open: async () => Readable.from([content]),
  });
  const renamed = (bytes: Buffer, from: string, to: string) => Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1');
  const manifest = () => JSON.parse((files.get('manifest.json') as Buffer).toString()) as Manifest;
  const withManifest = (change: (manifest: Manifest) => void, more: [string, Buffer][] = []): Files => {
    const changed = manifest();
    change(changed);
    return new Map([...files, ...more, ['manifest.json', Buffer.from(JSON.stringify(changed))]]);
  };
  /** Lines of a table changed, with the manifest in step: what a forger would do. */
  const forged = (table: string, change: (lines: string[]) => string[]): Files => {
    const bytes = Buffer.from(
      change((files.get(`json/${table}.jsonl`) as Buffer).toString().trimEnd().split('\n'))
        .map((line) => `${line}\n`)
        .join(''),
    );
    const path = `json/${table}.jsonl`;
    return withManifest(
      (changed) => {
        const said = changed.tables[table] as Manifest['tables'][string];
        said.rows = bytes.toString().split('\n').length - 1;
        said.json = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
      },
      [[path, bytes]],
    );
  };
  const swap = (from: string, to: string) => (lines: string[]) => lines.map((line) => line.replace(from, to));
  const aFile = () => [...files.keys()].find((path) => path.startsWith('files/')) as string;
  const without = (path: string) => new Map([...files].filter(([name]) => name !== path));

  const cases: [string, string, () => Promise<Buffer> | Buffer][] = [
    ['is no ZIP', 'not a whole ZIP', () => Buffer.from('hello')],
    ['is empty', 'not a whole ZIP', () => Buffer.alloc(0)],
    ['is cut', 'not a whole ZIP', () => good.subarray(0, good.length - 200)],
    ['was cut in the middle', 'not a whole ZIP', () => good.subarray(0, good.length / 2)],
    ['is another ZIP', 'not the archive of a shop', () => pack(new Map([['a.txt', Buffer.from('a')]]))],
    [
      'climbs out of its folder',
      'damaged',
      async () => renamed(await pack(new Map([...files, ['xx/evil.txt', Buffer.from('x')]])), 'xx/evil.txt', '../evil.txt'),
    ],
    [
      'has an absolute path',
      'damaged',
      async () => renamed(await pack(new Map([...files, ['xetc/passwd', Buffer.from('x')]])), 'xetc/passwd', '/etc/passwd'),
    ],
    [
      'has something else in it',
      'does not belong',
      () =>
        pack(
          new Map(
            [...files, ['files/../../config', Buffer.from('x')] as [string, Buffer]].map(([path, bytes]) => [
              path.replaceAll('..', '__'),
              bytes,
            ]),
          ),
        ),
    ],
    [
      'has a file twice',
      'twice',
      async () => renamed(await pack(new Map([...files, ['READMF.txt', Buffer.from('x')]])), 'READMF.txt', 'README.txt'),
    ],
    [
      'has a link in it',
      'is a link',
      async () => {
        const bytes = Buffer.from(await pack(files));
        const entry = bytes.indexOf('PK\u0001\u0002', 0, 'latin1');
        bytes.writeUInt32LE(0o120777 * 65_536, entry + 38);
        return bytes;
      },
    ],
    ['is a bomb', 'too tightly', () => pack(forged('parts', (lines) => [...lines, `${' '.repeat(30_000_000)}{}`]))],
    ['has another form', 'form 2', () => pack(withManifest((changed) => Object.assign(changed, { formatVersion: 2 })))],
    [
      'is of another program',
      'not the archive of a shop',
      () => pack(withManifest((changed) => Object.assign(changed, { format: 'other' }))),
    ],
    ['has a broken manifest', 'manifest is damaged', () => pack(new Map([...files, ['manifest.json', Buffer.from('{')]]))],
    [
      'is from a newer version',
      'newer version',
      () => pack(withManifest((changed) => Object.assign(changed, { schema: '9999_future.sql' }))),
    ],
    [
      'has a table that is not known',
      'newer version',
      () => pack(withManifest((changed) => Object.assign(changed.tables, { robots: changed.tables.parts }))),
    ],
    ['has a column that is not known', 'newer version', () => pack(withManifest((changed) => changed.tables.parts?.columns.push('robot')))],
    ['lacks a table', 'is missing', () => pack(without('json/comments.jsonl'))],
    ['lacks a file', 'files', () => pack(without(aFile()))],
    [
      'has fewer rows than it says',
      'rows',
      () => pack(withManifest((changed) => Object.assign(changed.tables.comments as object, { rows: 7 }))),
    ],
    [
      'was changed in a row',
      'not as it was written',
      () =>
        pack(
          new Map([...files, ['json/comments.jsonl', renamed(files.get('json/comments.jsonl') as Buffer, 'second line', 'other line!')]]),
        ),
    ],
    [
      'was changed in a file',
      'not as it was written',
      () => {
        const bytes = Buffer.from(files.get(aFile()) as Buffer);
        bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
        return pack(new Map([...files, [aFile(), bytes]]));
      },
    ],
    ['has a row with other columns', 'other columns', () => pack(forged('comments', swap('"text"', '"test"')))],
    ['has a line that is no JSON', 'damaged', () => pack(forged('comments', swap('{', '')))],
    [
      'has a record that was changed',
      'record of events is not whole',
      () => pack(forged('events', swap('comment.added', 'comment.edited'))),
    ],
    ['has a record without its end', 'record of events is not whole', () => pack(forged('events', (lines) => lines.slice(0, -1)))],
    [
      'points to a row that is not there',
      'do not fit together',
      () => pack(forged('vehicles', (lines) => lines.map((line) => line.replace(/"customer_id":\d+/, '"customer_id":987654')))),
    ],
    [
      'has an invoice above what was authorized',
      'do not fit together',
      () => pack(forged('work_orders', (lines) => lines.map((line) => line.replace('"total_cents":12345', '"total_cents":99999')))),
    ],
    [
      'has a value of another type',
      'do not fit together',
      () => pack(forged('comments', (lines) => lines.map((line) => line.replace(/"created_at":"[^"]+"/, '"created_at":"soon"')))),
    ],
    ['is of two shops', 'not of one shop', () => pack(forged('shops', (lines) => [...lines, ...lines]))],
  ];

  test.each(cases)('because it %s is refused (%s), and nothing is there', async (_, said, make) => {
    await expect(readShop(await make(), target)).rejects.toThrow(said);
    const { db } = target.database;
    expect(await db.selectFrom('shops').select('id').execute()).toEqual([]);
    expect(await db.selectFrom('staff').select('id').execute()).toEqual([]);
    expect(readdirSync(join(target.folder, 'tmp'))).toEqual([]);
    expect(existsSync(join(target.folder, '..', 'evil.txt'))).toBe(false);
  });

  test('and the whole one is read in after all of that', async () => {
    expect((await readShop(await pack(files), target)).name).toBe('first');
  });
});
