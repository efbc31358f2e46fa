import { SECRET } from './pictures.js';

// Videos for tests, good and bad. Their pictures are no pictures: whoever only looks how a file is made can't tell.

type Bytes = Buffer;

export function long(...values: number[]): Bytes {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, place) => {
    bytes.writeUInt32BE(value, place * 4);
  });
  return bytes;
}

/** A box of an MP4. */
export function box(type: string, ...content: Bytes[]): Bytes {
  const inside = Buffer.concat(content);
  return Buffer.concat([long(inside.length + 8), Buffer.from(type, 'latin1'), inside]);
}

/** The same with its size in 64 bits. */
export function longBox(type: string, content: Bytes): Bytes {
  return Buffer.concat([long(1), Buffer.from(type, 'latin1'), long(0, content.length + 16), content]);
}

export interface MovieFields {
  major?: string;
  moovAtEnd?: boolean;
  longSizes?: boolean;
  /** What the head claims, in thousandths of a second; its samples say one second. */
  claims?: number;
  codec?: string;
  /** Samples of a track of places, like action cameras have. */
  places?: Bytes[];
  /** Places and names in every box that can hold some. */
  secrets?: boolean;
  /** Flags of the reference to the media: 1 is "in this file". */
  reference?: Bytes;
  fragmented?: boolean;
  /** A second track of a sound that is not compressed. */
  rawSound?: boolean;
}

const MADE = 0xe0_00_00_01;
export const FRAMES = Array.from({ length: 25 }, (_, frame) => Buffer.from(`<frame ${String(frame).padStart(3, '0')} of a video>`));

/** One second of 25 pictures of 640 × 360. */
export function movie(fields: MovieFields = {}): Bytes {
  const head = box('ftyp', Buffer.from(fields.major ?? 'isom'), long(512), Buffer.from('isomavc1'));
  const places = fields.places ?? [];
  const hidden = fields.secrets ? [Buffer.from(`between ${SECRET}`)] : [];
  const content = Buffer.concat([...FRAMES, ...hidden, ...places]);
  const media = fields.longSizes ? longBox('mdat', content) : box('mdat', content);
  const start = media.length - content.length;
  const extra = fields.secrets ? [box('uuid', Buffer.alloc(16, 7), Buffer.from(SECRET)), box('free', Buffer.from(`GPS ${SECRET}`))] : [];
  const build = (mediaAt: number) => {
    const framesAt = mediaAt + start;
    const placesAt = framesAt + Buffer.concat([...FRAMES, ...hidden]).length;
    const tracks = [track(fields, 'vide', FRAMES, framesAt)];
    if (places.length > 0) tracks.push(track(fields, 'meta', places, placesAt));
    if (fields.rawSound) tracks.push(track({ ...fields, codec: 'sowt' }, 'soun', FRAMES, framesAt));
    const names = fields.secrets ? [userData(), box('meta', long(0), Buffer.from(SECRET))] : [];
    const fragments = fields.fragmented ? [box('mvex', box('trex', long(0, 1, 1, 40, 0, 0)))] : [];
    return box('moov', movieHead(fields), ...tracks, ...fragments, ...names);
  };
  if (fields.moovAtEnd) return Buffer.concat([head, media, ...extra, build(head.length)]);
  const mediaAt = head.length + build(0).length + Buffer.concat(extra).length;
  return Buffer.concat([head, build(mediaAt), ...extra, media]);
}

function userData(): Bytes {
  return box('udta', box('\xa9xyz', Buffer.from('\0\x12\x15\xc7+47.3769+008.5417/')), box('\xa9mak', Buffer.from(`\0\0\0\0${SECRET}`)));
}

function movieHead({ claims, secrets }: MovieFields): Bytes {
  const made = secrets ? MADE : 0;
  return box('mvhd', long(0, made, made, 1000, claims ?? 1000, 0x10000), Buffer.alloc(12), matrix(), Buffer.alloc(24), long(3));
}

function matrix(): Bytes {
  return long(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);
}

function track(fields: MovieFields, kind: 'vide' | 'soun' | 'meta', samples: Bytes[], at: number): Bytes {
  const made = fields.secrets ? MADE : 0;
  const name = Buffer.from(fields.secrets ? `${SECRET}\0` : 'Handler\0');
  const size = kind === 'vide' ? long(640 * 65_536, 360 * 65_536) : long(0, 0);
  const reference = fields.reference ?? box('url ', long(1));
  const table = box(
    'stbl',
    box('stsd', long(0, 1), sampleEntry(fields, kind)),
    box('stts', long(0, 1, samples.length, 40)),
    box('stsc', long(0, 1, 1, samples.length, 1)),
    box('stsz', long(0, 0, samples.length, ...samples.map(({ length }) => length))),
    box('stco', long(0, 1, at)),
  );
  return box(
    'trak',
    box('tkhd', long(7, made, made, 1, 0, 1000), Buffer.alloc(16), matrix(), size),
    ...(fields.secrets ? [userData()] : []),
    box(
      'mdia',
      box('mdhd', long(0, made, made, 1000, 1000, 0)),
      box('hdlr', long(0, 0), Buffer.from(kind), Buffer.alloc(12), name),
      box('minf', box('vmhd', long(1, 0, 0)), box('dinf', box('dref', long(0, 1), reference)), table),
    ),
  );
}

