import type { Job } from './jobs/index.js';
import type { Random } from './random.js';
import {
  AFTERWARDS,
  ANSWERS,
  APPROVAL_NOTES,
  CHECKS,
  OTHER_NOTES,
  PARTS_NEWS,
  PICKUPS,
  REOPENED,
  SUBLET_NOTES,
  TOOL_NOTES,
  UNANSWERED,
} from './remarks.js';

/** The default columns, in the order of the board. */
export const STAGES = ['estimates', 'progress', 'waiting', 'done'] as const;
export type Stage = (typeof STAGES)[number];
type BlockReason = 'parts' | 'approval' | 'sublet' | 'tool' | 'other';

/** What makes one work order an exception. */
export type Odd = 'reopened' | 'brought back' | 'opened again';

/** Who does it: somebody at the desk, the mechanic of the work order, or the manager. */
export type Doer = 'advisor' | 'mechanic' | 'manager';

export type Deed =
  | { what: 'create' }
  | { what: 'assign' }
  | { what: 'take' }
  | { what: 'label'; label: string }
  | { what: 'comment'; text: string }
  /** @param depth how many cards stay above it */
  | { what: 'move'; to: Stage; depth: number; reason: string }
  | { what: 'block'; reason: BlockReason; note: string }
  | { what: 'free' }
  /** Jobs and lines are written. */
  | { what: 'estimate' }
  | { what: 'send' }
  | { what: 'consent' }
  /** A line more, after consent. */
  | { what: 'surprise' }
  | { what: 'deposit' }
  | { what: 'begin' }
  | { what: 'finish' }
  | { what: 'reopen' }
  | { what: 'invoice' }
  | { what: 'pay' }
  | { what: 'post' }
  | { what: 'unpost'; reason: string }
  /** The discount of the fleet, which somebody had forgotten. */
  | { what: 'discount' }
  | { what: 'hand-over' }
  | { what: 'bring-back'; reason: string }
  | VisitDeed;

/** What is shown, asked and proved; see visit.ts. */
export type VisitDeed = {
  what:
    | 'photograph'
    | 'start inspection'
    | 'inspect'
    | 'release findings'
    | 'open link'
    | 'answer'
    | 'ask'
    | 'acknowledge'
    | 'let go'
    | 'check';
};

/** One thing that happens to a work order. `at` is in days of work, from the arrival. */
export interface Step {
  at: number;
  by: Doer;
  deed: Deed;
}

/** Writes down what happens to one work order, step by step, each some time after the one before. */
export class Timeline {
  readonly steps: Step[] = [];
  /** When it came to the stage where it is. */
  entered = 0;
  #at = 0;
  #isInvoiced = false;

  constructor(
    private readonly random: Random,
    private readonly job: Job,
  ) {
    this.#do('advisor', { what: 'create' });
  }

  /** From the arrival to the stage where an open work order stands; what happens there so far comes with it. */
  until(stage: Stage): this {
    if (stage === 'estimates') return this.#atTheDesk();
    this.#begin();
    if (stage === 'waiting') return this.#wait();
    if (this.random.chance(0.35) && this.job.needs) {
      this.#wait();
      this.#goOn();
    }
    if (stage === 'progress') return this.#stuck();
    return this.#finish();
  }

  /** From the arrival until the vehicle is gone. @param odd something that is the exception */
  whole(odd: Odd | null): this {
    this.until('done');
    if (odd === 'reopened') {
      this.#later(0.02, 0.08);
      this.#do('manager', { what: 'reopen' });
      this.#move('manager', 'progress', this.random.pick(REOPENED));
      this.#later(0.1, 0.3);
      this.#do('mechanic', { what: 'finish' });
      this.#move('mechanic', 'done');
    }
    this.#untilPickup();
    this.#do('advisor', { what: 'hand-over' });
    if (odd === 'opened again') this.#openAgain();
    if (odd === 'brought back') {
      this.#later(0.01, 0.03);
      this.#do('advisor', { what: 'bring-back', reason: 'Customer is back: the old parts were promised' });
      this.#later(0.01, 0.03);
      this.#do('advisor', { what: 'hand-over' });
    } else if (this.random.chance(0.06)) {
      this.#later(0.8, 2);
      this.#comment('advisor', AFTERWARDS);
    }
    return this;
  }

