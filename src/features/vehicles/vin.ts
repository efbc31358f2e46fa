/** What each letter counts in a VIN; digits count themselves (49 CFR 565.15, table III). I, O and Q do not occur. */
const VALUES: Record<string, number> = {
  ...{ A: 1, B: 2, C: 3, D: 4, E: 5, F: 6, G: 7, H: 8 },
  ...{ J: 1, K: 2, L: 3, M: 4, N: 5, P: 7, R: 9 },
  ...{ S: 2, T: 3, U: 4, V: 5, W: 6, X: 7, Y: 8, Z: 9 },
};
/** How much each place counts (table IV); the ninth is the check digit itself. */
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
const CHECK_PLACE = 8;

/**
 * Whether a VIN may be mistyped (49 CFR 565). A warning, never a reason to refuse: vehicles from elsewhere or before 1981, trailers and
 * equipment have other numbers, and a right check digit proves little. Spaces, dashes and small letters don't matter.
 * @returns a sentence, or null when nothing is wrong with it, or there is none
 */
export function checkVin(typed: string): string | null {
  const vin = typed.replace(/[\s-]/g, '').toUpperCase();
  if (vin === '') return null;
  const strange = /[^A-Z0-9]/u.exec(vin)?.[0];
  if (strange) return `A VIN has only letters and digits, but this one has “${strange}”.`;
  const letter = /[IOQ]/.exec(vin)?.[0];
  if (letter) return `A VIN never has the letter ${letter}; it may be ${letter === 'I' ? 'a 1' : 'a 0'}.`;
  if (vin.length !== WEIGHTS.length) return `A VIN has 17 characters since 1981, but this one has ${vin.length}.`;
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * worth(vin.charAt(place)), 0);
  const expected = '0123456789X'.charAt(sum % 11);
  if (vin.charAt(CHECK_PLACE) === expected) return null;
  return `The check digit of this VIN (the ninth character) should be ${expected}, but is ${vin.charAt(CHECK_PLACE)}. Please compare it with the vehicle; one from outside North America may have no check digit.`;
}

function worth(character: string): number {
  return VALUES[character] ?? Number(character);
}
