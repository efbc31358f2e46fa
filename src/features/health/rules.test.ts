import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { daysUntilFull, showDays, slopeOf, tellGrowth, tellRoom } from './forecast.js';
import { type Facts, judge, worstOf } from './rules.js';
import { layOut } from './spark.js';
import { showBytes, showMs } from './words.js';

const NOW = new Date('2026-11-23T15:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const ago = (ms: number) => new Date(NOW.getTime() - ms);

/** A shop with which all is well. */
function fine(): Facts {
  return {
    database: { version: '18.4 (Debian)', bytes: 48_000_000, milliseconds: 2, growth: [] },
    processes: [{ host: 'till', pid: 7, version: '1.0.0', startedAt: ago(DAY), seenAt: ago(20_000), memory: 1e8, sockets: 3, loopMs: 21 }],
    disks: [{ host: 'till', free: 80e9, total: 200e9, history: [] }],
    jobs: { waiting: 0, oldest: null, givenUp: [] },
    backups: {
      ...{
        lastBackup: { at: ago(12 * HOUR), seconds: 20, bytes: 3e8, files: 900, path: '/x' },
        lastProof: { at: ago(11.8 * HOUR), seconds: 41 },
      },
      ...{ lastCopy: ago(12 * HOUR), fault: null, copyFault: null, isRunning: false, isOn: true, isElsewhere: true },
      since: ago(900 * DAY),
    },
    chain: { at: ago(10 * HOUR), events: 1_234, milliseconds: 400, wrong: null },
    shopSince: ago(900 * DAY),
    faults: { kinds: 0, times: 0 },
    pages: { count: 900, p50: 12, p95: 180 },
    silentHooks: [],
    observes: true,
  };
}

const judged = (change: (facts: Facts) => void) => {
  const facts = fine();
  change(facts);
  return judge(facts, NOW, (at) => at.toISOString().slice(11, 16));
};
const item = (title: string, change: (facts: Facts) => void) => {
  const found = judged(change).find((one) => one.title.startsWith(title));
  if (!found) throw new Error(`There is no ${title}.`);
  return found;
};

describe('what is said', () => {
  test('of a shop with which all is well: that, with the proven restore', () => {
    const items = judged(() => {});
    expect(worstOf(items)).toBe('fine');
    expect(items.every(({ advice }) => advice === null)).toBe(true);
    expect(items.find(({ title }) => title === 'Speed')?.text).toBe(
      'In the last 24 hours half of all pages were there within 12 ms, 95 of 100 within 180 ms.',
    );
    expect(judged((facts) => Object.assign(facts.pages, { count: 3 })).some(({ title }) => title === 'Speed')).toBe(false);
    expect(items[0]?.text).toBe('Last proven restore: 03:12, 41 s. The last backup is of 03:00, 300 MB.');
  });

  test('of a shop in its first night: nothing to worry about and nothing that is not known', () => {
    const young = (facts: Facts) => {
      Object.assign(facts, { chain: null, shopSince: ago(HOUR) });
      Object.assign(facts.backups, { lastBackup: null, lastProof: null, since: ago(HOUR) });
    };
    const items = judged(young);
    expect(worstOf(items)).toBe('soon');
    expect(items.filter(({ state }) => state === 'soon').map(({ title }) => title)).toEqual(['Backups', 'The record']);
    expect(items.every(({ advice }) => advice === null)).toBe(true);
    const late = judged((facts) => {
      young(facts);
      Object.assign(facts, { shopSince: ago(27 * HOUR) });
      Object.assign(facts.backups, { since: ago(27 * HOUR) });
    });
    expect(late.filter(({ advice }) => advice !== null).map(({ title, state }) => [title, state])).toEqual([
      ['Backups', 'wrong'],
      ['The record', 'watch'],
    ]);
  });

  test.each<[string, string, RegExp, (facts: Facts) => void]>([
    ['Webhooks', 'watch', /Nothing arrives at Books\./, (facts) => facts.silentHooks.push({ name: 'Books', offWhy: null })],
    ['Webhooks', 'wrong', /Switched off.*: Books/, (facts) => facts.silentHooks.push({ name: 'Books', offWhy: 'failing' })],
    ['Backups', 'wrong', /failed: No room/, (facts) => Object.assign(facts.backups, { fault: 'No room.' })],
    ['Backups', 'wrong', /Last proven/, (facts) => Object.assign(facts.backups, { lastProof: { at: ago(27 * HOUR), seconds: 3 } })],
    ['Backups', 'wrong', /There is no backup/, (facts) => Object.assign(facts.backups, { lastProof: null, lastBackup: null })],
    [
      'Backups',
      'soon',
      /No backup has been proven yet.*tonight/,
      (facts) => Object.assign(facts.backups, { lastProof: null, since: ago(HOUR) }),
    ],
    ['Backups', 'wrong', /BACKUP_AT is off/, (facts) => Object.assign(facts.backups, { lastProof: null, lastBackup: null, isOn: false })],
    ['Backups', 'wrong', /second folder failed/, (facts) => Object.assign(facts.backups, { copyFault: 'It is not there.' })],
    ['Backups', 'watch', /Last proven/, (facts) => Object.assign(facts.backups, { isElsewhere: false })],
    ['Database', 'watch', /900 ms/, (facts) => Object.assign(facts.database, { milliseconds: 900 })],
    ['Disk', 'wrong', /900 MB of/, (facts) => Object.assign(facts.disks[0] as object, { free: 9e8 })],
    ['Disk', 'watch', /full in about 5 weeks/, (facts) => Object.assign(facts.disks[0] as object, { history: line(80e9, -80e9 / 35) })],
    ['Disk', 'wrong', /full in about 3 days/, (facts) => Object.assign(facts.disks[0] as object, { history: line(80e9, -80e9 / 3) })],
    ['Speed', 'watch', /95 of 100 within 1.8 s/, (facts) => Object.assign(facts.pages, { p95: 1_800 })],
    ['Faults', 'watch', /^12 faults of 1 kind/, (facts) => Object.assign(facts.faults, { kinds: 1, times: 12 })],
    ['Work in', 'wrong', /oldest since 20 min/, (facts) => Object.assign(facts.jobs, { waiting: 3, oldest: ago(20 * 60_000) })],
    ['Work in', 'watch', /deliver-webhook/, (facts) => Object.assign(facts.jobs, { givenUp: ['deliver-webhook'] })],
    ['The program', 'watch', /silent for 9 min/, (facts) => Object.assign(facts.processes[0] as object, { seenAt: ago(9 * 60_000) })],
    ['The program', 'watch', /late by up to 700 ms/, (facts) => Object.assign(facts.processes[0] as object, { loopMs: 700 })],
    [
      'The program',
      'watch',
      /1.0.0 and 1.1.0/,
      (facts) => facts.processes.push({ ...(facts.processes[0] as Facts['processes'][0]), version: '1.1.0' }),
    ],
    ['The program', 'watch', /OBSERVE is off/, (facts) => Object.assign(facts, { observes: false })],
    [
      'The record',
      'wrong',
      /tampered with, event 3/,
      (facts) => Object.assign(facts.chain as object, { wrong: 'event 3.1 is not as it was written' }),
    ],
    ['The record', 'watch', /not verified yet/, (facts) => Object.assign(facts, { chain: null, shopSince: ago(27 * HOUR) })],
    ['The record', 'soon', /within an hour/, (facts) => Object.assign(facts, { chain: null, shopSince: ago(25 * HOUR) })],
  ])('%s, %s: %s', (title, state, text, change) => {
    const found = item(title, change);
    expect(found).toMatchObject({ state, text: expect.stringMatching(text) });
    // Of what is wrong it is said what to do.
    if (state === 'wrong') expect(found.advice).toMatch(/^[A-Z].*\.$/);
  });

  const line = (free: number, perDay: number) =>
    Array.from({ length: 72 }, (_, hour) => ({ at: NOW.getTime() - (71 - hour) * HOUR, value: free - (perDay * (71 - hour)) / 24 }));

  test('of a disk that fills evenly: when it is full, whatever its size', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e8, max: 1e13, noNaN: true }), fc.double({ min: 0.5, max: 600, noNaN: true }), (free, days) => {
        const said = daysUntilFull(line(free, -free / days), free) as number;
        expect(Math.abs(said - days) / days).toBeLessThan(0.01);
      }),
    );
    expect(daysUntilFull(line(1e9, 0), 1e9)).toBeNull();
    expect(daysUntilFull(line(1e9, 5e6), 1e9)).toBeNull();
    expect(slopeOf(line(1e9, -1e6).slice(-20))).toBeNull();
    expect([line(1e9, 0), line(1e9, -1e3), line(1e9, -1e9 / 35), []].map((history) => tellRoom(history, 1e9))).toEqual([
      'It is not getting less.',
      'At this rate that lasts for more than two years.',
      'At this rate it is full in about 5 weeks.',
      'How long that lasts is known after a day.',
    ]);
    expect([line(1e9, 10), line(1e9, 5e6), []].map(tellGrowth)).toEqual([
      'It hardly grows.',
      'It grows by about 35 MB a week.',
      'How fast it grows is known after a day.',
    ]);
    expect([0.4, 1, 3.2, 35, 200].map(showDays)).toEqual([
      'less than a day',
      'about 1 day',
      'about 3 days',
      'about 5 weeks',
      'about 7 months',
    ]);
    expect([0, 900, 1_500, 48_000_000, 4.24e9, 999_900].map(showBytes)).toEqual([
      '0 bytes',
      '900 bytes',
      '1.5 kB',
      '48 MB',
      '4.2 GB',
      '1 MB',
    ]);
    expect([0.44, 12.4, 1_340].map(showMs)).toEqual(['0.4 ms', '12 ms', '1.3 s']);
  });

  test('a chart stays in its box, with gaps where nothing was', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.double({ min: 0, max: 1e12, noNaN: true })), { maxLength: 60 }), (points) => {
        const { lines, dots, width, height } = layOut(points);
        const all = [
          ...lines.flatMap((one) => one.split(' ').map((pair) => pair.split(',').map(Number))),
          ...dots.map(({ x, y }) => [x, y]),
        ];
        expect(all.length).toBe(points.filter((point) => point !== null).length);
        for (const [x = -1, y = -1] of all) expect(x >= 0 && x <= width && y >= 0 && y <= height).toBe(true);
      }),
    );
    expect(layOut([1, null, 2, 4]).lines).toHaveLength(1);
  });
});
