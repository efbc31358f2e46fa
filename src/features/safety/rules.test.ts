import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listNames, refuseRelease, turnOf, type Unsafe } from './rules.js';

const unsafe = fc.record<Unsafe>({
  ...{ finding: fc.nat(), name: fc.string(), isUnsafe: fc.boolean(), isDeclined: fc.boolean(), isAuthorized: fc.boolean() },
  ...{ hold: fc.option(fc.nat()), isReleased: fc.boolean() },
});

/** What stands in the database after the turn. */
function turned(one: Unsafe): Unsafe {
  const turn = turnOf(one);
  return turn === null ? one : { ...one, hold: turn === 'hold' ? 1 : null };
}

describe('what becomes of a hold', () => {
  test('taking the turn twice is taking it once', () => {
    fc.assert(
      fc.property(unsafe, (one) => {
        fc.pre(!(one.isDeclined && one.isAuthorized));
        expect(turnOf(turned(one))).toBeNull();
      }),
    );
  });

  test('what is unsafe, declined and not released is held; nothing else comes to be', () => {
    fc.assert(
      fc.property(unsafe, (one) => {
        const wanted = one.isUnsafe && one.isDeclined && !one.isReleased;
        if (one.hold === null) expect(turned(one).hold !== null).toBe(wanted);
      }),
    );
  });

  test('it ends only when the work is to be done or the finding is corrected', () => {
    fc.assert(
      fc.property(unsafe, (one) => {
        if (one.hold === null) return;
        expect(turned(one).hold === null).toBe(!one.isUnsafe || one.isAuthorized);
      }),
    );
  });
});

test('a release is by a second person, after the acknowledgement', () => {
  fc.assert(
    fc.property(fc.nat(4), fc.boolean(), fc.option(fc.nat(4)), fc.array(fc.nat(4)), (staff, acknowledged, takenBy, foundBy) => {
      const may = acknowledged && takenBy !== staff && !foundBy.includes(staff);
      expect(refuseRelease({ staff, acknowledged, takenBy, foundBy }) === null).toBe(may);
    }),
  );
});

test('names are listed as people say them', () => {
  expect(listNames([])).toBe('');
  expect(listNames(['A'])).toBe('A');
  expect(listNames(['A', 'B', 'C'])).toBe('A, B and C');
});
