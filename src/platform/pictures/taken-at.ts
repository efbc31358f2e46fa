const EXIF_IFD = 0x8769;
const DATE_TIME_ORIGINAL = 0x9003;
const ASCII = 2;

/**
 * When a photo was taken, from its EXIF block. The block is foreign bytes: it is read where it says, never followed further than
 * from the first directory to the one of the exposure, so that no loop in it matters.
 * @param exif as in the file, with or without `Exif\0\0`
 * @returns what the camera's clock said, `2026-11-23T11:42:07`, or null when it says nothing that can be a time
 */
export function takenAt(exif: Buffer | undefined): string | null {
  if (!exif) return null;
  try {
    const tiff = exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif;
    const order = tiff.toString('latin1', 0, 2);
    if (order !== 'II' && order !== 'MM') return null;
    const reader = readerOf(tiff, order === 'II');
    const exposure = entryOf(reader, reader.long(4), EXIF_IFD);
    if (exposure === null) return null;
    const entry = entryOf(reader, reader.long(exposure + 8), DATE_TIME_ORIGINAL);
    if (entry === null || reader.short(entry + 2) !== ASCII || reader.long(entry + 4) < 19) return null;
    const at = reader.long(entry + 8);
    return asTime(tiff.toString('latin1', at, at + 19));
  } catch {
    // It points beyond its own end.
    return null;
  }
}

interface Reader {
  short(at: number): number;
  long(at: number): number;
}

function readerOf(tiff: Buffer, little: boolean): Reader {
  return {
    short: (at) => (little ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at)),
    long: (at) => (little ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at)),
  };
}

/** Where the entry of a tag begins in the directory at that place. A directory has at most 65,535 entries of twelve bytes. */
function entryOf(reader: Reader, directory: number, tag: number): number | null {
  const entries = reader.short(directory);
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + entry * 12;
    if (reader.short(at) === tag) return at;
  }
  return null;
}

/** `2026:11:23 11:42:07`, if there is such a day and such a time; cameras whose clock was never set say zeros or blanks. */
function asTime(text: string): string | null {
  const found = /^(\d{4}):(\d\d):(\d\d) (\d\d:\d\d:\d\d)$/.exec(text);
  if (!found) return null;
  const time = `${found[1]}-${found[2]}-${found[3]}T${found[4]}`;
  const date = new Date(`${time}Z`);
  if (Number.isNaN(date.getTime()) || date.toISOString().slice(0, 19) !== time || date.getUTCFullYear() < 1990) return null;
  return time;
}
