import { expect, test } from 'vitest';
import { deriveKey, deriveKeys, type Secrets, seal, unseal } from './secrets.js';

const OLD = 'the secret before, long enough for everybody';
const NEW = 'the secret from now on, long enough as well';
const both: Secrets = [NEW, OLD];
const keys = (secrets: Secrets) => deriveKeys(secrets, 'test');

test('what was sealed with an older secret can still be opened, and nothing with one that is gone', () => {
  const sealed = seal(deriveKey(OLD, 'test'), Buffer.from('plain'), 'staff 1');
  expect(unseal(keys(both), sealed, 'staff 1')?.toString()).toBe('plain');
  expect(unseal(keys([OLD]), sealed, 'staff 1')?.toString()).toBe('plain');
  expect(unseal(keys([NEW]), sealed, 'staff 1')).toBeNull();
});

test('it opens for what it belongs to, with the key of its purpose, unchanged, and never otherwise', () => {
  const sealed = seal(keys(both)[0], Buffer.from('plain'), 'staff 1');
  expect(unseal(keys(both), sealed, 'staff 2')).toBeNull();
  expect(unseal(deriveKeys(both, 'another'), sealed, 'staff 1')).toBeNull();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed[at] = (changed[at] as number) ^ 1;
    expect(unseal(keys(both), changed, 'staff 1'), `byte ${at}`).toBeNull();
  }
  for (let length = 0; length < sealed.length; length++) expect(unseal(keys(both), sealed.subarray(0, length), 'staff 1')).toBeNull();
});

test('the same text sealed twice looks different, and shows nothing of itself', () => {
  const [one, two] = [1, 2].map(() => seal(keys(both)[0], Buffer.from('plain text'), 'x'));
  expect(one).not.toEqual(two);
  expect(one?.includes('plain')).toBe(false);
});
