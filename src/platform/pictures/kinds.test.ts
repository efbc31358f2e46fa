import fc from 'fast-check';
import { expect, test } from 'vitest';
import { blankPng, cornered, heic } from '../../testing/pictures.js';
import { movie, webm } from '../../testing/videos.js';
import { kindOf } from './kinds.js';

test('what is taken is known by its first bytes', async () => {
  const picture = cornered(40, 30);
  const kinds = {
    'image/jpeg': await picture.jpeg().toBuffer(),
    'image/png': blankPng(4, 4),
    'image/webp': await picture.webp().toBuffer(),
    'image/avif': await picture.avif({ effort: 0 }).toBuffer(),
    'image/heic': heic(),
    'video/mp4': movie(),
    'video/quicktime': movie({ major: 'qt  ' }),
    'video/webm': webm(),
  };
  for (const [kind, bytes] of Object.entries(kinds)) expect(kindOf(bytes)).toBe(kind);
});

test('a picture that only says it is one is what else it says', () => {
  const head = (...brands: string[]) =>
    Buffer.from(`\0\0\0${String.fromCharCode(16 + 4 * brands.length - 4)}ftyp${brands[0]}\0\0\0\0${brands.slice(1).join('')}`, 'latin1');
  expect(kindOf(head('mif1', 'avif', 'miaf'))).toBe('image/avif');
  expect(kindOf(head('mif1', 'heic'))).toBe('image/heic');
  expect(kindOf(head('M4A ', 'isom'))).toBeNull();
  expect(kindOf(head('crx ', 'isom'))).toBeNull();
});

test('nothing else is taken', () => {
  const others = [
    '<svg xmlns="http://www.w3.org/2000/svg"/>',
    '<!doctype html>',
    '%PDF-1.7',
    'II*\0',
    'MM\0*',
    'GIF89a',
    '\x7fELF',
    'MZ',
    '#EXTM3U\n',
    'PK\x03\x04',
  ];
  for (const text of [...others, 'BM', 'RIFF1234AVI ', '\x1a\x45\xdf\xa3\x8bB\x82\x88matroska', 'ID3', 'OggS', '\0\0\x01\0']) {
    expect(kindOf(Buffer.from(text.padEnd(64, '.'), 'latin1')), text).toBeNull();
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 3 }), (bytes) => kindOf(Buffer.from(bytes)) === null || bytes[0] === 0xff));
});
