/** Markup that is safe to write unescaped, because this program rendered it. */
export class SafeHtml {
  constructor(readonly html: string) {}
  toString(): string {
    return this.html;
  }
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/**
 * What every `<%= %>` of a view goes through.
 * @throws Error on undefined and on objects: a view that would print "undefined" or "[object Object]" is broken.
 */
export function escapeHtml(value: unknown): string {
  if (typeof value === 'string') return /[&<>"']/.test(value) ? value.replace(/[&<>"']/g, (sign) => ENTITIES[sign] as string) : value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value === null) return '';
  if (value instanceof SafeHtml) return value.html;
  throw new TypeError(`A view tried to print ${value === undefined ? 'undefined' : Object.prototype.toString.call(value)}.`);
}
