import { expect, test } from 'vitest';
import { projectPath } from '../project.js';
import { escapeHtml, SafeHtml } from './html.js';
import { loadViews } from './views.js';

test('markup comes out as text', () => {
  expect(escapeHtml(`<img src=x onerror="alert('1')">&amp;`)).toBe('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;amp;');
  expect([escapeHtml('plain'), escapeHtml(12), escapeHtml(false), escapeHtml(10n), escapeHtml(null)]).toEqual([
    'plain',
    '12',
    'false',
    '10',
    '',
  ]);
  expect(escapeHtml(new SafeHtml('<b>'))).toBe('<b>');
});

test.each([[undefined], [{}], [[]], [['a']], [new Date()], [() => ''], [Symbol('x')], [{ toString: () => '<b>' }]])(
  'a view that would print %s is broken',
  (value) => {
    expect(() => escapeHtml(value)).toThrow(TypeError);
  },
);

test('every view compiles, and one that does not stops the start', () => {
  expect(() => loadViews(projectPath('views'), {})).not.toThrow();
});
