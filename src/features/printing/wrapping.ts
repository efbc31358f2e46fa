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
