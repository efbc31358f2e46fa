import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { blankPng, bombChunk, cornered, exif, heic, heicClaiming, pngChunk, scene, withSegments } from './pictures.js';
import { box, element, FRAMES, long, longBox, movie, openElement, webm } from './videos.js';

/** A file that somebody may send, and whether it is taken. 'either': the formats leave it open; it ends well in both cases. */
export interface Hostile {
  name: string;
  bytes: Buffer;
  outcome: 'taken' | 'refused' | 'either';
}

const latin = (text: string) => Buffer.from(text, 'latin1');
const SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>';

/** All of them, made here. */
export async function hostilePictures(): Promise<Hostile[]> {
  const jpeg = await (await scene(7, 640, 480)).jpeg().toBuffer();
  const groups = [
    bombs(jpeg),
    await truncated(jpeg),
    notPictures(),
    polyglots(jpeg),
    exifs(jpeg),
    await unusual(jpeg),
    boxes(),
    elements(),
  ];
  return groups.flat();
}

function list(outcome: Hostile['outcome'], files: Record<string, Buffer>): Hostile[] {
  return Object.entries(files).map(([name, bytes]) => ({ name, bytes, outcome }));
}

function bombs(jpeg: Buffer): Hostile[] {
  return [
    ...list('refused', {
      'PNG of 30,000 × 30,000': blankPng(30_000, 30_000, { rows: 40 }),
      'PNG of the largest size there is': blankPng(0x7fffffff, 0x7fffffff, { rows: 0 }),
      'PNG of 49 megapixels, interlaced': blankPng(7000, 7000, { interlaced: true }),
      'JPEG that claims 65,500 × 65,500': claiming(jpeg, 65_500, 65_500),
      'HEIC that claims 8,000 × 6,000': heicClaiming(8000, 6000),
      'HEIC that claims 2 billion × 2 billion': heicClaiming(0x7fffffff, 0x7fffffff),
    }),
    ...list('taken', { 'PNG of 49 megapixels, which packs to nothing': blankPng(7000, 7000) }),
    ...list('either', {
      'PNG with a zTXt of 100 MB': blankPng(20, 20, { chunks: [bombChunk('zTXt', 100_000_000)] }),
      'PNG with an iTXt of 100 MB': blankPng(20, 20, { chunks: [bombChunk('iTXt', 100_000_000)] }),
      'PNG with a color profile of 100 MB': blankPng(20, 20, { chunks: [bombChunk('iCCP', 100_000_000)] }),
      'PNG with 5,000 texts': blankPng(20, 20, { chunks: Array.from({ length: 5000 }, () => pngChunk('tEXt', latin('Comment\0x'))) }),
      'PNG with a place of 7 MB': blankPng(20, 20, { chunks: [pngChunk('eXIf', Buffer.alloc(7_000_000, 'M'))] }),
      'HEIC that claims to be smaller than it is': heicClaiming(16, 16),
      'JPEG with a broken color profile': withSegments(jpeg, [0xe2, latin(`ICC_PROFILE\0\x01\x01${'\xff'.repeat(500)}`)]),
      'JPEG with 6 MB of XMP': withSegments(jpeg, ...Array.from({ length: 100 }, (): [number, Buffer] => [0xe1, xmp(65_000)])),
    }),
  ];
}

function xmp(bytes: number): Buffer {
  return Buffer.concat([latin('http://ns.adobe.com/xmp/extension/\0'), Buffer.alloc(bytes, '<')]);
}

function claiming(jpeg: Buffer, width: number, height: number): Buffer {
  const bytes = Buffer.from(jpeg);
  const at = bytes.indexOf(Buffer.from([0xff, 0xc0]));
  bytes.writeUInt16BE(height, at + 5);
  bytes.writeUInt16BE(width, at + 7);
  return bytes;
}

async function truncated(jpeg: Buffer): Promise<Hostile[]> {
  const cut = (bytes: Buffer, share: number) => bytes.subarray(0, Math.floor(bytes.length * share));
  const whole: [string, Buffer][] = [
    ['PNG', await (await scene(8, 300, 200)).png().toBuffer()],
    ['WebP', await (await scene(8, 300, 200)).webp().toBuffer()],
    ['AVIF', await (await scene(8, 300, 200)).avif({ effort: 0 }).toBuffer()],
    ['HEIC', heic()],
    ['MP4', movie({ moovAtEnd: true })],
    ['WebM', webm()],
  ];
  return list('refused', {
    ...Object.fromEntries(Array.from({ length: 20 }, (_, part) => [`JPEG cut at ${part + 1} of 21`, cut(jpeg, (part + 1) / 21)])),
    ...Object.fromEntries(
      whole.flatMap(([name, bytes]) => [0.3, 0.7, 0.95].map((share) => [`${name} cut at ${share}`, cut(bytes, share)])),
    ),
    nothing: Buffer.alloc(0),
    'one byte': latin('\xff'),
    'only the head of a JPEG': latin('\xff\xd8\xff'),
    'only the head of a PNG': latin('\x89PNG\r\n\x1a\n'),
    'only the head of a WebP': latin('RIFF\x04\0\0\0WEBP'),
    'only the head of a HEIC': heic().subarray(0, 28),
    'only the head of an MP4': box('ftyp', latin('isom'), long(0)),
    'only the head of a WebM': element('1a45dfa3', element('4282', latin('webm'))),
  });
}

