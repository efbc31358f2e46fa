/** A file that can't be taken. The message is a sentence for the person who sent it. */
export class Refused extends Error {}

export const NO_KIND =
  'This is not a photo or video that can be taken here. Photos can be JPEG, PNG, WebP, AVIF or HEIC; videos can be MP4, MOV or WebM.';
export const EMPTY = 'This file is empty. Please take or choose the picture again.';
export const DAMAGED_PHOTO = 'This photo is damaged or did not arrive whole. Please take or choose it again.';
export const DAMAGED_VIDEO = 'This video is damaged or did not arrive whole. Please take or choose it again.';
export const HEIC_TOO_MUCH =
  'This HEIC photo can’t be read here. On an iPhone choose Settings → Camera → Formats → Most Compatible, take it again, and it will be.';
export const UNREADABLE = 'This file could not be read in time, so it was not taken. Please take the picture again, or choose another one.';

export const NO_PHOTO = 'Only a photo can be drawn on. Please choose one.';
export const CONVERTED_NOT = 'This video could not be converted. Please take it again, or choose another one.';

/** @param what 'photo' or 'video' */
export function tooLarge(what: string, maxBytes: number): string {
  return `This ${what} is larger than ${Math.floor(maxBytes / 1_000_000)} MB, which is the most that is taken.`;
}
