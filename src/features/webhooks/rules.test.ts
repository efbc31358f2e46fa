import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { projectPath } from '../../platform/project.js';
import { GROUPS, KINDS } from './kinds.js';
import { firstWords, networksOf, PAUSES, pauseAfter, payloadOf, placeOf, refuseUrl } from './rules.js';

const none = networksOf([]);

describe('an address', () => {
  test.each([
    ...['127.0.0.1', '127.1.2.3', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', '169.254.169.254', '100.64.0.1'],
    ...['100.127.255.255', '192.0.0.8', '192.0.2.1', '192.88.99.1', '198.18.0.1', '198.51.100.7', '203.0.113.7', '224.0.0.1', '239.1.1.1'],
    ...[
      '240.0.0.1',
      '255.255.255.255',
      '::',
      '::1',
      '::127.0.0.1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
      '::ffff:8.8.8.8',
      '::FFFF:8.8.8.8',
    ],
    ...['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1', '100::1', '2001::1', '2001:db8::1', '2002:7f00:1::', '3fff::1', 'fc00::1'],
    ...['fd12:3456::1', 'fe80::1', 'fe80::1%eth0', 'fec0::1', 'ff02::1', 'localhost', '', '1.2.3', 'x'],
  ])('%s is not the public internet', (address) => {
    expect(placeOf(address, none)).toBe('refused');
  });

  test.each(['8.8.8.8', '1.1.1.1', '172.15.0.1', '172.32.0.1', '100.63.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4001::200e'])(
    '%s is',
    (address) => expect(placeOf(address, none)).toBe('public'),
  );

  test('of a private network goes only where that network is allowed', () => {
    const allowed = networksOf(['10.1.0.0/16', '127.0.0.1', 'fd00::/8']);
    expect(placeOf('10.1.2.3', allowed)).toBe('allowed');
    expect(placeOf('127.0.0.1', allowed)).toBe('allowed');
    expect(placeOf('fd00::1', allowed)).toBe('allowed');
    for (const address of ['10.2.0.1', '127.0.0.2', '::ffff:127.0.0.1', '::ffff:10.1.2.3', '64:ff9b::10.1.2.3', '::1'])
      expect(placeOf(address, allowed), address).toBe('refused');
  });

  test('has no other way to be written that is let through', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, byte, byte, fc.constantFrom('::ffff:', '::', '64:ff9b::', '2002:'), (a, b, c, d, prefix) => {
        const text =
          prefix === '2002:' ? `2002:${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}::` : `${prefix}${a}.${b}.${c}.${d}`;
        expect(placeOf(text, none)).toBe('refused');
      }),
    );
  });
});

describe('what is typed as an address', () => {
  test.each([
    ...['http://127.1/', 'https://127.1/', 'https://0x7f.1/', 'https://2130706433/', 'https://017700000001/', 'https://[::ffff:7f00:1]/'],
    ...[
      'https://[::1]/',
      'https://[64:ff9b::7f00:1]/',
      'https://169.254.169.254/latest/meta-data',
      'https://0/',
      'https://127.0.0.1:8443/',
    ],
    ...[
      'http://example.com/',
      'file:///etc/passwd',
      'gopher://example.com/',
      'ftp://example.com',
      'javascript:alert(1)',
      'data:text/plain,x',
    ],
    ...['https://user:pass@example.com/', 'https://user@example.com/', '//example.com', 'example.com', 'https://', 'https://exa mple.com'],
  ])('%s is refused', (url) => expect(refuseUrl(url, none, false)).toEqual(expect.any(String)));

  test('is taken with https, and with http where private networks are allowed', () => {
    expect(refuseUrl('https://example.com/hook?x=1', none, false)).toBeNull();
    expect(refuseUrl('http://127.0.0.1:9/', networksOf(['127.0.0.0/8']), true)).toBeNull();
    expect(refuseUrl('http://10.0.0.1:9/', networksOf(['127.0.0.0/8']), true)).toContain('WEBHOOKS_PRIVATE_NETWORKS');
  });
});

