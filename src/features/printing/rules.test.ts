import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layOutSheets, wrapLines } from './rules.js';

const ROOM = { first: 10, next: 40, width: 40 };
const text = fc.stringMatching(/^[a-zäM漢 .\n]{0,3000}$/);

test('lines joined are the text again, and none is wider than the sheet', () => {
  fc.assert(
    fc.property(text, (given) => {
      const lines = wrapLines(given, 20);
      expect(lines.join('')).toBe(given);
      // The narrowest sign counts 0.4 em; a space at the end of a line takes no room.
      for (const line of lines) expect([...line.trimEnd()].length).toBeLessThanOrEqual(50);
    }),
  );
});

test('every word of every passage stands on a sheet, in order, and no sheet holds more than its lines', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
      const sheets = layOutSheets(
        texts.map((one, index) => ({ heading: `${index}`, text: one })),
        ROOM,
      );
      const words = (value: string) => value.split(/\s+/).filter(Boolean).join('');
      expect(
        words(
          sheets
            .flat()
            .map((piece) => piece.text)
            .join(''),
        ),
      ).toBe(words(texts.join('')));
      sheets.forEach((sheet, index) => {
        const lines = sheet.reduce((sum, piece) => sum + 1 + wrapLines(piece.text, ROOM.width).length, 0);
        expect(lines).toBeLessThanOrEqual(index === 0 ? ROOM.first : ROOM.next);
        if (index > 0) expect(sheet.length).toBeGreaterThan(0);
      });
    }),
  );
});

test('a short concern needs one sheet, and an empty one needs one, too', () => {
  expect(layOutSheets([{ heading: 'Concern', text: 'It squeals.' }], ROOM)).toEqual([
    [{ heading: 'Concern', text: 'It squeals.', continued: false }],
  ]);
  expect(layOutSheets([], ROOM)).toEqual([[]]);
  expect(layOutSheets([{ heading: 'Concern', text: '' }], ROOM)).toEqual([[]]);
});

test('what does not fit goes on under the same heading on the next sheet', () => {
  const sheets = layOutSheets([{ heading: 'Concern', text: 'Brakes grind when it is cold. '.repeat(40) }], ROOM);
  expect(sheets.length).toBe(2);
  expect(sheets[1]?.[0]).toMatchObject({ heading: 'Concern', continued: true });
});

test('a heading never stands alone at the foot of a sheet', () => {
  const sheets = layOutSheets(
    [
      { heading: 'Concern', text: 'a\n'.repeat(8) },
      { heading: 'Dana', text: 'First line.\nSecond line.' },
    ],
    ROOM,
  );
  expect(sheets.map((sheet) => sheet.map((piece) => piece.heading))).toEqual([['Concern'], ['Dana']]);
});
