/** Something that stands on paper in one piece: a row of a table, a line of text, the sums. */
export interface Block<Content> {
  content: Content;
  /** In points, like all heights here. */
  height: number;
  /** Stands on the same sheet as the block after it: a heading never stands alone at the foot. */
  held?: boolean;
  /** What is repeated above it when a new sheet begins with it: the heads of its table. */
  heads?: Block<Content>[];
}

/** How much a sheet holds below its head. */
export interface Room {
  first: number;
  next: number;
}

/**
 * Spreads blocks over sheets, so that their number is known before anything is printed, and is the same in every browser.
 * @returns for each sheet what stands on it, repeated heads included; there is always one
 */
export function layOut<Content>(blocks: Block<Content>[], room: Room): Block<Content>[][] {
  const sheets: Block<Content>[][] = [[]];
  let left = room.first;
  let fresh = true;
  const put = (block: Block<Content>) => {
    sheets.at(-1)?.push(block);
    left -= block.height;
  };
  const turn = (heads: Block<Content>[] = []) => {
    sheets.push([]);
    left = room.next;
    fresh = true;
    for (const head of heads) put(head);
  };
  for (const unit of unitsOf(blocks)) {
    if (heightOf(unit) > left && !fresh) turn(unit[0]?.heads);
    for (const block of unit) {
      // All of the unit is more than a sheet holds: at least no block is broken.
      if (block.height > left && !fresh) turn(block.heads);
      put(block);
      fresh = false;
    }
  }
  return sheets;
}

/** Blocks that stay together, because each but the last is held by the one after it. */
function unitsOf<Content>(blocks: Block<Content>[]): Block<Content>[][] {
  const units: Block<Content>[][] = [];
  let open = false;
  for (const block of blocks) {
    if (open) units.at(-1)?.push(block);
    else units.push([block]);
    open = block.held ?? false;
  }
  return units;
}

function heightOf(blocks: Block<unknown>[]): number {
  return blocks.reduce((sum, block) => sum + block.height, 0);
}
