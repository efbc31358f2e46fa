import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readConfig } from './config.js';

const folder = mkdtempSync(join(tmpdir(), 'serviceflow-config-'));
const DATA_DIR = join(folder, 'data');
const SECRET = 'x'.repeat(32);
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  [{ PORT: 'abc' }, 'PORT must be a whole number from 0 to 65535'],
  [{ DATABASE_POOL: '1' }, 'DATABASE_POOL must be a whole number from 2 to 200'],
  [{ DATABASE_URL: 'mysql://localhost/x' }, 'DATABASE_URL must be a postgres:// address'],
  [{ PUBLIC_URL: 'board.example.com' }, 'PUBLIC_URL must be an http or https address'],
  [{ PUBLIC_URL: 'https://board.example.com' }, 'TRUSTED_PROXIES must name the proxy'],
  [{ TRUSTED_PROXIES: 'proxy.example.com' }, 'TRUSTED_PROXIES must be addresses or networks'],
  [{ TRUSTED_PROXIES: '10.0.0.0/33' }, 'TRUSTED_PROXIES must be addresses or networks'],
  [{ SESSION_SECRET: 'short' }, 'SESSION_SECRET must have at least 32 characters'],
  [{ SESSION_SECRET: SECRET, SESSION_SECRET_FILE: '/x' }, 'SESSION_SECRET and SESSION_SECRET_FILE are both set'],
  [{ SESSION_SECRET_FILE: '/nowhere/secret' }, 'SESSION_SECRET_FILE names a file that can'],
  [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be one of'],
])('%o is refused with a sentence that names the variable', (env, sentence) => {
  expect(() => readConfig({ DATA_DIR, ...env })).toThrow(sentence);
});

test('an empty variable counts as not set', () => {
  expect(readConfig({ DATA_DIR, PORT: '', PUBLIC_URL: '', TRUSTED_PROXIES: '' })).toMatchObject({
    port: 3000,
    publicUrl: undefined,
    trustedProxies: [],
  });
});

test('of the public address only the origin counts', () => {
  const given = { DATA_DIR, PUBLIC_URL: 'https://board.example.com/', TRUSTED_PROXIES: '127.0.0.1, ::1,10.0.0.0/8' };
  expect(readConfig(given)).toMatchObject({
    publicUrl: 'https://board.example.com',
    trustedProxies: ['127.0.0.1', '::1', '10.0.0.0/8'],
  });
});

test('a secret can stand in a file', () => {
  const file = join(folder, 'secret');
  writeFileSync(file, `${SECRET}\n`);
  expect(readConfig({ DATA_DIR, SESSION_SECRET_FILE: file }).sessionSecret).toBe(SECRET);
});

test('a secret that nobody gave is made once, for this user alone', () => {
  const dataDir = join(folder, 'fresh');
  const made = readConfig({ DATA_DIR: dataDir }).sessionSecret;
  const file = join(dataDir, 'secrets', 'session-secret');
  expect(readFileSync(file, 'utf8')).toBe(made);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700);
  expect(readConfig({ DATA_DIR: dataDir }).sessionSecret).toBe(made);
});
