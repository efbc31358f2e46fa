/** `4.2 GB`, by thousands, as disks are sold. */
export function showBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value.toLocaleString('en-US', { maximumFractionDigits: Math.abs(value) < 10 && unit > 0 ? 1 : 0 })} ${units[unit]}`;
}

/** `0.4 ms`, `12 ms`, `1.3 s` */
export function showMs(ms: number): string {
  if (ms >= 1_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${ms < 10 ? Number(ms.toFixed(1)) : Math.round(ms)} ms`;
}

/** `1 fault`, `1,204 faults` */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number.toLocaleString('en-US')} ${number === 1 ? one : many}`;
}
