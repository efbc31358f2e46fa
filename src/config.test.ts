import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readConfig } from './config.js';
import { StartError } from './platform/start-error.js';

const folder = mkdtempSync(join(tmpdir(), 'serviceflow-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SECRET = 'x'.repeat(40);
const given = (more: Record<string, string> = {}) => readConfig({ SESSION_SECRET: SECRET, DATA_DIR: join(folder, 'data'), ...more });

function refusal(more: Record<string, string>): string {
  try {
    readConfig({ SESSION_SECRET: SECRET, ...more });
  } catch (error) {
    expect(error).toBeInstanceOf(StartError);
    return (error as Error).message;
  }
  throw new Error(`It started with ${JSON.stringify(more)}.`);
}

test('nothing needs to be set', () => {
  expect(given()).toMatchObject({
    port: 3000,
    host: '0.0.0.0',
    databaseUrl: undefined,
    publicUrl: undefined,
    trustedProxies: [],
    logLevel: 'info',
  });
  expect(given({ PORT: '', PUBLIC_URL: '' })).toMatchObject({ port: 3000, publicUrl: undefined });
});

test('the public address is an origin', () => {
  expect(given({ PUBLIC_URL: 'http://shop.lan:3000/' }).publicUrl).toBe('http://shop.lan:3000');
  expect(given({ PUBLIC_URL: 'https://shop.test/somewhere', TRUSTED_PROXIES: ' 10.0.0.1 , ::1' })).toMatchObject({
    ...{ publicUrl: 'https://shop.test', trustedProxies: ['10.0.0.1', '::1'] },
  });
});

test.each([
  ['PORT', 'three'],
  ['PORT', '70000'],
  ['PORT', '-1'],
  ['PORT', '3000.5'],
  ['DATABASE_URL', 'mysql://localhost/shop'],
  ['DATABASE_URL', 'localhost'],
  ['DATABASE_POOL', '1'],
  ['DATABASE_POOL', 'many'],
  ['PUBLIC_URL', 'shop.test'],
  ['PUBLIC_URL', 'javascript:alert(1)'],
  ['PUBLIC_URL', 'https://shop.test'],
  ['SESSION_SECRET', 'short'],
  ['TRUSTED_PROXIES', 'true'],
  ['TRUSTED_PROXIES', '10.0.0.0/99'],
  ['S3_ENDPOINT', 's3.example.com'],
  ['S3_BUCKET', 'files'],
  ['S3_ACCESS_KEY_ID', 'board'],
  ['MAX_PHOTO_MB', '0'],
  ['MAX_VIDEO_MB', 'large'],
  ['LOG_LEVEL', 'loud'],
])('%s=%s is refused in a sentence that names it and shows no secret', (name, value) => {
  const message = refusal({ [name]: value });
  expect(message).toContain(name);
  expect(message).not.toContain('\n');
  expect(message).not.toContain(SECRET);
});

describe('a secret', () => {
  const file = join(folder, 'secret');
  writeFileSync(file, `${'y'.repeat(40)}\n`);

  test('comes from a file', () => {
    expect(readConfig({ SESSION_SECRET_FILE: file }).sessionSecrets).toEqual(['y'.repeat(40)]);
  });

  test('given twice, missing, empty or too short is refused', () => {
    expect(refusal({ SESSION_SECRET_FILE: file })).toBe('SESSION_SECRET and SESSION_SECRET_FILE are both set: keep one of them.');
    expect(refusal({ DATABASE_URL: 'postgres://a/b', DATABASE_URL_FILE: file })).toMatch(
      /^DATABASE_URL and DATABASE_URL_FILE are both set/,
    );
    expect(refusal({ SESSION_SECRET: '', SESSION_SECRET_FILE: join(folder, 'nowhere') })).toMatch(
      /^SESSION_SECRET_FILE names a file that can't be read/,
    );
    for (const content of ['', 'short']) {
      writeFileSync(join(folder, 'bad'), content);
      expect(refusal({ SESSION_SECRET: '', SESSION_SECRET_FILE: join(folder, 'bad') })).toMatch(
        /^SESSION_SECRET must have at least 32 characters/,
      );
    }
  });

  test('of the sessions may be several: the first is the one that signs', () => {
    const [one, two, three] = ['1', '2', '3'].map((sign) => sign.repeat(32)) as [string, string, string];
    writeFileSync(join(folder, 'several'), `${one}\n${two}\r\n\n ${three} \n`);
    expect(readConfig({ SESSION_SECRET_FILE: join(folder, 'several') }).sessionSecrets).toEqual([one, two, three]);
    expect(given({ SESSION_SECRET: `${one}, ${two},${three}` }).sessionSecrets).toEqual([one, two, three]);
    const withComma = 'a sentence, which somebody took for a secret';
    expect(given({ SESSION_SECRET: withComma }).sessionSecrets).toEqual([withComma]);
    expect(refusal({ SESSION_SECRET: `${one}\nshort` })).toContain('SESSION_SECRET must have at least 32 characters');
  });

  test('that nobody gave is made once, for the eyes of one user', () => {
    const dataDir = join(folder, 'fresh', 'data');
    const [sessionSecret, ...others] = readConfig({ DATA_DIR: dataDir }).sessionSecrets;
    expect(others).toEqual([]);
    const kept = join(dataDir, 'secrets', 'session-secret');
    expect(sessionSecret.length).toBeGreaterThanOrEqual(43);
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    expect(statSync(join(dataDir, 'secrets')).mode & 0o777).toBe(0o700);
    expect(readFileSync(kept, 'utf8')).toBe(sessionSecret);
    expect(readConfig({ DATA_DIR: dataDir }).sessionSecrets).toEqual([sessionSecret]);
    writeFileSync(kept, 'short');
    expect(refusal({ SESSION_SECRET: '', DATA_DIR: dataDir })).toContain(`${kept} is damaged`);
  });

  test('that is given is not written down', () => {
    const dataDir = join(folder, 'given');
    readConfig({ SESSION_SECRET: SECRET, DATA_DIR: dataDir });
    expect(existsSync(dataDir)).toBe(false);
  });
});

test('a folder that can’t be written is named', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(refusal({ SESSION_SECRET: '', DATA_DIR: join(folder, 'file', 'data') })).toMatch(
    /The folder .*file\/data\/secrets can't be written/,
  );
  mkdirSync(join(folder, 'closed'));
  chmodSync(join(folder, 'closed'), 0o500);
  if (process.getuid?.() !== 0)
    expect(refusal({ SESSION_SECRET: '', DATA_DIR: join(folder, 'closed', 'data') })).toMatch(/can't be written/);
});
