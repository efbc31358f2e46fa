import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mentionedIn, splitMentions } from './mentions.js';

const PEOPLE = [
  { id: 1, name: 'Ana Maria Ruiz' },
  { id: 2, name: 'Ana Maria' },
  { id: 3, name: 'Jürgen Groß' },
  { id: 4, name: 'Lee' },
  { id: 5, name: 'Lee' },
  { id: 6, name: 'İpek Şahin' },
];
const marked = (text: string) => splitMentions(text, PEOPLE).flatMap((piece) => (piece.who.length > 0 ? [piece.text] : []));

describe('a mention', () => {
  test.each([
    ['@Ana Maria Ruiz, please', ['@Ana Maria Ruiz'], [1]],
    ['ask @ana maria.', ['@ana maria'], [2]],
    ['@JÜRGEN has it', ['@JÜRGEN'], [3]],
    ['(@Jürgen Groß) and @Jurgen', ['@Jürgen Groß'], [3]],
    ['@Lee', ['@Lee'], [4, 5]],
    ['@İpek Şahin!', ['@İpek Şahin'], [6]],
    ['@Ana', [], []],
    ['@Leeward, lee@Lee.test, @@Lee, @nobody', [], []],
    ['', [], []],
  ] as [string, string[], number[]][])('in “%s”', (text, pieces, who) => {
    expect(marked(text)).toEqual(pieces);
    expect(mentionedIn(text, PEOPLE).sort()).toEqual(who);
  });

  test('leaves every letter where it was, whatever is written', () => {
    const words = fc.constantFrom('@', '@Lee', '@Ana Maria', 'Ruiz', ' ', '\n', '@jürgen', 'ß', 'İ', '😀', '<b>', 'x');
    const text = fc.oneof(
      fc.string(),
      fc.array(words).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(text, (typed) => {
        const pieces = splitMentions(typed, PEOPLE);
        expect(pieces.map((piece) => piece.text).join('')).toBe(typed);
        for (const piece of pieces) if (piece.who.length > 0) expect(piece.text.startsWith('@')).toBe(true);
      }),
    );
  });
});
