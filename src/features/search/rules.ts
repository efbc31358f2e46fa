/** What a text in the search box may mean. Null: it can't mean that. */
export interface Sought {
  text: string;
  /** Of a work order: `1042`, `WO-1042`, `#1042`. */
  order: number | null;
  /** Of an invoice, with the text in front of it, in lower case: `inv-1042` is 1042 after `inv-`. */
  invoice: { number: number; before: string } | null;
  /** A plate as plates are compared: letters and figures only. */
  plate: string | null;
  /** Part of a plate. */
  platePart: string | null;
  /** The last eight characters of a VIN. */
  vinEnd: string | null;
  /** The whole VIN, when there is more than its end. */
  vin: string | null;
  /** A unit number or a serial number. */
  unit: string;
  /** What a phone number of the shop must contain. */
  phone: string | null;
  /** The same without any country or trunk code. */
  phoneEnd: string | null;
  /** Whether it is long enough to be somebody's number, and not only a part of one. */
  phoneIsWhole: boolean;
  /** A name, or part of one. */
  name: string | null;
  /** A short name with two letters the other way round: too few of its letters are left in order to find it by likeness. */
  swapped: string[];
}

const ORDER = /^(?:wo|ro|#)?[\s#-]*(\d{1,12})$/i;
const INVOICE = /^(.{0,12}?)(\d{1,12})$/s;
const LETTER = /\p{L}/u;

/** Reads what was typed into the search box, or null when it is too little to look for. */
export function readSought(typed: string): Sought | null {
  const text = typed.replaceAll(/\s+/g, ' ').trim();
  const key = text.replace(/[^0-9A-Za-z]/g, '').toUpperCase();
  const order = ORDER.exec(text);
  const invoice = INVOICE.exec(text);
  if ([...text].length < 2 && !order) return null;
  const isPlate = key.length >= 2 && key.length <= 12;
  return {
    text,
    order: order ? Number(order[1]) : null,
    invoice: invoice ? { number: Number(invoice[2]), before: (invoice[1] as string).toLowerCase() } : null,
    plate: isPlate ? key : null,
    platePart: isPlate && key.length >= 3 ? contains(key) : null,
    vinEnd: key.length >= 8 ? key.slice(-8) : null,
    vin: key.length > 8 ? key : null,
    unit: text.toUpperCase(),
    ...readPhone(text),
    name: LETTER.test(text) ? text : null,
    swapped: LETTER.test(text) ? swap([...text]) : [],
  };
}

const LONGEST_SWAPPED = 8;

/** Each way to exchange two neighbours, of a text of at most eight letters. */
function swap(letters: string[]): string[] {
  if (letters.length < 4 || letters.length > LONGEST_SWAPPED) return [];
  return letters.slice(1).map((letter, at) => [...letters.slice(0, at), letter, letters[at], ...letters.slice(at + 2)].join(''));
}

/**
 * A number is saved and asked for with and without country code and trunk zero: the last ten figures count, and of a foreign
 * number (no North American one) also the last eight.
 */
function readPhone(text: string): Pick<Sought, 'phone' | 'phoneEnd' | 'phoneIsWhole'> {
  const digits = LETTER.test(text) ? '' : text.replace(/\D/g, '').replace(/^0+/, '');
  if (digits.length < 4) return { phone: null, phoneEnd: null, phoneIsWhole: false };
  const foreign = digits.length > 10 && !digits.startsWith('1');
  return { phone: contains(digits.slice(-10)), phoneEnd: foreign ? contains(digits.slice(-8)) : null, phoneIsWhole: digits.length >= 7 };
}

/** The pattern of LIKE for whatever contains a text. */
function contains(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
