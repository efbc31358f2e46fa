import { BlockList, isIP } from 'node:net';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long after each failed attempt the next one is, as the Standard Webhooks specification proposes it: three days in all. */
export const PAUSES = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, ...[2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR]] as const;

/** A webhook at which nothing has arrived for that long is switched off. */
export const OFF_AFTER = 5 * 24 * HOUR;

/**
 * @param failed how many attempts there were, at least one
 * @param random from 0 to 1: a tenth more or less, so that what failed together does not come again together
 * @returns milliseconds until the next attempt, or null when there is none
 */
export function pauseAfter(failed: number, random: number): number | null {
  const pause = PAUSES[failed - 1];
  return pause === undefined ? null : Math.round(pause * (0.9 + random / 5));
}

/** What of IPv4 is not the public internet (IANA IPv4 Special-Purpose Address Registry), and multicast. */
const SPECIAL_4: [string, number][] = [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as [string, number][]),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.88.99.0', 24],
    ['192.168.0.0', 16],
  ] as [string, number][]),
  ...([
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as [string, number][]),
];
/** The one part of IPv6 that is the public internet: no mapped, translated (NAT64), local or multicast address is in it … */
const GLOBAL_6: [string, number] = ['2000::', 3];
/** … but these are: protocols such as Teredo, documentation, and 6to4, which carries an IPv4 address. */
const SPECIAL_6: [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const special = listOf(SPECIAL_4.concat(SPECIAL_6));
const global6 = listOf([GLOBAL_6]);

function listOf(networks: [string, number][]): BlockList {
  const list = new BlockList();
  for (const [address, bits] of networks) list.addSubnet(address, bits, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return list;
}

/** The networks of WEBHOOKS_PRIVATE_NETWORKS: `10.0.0.0/8`, or one address. */
export function networksOf(entries: readonly string[]): BlockList {
  return listOf(
    entries.map((entry) => {
      const [address = '', bits] = entry.split('/');
      return [address, Number(bits ?? (isIP(address) === 6 ? 128 : 32))];
    }),
  );
}

/** For an address that whoever runs the program has chosen: it may lead anywhere. */
export const ANYWHERE = networksOf(['0.0.0.0/0', '::/0']);

/**
 * Where a request may go that somebody else has written the address of (SSRF, CWE-918).
 * @param address an IP address, as the resolver gives it
 * @param allowed what the configuration allows besides the public internet
 */
export function placeOf(address: string, allowed: BlockList): 'public' | 'allowed' | 'refused' {
  const version = isIP(address);
  if (version === 0 || address.includes('%')) return 'refused';
  const family = version === 6 ? 'ipv6' : 'ipv4';
  // An IPv4 address in the clothes of an IPv6 one is allowed by no list of IPv4 networks.
  if (!/^::ffff:/i.test(address) && allowed.check(address, family)) return 'allowed';
  if (special.check(address, family)) return 'refused';
  return version === 4 || global6.check(address, 'ipv6') ? 'public' : 'refused';
}

/** @returns what is wrong with an address that somebody typed, or null; where its name leads is looked up when something is sent */
export function refuseUrl(text: string, allowed: BlockList, allowsHttp: boolean): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'That is not an address. It looks like https://example.com/hook.';
  }
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowsHttp)) return 'The address must begin with https://.';
  if (url.username !== '' || url.password !== '') return 'No name or password may stand in the address: what is sent is signed instead.';
  const host = hostOf(url);
  if (isIP(host) !== 0 && placeOf(host, allowed) === 'refused')
    return 'That address is in a private network. Whoever runs ServiceFLOW can allow it: WEBHOOKS_PRIVATE_NETWORKS.';
  return null;
}

/** The host as a resolver takes it: an IPv6 address without its brackets. */
export function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

/** What an event is for a program: as GET /api/v1/events gives it. */
export interface HookEvent {
  kind: string;
  at: Date;
  version: number;
  seq: number;
  actor: { id: number; name: string } | null;
  workOrder: number | null;
  data: unknown;
}

/**
 * The body of a delivery.
 * @param full with all that the event says; else without what could hold a price, a cost or somebody's own data
 */
export function payloadOf(event: HookEvent, full: boolean): string {
  const { kind, at, version, seq, actor, workOrder } = event;
  const details = full ? event.data : thin(event.data);
  return JSON.stringify({ type: kind, timestamp: at.toISOString(), data: { version, seq, actor, work_order: workOrder, details } });
}

/** Which things an event is about, and words of the program: never a text that somebody typed, never an amount. */
const THIN = new Set([
  ...['number', 'customer', 'vehicle', 'contact', 'merge', 'kept', 'gone', 'job', 'of', 'canned', 'line', 'meter', 'media', 'on'],
  ...['finding', 'inspection', 'template', 'version', 'link', 'links', 'question', 'revision', 'column', 'label', 'holds', 'till'],
  ...['staff', 'webhook', 'payment', 'invoice', 'id', 'kind', 'as', 'direction', 'first', 'why', 'method', 'role', 'what'],
]);
const WORD = /^[a-z][a-z-]{0,30}$/;

function thin(data: unknown): Record<string, unknown> {
  const kept = Object.entries((data ?? {}) as object).flatMap(([key, value]): [string, unknown][] => {
    if (THIN.has(key) && isPlain(value)) return [[key, value]];
    // From which column to which.
    const column = key === 'from' || key === 'to' ? (value as { column?: unknown } | null)?.column : undefined;
    return Number.isSafeInteger(column) ? [[key, { column }]] : [];
  });
  return Object.fromEntries(kept);
}

function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((one) => Number.isSafeInteger(one));
  return Number.isSafeInteger(value) || typeof value === 'boolean' || (typeof value === 'string' && WORD.test(value));
}

/** The beginning of an answer as it can be kept and shown. */
export function firstWords(bytes: Buffer): string {
  return bytes
    .toString('utf8')
    .replace(/[\p{Cc}\ufffd]+/gu, ' ')
    .slice(0, 500)
    .toWellFormed();
}
