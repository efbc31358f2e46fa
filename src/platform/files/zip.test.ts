import { once } from 'node:events';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { unzip } from '../../testing/unzip.js';
import { type ZipEntry, zip } from './zip.js';

const AT = new Date('2026-11-23T10:00:00Z');

async function whole(entries: ZipEntry[]): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of zip(entries, AT)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const MEGABYTE = 1_048_576;

/** A file of so many megabytes that is made while it is read, and counts how far it was read. */
function large(megabytes: number) {
  const state = { read: 0, stream: null as Readable | null };
  const open = async () => {
    state.stream = new Readable({
      highWaterMark: 65_536,
      read() {
        if (state.read >= megabytes * MEGABYTE) return void this.push(null);
        state.read += 65_536;
        this.push(Buffer.alloc(65_536, state.read % 251));
      },
    });
    return state.stream;
  };
  return { state, entry: { path: 'large.mp4', bytes: megabytes * MEGABYTE, open } };
}

describe('a ZIP', () => {
  test('holds what was given, in that order, made or read', async () => {
    const read = { path: 'b/c.jpg', bytes: 3, open: async () => Readable.from([Buffer.from('x'), Buffer.from('yz')]) };
    const files = unzip(await whole([{ path: 'a.txt', content: 'Ä'.repeat(1000) }, read, { path: 'empty', content: '' }]));
    expect([...files.keys()]).toEqual(['a.txt', 'b/c.jpg', 'empty']);
    expect([...files.values()].map(String)).toEqual(['Ä'.repeat(1000), 'xyz', '']);
  });

  test('reads no further ahead of a slow reader than a few chunks, however large a file is', async () => {
    const { state, entry } = large(64);
    let [given, ahead] = [0, 0];
    for await (const chunk of zip([entry], AT)) {
      given += chunk.length;
      ahead = Math.max(ahead, state.read - given);
      await new Promise(setImmediate);
    }
    expect(given).toBeGreaterThan(64 * MEGABYTE);
    expect(ahead).toBeLessThan(2 * MEGABYTE);
  });

  test('lets go of the file when its reader goes away', async () => {
    const { state, entry } = large(64);
    for await (const chunk of zip([entry], AT)) if (chunk.length > 1000) break;
    expect(state.read).toBeLessThan(8 * MEGABYTE);
    const { stream } = state;
    if (stream && !stream.closed) await once(stream, 'close');
    expect(stream?.destroyed).toBe(true);
  });

  test.each([
    ['is not there', async () => Promise.reject(new Error('gone'))],
    [
      'breaks off',
      async () =>
        Readable.from(
          (async function* () {
            yield Buffer.from('x');
            throw new Error('gone');
          })(),
        ),
    ],
    ['is shorter than it should be', async () => Readable.from([Buffer.from('x')])],
  ] as [string, () => Promise<Readable>][])('has no end when a file %s', async (_, open) => {
    const chunks: Buffer[] = [];
    const reading = async () => {
      for await (const chunk of zip(
        [
          { path: 'a', content: 'a' },
          { path: 'b', bytes: 2, open },
        ],
        AT,
      ))
        chunks.push(chunk);
    };
    await expect(reading()).rejects.toThrow(/gone|unexpected number of bytes/);
    expect(() => unzip(Buffer.concat(chunks))).toThrow('no end');
  });
});
