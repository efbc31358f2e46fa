import { payOldest } from '../../src/features/billing/payments.js';
import { closeTill, METHOD_LIST, readTill } from '../../src/features/billing/till.js';
import type { History } from '../../src/platform/database/history.js';
import type { Viewer } from '../../src/platform/web/viewer.js';
import { FLEETS, type Fleet, PAYERS } from './fleets.js';
import { STORY_DAYS } from './story.js';

/** Something that happens at a time in the story besides the work orders. */
export interface Aside {
  at: number;
  run(): Promise<void>;
}

interface Owed {
  payer: Fleet;
  number: number;
  cents: number;
  /** Day of work on which it was posted. */
  at: number;
}

/** What companies owe and when they pay it, and the till, which is closed each evening. */
export class Books {
  #owed: Owed[] = [];
  #now = 0;
  /** Ids of the companies as customers, by name. */
  readonly customers = new Map<string, number>();

  constructor(
    private readonly history: History,
    private readonly manager: Viewer,
  ) {}

  /** @param at day of work that it is now */
  turnTo(at: number): void {
    this.#now = at;
  }

  owe(payer: Fleet, number: number, cents: number): void {
    this.#owed.push({ payer, number, cents, at: this.#now });
  }

  forget(number: number): void {
    this.#owed = this.#owed.filter((one) => one.number !== number);
  }

  /** All that the books do by themselves, over the whole story. */
  asides(): Aside[] {
    const days = Array.from({ length: STORY_DAYS }, (_, index) => index - STORY_DAYS);
    const payers = [...PAYERS, ...FLEETS].filter(({ terms }) => terms);
    return [
      // Each has its day of the week.
      ...payers.flatMap((payer, index) =>
        days
          .filter((day) => (day + index) % 6 === 0)
          .map((day) => ({ at: day + 0.31 + index / 100, run: () => this.#receive(payer, day) })),
      ),
      ...days.map((day) => ({ at: day + 0.9995, run: () => this.#closeTill(day) })),
    ];
  }

  /** A company pays what is due by its own terms. */
  async #receive(payer: Fleet, day: number): Promise<void> {
    const { after, by, until } = payer.terms as NonNullable<Fleet['terms']>;
    const own = this.#owed.filter((one) => one.payer === payer);
    const due = own.filter((one) => one.at + after <= day);
    if (due.length === 0 || (until !== undefined && day > until)) return;
    const sum = (owed: Owed[]) => owed.reduce((total, { cents }) => total + cents, 0);
    const number = String(20_000 + (((day + STORY_DAYS) * 137) % 9_000));
    await payOldest(this.history.db, this.manager, this.customers.get(payer.company) as number, {
      ...{ method: by, cents: sum(due), tenderedCents: null, note: '', expectedCents: sum(own) },
      reference: by === 'check' ? `Check ${number}` : `ACH ${number}`,
    });
    this.#owed = this.#owed.filter((one) => !due.includes(one));
  }

  /** Counted and closed; now and then a little is missing, or too much. */
  async #closeTill(day: number): Promise<void> {
    const till = await readTill(this.history.db, this.manager.shop);
    if (till.every(({ count }) => count === 0)) return;
    const expected = Object.fromEntries(
      METHOD_LIST.map((method) => [method, till.find((one) => one.method === method)?.expectedCents ?? 0]),
    );
    const wrong = day % 17 === 0 && (expected.cash ?? 0) > 0 ? -100 : day % 23 === 0 && (expected.cash ?? 0) > 0 ? 500 : 0;
    await closeTill(this.history.db, this.manager, {
      expected: expected as Parameters<typeof closeTill>[2]['expected'],
      counted: { ...expected, cash: (expected.cash ?? 0) + wrong } as Parameters<typeof closeTill>[2]['counted'],
      note: wrong < 0 ? 'A dollar short, change given wrong.' : wrong > 0 ? 'Five too much, nobody knows from whom.' : '',
    });
  }
}
