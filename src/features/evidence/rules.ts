import { endingOf } from '../../platform/files/endings.js';

// What of a work order belongs into its evidence, as rules: pure, no database.

/** What is the shop's own: what parts cost it and where it bought them, notes that no customer is shown, and other people's visits. */
const INTERNAL = new Set(['costCents', 'vendor', 'vendorInvoice', 'internalNote', 'looksLike']);

/** What an event says, without what is the shop's own. */
export interface Open {
  data: unknown;
  /** Something was taken out that said something. */
  isPartial: boolean;
}

/** @param data of an event */
export function withoutInternal(data: unknown): Open {
  if (Array.isArray(data)) {
    const members = data.map(withoutInternal);
    return { data: members.map((member) => member.data), isPartial: members.some((member) => member.isPartial) };
  }
  if (data === null || typeof data !== 'object') return { data, isPartial: false };
  let isPartial = false;
  const kept = Object.entries(data).flatMap(([key, value]) => {
    if (INTERNAL.has(key)) {
      isPartial ||= value !== null && value !== 0 && value !== '';
      return [];
    }
    const open = withoutInternal(value);
    isPartial ||= open.isPartial;
    return [[key, open.data] as const];
  });
  return { data: Object.fromEntries(kept), isPartial };
}

/** Where a picture stands in the pack: made of numbers and words of ours, never of what a phone called it. */
export function picturePath(media: number, use: string, type: string): string {
  return `pictures/${String(media).padStart(6, '0')}-${use}.${endingOf(type)}`;
}

/** `events/000412-1.bin` */
export function eventPath(version: number, seq: number): string {
  return `events/${String(version).padStart(6, '0')}-${seq}.bin`;
}

/** As `sha256sum` writes and checks it; in the order of the paths. */
export function sumsFile(files: { path: string; sha256: string }[]): string {
  return [...files]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, sha256 }) => `${sha256}  ${path}\n`)
    .join('');
}
