/** A column as the archive describes it: a sentence, and whether its number is that of a person. */
export interface Described {
  says: string;
  isPerson: boolean;
}

/** A column that is in no archive. */
export interface Withheld {
  why: string;
  /** What stands in it after the shop was read in elsewhere: nobody's, and unlike any other. */
  instead: 'random bytes' | 'random text' | 'nothing';
}

/** A table of a shop as the archive has it. */
export interface ShopTable {
  /** What a row is. */
  about: string;
  /** In the order in which they stand in the file; `shop_id` is not among them. */
  columns: Record<string, Described>;
  withheld: Record<string, Withheld>;
}

/** @param columns the sentence of each, or person(…) */
export function table(about: string, columns: Record<string, string | Described>, withheld: Record<string, Withheld> = {}): ShopTable {
  const described = Object.entries(columns).map(([name, says]) => [name, typeof says === 'string' ? { says, isPerson: false } : says]);
  return { about, columns: Object.fromEntries(described), withheld };
}

/** The number of somebody in `staff`. */
export const person = (says: string): Described => ({ says: `${says}; number in staff.`, isPerson: true });

export const ID = 'Number of the row in its table.';
export const ARCHIVED = 'Since when it is not offered any more; empty: it is.';
export const POSITION = 'Its place in the order.';
