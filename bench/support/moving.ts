import { randomness } from './numbers.js';
import { CARDS } from './shop.js';
import type { Visitor } from './visitor.js';

export interface Move {
  number: number;
  column: number;
  after: number | '';
}

export interface Moved {
  perSecond: number;
  /** Milliseconds of each move. */
  times: number[];
}

/** Which card to move, to which column, and behind which card. No rule refuses it: cards of the last column are left alone. */
export function randomMoves(columns: number[], seed: number): () => Move {
  const random = randomness(seed);
  const whole = (below: number) => Math.floor(random() * below);
  // makeShop deals card n to column n % 4.
  const movable = (): number => {
    const card = 1 + whole(CARDS);
    return card % 4 === 3 ? movable() : 1000 + card;
  };
  return () => ({ number: movable(), column: columns[whole(3)] as number, after: random() < 0.2 ? '' : movable() });
}

/**
 * Each writer moves cards one after the other, for some seconds.
 * @param write one writer's next move
 */
export async function moveFor(seconds: number, writers: ((move: Move) => Promise<unknown>)[], columns: number[]): Promise<Moved> {
  const seed = Math.floor(performance.now());
  const times: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(
    writers.map(async (write, index) => {
      const next = randomMoves(columns, seed + index);
      for (let now = performance.now(); now < end; ) {
        await write(next());
        const then = performance.now();
        times.push(then - now);
        now = then;
      }
    }),
  );
  return { perSecond: times.length / ((performance.now() - start) / 1000), times };
}

/** A writer over HTTP: a screen that knows the board up to its own last move. */
export function writerOf(visitor: Visitor, version: number): (move: Move) => Promise<unknown> {
  let known = version;
  return async (move) => {
    const reply = await visitor.move(move.number, move.column, move.after, known);
    known = reply.version;
  };
}
