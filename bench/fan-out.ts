import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type WebSocket from 'ws';
import type { Ground } from './support/ground.js';
import { inTurns, quantile } from './support/numbers.js';
import { startProgram } from './support/program.js';
import type { Figure } from './support/report.js';
import { openSocket, Visitor } from './support/visitor.js';

const MOVES = 30;
const CARD = 1001;
/** Longer than the 40 ms in which changes are gathered: each move is one of a quiet floor. */
const PAUSE = 70;

/** From sending a move until the last socket has it, beside a bare broadcast of the same bytes, told over HTTP too. */
export async function measureFanOut(ground: Ground): Promise<Figure[]> {
  const visitor = await Visitor.signedIn(ground.server.url);
  await writeFile(`${ground.folder}/message`, await sampleMessage(visitor, ground.columns));
  const bare = await startProgram('bench/support/bare-broadcast.js', { MESSAGE: `${ground.folder}/message` });
  const teller = new Visitor(bare.url);
  const figures: Figure[] = [];
  for (const count of [10, 100, 300]) {
    const own = await openMany(count, () => visitor.socket());
    const others = await openMany(count, () => openSocket(bare.url.replace('http', 'ws')));
    let turn = 0;
    let known = (await visitor.get('/board/changes?since=-1')).version;
    const [seen, broadcast] = await inTurns(
      MOVES,
      () =>
        untilAllHave(own, async () => {
          // To and fro: a card that stood there already would send nothing.
          known = (await visitor.move(CARD, ground.columns[turn++ % 2] as number, '', known)).version;
        }),
      () => untilAllHave(others, () => teller.get('/')),
    );
    figures.push(toFigure(count, seen, broadcast));
    for (const socket of [...own, ...others]) socket.terminate();
  }
  await bare.stop();
  visitor.close();
  teller.close();
  return figures;
}

interface Seen {
  /** Milliseconds until the last socket had it. */
  last: number;
  /** Milliseconds until whoever sent it had the answer. */
  answered: number;
}

function toFigure(count: number, seen: Seen[], broadcast: Seen[]): Figure {
  const last = quantile(seen.map((one) => one.last));
  const move = quantile(seen.map((one) => one.answered));
  const bare = quantile(broadcast.map((one) => one.last));
  const most = 3 * bare + move;
  return {
    ...{ measure: `last of ${count} sockets has a move`, value: last, unit: 'ms', bare, ratio: last / bare },
    target: `≤ 3 × bare + the move (${move.toFixed(1)} ms) = ${most.toFixed(1)} ms`,
    met: last <= most,
  };
}

async function untilAllHave(sockets: WebSocket[], send: () => Promise<unknown>): Promise<Seen> {
  await sleep(PAUSE);
  const start = performance.now();
  let last = start;
  const all = sockets.map(
    (socket) =>
      new Promise<void>((resolve) =>
        socket.once('message', () => {
          last = performance.now();
          resolve();
        }),
      ),
  );
  await send();
  const answered = performance.now() - start;
  await Promise.all(all);
  return { last: last - start, answered };
}

async function sampleMessage(visitor: Visitor, columns: number[]): Promise<string> {
  const socket = await visitor.socket();
  const message = new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
  const version = (await visitor.get('/board/changes?since=-1')).version;
  await visitor.move(CARD, columns[2] as number, '', version);
  const text = await message;
  socket.terminate();
  return text;
}

/** Twenty at a time, as a backlog of connections allows. */
export async function openMany(count: number, open: () => Promise<WebSocket>): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  while (sockets.length < count) sockets.push(...(await Promise.all(Array.from({ length: Math.min(20, count - sockets.length) }, open))));
  return sockets;
}
