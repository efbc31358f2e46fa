import { showOnWall } from '../../platform/time.js';
import type { CardRow } from '../board/cards.js';
import type { Column } from '../board/columns.js';
import { promiseState } from '../board/rules.js';
import { BLOCK_REASONS, type BlockReason } from '../work-orders/blocks.js';

/** A line of the departure board on the shop floor. */
interface FloorRow {
  number: number;
  vehicle: string;
  mechanic: string;
  /** `14:30`, or `Late 14:30`; empty when nothing was promised. */
  when: string;
  state: 'late' | 'soon' | '';
  /** Why it can't go on, or must not leave; empty when it can. */
  blocked: string;
}

/** One column on the floor's wall: the late ones first, the longest overdue on top, then in the order of the board. */
export function floorRows(rows: CardRow[], column: Column, now: Date, timeZone: string): FloorRow[] {
  const own = rows
    .filter((row) => row.column_id === column.id)
    .map((row) => ({ row, state: promiseState(row.promised_at, column.meaning, now) }));
  const late = own.filter((one) => one.state === 'late').sort((a, b) => Number(a.row.promised_at) - Number(b.row.promised_at));
  const others = own.filter((one) => one.state !== 'late');
  return [...late, ...others].map(({ row, state }) => ({
    number: row.number,
    vehicle: row.vehicle,
    mechanic: row.mechanic ? shortName(row.mechanic) : 'nobody',
    when: row.promised_at ? whenWords(row.promised_at, state, now, timeZone) : '',
    state,
    blocked: [row.held ? 'Held: unsafe' : '', row.blocked_reason ? blockWords(row.blocked_reason, row.blocked_note) : '']
      .filter(Boolean)
      .join(' · '),
  }));
}

function blockWords(reason: BlockReason, note: string): string {
  return [BLOCK_REASONS[reason], note].filter(Boolean).join(': ');
}

/** `14:30`, `Tue 14:30`; `Late 14:30`, and for a day that is past `Late Mon`, since then the hour matters no more. */
export function whenWords(at: Date, state: FloorRow['state'], now: Date, timeZone: string): string {
  const time = showOnWall(at, now, timeZone);
  if (state !== 'late') return time;
  return `Late ${time.replace(/^(\p{L}+) \d\d:\d\d$/u, '$1')}`;
}

/** `Maria Dolores Quispe` → `Maria Q.`: two Marias stay apart */
export function shortName(name: string): string {
  const words = name.trim().split(/\s+/);
  const last = [...(words.at(-1) ?? '')][0];
  return words.length > 1 ? `${words[0]} ${last?.toUpperCase()}.` : (words[0] ?? '');
}

/** One column on the wall of the lobby: first names in the order of the alphabet, so that people find theirs. */
export function lobbyRows(rows: CardRow[], column: Column): string[] {
  return rows
    .filter((row) => row.column_id === column.id)
    .map((row) => lobbyName(row.customer, row.company))
    .sort((a, b) => a.localeCompare(b, 'en'));
}

const TITLE = /^(mr|mrs|ms|miss|mx|dr|prof|sr|sra|herr|frau|mme|m)\.?$/i;
const COMPANY_FORM = /^(inc|llc|ltd|co|corp|company|gmbh|ag|sa|plc|lp|llp|the|and|of)\.?$/i;
const COMPANY_SIGN = /&|\b(inc|llc|ltd|corp|gmbh|plc|llp|sons|bros|fleet|services?|company)\b/i;

/**
 * What strangers in the lobby may read of a customer: the first name, or a company's initials. Never a last name, so a
 * name of a single word, which may be one, is shown by its first letter only.
 * @param name as the advisor typed it, in any order and with any title
 */
export function lobbyName(name: string, company: string): string {
  if (company) return companyInitials(company);
  if (COMPANY_SIGN.test(name)) return companyInitials(name);
  const comma = name.indexOf(',');
  // `Quispe, Maria`: what stands behind the comma is the first name, also when it is one word.
  const given = wordsOf(comma >= 0 ? name.slice(comma + 1) : name).filter((word) => !TITLE.test(word));
  const first = given[0];
  if (!first || !/^\p{L}/u.test(first) || /\d/.test(first)) return 'Guest';
  return given.length > 1 || comma >= 0 ? first : `${[...first][0]?.toUpperCase()}.`;
}

function companyInitials(company: string): string {
  const letters = wordsOf(company)
    .filter((word) => !COMPANY_FORM.test(word))
    .map((word) => [...word][0] ?? '')
    .filter((letter) => /\p{L}/u.test(letter));
  return letters.length > 1 ? letters.slice(0, 3).join('').toUpperCase() : 'Fleet';
}

function wordsOf(text: string): string[] {
  return text.split(/[\s,&/]+/).filter(Boolean);
}
