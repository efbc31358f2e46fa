import { describe, expect, test } from 'vitest';
import { amount } from './cells.js';
import { guessMapping } from './kinds.js';
import { readTable } from './reading.js';

const read = (text: string | Buffer) => readTable(Buffer.from(text));

describe('a file', () => {
  test.each([
    ['commas', 'Name,Phone\nDana,"555, 0142"\n', ','],
    ['semicolons', 'Name;Phone;"a, b, c, d"\r\nDana;"555, 0142";\r\n', ';'],
    ['tabs', 'Name\tPhone\nDana\t555, 0142', '\t'],
    ['bars', 'Name|Phone\nDana|555, 0142', '|'],
  ])('with %s is read', async (_, text, separator) => {
    const table = await read(text);
    expect(table.separator).toBe(separator);
    expect(table.rows[1]?.slice(0, 2)).toEqual(['Dana', '555, 0142']);
  });

  test('is read in its encoding', async () => {
    expect(await read('\uFEFFName\nZoë')).toMatchObject({ rows: [['Name'], ['Zoë']], encoding: 'UTF-8' });
    expect(await read(Buffer.from('Name\nZo\xeb \x80', 'latin1'))).toMatchObject({ rows: [['Name'], ['Zoë €']], encoding: 'Windows-1252' });
    expect(await read(Buffer.from('\uFEFFName\tPhone\nZoë\t1', 'utf16le'))).toMatchObject({ encoding: 'UTF-16', separator: '\t' });
  });

  test('keeps line breaks and doubled quotes inside quotes, and makes every row as wide as its heads', async () => {
    expect((await read('Name,Notes,More\n"Dana ""D"" Whitfield","two\nlines"\n\nAna,x,y,too many\n\n')).rows).toEqual([
      ['Name', 'Notes', 'More'],
      ['Dana "D" Whitfield', 'two\nlines', ''],
      ['', '', ''],
      ['Ana', 'x', 'y'],
    ]);
  });

  test.each([
    ['nothing', '', 'is empty'],
    ['blanks alone', '\n\n  \n', 'first row'],
    ['heads alone', 'Name,Phone\n', 'nothing under'],
    ['a workbook', 'PK\x03\x04rest', 'workbook'],
    ['a picture', '\x89PNG\r\n\x1a\n\0\0', 'something else than text'],
    ['a NUL', 'Name\nDa\0na', 'something else than text'],
    ['a quotation mark that is never closed', 'Name\n"Dana\nAna\n', 'never closed'],
    ['text behind a quote', 'Name\n"Dana" Whitfield\n', 'closing quotation mark in line 2'],
    ['a line without end', `Name\n${'x'.repeat(1_000_000)}`, 'too long for one row'],
    ['a quoted cell without end', `Name\n"${'x\n'.repeat(600_000)}"`, 'too long for one row'],
    ['a cell that is far too long', `Name\n${'x'.repeat(30_000)}`, 'more text than fits'],
    ['too many rows', `Name\n${'x\n'.repeat(20_001)}`, 'more than 20,000 rows'],
    ['too many columns', `${'a,'.repeat(200)}\n1`, 'more than 100 columns'],
  ])('with %s is refused in a sentence', async (_, text, sentence) => {
    await expect(read(Buffer.from(text, 'latin1'))).rejects.toThrow(sentence);
  });
});

test('columns are known by their heads, in any spelling, each once', () => {
  expect(guessMapping('customers', ['Full Name', 'E-Mail Address', 'PHONE NUMBER', 'phone', 'Odd'])).toEqual({
    name: 0,
    email: 1,
    phone: 3,
  });
  expect(guessMapping('parts', ['Shelf', 'SKU', 'Brand', 'List Price'])).toEqual({ number: 1, maker: 2, price: 3 });
  expect(guessMapping('vehicles', ['Customer', 'License Plate', 'VIN', 'Make', 'Model', 'Year'])).toEqual({
    ...{ ownerName: 0, plate: 1, vin: 2, make: 3, model: 4, year: 5 },
  });
});

test.each([
  ['12.50', 1250],
  ['$1,234.50', 123_450],
  ['1.234,50', 123_450],
  ['1234,5', 123_450],
  ['EUR 7', 700],
  ['', null],
])('the amount %s is read as %s cents', (cell, value) => {
  expect(amount(cell)).toEqual({ value });
});
test.each(['12.345', '1e400', 'NaN', '-5', '2*3', '=1+1', '１２', 'free'])('%s is no amount', (cell) => {
  expect(amount(cell)).toHaveProperty('problem');
});
