import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ConsentJob } from '../billing/consent.js';
import { answersOf, type Content, isAsSent, questionsOf } from './rules.js';
import { Drawn, SHEET, toPath } from './signatures.js';

const job = (id: number, more: Partial<ConsentJob> = {}): ConsentJob => ({
  ...{ id, payType: 'customer', consent: 'proposed', approvedCents: null, choice: null, picked: true, supplies: true },
  ...more,
});

describe('what is asked', () => {
  test('is what is proposed or has grown, options as one question, and nothing that somebody else pays', () => {
    const jobs = [
      job(1),
      job(2, { consent: 'approved' }),
      job(3, { consent: 'revised' }),
      job(4, { payType: 'warranty' }),
      job(5, { consent: 'declined' }),
      job(6, { choice: 1 }),
      job(7, { choice: 1, picked: false }),
      job(8, { choice: 2, consent: 'approved' }),
      job(9, { choice: 2, picked: false, consent: 'declined' }),
    ];
    expect(questionsOf(jobs)).toEqual([
      { field: 'decision.1', choice: null, jobs: [1] },
      { field: 'decision.3', choice: null, jobs: [3] },
      { field: 'option.1', choice: 1, jobs: [6, 7] },
    ]);
  });

  test('is answered for nothing else, whatever is sent', () => {
    const questions = questionsOf([job(1), job(6, { choice: 1 }), job(7, { choice: 1, picked: false })]);
    const value = fc.constantFrom('approve', 'decline', 'defer', '', '1', '6', '7', '8', 'x');
    const field = fc.constantFrom('decision.1', 'decision.2', 'option.1', 'option.2', 'decision.6');
    fc.assert(
      fc.property(fc.dictionary(field, value), (choices) => {
        const answers = answersOf(questions, choices);
        expect(answers.every((answer) => [1, 6, 7].includes(answer.job))).toBe(true);
        expect(answers.filter((answer) => answer.decision === 'approve' && answer.job !== 1).length).toBeLessThanOrEqual(1);
        expect(new Set(answers.map((answer) => answer.job)).size).toBe(answers.length);
      }),
    );
  });

  test('is declined or put off in all of its options', () => {
    const questions = questionsOf([job(6, { choice: 1 }), job(7, { choice: 1, picked: false })]);
    expect(answersOf(questions, { 'option.1': 'defer' }, { 'option.1': 'Later' })).toEqual([
      { job: 6, decision: 'defer', reason: 'Later' },
      { job: 7, decision: 'defer', reason: 'Later' },
    ]);
    expect(answersOf(questions, { 'option.1': '7' })).toEqual([{ job: 7, decision: 'approve', reason: '' }]);
  });
});

describe('what was sent', () => {
  const line = (id: number, priceCents = 100) => ({
    ...{ id, kind: 'part' as const, description: 'Pads', quantity: 100, priceCents, discountPpm: null, taxes: [] },
    ...{ partNumber: '', condition: null, legalText: '', coreOf: null },
  });
  const one = (id: number, more: Partial<Content['jobs'][number]> = {}): Content['jobs'][number] => ({
    ...{ id, name: `Job ${id}`, payType: 'customer', choice: null, choiceName: '', consent: 'proposed', lines: [line(id)] },
    ...more,
  });
  const order = (...jobs: Content['jobs']): Content => ({ jobs, lines: [], terms: null });

  test.each<[string, Content, Content, boolean]>([
    ['is as it was', order(one(1)), order(one(1)), true],
    ['was answered', order(one(1), one(2)), order(one(1, { consent: 'approved' }), one(2, { consent: 'declined' })), true],
    ['stands in another order', order(one(1), one(2)), order(one(2), one(1)), true],
    ['has another price', order(one(1)), order(one(1, { lines: [line(1, 101)] })), false],
    ['has one more line', order(one(1)), order(one(1, { lines: [line(1), line(9)] })), false],
    ['has one more job', order(one(1)), order(one(1), one(2)), false],
    ['has lost a job', order(one(1), one(2)), order(one(1)), false],
    ['is paid by somebody else', order(one(1)), order(one(1, { payType: 'warranty' })), false],
    ['has changed in what was declined', order(one(1), one(2)), order(one(1), one(2, { consent: 'declined', lines: [] })), true],
    ['has a discount for all of it', order(one(1)), { ...order(one(1)), lines: [line(5, -10)] }, false],
  ])('%s', (_what, sent, now, same) => {
    expect(isAsSent(sent, now)).toBe(same);
  });
});

describe('a drawn signature', () => {
  test('is strokes on a sheet, or a sentence', () => {
    expect(Drawn.parse('')).toEqual([]);
    expect(Drawn.parse('[[1,2,3,4],[5,6]]')).toEqual([
      [1, 2, 3, 4],
      [5, 6],
    ]);
    for (const wrong of [
      'x',
      '{}',
      '[[1]]',
      '[[1,2,3]]',
      '[[1,-2]]',
      '[[1.5,2]]',
      `[[${SHEET.width + 1},2]]`,
      '[["1","2"]]',
      '[[1e400,2]]',
      '[null]',
    ])
      expect(Drawn.safeParse(wrong).success, wrong).toBe(false);
  });

  test('is drawn by the server as numbers and nothing else', () => {
    expect(
      toPath([
        [1, 2, 3, 4, 5, 6],
        [7, 8],
      ]),
    ).toBe('M1 2L3 4 5 6M7 8h0');
    const stroke = fc
      .array(fc.tuple(fc.nat(SHEET.width), fc.nat(SHEET.height)), { minLength: 1, maxLength: 20 })
      .map((points) => points.flat());
    fc.assert(
      fc.property(fc.array(stroke, { maxLength: 10 }), (strokes) => {
        expect(Drawn.parse(strokes.length > 0 ? JSON.stringify(strokes) : '')).toEqual(strokes);
        expect(toPath(strokes)).toMatch(/^[\d MLh]*$/);
      }),
    );
  });
});
