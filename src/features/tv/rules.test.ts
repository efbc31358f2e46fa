import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CardRow } from '../board/cards.js';
import type { Column } from '../board/columns.js';
import { floorRows, lobbyName, lobbyRows, shortName, whenWords } from './rules.js';

const ZONE = 'America/Chicago';
const NOW = new Date('2026-11-23T20:00:00Z'); // 14:00 in Chicago
const COLUMN: Column = { id: 1, name: 'In Progress', meaning: 'active', color: 'amber', limit: null };

function row(number: number, more: Partial<CardRow> = {}): CardRow {
  return {
    ...{
      id: number,
      number,
      column_id: 1,
      rank: number,
      column_since: NOW,
      promised_at: null,
      held: false,
      blocked_reason: null,
      blocked_note: '',
      blocked_since: null,
      customer_state: null,
      customer_state_at: null,
      answers: null,
    },
    ...{ vehicle: '2019 Toyota Corolla', plate: 'KLM 4821', customer: 'Dana Whitfield', company: '', concern: '', comments: 0, labels: [] },
    ...{ mechanic_id: null, mechanic: null, advisor_id: null, advisor: null },
    ...more,
  };
}

test.each([
  ['Maria Dolores Quispe', '', 'Maria'],
  ['Jean-Luc Moreau', '', 'Jean-Luc'],
  ['Quispe, Maria', '', 'Maria'],
  ['Dr. Ruth Ozols', '', 'Ruth'],
  ['Bob Kowalski', 'Northside Courier Co.', 'NC'],
  ['Bob Kowalski', 'Amazon', 'Fleet'],
  ['Bob & Carol Smith', '', 'BCS'],
  ['Smith and Sons', '', 'SS'],
  // Of a single word nobody knows whether it is the last name.
  ['Smith', '', 'S.'],
  ['Mr. Smith', '', 'S.'],
  ['555 0142', '', 'Guest'],
  ['?', '', 'Guest'],
  ['عمر الفاروق', '', 'عمر'],
])('in the lobby %s of “%s” is %s', (name, company, shown) => {
  expect(lobbyName(name, company)).toBe(shown);
});

test('the lobby never shows the last word of a name, nor a word of a company’s', () => {
  const word = fc.stringMatching(/^[A-Z][a-z]{3,9}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 2, maxLength: 4 }), (words) => {
      fc.pre(words[0] !== words.at(-1));
      expect(lobbyName(words.join(' '), '')).not.toBe(words.at(-1));
      expect(words).not.toContain(lobbyName('Dana Whitfield', words.join(' ')));
    }),
  );
});

test('the lobby lists names in the order of the alphabet, those of the column only', () => {
  const rows = [row(1, { customer: 'Zoe Ash' }), row(2, { customer: 'Ann Bell' }), row(3, { customer: 'Ned Cole', column_id: 2 })];
  expect(lobbyRows(rows, COLUMN)).toEqual(['Ann', 'Zoe']);
});

test('late ones stand first, the longest overdue on top; the others stay in the order of the board', () => {
  const rows = [
    row(1),
    row(2, { promised_at: new Date('2026-11-23T19:30:00Z') }),
    row(3, { promised_at: new Date('2026-11-23T20:40:00Z') }),
    row(4, { promised_at: new Date('2026-11-21T19:30:00Z') }),
  ];
  expect(floorRows(rows, COLUMN, NOW, ZONE).map((one) => [one.number, one.state, one.when])).toEqual([
    [4, 'late', 'Late Sat'],
    [2, 'late', 'Late 13:30'],
    [1, '', ''],
    [3, 'soon', '14:40'],
  ]);
});

test('finished work is never late', () => {
  const done = { ...COLUMN, meaning: 'done' as const };
  expect(floorRows([row(1, { promised_at: new Date('2026-11-21T19:30:00Z') })], done, NOW, ZONE)[0]?.state).toBe('');
});

test('a row says who works on it, and why it can’t go on', () => {
  const blocked = row(1, { mechanic: 'Maria Dolores Quispe', blocked_reason: 'parts', blocked_note: 'front caliper' });
  expect(floorRows([blocked, row(2)], COLUMN, NOW, ZONE)).toMatchObject([
    { mechanic: 'Maria Q.', blocked: 'Waiting for parts: front caliper' },
    { mechanic: 'nobody', blocked: '' },
  ]);
});

test.each([
  ['2026-11-23T21:05:00Z', '', '15:05'],
  ['2026-11-24T15:00:00Z', '', 'Tue 09:00'],
  ['2026-12-10T15:00:00Z', '', 'Dec 10'],
  ['2026-11-23T06:01:00Z', 'late', 'Late 00:01'],
  ['2026-11-23T05:59:00Z', 'late', 'Late Sun'],
  ['2026-11-02T15:00:00Z', 'late', 'Late Nov 2'],
] as const)('%s is said as %s %s', (at, state, words) => {
  expect(whenWords(new Date(at), state, NOW, ZONE)).toBe(words);
});

test('a name of one word stays as it is', () => {
  expect(shortName('Rosa')).toBe('Rosa');
});
