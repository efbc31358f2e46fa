/** What was typed is no amount; the message is the sentence for the field. */
export class NotAnAmount extends Error {}

/** An exact number; `bottom` is above zero. */
export interface Fraction {
  top: bigint;
  bottom: bigint;
}

/** Longer than anybody types, and short enough that nothing here takes time. */
const LONGEST = 100;
const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));
const NUMBER = /^(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?/;
const CURRENCY = /^(?:[A-Z]{0,2}\p{Sc}|[A-Z]{3}(?![A-Z]))/u;

/**
 * Works out what is typed into a field for an amount: + - * / and brackets, over numbers with a decimal point, commas
 * between thousands, and a currency sign before them. Exact, and without eval.
 * @returns the value, and whether it was a plain number, without a calculation
 * @throws NotAnAmount with a sentence
 */
export function calculate(text: string): { value: Fraction; plain: boolean } {
  const typed = text.trim().replace(/[−–]/g, '-').replaceAll('×', '*').replaceAll('÷', '/');
  if (typed.length > LONGEST) throw new NotAnAmount('That is too long for an amount.');
  if (/(?![0-9])\p{Nd}/u.test(typed)) throw new NotAnAmount('Please write numbers with the digits 0 to 9.');
  const reader = new Reader(typed);
  const value = reader.readSum();
  if (!reader.atEnd) throw reader.complain();
  return { value, plain: !/[*/()]|.[+-]/.test(typed) };
}

/** Reads from left to right: a sum is made of products, a product of factors, and a factor is a number, or a sum in brackets. */
class Reader {
  #rest: string;

  constructor(text: string) {
    this.#rest = text;
  }

  get atEnd(): boolean {
    return this.#rest === '';
  }

  readSum(): Fraction {
    let value = this.#readProduct();
    for (let sign = this.#take(/^[+-]/); sign; sign = this.#take(/^[+-]/)) {
      const next = this.#readProduct();
      const added = sign === '+' ? next.top : -next.top;
      value = { top: value.top * next.bottom + added * value.bottom, bottom: value.bottom * next.bottom };
    }
    return value;
  }

  complain(): NotAnAmount {
    if (/^,/.test(this.#rest)) return new NotAnAmount('Commas go between thousands, and a point before the cents: 1,234.50.');
    return new NotAnAmount('Please write a number like 12.50, or a calculation like 3*12.50.');
  }

  #readProduct(): Fraction {
    let value = this.#readFactor();
    for (let sign = this.#take(/^[*/]/); sign; sign = this.#take(/^[*/]/)) {
      const next = this.#readFactor();
      if (sign === '*') value = { top: value.top * next.top, bottom: value.bottom * next.bottom };
      else if (next.top === 0n) throw new NotAnAmount('Nothing can be divided by zero.');
      else if (next.top > 0n) value = { top: value.top * next.bottom, bottom: value.bottom * next.top };
      else value = { top: -value.top * next.bottom, bottom: value.bottom * -next.top };
    }
    return value;
  }

  #readFactor(): Fraction {
    const sign = this.#take(/^[+-]/);
    const value = this.#take(/^\(/) ? this.#readBrackets() : this.#readNumber();
    return sign === '-' ? { top: -value.top, bottom: value.bottom } : value;
  }

  #readBrackets(): Fraction {
    const value = this.readSum();
    if (!this.#take(/^\)/)) throw this.atEnd ? new NotAnAmount('A bracket is not closed.') : this.complain();
    return value;
  }

  #readNumber(): Fraction {
    const currency = this.#take(CURRENCY);
    if (currency && /^[A-Z]{3}$/.test(currency) && !CURRENCIES.has(currency)) throw this.complain();
    const digits = this.#take(NUMBER);
    if (!digits || !/\d/.test(digits)) throw this.complain();
    const [whole = '', decimals = ''] = digits.replaceAll(',', '').split('.');
    return { top: BigInt(whole + decimals), bottom: 10n ** BigInt(decimals.length) };
  }

  /** Takes what matches from the start of the rest, with the spaces behind it. */
  #take(pattern: RegExp): string {
    const [found = ''] = pattern.exec(this.#rest) ?? [];
    this.#rest = this.#rest.slice(found.length);
    if (found) this.#rest = this.#rest.trimStart();
    return found;
  }
}
