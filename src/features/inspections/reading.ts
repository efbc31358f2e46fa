// How figures of inspections are typed: on phones, with the decimal sign of whatever keypad there is.

const FIGURE = /^(-?)(\d{1,6})?(?:[.,](\d{1,2})?)?$/;

/**
 * Hundredths of what somebody typed: "3.5", "3,5", "-.25".
 * @returns null when nothing was typed, undefined when it is no figure
 */
export function readHundredths(text: string): number | null | undefined {
  const typed = text.trim().replace(/[−–]/g, '-');
  if (typed === '') return null;
  const match = FIGURE.exec(typed);
  if (!match || !/\d/.test(typed)) return undefined;
  const value = Number(match[2] ?? 0) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] && value !== 0 ? -value : value;
}
