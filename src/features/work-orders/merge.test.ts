import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SEED } from '../../testing/seed.js';
import { mergeEdits } from './merge.js';

const FIELDS = ['concern', 'phone', 'plate', 'promised'];
// Few different values, so that people often type the same.
const form = fc.record(Object.fromEntries(FIELDS.map((field) => [field, fc.constantFrom('', 'a', 'b', 'c')])));

describe('two people who change the same work order', () => {
  test('in different fields both have their way', () => {
    const merged = mergeEdits(
      { concern: 'squeals', phone: '1' },
      { concern: 'squeals loudly', phone: '1' },
      { concern: 'squeals', phone: '2' },
    );
    expect(merged).toEqual({ changes: { concern: 'squeals loudly' }, conflicts: {} });
  });

  test('in the same field are shown both', () => {
    const merged = mergeEdits({ phone: '1' }, { phone: '2' }, { phone: '3' });
    expect(merged).toEqual({ changes: {}, conflicts: { phone: { mine: '2', theirs: '3' } } });
  });

  test('never overwrite each other in silence, whatever they type', () => {
    const property = fc.property(form, form, form, (original, mine, current) => {
      const { changes, conflicts } = mergeEdits(original, mine, current);
      const saved: Record<string, string> = { ...current, ...changes };
      for (const field of FIELDS) {
        const [was, wanted, is] = [original[field], mine[field], current[field]];
        if (wanted === was) expect(saved[field], 'what I left alone stays as it is').toBe(is);
        if (wanted !== was && is === was) expect(saved[field], 'what only I changed is written').toBe(wanted);
        if (is !== was) expect(saved[field], 'what somebody else wrote is still there').toBe(is);
        expect(field in conflicts, 'a conflict is what both changed to different things').toBe(
          wanted !== was && is !== was && wanted !== is,
        );
        if (field in conflicts) expect(field in changes).toBe(false);
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 1000 });
  });
});