function notPictures(): Hostile[] {
  const texts = {
    'SVG with a script': SVG,
    'SVG that reads a file': '<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
    'HTML named .jpg': '<!doctype html><script>alert(document.cookie)</script>',
    'PDF with a script': '%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>',
    PostScript: '%!PS-Adobe-3.0\n(/etc/passwd) (r) file',
    PHP: '<?php system($_GET["c"]);',
    'a program for Linux': `\x7fELF${'\0'.repeat(60)}`,
    'a program for Windows': `MZ${'\0'.repeat(60)}`,
    'GIF that is a script': 'GIF89a=1;alert(1)//',
    TIFF: `II*\0\x08\0\0\0${'\0'.repeat(60)}`,
    BMP: `BM${'\0'.repeat(60)}`,
    ZIP: `PK\x03\x04${'\0'.repeat(60)}`,
    'HLS playlist named .mp4': '#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n',
    'concat list named .mp4': "ffconcat version 1.0\nfile '/etc/passwd'\n",
    AVI: `RIFF${'\0'.repeat(4)}AVI ${'\0'.repeat(60)}`,
    'ImageMagick script': 'push graphic-context\nviewbox 0 0 640 480\nfill \'url(https://x"|id")\'\n',
    words: 'The brake pads are worn.',
  };
  const refused = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, latin(text)]));
  return list('refused', { ...refused, 'Matroska that is no WebM': webm({ doctype: 'matroska' }), 'sound only': movie({ major: 'M4A ' }) });
}

function polyglots(jpeg: Buffer): Hostile[] {
  const html = latin('<html><script>alert(1)</script></html>');
  return list('taken', {
    'JPEG that is HTML in a comment': withSegments(jpeg, [0xfe, html]),
    'JPEG with HTML behind it': Buffer.concat([jpeg, html]),
    'JPEG with a ZIP behind it': Buffer.concat([jpeg, latin(`PK\x03\x04${'x'.repeat(500)}PK\x05\x06${'\0'.repeat(18)}`)]),
    'PNG with PHP behind it': Buffer.concat([blankPng(20, 20), latin('<?php system("id");')]),
  });
}

function exifs(jpeg: Buffer): Hostile[] {
  const loop = Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08\0\0\0\x08', 'latin1');
  const beyond = Buffer.from('Exif\0\0MM\0*\xff\xff\xff\xf0', 'latin1');
  const many = Buffer.concat([Buffer.from('Exif\0\0MM\0*\0\0\0\x08\xff\xff', 'latin1'), Buffer.alloc(60_000, 7)]);
  const blocks = {
    'EXIF of 64 kB': exif({ note: Buffer.alloc(65_000, 'n'), orientation: 3 }),
    'EXIF that leads to itself': loop,
    'EXIF that leads beyond its end': beyond,
    'EXIF with 65,535 entries': many,
    'EXIF that is turned in a way there is not': exif({ orientation: 4711 }),
    'EXIF with a script for a time': exif({ taken: '<script>alert(1)</script>' }),
    'EXIF that is empty': latin('Exif\0\0'),
  };
  return list(
    'taken',
    Object.fromEntries(Object.entries(blocks).map(([name, block]) => [`JPEG with ${name}`, withSegments(jpeg, [0xe1, block])])),
  );
}

