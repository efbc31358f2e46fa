/** A passage of text under its own small heading: the concern, or one comment. */
export interface Passage {
  heading: string;
  text: string;
}

/** As much of a passage as stands on one sheet. */
interface Piece extends Passage {
  /** It began on the sheet before. */
  continued: boolean;
}

/** How much a sheet holds, in lines of text. */
interface Room {
  /** On the first sheet, beside everything else that stands there. */
  first: number;
  /** On each sheet after it. */
  next: number;
  /** Width of a line in em (one em is the size of the letters). */
  width: number;
}

/**
 * Spreads passages over sheets, so that their number is known before anything is printed.
 * @returns for each sheet what stands on it; the first one may be empty, there is always one
 */
export function layOutSheets(passages: Passage[], room: Room): Piece[][] {
  const sheets: Piece[][] = [[]];
  let left = room.first;
  const turn = () => {
    sheets.push([]);
    left = room.next;
  };
  for (const { heading, text } of passages) {
    let lines = wrapLines(text, room.width);
    let continued = false;
    while (lines.length > 0) {
      // A heading never stands alone at the foot of a sheet.
      if (left < 3 && !(left === 2 && lines.length === 1)) turn();
      const fits = lines.slice(0, left - 1);
      sheets.at(-1)?.push({ heading, text: fits.join('').trim(), continued });
      left -= fits.length + 1;
      lines = lines.slice(fits.length);
      continued = true;
    }
  }
  return sheets;
}

/**
 * Breaks text as a page would, at spaces and where somebody pressed Enter. Joined, the lines are the text again.
 * @param width of a line in em
 */
export function wrapLines(text: string, width: number): string[] {
  return text.split(/(?<=\n)/).flatMap((paragraph) => wrapParagraph(paragraph, width));
}

function wrapParagraph(paragraph: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of paragraph.match(/\S+\s*|\s+/g) ?? []) {
    for (const part of breakWord(word, width)) {
      const wide = widthOf(part.trimEnd());
      if (line && used + wide > width) {
        lines.push(line);
        line = '';
        used = 0;
      }
      line += part;
      used += widthOf(part);
    }
  }
  return line ? [...lines, line] : lines;
}

/** A word that is longer than a line is broken wherever the line ends. */
function breakWord(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word];
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const sign of word) {
    const wide = widthOf(sign);
    if (used + wide > width) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += sign;
    used += wide;
  }
  return [...parts, part];
}

/**
 * Width in em, on the safe side: the font is the printer's computer's own. Measured on DejaVu Sans and Verdana, the
 * widest of the fonts that systems use.
 */
function widthOf(text: string): number {
  let width = 0;
  for (const sign of text) width += widthOfSign(sign);
  return width;
}

function widthOfSign(sign: string): number {
  if (/[ijlI.,;:!'|()[\] ]/.test(sign)) return 0.4;
  if (/[mwMW@%]/.test(sign)) return 1;
  if ((sign.codePointAt(0) ?? 0) >= 0x1100) return /\p{Extended_Pictographic}/u.test(sign) ? 1.4 : 1.05;
  return /[\p{Lu}\d]/u.test(sign) ? 0.7 : 0.62;
}
