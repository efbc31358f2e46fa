import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exif } from '../../testing/pictures.js';
import { takenAt } from './taken-at.js';

test('the time of the exposure, as the camera says it', () => {
  expect(takenAt(exif({ taken: '2026:11:23 11:42:07', orientation: 6, secrets: true }))).toBe('2026-11-23T11:42:07');
  expect(takenAt(exif({ taken: '2026:11:23 11:42:07' }).subarray(6))).toBe('2026-11-23T11:42:07');
});

test('what can’t be a time is none', () => {
  const said = [
    '0000:00:00 00:00:00',
    '    :  :     :  :  ',
    '2026:02:30 10:00:00',
    '2026:13:01 10:00:00',
    '2026:11:23 25:00:00',
    '1970:01:01 00:00:00',
  ];
  for (const taken of [...said, '<script>alert(1)</script>', '2026-11-23 11:42:07']) expect(takenAt(exif({ taken })), taken).toBeNull();
  expect(takenAt(undefined)).toBeNull();
  expect(takenAt(exif({ secrets: true }))).toBeNull();
});

test('whatever the bytes are, it ends, and is a time or nothing', () => {
  const good = exif({ taken: '2026:11:23 11:42:07', secrets: true });
  const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 20 });
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    flips.map((changes) => changed(good, changes)),
  );
  fc.assert(
    fc.property(bytes, (given) => {
      expect(takenAt(Buffer.from(given)) ?? '2000-01-01T00:00:00').toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
    }),
  );
});

function changed(bytes: Buffer, changes: [number, number][]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, value] of changes) copy[at] = value;
  return copy;
}