  /** Some have just come, some have their estimate, and some of those have gone to the customer, who has not answered. */
  #atTheDesk(): this {
    this.entered = 0;
    if (!this.random.chance(0.7)) return this;
    this.#later(0.02, 0.15);
    this.#do('advisor', { what: 'assign' });
    this.#later(0.03, 0.2);
    this.#do('mechanic', { what: 'comment', text: this.job.finds });
    this.#later(0.01, 0.1);
    this.#do('advisor', { what: 'estimate' });
    if (!this.random.chance(0.7)) return this;
    this.#later(0.005, 0.02);
    this.#do('advisor', { what: 'send' });
    if (this.random.chance(0.6)) this.#comment('advisor', UNANSWERED);
    if (this.random.chance(0.6)) {
      this.#later(0.01, 0.1);
      this.#do('advisor', { what: 'block', reason: 'approval', note: this.random.pick(APPROVAL_NOTES) });
    }
    return this;
  }

  #begin(): void {
    this.#later(0.01, 0.12);
    if (this.random.chance(0.75)) this.#do('advisor', { what: 'assign' });
    else this.#do('mechanic', { what: 'take' });
    this.#later(0.01, 0.1);
    if (this.random.chance(0.4)) this.#do('mechanic', { what: 'comment', text: this.job.finds });
    this.#later(0.005, 0.04);
    this.#do('advisor', { what: 'estimate' });
    if (this.random.chance(0.2)) this.#do('advisor', { what: 'send' });
    this.#later(0.005, 0.08);
    this.#do('advisor', { what: 'consent' });
    if (this.random.chance(0.3)) this.#comment('advisor', ANSWERS);
    this.#later(0.005, 0.06);
    this.#move('mechanic', 'progress');
    this.#do('mechanic', { what: 'begin' });
  }

  #wait(): this {
    this.#later(0.02, 0.1);
    this.#move(this.random.chance(0.5) ? 'mechanic' : 'advisor', 'waiting');
    const sublet = this.random.chance(0.15);
    this.#later(0.001, 0.01);
    const note = sublet ? this.random.pick(SUBLET_NOTES) : (this.job.needs ?? 'Gasket set');
    if (this.random.chance(0.9)) this.#do('advisor', { what: 'block', reason: sublet ? 'sublet' : 'parts', note });
    this.#do('advisor', { what: 'deposit' });
    if (this.random.chance(0.7)) {
      this.#later(0.05, 0.4);
      this.#comment('advisor', PARTS_NEWS);
    }
    return this;
  }

  #goOn(): void {
    this.#later(0.3, 1.6);
    if (this.steps.some((step) => step.deed.what === 'block')) {
      this.#do('advisor', { what: 'free' });
      this.#later(0.001, 0.01);
    }
    this.#move('mechanic', 'progress');
  }

  #stuck(): this {
    this.#later(0.02, 0.1);
    const note = this.random.weighted<[BlockReason, string[]] | null>([
      [null, 12],
      [['tool', TOOL_NOTES], 2],
      [['sublet', SUBLET_NOTES], 1],
      [['other', OTHER_NOTES], 1],
    ]);
    if (note) this.#do('mechanic', { what: 'block', reason: note[0], note: this.random.pick(note[1]) });
    else if (this.random.chance(0.25)) this.#do('advisor', { what: 'surprise' });
    return this;
  }

  #finish(): this {
    this.#later(0.05, 0.25);
    if (this.random.chance(0.1)) {
      this.#do('advisor', { what: 'surprise' });
      this.#later(0.01, 0.04);
      this.#do('advisor', { what: 'consent' });
    }
    this.#later(0.05, 0.25);
    this.#do('mechanic', { what: 'finish' });
    this.#later(0.002, 0.01);
    this.#move('mechanic', 'done');
    this.#later(0.01, 0.05);
    if (this.random.chance(0.25)) this.#comment('mechanic', CHECKS);
    if (this.random.chance(0.4)) {
      this.#later(0.01, 0.06);
      this.#comment('advisor', PICKUPS);
    }
    if (this.random.chance(0.75)) this.#invoice();
    return this;
  }

  /** Most vehicles are fetched in the afternoon, some the next morning. */
  #untilPickup(): void {
    this.#later(0.03, 0.45);
    if (this.random.chance(0.25)) this.#later(0.4, 1.2);
    if (!this.#isInvoiced) this.#invoice();
    this.#later(0.002, 0.01);
    this.#do('advisor', { what: 'pay' });
    this.#do('advisor', { what: 'post' });
  }

  #invoice(): void {
    this.#isInvoiced = true;
    this.#do('advisor', { what: 'invoice' });
  }

  #openAgain(): void {
    this.#later(0.3, 0.6);
    this.#do('manager', { what: 'unpost', reason: 'The fleet discount of 5 % was forgotten' });
    this.#do('manager', { what: 'discount' });
    this.#do('advisor', { what: 'invoice' });
    this.#do('advisor', { what: 'post' });
  }

  #later(least: number, most: number): void {
    this.#at += this.random.between(least, most);
  }

  #move(by: Doer, to: Stage, reason = ''): void {
    this.#do(by, {
      what: 'move',
      to,
      depth: this.random.weighted([
        [0, 6],
        [1, 2],
        [2, 1],
        [99, 2],
      ]),
      reason,
    });
    this.entered = this.#at;
  }

  #comment(by: Doer, texts: readonly string[]): void {
    this.#do(by, { what: 'comment', text: this.random.pick(texts) });
  }

  #do(by: Doer, deed: Deed): void {
    this.steps.push({ at: this.#at, by, deed });
  }
}