function sampleEntry({ codec = 'avc1', secrets }: MovieFields, kind: 'vide' | 'soun' | 'meta'): Bytes {
  if (kind === 'meta') return box('mebx', Buffer.alloc(8), Buffer.from(SECRET));
  const fixed = Buffer.alloc(kind === 'vide' ? 78 : 28);
  fixed.writeUInt16BE(1, 6);
  if (kind === 'vide') {
    fixed.writeUInt16BE(640, 24);
    fixed.writeUInt16BE(360, 26);
    if (secrets) fixed.write(SECRET, 43, 'latin1');
  }
  const setup = codec === 'avc1' ? [box('avcC', Buffer.from([1, 100, 0, 31, 255, 224, 0]))] : [];
  return box(codec, fixed, ...setup, ...(secrets ? [box('uuid', Buffer.from(SECRET))] : []));
}

// WebM ---------------------------------------------------------------------------------------------------------------

/** An element of a WebM. @param id as the specification writes it: `1a45dfa3` */
export function element(id: string, ...content: Bytes[]): Bytes {
  const inside = Buffer.concat(content);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE((1n << 56n) | BigInt(inside.length));
  return Buffer.concat([Buffer.from(id, 'hex'), size, inside]);
}

const UNKNOWN = Buffer.from('01ffffffffffffff', 'hex');

/** The same without saying how long it is, as browsers write it. */
export function openElement(id: string, ...content: Bytes[]): Bytes {
  return Buffer.concat([Buffer.from(id, 'hex'), UNKNOWN, ...content]);
}

const byte = (...values: number[]) => Buffer.from(values);

function float(value: number): Bytes {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

export interface WebmFields {
  doctype?: string;
  /** Thousandths of a second; what a browser records says none. */
  duration?: number;
  codec?: string;
  secrets?: boolean;
  open?: boolean;
}

/** One second of pictures of 640 × 360, in two clusters. */
export function webm({ doctype = 'webm', duration = 1000, codec = 'V_VP8', secrets = false, open = false }: WebmFields = {}): Bytes {
  const secret = Buffer.from(SECRET);
  const master = open ? openElement : element;
  const hidden = (id: string) => (secrets ? [element(id, secret)] : []);
  const info = [element('2ad7b1', byte(0x0f, 0x42, 0x40)), element('4d80', secret), element('5741', secret), ...hidden('7ba9')];
  if (duration > 0) info.push(element('4489', float(duration)));
  const size = element('e0', element('b0', byte(2, 0x80)), element('ba', byte(1, 0x68)));
  const pictures = element(
    'ae',
    element('d7', byte(1)),
    element('83', byte(1)),
    element('86', Buffer.from(codec)),
    size,
    ...hidden('536e'),
  );
  const places = element(
    'ae',
    element('d7', byte(2)),
    element('83', byte(0x11)),
    element('86', Buffer.from('S_TEXT/UTF8')),
    ...hidden('536e'),
  );
  const block = (number: number, frame: Bytes) => element('a3', byte(0x80 | number, 0, 0, 0x80), frame);
  const group = (number: number, frame: Bytes) => element('a0', element('a1', byte(0x80 | number, 0, 0, 0), frame), ...hidden('75a1'));
  const cluster = (at: number, frames: Bytes[]) =>
    master(
      '1f43b675',
      element('e7', byte(at >> 8, at & 255)),
      ...frames.map((frame) => block(1, frame)),
      ...(secrets ? [block(2, secret), group(2, secret), group(1, Buffer.from('<frame of a group>'))] : []),
    );
  const half = FRAMES.slice(0, 12);
  const parts = [
    ...[element('1549a966', ...info), element('1654ae6b', pictures, ...(secrets ? [places] : []))],
    ...[cluster(0, half), cluster(960, FRAMES.slice(12))],
    ...(secrets && !open ? [element('1254c367', secret), element('1941a469', secret), element('1043a770', secret)] : []),
  ];
  return Buffer.concat([element('1a45dfa3', element('4282', Buffer.from(doctype))), master('18538067', ...parts)]);
}
