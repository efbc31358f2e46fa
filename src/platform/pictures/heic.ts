import decode from 'heic-decode';
import { HEIC_TOO_MUCH, Refused } from './refused.js';

/**
 * HEIC is HEVC inside, which the image library is built without. The decoder is WebAssembly: what goes wrong in it stays in its own memory.
 * @returns four bytes a pixel, turned upright
 * @throws Refused when it can't be decoded
 */
export async function decodeHeic(file: Buffer): Promise<{ data: Uint8ClampedArray; width: number; height: number }> {
  try {
    return await decode({ buffer: file });
  } catch (error) {
    throw new Refused(HEIC_TOO_MUCH, { cause: error });
  }
}
