/** Somebody who can be mentioned. */
export interface Colleague {
  id: number;
  name: string;
}

/** A piece of a text; with `who`, it names colleagues. */
export interface Piece {
  text: string;
  who: number[];
}

const fold = (text: string) => text.normalize('NFC').toLocaleLowerCase('en');
/** An @ in the middle of a word is an e-mail address, or something else. */
const BEFORE = /[\p{L}\p{N}_.@-]$/u;
const AFTER = /^[\p{L}\p{N}_]/u;

/**
 * Cuts a text where it mentions a colleague: an @ with their whole name, or with their first name where nobody else has it.
 * The longest name that fits counts; what fits nobody stays text. The pieces together are the text, letter by letter.
 * @param people who can be mentioned; several of one name are all meant
 */
export function splitMentions(text: string, people: readonly Colleague[]): Piece[] {
  const names = namesOf(people);
  const pieces: Piece[] = [];
  let begun = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    if (at < begun || BEFORE.test(text.slice(Math.max(0, at - 2), at))) continue;
    const found = nameAt(text, at + 1, names);
    if (!found) continue;
    if (at > begun) pieces.push({ text: text.slice(begun, at), who: [] });
    begun = at + 1 + found.length;
    pieces.push({ text: text.slice(at, begun), who: found.who });
  }
  if (begun < text.length || pieces.length === 0) pieces.push({ text: text.slice(begun), who: [] });
  return pieces;
}

/** Whom a text mentions, each once. */
export function mentionedIn(text: string, people: readonly Colleague[]): number[] {
  return [...new Set(splitMentions(text, people).flatMap(({ who }) => who))];
}

/** By folded name, the longest first. */
function namesOf(people: readonly Colleague[]): [string, number[]][] {
  const whole = new Map<string, number[]>();
  const first = new Map<string, number[]>();
  const add = (map: Map<string, number[]>, name: string, id: number) => name && map.set(name, [...(map.get(name) ?? []), id]);
  for (const { id, name } of people) {
    const folded = fold(name.trim());
    add(whole, folded, id);
    add(first, folded.split(/\s+/)[0] ?? '', id);
  }
  for (const [name, who] of first) if (who.length === 1 && !whole.has(name)) whole.set(name, who);
  return [...whole].sort(([one], [other]) => other.length - one.length);
}

/** @returns how much of the text is the name, in its own letters */
function nameAt(text: string, from: number, names: [string, number[]][]): { length: number; who: number[] } | null {
  for (const [name, who] of names) {
    // Folding may change the length of a text: the letters are taken until they are the name.
    for (let length = Math.max(1, name.length - 4); length <= name.length + 4 && from + length <= text.length; length++) {
      if (fold(text.slice(from, from + length)) === name && !AFTER.test(text.slice(from + length))) return { length, who };
    }
  }
  return null;
}
