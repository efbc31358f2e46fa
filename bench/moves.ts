import { once } from 'node:events';
import type { Ground } from './support/ground.js';
import { type Moved, moveFor, randomMoves, writerOf } from './support/moving.js';
import { inTurns, quantile } from './support/numbers.js';
import { spawnProgram } from './support/program.js';
import { beside, type Figure } from './support/report.js';
import { Visitor } from './support/visitor.js';

const ROUNDS = 3;
const SECONDS = 3;
/** A server runs for weeks: what its first moves cost before their code is compiled is not what is asked. */
const WARM_UP = 400;

/** Moves per second and how long one takes, at 1 and at 10 writers, beside the bare transaction on a copy of the database. */
export async function measureMoves(ground: Ground): Promise<Figure[]> {
  const visitor = await Visitor.signedIn(ground.server.url);
  const figures: Figure[] = [];
  const first = writerOf(visitor, (await visitor.get('/board/changes?since=-1')).version);
  const next = randomMoves(ground.columns, 0);
  for (let move = 0; move < WARM_UP; move++) await first(next());
  for (const writers of [1, 10]) {
    const [own, bare] = await inTurns(
      ROUNDS,
      () => moveOverHttp(visitor, writers, ground.columns, SECONDS),
      () => moveBare(ground, writers),
    );
    const rate = (runs: Moved[]) => quantile(runs.map((run) => run.perSecond));
    const time = (runs: Moved[], share: number) =>
      quantile(
        runs.flatMap((run) => run.times),
        share,
      );
    const label = writers === 1 ? '1 writer' : `${writers} writers`;
    figures.push(
      beside(`moves, ${label}`, rate(own), '/s', rate(bare), 0.5),
      beside(`time of a move, ${label}, p50`, time(own, 0.5), 'ms', time(bare, 0.5)),
      beside(`time of a move, ${label}, p99`, time(own, 0.99), 'ms', time(bare, 0.99)),
    );
  }
  visitor.close();
  return figures;
}

async function moveOverHttp(visitor: Visitor, count: number, columns: number[], seconds: number): Promise<Moved> {
  const visitors = Array.from({ length: count }, () => visitor.another());
  const version = (await visitor.get('/board/changes?since=-1')).version;
  const moved = await moveFor(
    seconds,
    visitors.map((one) => writerOf(one, version)),
    columns,
  );
  for (const one of visitors) one.close();
  return moved;
}

async function moveBare(ground: Ground, writers: number): Promise<Moved> {
  const child = spawnProgram('bench/support/bare-moves.js', {
    ...{ DATABASE_URL: ground.copyUrl, WRITERS: String(writers), SECONDS: String(SECONDS) },
    COLUMNS: ground.columns.join(','),
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`The bare transaction failed: ${printed}`);
  return JSON.parse(printed) as Moved;
}