async function unusual(jpeg: Buffer): Promise<Hostile[]> {
  const blue = cornered(60, 40);
  const frames = await Promise.all([1, 2, 3].map(async (seed) => (await scene(seed, 60, 40)).png().toBuffer()));
  const broken = blankPng(20, 20);
  broken[broken.length - 20] = (broken[broken.length - 20] as number) ^ 0xff;
  const animated = [
    pngChunk('acTL', long(2, 0)),
    pngChunk('fcTL', Buffer.concat([long(0, 20, 20, 0, 0), Buffer.from([0, 1, 0, 1, 0, 0])])),
  ];
  const progressive = await sharp(jpeg).jpeg({ progressive: true }).toBuffer();
  const scan = progressive.subarray(progressive.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  return [
    ...list('taken', {
      'animated WebP': await sharp(frames, { join: { animated: true } })
        .webp()
        .toBuffer(),
      'animated PNG': blankPng(20, 20, { chunks: animated }),
      'PNG of 16 bits': await sharp(await blue.clone().png().toBuffer())
        .toColourspace('rgb16')
        .png()
        .toBuffer(),
      'CMYK JPEG': await blue.clone().toColourspace('cmyk').jpeg().toBuffer(),
      'grey JPEG': await blue.clone().greyscale().jpeg().toBuffer(),
      'one pixel': blankPng(1, 1),
      'one row of 20,000': blankPng(20_000, 1),
      'one column of 20,000': blankPng(1, 20_000),
    }),
    ...list('refused', {
      'PNG with a wrong check sum': broken,
      'PNG whose rows end early': blankPng(500, 500, { rows: 200 }),
      'PNG that unpacks to nine bytes': Buffer.concat([blankPng(9, 9).subarray(0, 33), pngChunk('IDAT', deflateSync(Buffer.alloc(9)))]),
    }),
    ...list('either', {
      'JPEG whose last scan comes 2,000 times': Buffer.concat([progressive.subarray(0, -2), ...Array(2000).fill(scan), latin('\xff\xd9')]),
    }),
  ];
}

function boxes(): Hostile[] {
  const head = box('ftyp', latin('isom'), long(512), latin('isomavc1'));
  const good = movie();
  const moovAt = good.indexOf('moov') - 4;
  const changed = (type: string, change: (bytes: Buffer, at: number) => void) => {
    const bytes = Buffer.from(good);
    change(bytes, bytes.indexOf(type) - 4);
    return bytes;
  };
  let nested = box('mvhd', Buffer.alloc(100));
  for (let depth = 0; depth < 10_000; depth += 1) nested = Buffer.concat([long(nested.length + 8), latin('moov'), nested]);
  const sizes = (size: number) => (bytes: Buffer, at: number) => void bytes.writeUInt32BE(size, at);
  return [
    ...list('refused', {
      'MP4 whose moov is larger than the file': changed('moov', sizes(0x7fffffff)),
      'MP4 whose moov is smaller than its head': changed('moov', sizes(7)),
      'MP4 with a box of zero size in another': changed('trak', sizes(0)),
      'MP4 with a box larger than what it lies in': changed('mdia', sizes(good.length - moovAt)),
      'MP4 with a size of 2^63': Buffer.concat([head, long(1), latin('moov'), long(0x7fffffff, 0xffffffff), Buffer.alloc(100)]),
      'MP4 nested 10,000 deep': Buffer.concat([head, nested]),
      'MP4 without moov': Buffer.concat([head, box('mdat', ...FRAMES)]),
      'MP4 without tracks': Buffer.concat([head, box('moov', box('mvhd', Buffer.alloc(100)))]),
      'MP4 whose pictures are behind a URL': movie({ reference: box('url ', long(0), latin('http://127.0.0.1:1/x\0')) }),
      'MOV whose pictures are in another file': movie({ major: 'qt  ', reference: box('alis', long(0), latin('/etc/passwd')) }),
      'MP4 whose head of a track is cut': changed('tkhd', sizes(20)),
      'MP4 with 60,000 boxes': Buffer.concat([head, ...Array(60_000).fill(box('free')), good.subarray(head.length)]),
      'MP4 of no size': changed('tkhd', (bytes, at) => bytes.fill(0, at + 84, at + 92)),
    }),
    ...list('either', {
      'MP4 whose table says four billion': changed('stts', (bytes, at) => void bytes.writeUInt32BE(0xffffffff, at + 16)),
      'MP4 whose sizes say four billion': changed('stsz', (bytes, at) => void bytes.writeUInt32BE(0xffffffff, at + 16)),
      'MP4 whose samples are all of four billion bytes': changed('stsz', (bytes, at) => void bytes.writeUInt32BE(0xffffffff, at + 12)),
      'MP4 whose chunk is in the table itself': changed('stco', (bytes, at) => void bytes.writeUInt32BE(40, at + 16)),
    }),
    ...list('taken', {
      'MP4 with moov at its end': movie({ moovAtEnd: true }),
      'MP4 with sizes of 64 bits': movie({ longSizes: true }),
      'MP4 of a second that claims ten hours': movie({ claims: 36_000_000 }),
      'MP4 whose last box has no size': Buffer.concat([good, long(0), latin('free'), Buffer.alloc(50)]),
      'MP4 with an empty long box': Buffer.concat([good, longBox('skip', Buffer.alloc(0))]),
      'MP4 in fragments': movie({ fragmented: true }),
    }),
  ];
}

function elements(): Hostile[] {
  const good = webm();
  const head = good.subarray(0, good.indexOf(Buffer.from('18538067', 'hex')));
  let nested = element('e7', Buffer.from([0]));
  for (let depth = 0; depth < 10_000; depth += 1)
    nested = Buffer.concat([latin('\x1f\x43\xb6\x75\x01\xff\xff\xff\xff\xff\xff\xff'), nested]);
  return [
    ...list('refused', {
      'WebM with an element longer than the file': Buffer.concat([
        head,
        latin('\x18\x53\x80\x67\x01\0\0\xff\xff\xff\xff\xff'),
        Buffer.alloc(50),
      ]),
      'WebM with an id of zeros': Buffer.concat([head, openElement('18538067', Buffer.alloc(100))]),
      'WebM with clusters nested 10,000 deep': Buffer.concat([head, openElement('18538067', nested)]),
      'WebM with 60,000 elements': Buffer.concat([head, openElement('18538067', ...Array(60_000).fill(latin('\xec\x80')))]),
      'WebM without tracks': Buffer.concat([head, openElement('18538067', element('1549a966'))]),
    }),
    ...list('taken', { 'WebM as browsers write it': webm({ open: true, duration: 0 }) }),
  ];
}
