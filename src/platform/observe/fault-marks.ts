import { createHash } from 'node:crypto';
import { projectPath } from '../project.js';
import { classOf, scrubText, stackOf } from './scrub.js';

/** What a fault is recognized by. */
export interface Marks {
  title: string;
  /** `saveItem (src/features/inspections/findings.ts:120)`; empty when no function of ours is in the stack. */
  place: string;
  fingerprint: string;
}

const ROOT = projectPath('');

/**
 * Faults are alike when their kind, the class of the error, the first of our own functions in its stack (without the line, which
 * moves with every version) and the route are. Without such a function, the message counts, its numbers left out.
 */
export function marksOf(kind: string, error: unknown, route: string): Marks {
  const sqlState = (error as { code?: unknown })?.code;
  const name = typeof sqlState === 'string' && /^[\w.-]{2,40}$/.test(sqlState) ? `${classOf(error)} ${sqlState}` : classOf(error);
  const message = scrubText(error instanceof Error ? String(error.message) : String(error)).slice(0, 300);
  const place = placeOf(error);
  const alike = place ? place.replace(/:\d+\)$/, ')') : message.replace(/\d+/g, '#');
  const fingerprint = createHash('sha256').update([kind, name, alike, route].join('\0')).digest('hex').slice(0, 32);
  return { title: message ? `${name}: ${message}` : name, place, fingerprint };
}

function placeOf(error: unknown): string {
  for (const frame of stackOf(error)) {
    const [, name, file, line] = /^at (?:async )?(?:(.+?) \()?(?:file:\/\/)?([^()]+?):(\d+):\d+\)?$/.exec(frame) ?? [];
    // Every statement goes by the pool: that says nothing.
    if (!file || /node_modules|^node:|<anonymous>|\/platform\/database\/pool\.[jt]s$/.test(file)) continue;
    const own = file.startsWith(ROOT) ? file.slice(ROOT.length).replace(/^[/\\]/, '') : file.replace(/^https?:\/\/[^/]+/, '');
    return `${name ?? '(top)'} (${own}:${line})`.slice(0, 300);
  }
  return '';
}
