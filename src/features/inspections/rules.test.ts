import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Measure, TemplateItem } from './content.js';
import { itemsOf, keyFor } from './content.js';
import {
  atPositions,
  boundsAreInOrder,
  colorOf,
  isOverruled,
  measuredColor,
  reasonFor,
  showMeasures,
  wearOf,
  whatIsMissing,
} from './rules.js';
import { STARTER_TEMPLATES } from './starter-templates.js';

const BADNESS = { green: 0, yellow: 1, red: 2 };
const pads: Measure = { unit: 'mm', positions: ['LF', 'RF'], bad: 'low', yellow: 500, red: 300 };
const item = (more: Partial<TemplateItem> = {}): TemplateItem => ({
  ...{ key: 'pads', name: 'Pads', safety: false, measure: pads, phrases: [] },
  ...{ needs: { note: 'never', photo: 'never' }, ...more },
});
const found = (more: object = {}) => ({ color: null, reason: null, note: '', measures: [], ...more });

const value = fc.integer({ min: -1_000_000, max: 1_000_000 });
const bounds = fc
  .record({ bad: fc.constantFrom('low' as const, 'high' as const), one: fc.option(value), other: fc.option(value) })
  .map(({ bad, one, other }) => {
    if (one === null || other === null) return { bad, yellow: one, red: other };
    const [less, more] = [Math.min(one, other), Math.max(one, other)];
    return bad === 'low' ? { bad, yellow: more, red: less } : { bad, yellow: less, red: more };
  });

describe('the color of a measurement', () => {
  test('stands at the bounds as the words say it', () => {
    expect([299, 300, 499, 500].map((one) => colorOf(pads, one))).toEqual(['red', 'yellow', 'yellow', 'green']);
    const slack = { bad: 'high', yellow: 4000, red: 5000 } as const;
    expect([3999, 4000, 4999, 5000].map((one) => colorOf(slack, one))).toEqual(['green', 'yellow', 'yellow', 'red']);
    expect(colorOf({ bad: 'low', yellow: null, red: null }, 1)).toBeNull();
    expect([1, 2].map((one) => colorOf({ bad: 'low', yellow: null, red: 2 }, one))).toEqual(['red', 'green']);
    expect([1, 2].map((one) => colorOf({ bad: 'high', yellow: 2, red: null }, one))).toEqual(['green', 'yellow']);
  });

  test('is one color for every value, and never better when the value is worse', () => {
    fc.assert(
      fc.property(bounds, value, value, (measure, one, other) => {
        expect(boundsAreInOrder(measure)).toBe(true);
        const [good, bad] =
          measure.bad === 'low' ? [Math.max(one, other), Math.min(one, other)] : [Math.min(one, other), Math.max(one, other)];
        const [better, worse] = [colorOf(measure, good), colorOf(measure, bad)];
        if (measure.yellow === null && measure.red === null) expect([better, worse]).toEqual([null, null]);
        else expect(BADNESS[worse as 'red']).toBeGreaterThanOrEqual(BADNESS[better as 'red']);
      }),
    );
  });

  test('has no gap between two whole values: next to each other they differ only at a bound', () => {
    fc.assert(
      fc.property(bounds, value, (measure, one) => {
        const [here, next] = [colorOf(measure, one), colorOf(measure, one + 1)];
        if (here !== next) expect([measure.yellow, measure.red]).toContain(one + 1);
      }),
    );
  });

  test('is that of the worst position, whatever the order', () => {
    const positions = fc.uniqueArray(fc.record({ position: fc.string({ maxLength: 3 }), value }), { selector: (one) => one.position });
    fc.assert(
      fc.property(bounds, positions, (measure, measures) => {
        const whole = { ...pads, ...measure };
        const colors = measures.flatMap((one) => colorOf(whole, one.value) ?? []);
        const worst = (['red', 'yellow', 'green'] as const).find((color) => colors.includes(color)) ?? null;
        expect(measuredColor(whole, measures)).toBe(worst);
        expect(measuredColor(whole, [...measures].reverse())).toBe(worst);
      }),
    );
    expect(measuredColor(null, [{ position: '', value: 1 }])).toBeNull();
  });
});

test('a reason is for what was found only, and what is unsafe is required', () => {
  const [safe, unsafe] = [item(), item({ safety: true })];
  expect(reasonFor(safe, 'red', null)).toBe('suggested');
  expect(reasonFor(safe, 'yellow', 'required')).toBe('required');
  expect(reasonFor(unsafe, 'yellow', null)).toBe('suggested');
  expect(reasonFor(unsafe, 'red', 'suggested')).toBe('required');
  for (const color of ['green', 'na', null] as const) expect(reasonFor(unsafe, color, 'required')).toBeNull();
});

