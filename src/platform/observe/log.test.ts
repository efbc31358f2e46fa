import { expect, test } from 'vitest';
import { within } from './context.js';
import { openLog } from './log.js';
import { scrubText } from './scrub.js';

function logInto(): { lines: string[]; log: ReturnType<typeof openLog> } {
  const lines: string[] = [];
  return { lines, log: openLog('debug', { write: (line) => void lines.push(line) }) };
}

const TOKEN = 'Zk3vQ9xW1sT7uLr5pYc2bNn8mHd4gFj6aEe0iOoUqXw';

test('a log line is one line of JSON, whatever is logged', () => {
  const { lines, log } = logInto();
  const forged = '\n{"level":60,"msg":"forged"}\r\n\u001b[31mred\u001b[0m\u2028x\u2029\u0085\u202e\u009b1m';
  log.info({ agent: forged, deep: { [forged]: [forged, { forged }] } }, forged);
  log.warn({ err: new Error(forged, { cause: new TypeError(forged) }) }, `%s ${forged}`, forged);
  log.error(new RangeError(forged));
  log.info(forged as unknown as object);
  expect(lines).toHaveLength(4);
  for (const line of lines) {
    expect(line.endsWith('\n')).toBe(true);
    expect(() => JSON.parse(line)).not.toThrow();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those must not be in it.
    expect(line.slice(0, -1)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    expect(JSON.parse(line).level).toBeLessThan(60);
  }
});

test('secrets, tokens, keys in paths and addresses are hidden, however deep they stand', () => {
  const { lines, log } = logInto();
  const secrets = {
    ...{ authorization: `Bearer ${TOKEN}`, Cookie: `sid=${TOKEN}`, 'set-cookie': [`sid=${TOKEN}`], password: 'hunter2 hunter2' },
    ...{ access_token: 'short', refreshToken: 'short', email: 'dana@example.com', phone: '+1 555 0142', address: '12 Main Street' },
  };
  log.info({ ...secrets, request: { headers: secrets, list: [secrets] } }, 'asked');
  log.info(
    { path: `/c/${TOKEN}`, url: `/visit/abcdefghijklmnopqrstuv/estimate`, invitation: `/invitations/${TOKEN}`, tv: `/tv/${TOKEN}` },
    'x',
  );
  log.warn({ err: new Error(`dana@example.com failed with ${TOKEN} at postgres://me:geheim@db/x`) }, 'y');
  const all = lines.join('');
  expect(all).not.toMatch(/hunter2|dana|0142|Main Street|geheim|"short"|abcdefghijklmnopqrstuv/);
  expect(all).not.toContain(TOKEN.slice(0, 12));
  expect(JSON.parse(lines[0] as string).request.list[0].password).toBe('[redacted]');
  expect(JSON.parse(lines[1] as string)).toMatchObject({ path: '/c/…', url: '/visit/…/estimate', tv: '/tv/…' });
});

test('what Postgres quotes of a row is not logged, its code and constraint are', () => {
  const { lines, log } = logInto();
  const error = Object.assign(new Error('duplicate key value'), {
    ...{ code: '23505', constraint: 'staff_email', detail: 'Key (email)=(dana@example.com) already exists.', where: 'row of Dana' },
  });
  log.error({ err: error }, 'fault');
  expect(JSON.parse(lines[0] as string).err).toMatchObject({ type: 'Error', code: '23505', constraint: 'staff_email' });
  expect(lines[0]).not.toMatch(/dana/i);
});

test('every line of a request has its id, the lines of others have none', async () => {
  const { lines, log } = logInto();
  await within({ request: 'one' }, async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    log.info({ n: 1 }, 'later');
    await Promise.all([within({ request: 'two' }, async () => log.info('inner')), Promise.resolve()]);
    log.info('after');
  });
  log.info('outside');
  expect(lines.map((line) => JSON.parse(line).request)).toEqual(['one', 'two', 'one', undefined]);
});

test('plain text stays as it is, and long text is cut', () => {
  for (const text of ['GET', '/work-orders/:number/moves', 'Something broke on line 3', '127.0.0.1']) expect(scrubText(text)).toBe(text);
  expect(scrubText('x y '.repeat(5_000)).length).toBeLessThan(4_100);
});