test('attempts go on for three days, ever more rarely, and then end', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: PAUSES.length }), fc.double({ min: 0, max: 1, noNaN: true }), (failed, random) => {
      const pause = pauseAfter(failed, random) as number;
      expect(pause / (PAUSES[failed - 1] as number)).toBeGreaterThan(0.89);
      expect(pause / (PAUSES[failed - 1] as number)).toBeLessThan(1.11);
    }),
  );
  expect(pauseAfter(PAUSES.length + 1, 0.5)).toBeNull();
  expect(PAUSES.reduce((sum, pause) => sum + pause, 0) / 3_600_000).toBeGreaterThan(72);
});

describe('what is told', () => {
  const event = {
    kind: 'line.changed',
    at: new Date('2026-11-23T10:00:00Z'),
    version: 7,
    seq: 1,
    actor: { id: 3, name: 'Ana' },
    workOrder: 1042,
  };
  const data = {
    number: 1042,
    line: 9,
    kind: 'part',
    description: 'Pads for $45',
    from: { price: 4500 },
    to: { price: 4700 },
    cents: 4700,
    lineCents: 1,
    name: 'Brakes',
  };

  test('in full is all of the event', () => {
    expect(JSON.parse(payloadOf({ ...event, data }, true))).toEqual({
      ...{ type: 'line.changed', timestamp: '2026-11-23T10:00:00.000Z' },
      data: { version: 7, seq: 1, actor: { id: 3, name: 'Ana' }, work_order: 1042, details: data },
    });
  });

  test('otherwise has no amount and no text that somebody typed', () => {
    expect(JSON.parse(payloadOf({ ...event, data }, false)).data.details).toEqual({ number: 1042, line: 9, kind: 'part' });
    const moved = { number: 1042, from: { column: 1, name: 'Estimates' }, to: { column: 2, name: 'Bay', after: null } };
    expect(JSON.parse(payloadOf({ ...event, data: moved }, false)).data.details).toEqual({
      number: 1042,
      from: { column: 1 },
      to: { column: 2 },
    });
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('name', 'note', 'cents', 'from', 'to', 'label', 'why', 'totalCents', 'sums'), fc.jsonValue()),
        (any) => {
          const kept = JSON.parse(payloadOf({ ...event, data: any }, false)).data.details as Record<string, unknown>;
          for (const [key, value] of Object.entries(kept)) {
            expect(['label', 'why']).toContain(key);
            expect(typeof value === 'object' ? Array.isArray(value) : true).toBe(true);
            if (typeof value === 'string') expect(value).toMatch(/^[a-z][a-z-]*$/);
          }
        },
      ),
    );
  });
});

test('an answer is shown as text, whatever it is', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
      const words = firstWords(Buffer.from(bytes));
      expect(words.length).toBeLessThanOrEqual(500);
      expect(words).not.toContain('\0');
      expect(words.isWellFormed()).toBe(true);
    }),
  );
});

/** The kinds that the sources record, as they are written there. */
function recordedKinds(): string[] {
  const files = readdirSync(projectPath('src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.ts$/.test(file) && !/\.test\.ts$|^testing\//.test(file),
  );
  const found = new Set<string>();
  for (const file of files) {
    const source = readFileSync(projectPath('src', file), 'utf8');
    for (const [, first] of source.matchAll(/\brecord\(((?:[^,()]|\([^()]*\))*),/g))
      for (const [, kind] of (first as string).matchAll(/'([a-z-]+\.[a-z-]+)'/g)) found.add(kind as string);
    // Settings name what they record beside their fields.
    for (const [, kind] of source.matchAll(/\bevent: '([a-z-]+(?:\.[a-z-]+)?)'/g))
      for (const whole of kind?.includes('.') ? [kind] : ['added', 'changed', 'archived', 'restored'].map((what) => `${kind}.${what}`))
        found.add(whole);
  }
  return [...found].sort();
}

test('every kind of event that the program records can be chosen, with a sentence', () => {
  const recorded = recordedKinds();
  expect(recorded.length).toBeGreaterThan(100);
  expect(recorded.filter((kind) => !KINDS.has(kind))).toEqual([]);
  // What names are put together of (customer.imported, labor-rate.default-changed) is not found in the sources.
  const composed = /^(customer|vehicle|part)\.imported$|\.default-changed$/;
  expect([...KINDS.keys()].filter((kind) => !recorded.includes(kind) && !composed.test(kind))).toEqual([]);
  for (const { title, kinds } of Object.values(GROUPS)) {
    expect(title).not.toBe('');
    for (const words of Object.values(kinds)) expect(words.length).toBeGreaterThan(10);
  }
});
