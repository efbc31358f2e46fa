import { showPercent } from '../billing/amounts.js';
import type { Tax } from '../billing/rules.js';

/** `Sales tax 7.25 %` */
export function nameTax({ name, ppm }: Tax): string {
  return /\d\s*%/.test(name) ? name : `${name} ${showPercent(ppm)}`;
}

/** A meter's reading in tenths: `84,210 mi`. */
export function showReading(tenths: number, unit: string): string {
  const rest = tenths % 10;
  return `${Math.trunc(tenths / 10).toLocaleString('en-US')}${rest ? `.${rest}` : ''} ${unit}`;
}
