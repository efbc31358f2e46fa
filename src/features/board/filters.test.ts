import { describe, expect, test } from 'vitest';
import { type Card, initials } from './cards.js';
import { BoardQuery, isEmpty, passes } from './filters.js';

const ME = 7;
const card: Card = {
  ...{
    id: 1,
    number: 1042,
    columnId: 1,
    vehicle: '2019 Ford Transit',
    plate: 'AB 1234',
    customer: 'Muñoz Heating',
    comments: 0,
    held: false,
    blocked: null,
    told: null,
  },
  ...{
    mechanic: { id: ME, name: 'Wei Zhang', initials: 'WZ' },
    advisorId: 8,
    since: { iso: '', text: '' },
    labels: [{ id: 3, name: 'Rush', color: 'red' }],
  },
  ...{ promise: { iso: '', text: '', state: 'late' }, search: '1042 2019 ford transit ab 1234 muñoz heating' },
};
const shows = (query: Record<string, unknown>, of: Card = card) => passes(of, BoardQuery.parse(query), ME);

describe('a filter', () => {
  test('shows a card that fits all of it', () => {
    expect(shows({})).toBe(true);
    expect(shows({ mechanic: 'me', advisor: '8', label: '3', late: '1', text: ' MUÑOZ ' })).toBe(true);
  });

  test.each([{ mechanic: '9' }, { mechanic: 'none' }, { advisor: 'me' }, { label: '4' }, { text: 'tesla' }])(
    'hides what does not fit %o',
    (query) => {
      expect(shows(query)).toBe(false);
    },
  );

  test('finds what nobody works on yet, and leaves out what is not late', () => {
    expect(shows({ mechanic: 'none' }, { ...card, mechanic: null })).toBe(true);
    expect(shows({ mechanic: 'me' }, { ...card, mechanic: null })).toBe(false);
    expect(shows({ late: '1' }, { ...card, promise: { iso: '', text: '', state: 'soon' } })).toBe(false);
    expect(shows({ late: '1' }, { ...card, promise: null })).toBe(false);
  });

  test.each([
    ...[
      { mechanic: '' },
      { mechanic: '-1' },
      { mechanic: '1e999' },
      { mechanic: ['1', '2'] },
      { mechanic: '0x10g' },
      { label: "3' or 1=1 --" },
    ],
    ...[{ late: 'yes' }, { text: ['a', 'b'] }, { text: 'x'.repeat(101) }, { sort: 'price;drop table shops' }, { advisor: 'NaN' }],
  ])('ignores what it does not understand: %o', (query) => {
    expect(isEmpty(BoardQuery.parse(query))).toBe(true);
  });

  test.each(['(a+)+$', '%', '_', '\\', '.*', "' or 1=1"])('takes the text %s as it is', (text) => {
    expect(shows({ text })).toBe(false);
    expect(shows({ text }, { ...card, search: `x ${text} y`.toLowerCase() })).toBe(true);
  });
});

test('initials are the first letters of the first and the last name', () => {
  expect(['Maria Dolores Quispe', 'wei', ' 王 伟 ', '👩‍🔧 Ana'].map(initials)).toEqual(['MQ', 'W', '王伟', '👩A']);
});
