// In this order: most of them name others too, for the sake of old sites.
const BROWSERS: [RegExp, string][] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\b/, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+.* Safari\//, 'Safari'],
];
const MACHINES: [RegExp, string][] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'a Chromebook'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b|\bMacintosh\b/, 'a Mac'],
  [/\bLinux\b/, 'Linux'],
];

/**
 * What a person recognizes a device by: `Chrome on Windows`, `Safari on iPhone`. It is what the browser says of itself, and
 * proves nothing.
 * @param agent the User-Agent header; anything
 */
export function deviceName(agent: string): string {
  const nameIn = (names: [RegExp, string][]) => names.find(([sign]) => sign.test(agent))?.[1];
  const [browser, machine] = [nameIn(BROWSERS), nameIn(MACHINES)];
  if (browser) return machine ? `${browser} on ${machine}` : browser;
  const [, program] = /^([\w.-]{2,30})(?:\/|$)/.exec(agent) ?? [];
  if (program && program !== 'Mozilla') return program;
  return machine ? `A browser on ${machine}` : 'A browser that does not say which';
}
