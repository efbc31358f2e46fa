import { execFile } from 'node:child_process';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { Ground } from './support/ground.js';
import { inTurns, quantile } from './support/numbers.js';
import { startServer } from './support/program.js';
import { atMost, type Figure } from './support/report.js';
import { Visitor } from './support/visitor.js';

const run = promisify(execFile);

const PHONES = 10;
const PHOTOS_EACH = 10;
/** As the script in the browser does. */
const AT_ONCE = 2;
const FIRST_NUMBER = 1001;
/** Stands in the first column, and is moved to and fro. */
const CARD = 1053;
/** Somebody looks at the board and moves a card, and takes a breath. */
const BREATH = 50;
/** In turns with as many of nothing else, each as long as the last: what else the machine does falls on both. */
const ROUNDS = 5;
const FIRST_IDLE = 4000;

/** Ten phones send ten 12-megapixel photos each while the board is used: what its answers take, beside those before. */
export async function measureUploads(ground: Ground): Promise<Figure[]> {
  const scenes = await Promise.all(Array.from({ length: PHONES }, (_, phone) => makePhoto(phone)));
  const server = await startServer(ground.databaseUrl, { DATA_DIR: `${ground.folder}/data` });
  const visitor = await Visitor.signedIn(server.url);
  const board = new BoardUse(visitor, ground.columns);
  // The first photo starts the process that reads them.
  await sendPhoto(visitor, FIRST_NUMBER, photoOf(scenes[0] as Buffer, photo++));
  await board.use(() => sleep(FIRST_IDLE));
  const memory = await watchMemory(server.process.pid as number);
  let sending = 0;
  let last = FIRST_IDLE;
  const [idle, busy] = await inTurns(
    ROUNDS,
    () => board.use(() => sleep(last)),
    async () => {
      const start = performance.now();
      const times = await board.use(() => Promise.all(scenes.map((scene, phone) => sendSome(visitor, FIRST_NUMBER + phone, scene))));
      last = performance.now() - start;
      sending += last;
      return times;
    },
  );
  const { server: own, children } = memory.stop();
  visitor.close();
  await server.stop();
  const [before, during] = [quantile(idle.flat()), quantile(busy.flat())];
  const ratio = during / before;
  const megabytes = scenes.reduce((sum, scene) => sum + scene.length, 0) / scenes.length / 1e6;
  return [
    {
      ...{
        measure: `answer of the board while ${PHONES} phones send ${PHOTOS_EACH} photos each, p50`,
        value: during,
        unit: 'ms',
        bare: before,
        ratio,
      },
      ...{ target: '≤ 2 × idle', met: ratio <= 2 },
    },
    {
      measure: 'the same, p99',
      value: quantile(busy.flat(), 0.99),
      unit: 'ms',
      bare: quantile(idle.flat(), 0.99),
      ratio: quantile(busy.flat(), 0.99) / quantile(idle.flat(), 0.99),
    },
    { measure: `photos of 12 megapixels, ${megabytes.toFixed(1)} MB`, value: (PHONES * PHOTOS_EACH * 1000) / sending, unit: '/s' },
    atMost('memory of the server meanwhile, above idle', own.most - own.first, 'MB', 200),
    { measure: 'memory of the process that reads pictures, at most', value: children.most, unit: 'MB' },
  ];
}

/** A JPEG of 4000 × 3000, as large as one from a phone. */
async function makePhoto(seed: number): Promise<Buffer> {
  const small = Buffer.from(
    Array.from({ length: 12 * 9 * 3 }, (_, index) => (index * 7919 + seed * 104729 + ((index * seed) % 251) * 31) % 256),
  );
  const soft = await sharp(small, { raw: { width: 12, height: 9, channels: 3 } })
    .resize(4000, 3000, { kernel: 'cubic', fit: 'fill' })
    .png({ compressionLevel: 0 })
    .toBuffer();
  const grain = {
    create: {
      width: 4000,
      height: 3000,
      channels: 3 as const,
      background: '#808080',
      noise: { type: 'gaussian' as const, mean: 128, sigma: 15 },
    },
  };
  const noise = await sharp(grain).png({ compressionLevel: 0 }).toBuffer();
  return sharp(soft)
    .composite([{ input: noise, blend: 'soft-light' }])
    .jpeg({ quality: 90 })
    .toBuffer();
}

let photo = 0;

/** The same photo with a comment of its own: other bytes. */
function photoOf(scene: Buffer, index: number): Buffer {
  const comment = Buffer.from(`photo ${index}`);
  const head = Buffer.from([0xff, 0xfe, 0, comment.length + 2]);
  return Buffer.concat([scene.subarray(0, 2), head, comment, scene.subarray(2)]);
}

/** What one phone sends in one round. */
async function sendSome(visitor: Visitor, number: number, scene: Buffer): Promise<void> {
  let left = PHOTOS_EACH / ROUNDS;
  const sender = async () => {
    while (left-- > 0) await sendPhoto(visitor, number, photoOf(scene, photo++));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

const agent = new Agent({ keepAlive: true });

function sendPhoto({ url, cookie }: Visitor, number: number, photo: Buffer): Promise<void> {
  const boundary = '----bench-photo';
  const disposition = 'Content-Disposition: form-data; name="files"; filename="IMG.jpg"';
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\n${disposition}\r\nContent-Type: image/jpeg\r\n\r\n`),
    photo,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const headers = {
    cookie,
    origin: url,
    'hx-request': 'true',
    'content-type': `multipart/form-data; boundary=${boundary}`,
    'content-length': body.length,
  };
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/work-orders/${number}/media`, { method: 'POST', headers, agent }, (answer) => {
      answer.resume();
      answer.on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`A photo was refused: ${answer.statusCode}`))));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Somebody at the board: reads it whole, and moves a card. */
class BoardUse {
  #turn = 0;

  constructor(
    private readonly visitor: Visitor,
    private readonly columns: number[],
  ) {}

  /** @returns how long each answer took while `other` went on, in milliseconds */
  async use(other: () => Promise<unknown>): Promise<number[]> {
    let goesOn = true;
    const times: number[] = [];
    let { version } = await this.visitor.get('/board/changes?since=-1');
    const using = async () => {
      while (goesOn) {
        await timed(times, () => this.visitor.get('/board', { 'accept-encoding': 'gzip' }));
        const column = this.columns[this.#turn++ % 2] as number;
        version = (await timed(times, () => this.visitor.move(CARD, column, '', version))).version;
        await sleep(BREATH);
      }
    };
    const used = using();
    try {
      await other();
    } finally {
      goesOn = false;
      await used;
    }
    return times;
  }
}

async function timed<Result>(times: number[], work: () => Promise<Result>): Promise<Result> {
  const start = performance.now();
  const result = await work();
  times.push(performance.now() - start);
  return result;
}

/** Follows the memory of a process and, apart from it, of those that it has started, in MB. */
async function watchMemory(pid: number) {
  const read = async (...which: string[]) => {
    const listed = await run('ps', ['-o', 'rss=', ...which]).catch(() => ({ stdout: '' }));
    return listed.stdout.split('\n').reduce((sum, line) => sum + Number(line) / 1024, 0);
  };
  const first = await read('-p', String(pid));
  const most = { server: first, children: 0 };
  const look = async () => {
    most.server = Math.max(most.server, await read('-p', String(pid)));
    most.children = Math.max(most.children, await read('--ppid', String(pid)));
  };
  const timer = setInterval(look, 250);
  return {
    stop: () => {
      clearInterval(timer);
      return { server: { first, most: most.server }, children: { most: most.children } };
    },
  };
}
