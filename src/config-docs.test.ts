import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Environment, SECRETS } from './config.js';
import { projectPath } from './platform/project.js';

const page = readFileSync(projectPath('docs', 'configuration.md'), 'utf8');
/** The rows of the first table: name and default. */
const documented = new Map(
  [...page.matchAll(/^\| `([A-Z0-9_]+)` \| (.+?) \|/gm)].map(([, name, value]) => [name as string, value as string]),
);

test('every variable stands in docs/configuration.md, and nothing else does', () => {
  expect([...documented.keys()].sort()).toEqual(Object.keys(Environment.shape).sort());
});

test('the defaults there are the true ones', () => {
  for (const [name, value] of Object.entries(Environment.parse({}))) {
    if (value !== undefined && value !== '') expect(documented.get(name), name).toBe(`\`${value}\``);
  }
});

test('every secret is called one there, with its file', () => {
  for (const name of SECRETS) {
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` .*Secret\\. \\|$`, 'm'));
    expect(page).toContain(`\`${name}_FILE\``);
  }
});
