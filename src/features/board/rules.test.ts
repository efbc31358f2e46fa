import { describe, expect, test } from 'vitest';
import { type Meaning, type MoveFacts, promiseState, refuseMove } from './rules.js';

const MEANINGS: Meaning[] = ['estimate', 'active', 'waiting', 'done'];

function facts(from: Meaning, to: Meaning, more: Partial<MoveFacts> = {}): MoveFacts {
  return {
    number: 1001,
    from: { id: 1, name: 'Here', meaning: from },
    to: { id: 2, name: 'There', meaning: to },
    mayReopen: false,
    ...{ isAuthorized: true, isPhotographed: true, isChecked: true },
    mayOverride: false,
    reason: '',
    undoing: false,
    ...more,
  };
}

describe('moving a card', () => {
  test('is free for everybody unless it leaves a finished column', () => {
    for (const from of MEANINGS)
      for (const to of MEANINGS) if (from !== 'done' || to === 'done') expect(refuseMove(facts(from, to))).toBeNull();
  });

  test('out of a finished column needs a manager, and a reason', () => {
    for (const to of MEANINGS.filter((meaning) => meaning !== 'done')) {
      expect(refuseMove(facts('done', to, { reason: 'It squeals' }))).toEqual({
        text: 'Only a manager can take a card out of Here.',
        reasonHelps: false,
      });
      expect(refuseMove(facts('done', to, { mayReopen: true }))).toEqual({ text: 'Say why it leaves Here.', reasonHelps: true });
      expect(refuseMove(facts('done', to, { mayReopen: true, reason: 'It squeals' }))).toBeNull();
      expect(refuseMove(facts('done', to, { undoing: true }))).toBeNull();
    }
  });
});

describe('a promised time', () => {
  const now = new Date('2026-11-23T12:00:00Z');
  const at = (minutes: number) => new Date(now.getTime() + minutes * 60_000);

  test.each([
    [-1, 'late'],
    [0, 'soon'],
    [60, 'soon'],
    [61, ''],
  ] as const)('%i minutes away is “%s”', (minutes, state) => {
    expect(promiseState(at(minutes), 'active', now)).toBe(state);
    expect(promiseState(at(minutes), 'waiting', now)).toBe(state);
  });

  test('means nothing for finished work, or when there is none', () => {
    expect(promiseState(at(-600), 'done', now)).toBe('');
    expect(promiseState(null, 'active', now)).toBe('');
  });
});
