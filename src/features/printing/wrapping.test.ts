import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapLines } from './wrapping.js';

test('lines joined are the text again, and none is wider than the sheet', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zäM漢 .\n]{0,3000}$/), (given) => {
      const lines = wrapLines(given, 20);
      expect(lines.join('')).toBe(given);
      // The narrowest sign counts 0.4 em; a space at the end of a line takes no room.
      for (const line of lines) expect([...line.trimEnd()].length).toBeLessThanOrEqual(50);
    }),
  );
});

test('a narrower column never needs fewer lines', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-zM \n]{0,400}$/), fc.integer({ min: 2, max: 40 }), (given, width) => {
      expect(wrapLines(given, width).length).toBeGreaterThanOrEqual(wrapLines(given, width + 3).length);
    }),
  );
});