describe('what is missing', () => {
  const measures = [{ position: 'LF', value: 200 }];

  test('is the color first, and nothing of what is not there', () => {
    expect(whatIsMissing(item({ needs: { note: 'always', photo: 'always' } }), found(), 0)).toEqual(['color']);
    expect(whatIsMissing(item({ needs: { note: 'always', photo: 'always' } }), found({ color: 'na' }), 0)).toEqual([]);
  });

  test('is what the template wants of a color', () => {
    const wants = item({ measure: null, needs: { note: 'when-found', photo: 'always' } });
    expect(whatIsMissing(wants, found({ color: 'green' }), 0)).toEqual(['photo']);
    expect(whatIsMissing(wants, found({ color: 'red' }), 0)).toEqual(['note', 'photo']);
    expect(whatIsMissing(wants, found({ color: 'red', note: ' \n' }), 1)).toEqual(['note']);
    expect(whatIsMissing(wants, found({ color: 'yellow', note: 'Worn' }), 2)).toEqual([]);
  });

  test('is a measurement at each position, where the template wants it', () => {
    const wants = (measured: 'always' | 'when-found') => item({ needs: { note: 'never', photo: 'never', measured } });
    const everywhere = [...measures, { position: 'RF', value: 250 }];
    expect(whatIsMissing(wants('always'), found({ color: 'green' }), 0)).toEqual(['measured']);
    expect(whatIsMissing(wants('always'), found({ color: 'red', measures }), 0)).toEqual(['measured']);
    expect(whatIsMissing(wants('always'), found({ color: 'red', measures: everywhere }), 0)).toEqual([]);
    expect(whatIsMissing(wants('always'), found({ color: 'na' }), 0)).toEqual([]);
    expect(whatIsMissing(wants('when-found'), found({ color: 'green' }), 0)).toEqual([]);
    expect(whatIsMissing(wants('when-found'), found({ color: 'yellow' }), 0)).toEqual(['measured']);
  });

  test('is the note that says why it is another color than was measured', () => {
    expect(isOverruled(item(), found({ color: 'red', measures }))).toBe(false);
    expect(isOverruled(item(), found({ color: 'na', measures }))).toBe(false);
    for (const color of ['green', 'yellow']) {
      expect(whatIsMissing(item(), found({ color, measures }), 0)).toEqual(['why']);
      expect(whatIsMissing(item(), found({ color, measures, note: 'Measured at the edge' }), 0)).toEqual([]);
    }
  });
});

test('measures are told as people say them', () => {
  expect(
    showMeasures(
      [
        { position: 'LF', value: 350 },
        { position: 'RF', value: 400 },
      ],
      'mm',
    ),
  ).toBe('LF 3.5, RF 4 mm');
  expect(showMeasures([{ position: '', value: 1240 }], 'V')).toBe('12.4 V');
  expect(showMeasures([], 'mm')).toBe('');
  const everywhere = ['RF', 'XX', 'LF'].map((position, index) => ({ position, value: index }));
  expect(atPositions(pads, everywhere).map(({ position }) => position)).toEqual(['LF', 'RF']);
});

test('wear is followed position by position, and told by the odometer', () => {
  const visit = (odometer: number | null, LF: number, RF?: number) => ({
    ...{ at: '2026-01-01T00:00:00Z', odometer },
    measures: [{ position: 'LF', value: LF }, ...(RF === undefined ? [] : [{ position: 'RF', value: RF }])],
  });
  // 70,000.0 and 80,000.0 miles: 2 mm in 10,000 miles are 0.2 mm in 1,000.
  const [left, right] = wearOf([visit(700_000, 800, 900), visit(null, 700), visit(800_000, 600)]);
  expect(left).toEqual({ position: 'LF', points: [800, 700, 600].map((value, visit) => ({ visit, value })), perThousand: -20 });
  expect(right).toEqual({ position: 'RF', points: [{ visit: 0, value: 900 }], perThousand: null });
  expect(wearOf([visit(800_000, 5), visit(700_000, 4)])[0]?.perThousand).toBeNull();
});

test('keys are made of names, and are never taken twice', () => {
  expect(keyFor('Front pads', [])).toBe('front-pads');
  expect(keyFor('Front pads', ['front-pads', 'front-pads-2'])).toBe('front-pads-3');
  expect(keyFor('刹车', [])).toBe('item');
  fc.assert(
    fc.property(fc.string(), fc.array(fc.constantFrom('a', 'b', 'a-2', 'item')), (name, taken) => {
      const key = keyFor(name, taken);
      expect(key).toMatch(/^[a-z0-9][a-z0-9-]{0,59}$/);
      expect(taken).not.toContain(key);
    }),
  );
});

describe.each(Object.entries(STARTER_TEMPLATES))('the template to begin with for a %s', (type, template) => {
  test('has keys of its own, bounds in their order, and safety items that ask for proof', () => {
    expect(template.vehicleType).toBe(type);
    const items = itemsOf(template.content);
    expect(items.length).toBeGreaterThanOrEqual(14);
    expect(new Set(items.map(({ key }) => key)).size).toBe(items.length);
    expect(new Set(template.content.sections.map(({ key }) => key)).size).toBe(template.content.sections.length);
    for (const { key, name, measure } of items) {
      expect(key).toMatch(/^[a-z0-9][a-z0-9-]{0,59}$/);
      expect(name).not.toBe('');
      if (measure) expect(boundsAreInOrder(measure), key).toBe(true);
    }
    expect(items.some(({ safety }) => safety)).toBe(true);
    expect(items.some(({ measure }) => measure)).toBe(true);
  });
});
