import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Block, layOut } from './rules.js';

const ROOM = { first: 100, next: 140 };
const HEAD: Block<string> = { content: 'head', height: 10 };

/** Blocks that fit on a sheet, with heads to repeat or without, some held by what follows. */
const blocks = fc
  .array(fc.record({ height: fc.integer({ min: 1, max: 60 }), held: fc.boolean(), repeats: fc.boolean() }), { maxLength: 80 })
  .map((all) =>
    all.map(
      ({ height, held, repeats }, index): Block<string> => ({ content: `${index}`, height, held, ...(repeats && { heads: [HEAD] }) }),
    ),
  );

test('every block stands on a sheet once, in order, and no sheet holds more than its height', () => {
  fc.assert(
    fc.property(blocks, (given) => {
      const sheets = layOut(given, ROOM);
      const placed = sheets.flat().filter((block) => block.content !== 'head');
      expect(placed).toEqual(given);
      sheets.forEach((sheet, index) => {
        const height = sheet.reduce((sum, block) => sum + block.height, 0);
        expect(height).toBeLessThanOrEqual(index === 0 ? ROOM.first : ROOM.next);
        if (given.length > 0) expect(sheet.some((block) => block.content !== 'head')).toBe(true);
      });
    }),
  );
});

test('a sheet that begins with a row repeats its heads, and only there', () => {
  fc.assert(
    fc.property(blocks, (given) => {
      const sheets = layOut(given, ROOM);
      sheets.forEach((sheet, index) => {
        const heads = sheet.filter((block) => block.content === 'head');
        const first = sheet.find((block) => block.content !== 'head');
        expect(heads).toEqual(index > 0 && first?.heads ? [HEAD] : []);
        if (heads.length > 0) expect(sheet[0]).toBe(HEAD);
      });
    }),
  );
});

test('what is held stands on the sheet of what follows, wherever a sheet has room for all of it', () => {
  const held = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(fc.array(held, { maxLength: 30 }), (units) => {
      const given = units.flatMap((heights, unit) =>
        heights.map((height, index): Block<string> => ({ content: `${unit}`, height, held: index < heights.length - 1, heads: [HEAD] })),
      );
      const sheetOf = new Map<string, Set<number>>();
      layOut(given, ROOM).forEach((sheet, index) => {
        for (const { content } of sheet) sheetOf.set(content, (sheetOf.get(content) ?? new Set()).add(index));
      });
      sheetOf.delete('head');
      for (const sheets of sheetOf.values()) expect(sheets.size).toBe(1);
    }),
  );
});

test('nothing needs one sheet, and what would just not fit begins the next one', () => {
  expect(layOut([], ROOM)).toEqual([[]]);
  const sheets = layOut(
    [
      { content: 'text', height: 80 },
      { content: 'heading', height: 15, held: true },
      { content: 'row', height: 10, heads: [HEAD] },
    ],
    ROOM,
  );
  expect(sheets.map((sheet) => sheet.map((block) => block.content))).toEqual([['text'], ['heading', 'row']]);
});
