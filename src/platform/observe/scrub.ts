/** Fields whose value is never written down, however deep they stand. Postal and e-mail addresses and numbers are a customer's own. */
const SECRET =
  /^(?:set-?cookie|cookie|(?:proxy-)?authorization|pass(?:word|phrase)?|pin|otp|secret|.*(?:_|-)?(?:token|secret|password)|e?mail|phone|address|street)$/i;
const HIDDEN = '[redacted]';
/** Deeper than this nothing of ours is. */
const DEEPEST = 5;
const LONGEST = 4_000;
const MOST_FRAMES = 20;

/** Line ends of all kinds, escape codes of terminals, marks that turn the direction of text: what would make one line look like another. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it is about.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** What may stand in a text by itself: paths with a key in them, e-mail addresses, credentials of an address, tokens. */
const KEYS: [RegExp, string][] = [
  [/(\/(?:c|visit|tv|invitations)\/)[\w-]{8,}/g, '$1…'],
  [/\/\/[^\s/@:]{1,100}:[^\s/@]{1,200}@/g, '//…@'],
  [/[^\s@<>"'(),;:=]{1,64}@[^\s@<>"'(),;:]{1,255}/g, '…@…'],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 …'],
  [/\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g, '…'],
  [/[\w-]{32,}/g, '…'],
];

/** Most of what is logged: words and numbers. No key is as short, but in an address, where it has a slash in front. */
const PLAIN = /^[\w :.*-]*$/;

/**
 * Text as it may be written to the log or kept with a fault: one line, without keys, tokens and e-mail addresses.
 * @returns at most 4,000 characters
 */
export function scrubText(text: string): string {
  if (text.length <= 20 && PLAIN.test(text)) return text;
  let clean = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  for (const [pattern, put] of KEYS) clean = clean.replace(pattern, put);
  return escapeUnprintable(clean);
}

/** @returns the same on one line: `\u000a` in place of a line end */
export function escapeUnprintable(text: string): string {
  return text.replace(UNPRINTABLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Any value as it may be written down: secret fields hidden, texts scrubbed, errors as plain objects. */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return scrubText(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'bigint' ? String(value) : value;
  if (value instanceof Error) return scrubError(value, depth);
  if (value instanceof Date) return value;
  if (ArrayBuffer.isView(value)) return `${value.byteLength} bytes`;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) return value.slice(0, 50).map((member) => scrub(member, depth + 1));
  const entries = Object.entries(value).slice(0, 50);
  return Object.fromEntries(
    entries.map(([key, member]) => [escapeUnprintable(key), SECRET.test(key) && member ? HIDDEN : scrub(member, depth + 1)]),
  );
}

/** What is known of an error besides its message. Postgres' `detail` and `where` quote the row, so they are not among it. */
const FIELDS = ['code', 'status', 'errno', 'syscall', 'severity', 'constraint', 'table', 'column', 'routine'] as const;

function scrubError(error: Error, depth: number): object {
  const known = error as Error & Record<string, unknown>;
  const more = FIELDS.flatMap((name) => (typeof known[name] === 'string' || typeof known[name] === 'number' ? [[name, known[name]]] : []));
  return {
    type: classOf(error),
    message: scrubText(String(error.message)),
    stack: stackOf(error).join('\n'),
    ...Object.fromEntries(more),
    ...(error.cause !== undefined && depth < DEEPEST && { cause: scrub(error.cause, depth + 1) }),
    ...(Array.isArray(known.errors) && depth < DEEPEST && { errors: scrub(known.errors.slice(0, 5), depth + 1) }),
  };
}

/** @returns `TypeError`; whatever was thrown */
export function classOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const name = error.constructor?.name || error.name || 'Error';
  return /^[\w$.]{1,60}$/.test(name) ? name : 'Error';
}

/** The frames of an error's stack, without its message, which may quote anything. */
export function stackOf(error: unknown): string[] {
  const stack = error instanceof Error ? String(error.stack ?? '') : '';
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MOST_FRAMES)
    .map((line) => escapeUnprintable(line.trim().slice(0, 300)));
}
