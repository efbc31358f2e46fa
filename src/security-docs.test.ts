import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { projectPath } from './platform/project.js';

/** The requirements of ASVS 5.0 (levels 1 and 2) that are held against this program. None leaves by being left out of the page. */
const ASVS = `1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.2.9 1.3.4 1.3.6 1.3.7 1.3.11 1.4.2 2.2.1 2.2.2 2.2.3 2.3.1 2.3.2 2.3.3 2.3.4 2.4.1
  3.2.1 3.2.2 3.3.1 3.3.2 3.3.3 3.3.4 3.4.1 3.4.2 3.4.3 3.4.4 3.4.5 3.4.6 3.5.1 3.5.2 3.5.3 3.7.2 4.1.1 4.1.3 4.2.1 4.4.1 4.4.2 4.4.4
  5.2.1 5.2.2 5.2.3 5.3.1 5.3.2 5.4.1 5.4.2 6.2.1 6.2.3 6.2.4 6.2.12 6.2.5 6.2.8 6.2.9 6.3.1 6.3.2 6.3.3 6.4.1 6.4.3 6.5.1 6.5.2
  7.2.1 7.2.2 7.2.3 7.2.4 7.3.1 7.3.2 7.4.1 7.4.2 7.4.3 7.4.5 7.5.1 7.5.2 8.1.1 8.2.1 8.2.2 8.2.3 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 9.2.2 9.2.3
  11.4.2 11.5.1 13.2.2 13.2.3 13.3.1 13.4.2 13.4.3 13.4.4 13.4.5 14.2.1 14.3.1 14.3.2 14.3.3
  15.1.2 15.2.1 15.2.2 15.3.1 15.3.2 15.3.3 15.3.4 15.3.5 15.3.6 15.3.7
  16.2.1 16.2.2 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 16.5.1 16.5.2 16.5.3`.split(/\s+/);
const ATTACKS = Array.from({ length: 90 }, (_, index) => String(index + 1));

interface Line {
  number: string;
  what: string;
  proof: string;
}

const page = readFileSync(projectPath('docs', 'security.md'), 'utf8');
const linesBelow = (heading: string): Line[] => {
  const [, below = ''] = page.split(`\n## ${heading}\n`);
  const table = below.split('\n## ')[0] as string;
  return [...table.matchAll(/^\| ([\d.]+) \| (.+?) \| (.+) \|$/gm)].map(([, number, what, proof]) => ({ number, what, proof }) as Line);
};
const attacks = linesBelow('What was tried');
const requirements = linesBelow('ASVS 5.0');

/** The tests that a line names: `file` “name”. */
const testsOf = ({ proof }: Line) =>
  [...proof.matchAll(/`([^`]+)` “(.+?)”(?=<br>|$)/g)].map(([, file, name]) => ({ file, name }) as { file: string; name: string });
const isThere = ({ file, name }: { file: string; name: string }): boolean => {
  if (!/^(src|scripts|e2e)\/.+\.(test|spec)\.ts$/.test(file) || !existsSync(projectPath(file))) return false;
  const text = readFileSync(projectPath(file), 'utf8').replace(/\(\s+/g, '(');
  // As the name of a test or of a group, and not of one that is left out.
  return ["'", '"', '`'].some((quote) => {
    const [before, ...found] = text.split(`(${quote}${name}${quote},`);
    return found.length > 0 && !/\.(skip|todo|fails)$/.test(before as string);
  });
};

test('every attack and every requirement has its line, and has it once', () => {
  expect(attacks.map(({ number }) => number)).toEqual(ATTACKS);
  expect(requirements.map(({ number }) => number)).toEqual(ASVS);
});

test('every line names tests that are there, or says why there is none', () => {
  const lines = [...attacks, ...requirements];
  const named = lines.flatMap((line) => testsOf(line).map((one) => ({ number: line.number, ...one })));
  expect(named.length).toBeGreaterThan(200);
  expect(named.filter((one) => !isThere(one))).toEqual([]);
  // Nothing beside the names of tests: what is not read here would be a promise that nobody keeps.
  const wrong = lines.filter(
    ({ proof }) => !/^(`[^`]+` “((?!<br>).)+”(<br>|$))+$/.test(proof) && !/^(Does not apply|Not done): .{40,}$/.test(proof),
  );
  expect(wrong).toEqual([]);
});

test('what has no test is little, and may not become more unnoticed', () => {
  expect([...attacks, ...requirements].filter((line) => testsOf(line).length === 0).map(({ number }) => number)).toEqual([
    ...['1.2.3', '1.3.11', '4.4.1', '6.2.12', '15.1.2', '15.2.1'],
  ]);
});

test('this check sees a test that is not there', () => {
  expect(isThere({ file: 'src/security-docs.test.ts', name: 'this check sees a test that is not there' })).toBe(true);
  expect(isThere({ file: 'src/security-docs.test.ts', name: ['no', 'such', 'test'].join(' ') })).toBe(false);
  expect(isThere({ file: 'src/nowhere.test.ts', name: 'x' })).toBe(false);
});
