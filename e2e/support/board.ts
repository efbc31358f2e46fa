import { type CDPSession, expect, type Locator, type Page } from 'playwright/test';
import { createWorkOrder, type NewWorkOrder } from '../../src/features/work-orders/create.js';
import type { Database } from '../../src/platform/database/pool.js';
import { newOrder, type TestShop } from '../../src/testing/shop.js';
import type { Shown } from '../../src/testing/socket.js';

/** A push must bring it: sooner than polling, or the listener's own look at the versions, could. */
export const PUSHED = { timeout: 4_000 };

export const card = (page: Page, number: number): Locator => page.locator(`#board #card-${number}`);
export const column = (page: Page, id: number): Locator => page.locator(`[data-column="${id}"]`);

/** Opens a work order. It comes to the top of the first column. @returns its number */
export async function open(db: Database, shop: TestShop, more: Partial<NewWorkOrder> = {}): Promise<number> {
  return (await createWorkOrder(db, shop.staff.advisor, newOrder(more))).result.number;
}

/** The numbers on the screen by column, from the top, whether or not a filter hides them. */
export async function shown(page: Page): Promise<Shown> {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll<HTMLElement>('#board [data-column]')].map((column) => [
        column.dataset.column as string,
        [...column.querySelectorAll<HTMLElement>('[data-card]')].map((card) => Number(card.dataset.card)),
      ]),
    ),
  );
}

/** Waits until a column shows these numbers, from the top. */
export async function expectColumn(page: Page, id: number, numbers: number[], options: { timeout?: number } = {}): Promise<void> {
  await expect.poll(async () => (await shown(page))[id], options).toEqual(numbers);
}

/** Waits until a filter lets through exactly these, in any order. */
export async function expectVisible(page: Page, numbers: number[]): Promise<void> {
  const visible = () => page.locator('#board [data-card]:visible').evaluateAll((cards) => cards.map((one) => Number(one.id.slice(5))));
  await expect.poll(async () => (await visible()).sort()).toEqual([...numbers].sort());
}

interface Pointer {
  down(x: number, y: number): Promise<void>;
  move(x: number, y: number): Promise<void>;
  up(): Promise<void>;
}

/** Drags a card with the mouse behind another card of a column, or to its top. */
export async function drag(page: Page, number: number, to: { column: number; after: number | null }): Promise<void> {
  const held = await pickUp(page, number);
  await held.over(to);
  await held.drop();
}

/** Takes a card with the mouse, and keeps it. */
export async function pickUp(page: Page, number: number): Promise<Held> {
  const pointer = {
    down: async (x: number, y: number) => {
      await page.mouse.move(x, y);
      await page.mouse.down();
      await page.mouse.move(x + 8, y + 8, { steps: 2 });
    },
    move: (x: number, y: number) => page.mouse.move(x, y, { steps: 3 }),
    up: () => page.mouse.up(),
  };
  return new Held(page, number, pointer).lift();
}

/** Presses a finger on a card until it is lifted, and keeps it. */
export async function pressLong(page: Page, number: number): Promise<Held> {
  const finger = await page.context().newCDPSession(page);
  return new Held(page, number, touches(page, finger, number)).lift();
}

function touches(page: Page, finger: CDPSession, number: number): Pointer {
  const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', touchPoints: { x: number; y: number }[]) =>
    finger.send('Input.dispatchTouchEvent', { type, touchPoints });
  return {
    down: async (x, y) => {
      await send('touchStart', [{ x, y }]);
      await expect(card(page, number)).toHaveClass(/sortable-chosen/);
      await send('touchMove', [{ x: x + 8, y: y + 8 }]);
    },
    move: async (x, y) => void (await send('touchMove', [{ x, y }])),
    up: async () => void (await send('touchEnd', [])),
  };
}

/** A card in the air. */
export class Held {
  constructor(
    private readonly page: Page,
    private readonly number: number,
    private readonly pointer: Pointer,
  ) {}

  async lift(): Promise<this> {
    const handle = card(this.page, this.number).locator('.vehicle');
    await handle.scrollIntoViewIfNeeded();
    const box = await boxOf(handle);
    await this.pointer.down(box.x + 12, box.y + box.height / 2);
    await expect(this.page.locator('body')).toHaveClass(/dragging/);
    return this;
  }

  /** Carries it until its place opens behind `after`, or at the top. */
  async over({ column: id, after }: { column: number; after: number | null }): Promise<void> {
    await expect
      .poll(
        async () => {
          const others = this.page.locator(`[data-column="${id}"] .cards > .card:not(#card-${this.number})`);
          const neighbour = after === null ? others.first() : card(this.page, after);
          const isEmpty = after === null && (await others.count()) === 0;
          const box = await boxOf(isEmpty ? column(this.page, id).locator('.cards') : neighbour);
          const down = after === null ? Math.min(10, box.height / 2) : box.height - 10;
          await this.pointer.move(box.x + box.width / 2 + Math.random() * 8, box.y + down);
          // SortableJS looks where the pointer is every 50 ms, and only when it has moved: after that the place stays.
          await this.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 70)));
          return this.#place();
        },
        { intervals: [10], timeout: 15_000 },
      )
      .toEqual({ column: id, after });
  }

  async drop(): Promise<void> {
    await this.pointer.up();
    await expect(this.page.locator('body')).not.toHaveClass(/dragging/);
  }

  #place(): Promise<{ column: number; after: number | null }> {
    return card(this.page, this.number).evaluate((element) => {
      const previous = element.previousElementSibling as HTMLElement | null;
      const column = element.closest<HTMLElement>('[data-column]');
      return { column: Number(column?.dataset.column), after: previous?.dataset.card ? Number(previous.dataset.card) : null };
    });
  }
}

export async function boxOf(locator: Locator): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('It is not on the screen.');
  return box;
}
