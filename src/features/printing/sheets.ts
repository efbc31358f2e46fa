import type { Paper } from './papers.js';
import { gather, type Part } from './pieces.js';
import type { Size } from './records.js';
import { layOut } from './rules.js';
import { wrapLines } from './wrapping.js';

/** What is left of a sheet between its margins, and what is kept back so that a strange font does not need another one. Points. */
const SHEET_HEIGHT: Record<Size, number> = { letter: 717, a4: 768 };
const KEPT_BACK = 8;
const FOOT = 16;
const HEAD = { least: 56, nameOfShop: 18, lineOfShop: 11, again: 13, title: 24 };
/** Width in em of what the shop says of itself, with its logo and without. */
const SHOP = { withLogo: 22, without: 33, name: 1 / 1.75 };

export interface Letterhead {
  name: string;
  /** Address, phone, registration number: what stands below the name on the first sheet. */
  lines: string[];
  logo: boolean;
}

export interface Sheet {
  page: number;
  parts: Part[];
}

/** Spreads a paper over sheets. */
export function toSheets(paper: Paper, head: Letterhead, size: Size): Sheet[] {
  const width = head.logo ? SHOP.withLogo : SHOP.without;
  const name = HEAD.nameOfShop * wrapLines(head.name, width * SHOP.name).length;
  const lines = head.lines.reduce((sum, line) => sum + HEAD.lineOfShop * wrapLines(line, width).length, 0);
  const height = SHEET_HEIGHT[size] - FOOT - KEPT_BACK - HEAD.title;
  const room = { first: height - Math.max(HEAD.least, name + lines), next: height - Math.max(HEAD.least, name + HEAD.again) };
  const seen = new Set<object>();
  return layOut(paper.pieces, room).map((pieces, index) => ({ page: index + 1, parts: gather(pieces, seen) }));
}
