import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { Invalid } from '../../platform/errors.js';

const MOST_ROWS = 20_000;
const MOST_COLUMNS = 100;
const MOST_CELL = 20_000;

/** A file as a table; the first row is its heads, every row has as many cells. Blank rows stay, so that rows keep their numbers. */
export interface Table {
  rows: string[][];
  separator: string;
  encoding: string;
}

const SEPARATORS = [',', ';', '\t', '|'];

/**
 * Reads a CSV file in whatever way the program that wrote it thought right: separator and encoding are found out.
 * @throws Invalid at `file` with a sentence
 */
export async function readTable(bytes: Buffer): Promise<Table> {
  const { text, encoding } = decode(bytes);
  const separator = findSeparator(text);
  const rows: string[][] = [];
  const options = { delimiter: separator, relax_column_count: true, max_record_size: 200_000 };
  try {
    // In pieces, so that other requests get their turn.
    const pieces = Readable.from(cut(text)).pipe(parse(options));
    for await (const row of pieces as AsyncIterable<string[]>) {
      rows.push(row.map((cell) => cell.trim()));
      if (rows.length > MOST_ROWS + 1)
        throw refuse(`There are more than ${MOST_ROWS.toLocaleString('en-US')} rows in it. Please cut it into several files.`);
    }
  } catch (error) {
    throw error instanceof CsvError ? refuse(tell(error)) : error;
  }
  return { rows: square(rows), separator, encoding };
}

function refuse(sentence: string): Invalid {
  return new Invalid({ file: sentence });
}

function* cut(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 65_536) yield text.slice(at, at + 65_536);
}

function decode(bytes: Buffer): { text: string; encoding: string } {
  if (bytes.length === 0) throw refuse('The file is empty.');
  if (bytes.subarray(0, 4).equals(Buffer.from('PK\x03\x04', 'latin1')))
    throw refuse('That is a workbook, not a CSV file. Open it in your spreadsheet program and save it as CSV.');
  const [text, encoding] = decodeAs(bytes);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these tell a file that is no text.
  if (/[\0-\x08\x0e-\x1f]/.test(text)) throw refuse('That is no CSV file: there is something else than text in it.');
  return { text, encoding };
}

function decodeAs(bytes: Buffer): [text: string, encoding: string] {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return [new TextDecoder('utf-16le').decode(bytes), 'UTF-16'];
  try {
    // Takes the mark at the beginning away, too.
    return [new TextDecoder('utf-8', { fatal: true }).decode(bytes), 'UTF-8'];
  } catch {
    return [decodeWindows(bytes), 'Windows-1252'];
  }
}

/** What Windows-1252 has where Latin-1 has control characters, from 0x80 on. Some versions of Node decode the one as the other. */
const WINDOWS = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function decodeWindows(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[\x80-\x9f]/g, (character) => WINDOWS.charAt(character.charCodeAt(0) - 0x80));
}

/** The one that parts the heads into most cells; what stands in quotes does not count. */
function findSeparator(text: string): string {
  const heads = (/^(?:"(?:[^"]|"")*"|[^"\r\n])*/.exec(text.slice(0, 100_000))?.[0] ?? '').replace(/"(?:[^"]|"")*"/g, '');
  const counts = SEPARATORS.map((separator) => heads.split(separator).length);
  return SEPARATORS[counts.indexOf(Math.max(...counts))] as string;
}

function tell(error: CsvError): string {
  const line = (error as unknown as { lines?: number }).lines ?? 0;
  const sentences: Record<string, string> = {
    CSV_QUOTE_NOT_CLOSED: `A quotation mark is opened near line ${line} and never closed.`,
    CSV_MAX_RECORD_SIZE: `Line ${line} is far too long for one row.`,
    INVALID_OPENING_QUOTE: `There is a quotation mark in the middle of a cell in line ${line}. Inside quotes it is written twice.`,
    CSV_INVALID_CLOSING_QUOTE: `There is text behind a closing quotation mark in line ${line}. Inside quotes a quotation mark is written twice.`,
  };
  return sentences[error.code] ?? `The file can’t be read from line ${line} on.`;
}

function square(rows: string[][]): string[][] {
  while (rows.length > 0 && isBlank(rows.at(-1) as string[])) rows.pop();
  const heads = rows[0];
  if (!heads || isBlank(heads)) throw refuse('The first row must say what stands in each column.');
  if (rows.length < 2) throw refuse('There is nothing under the heads of the columns.');
  if (heads.length > MOST_COLUMNS) throw refuse(`There are more than ${MOST_COLUMNS} columns in it.`);
  if (rows.some((row) => row.some((cell) => cell.length > MOST_CELL))) throw refuse('One of its cells has far more text than fits.');
  return rows.map((row) => heads.map((_, index) => row[index] ?? ''));
}

export function isBlank(row: string[]): boolean {
  return row.every((cell) => cell === '');
}
