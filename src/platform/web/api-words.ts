import type { $ZodRawIssue } from 'zod/v4/core';

const TYPES: Record<string, string> = {
  ...{ string: 'a text', number: 'a number', int: 'a whole number', boolean: 'true or false', array: 'a list', object: 'an object' },
  ...{ null: 'null', record: 'an object', nan: 'a number' },
};

/**
 * What a schema refuses, where it has no words of its own for it: as a sentence for whoever writes the program.
 * @returns nothing for what zod says well enough by itself
 */
export function wordsOf(issue: $ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_type') return wordsOfType(issue.input, issue.expected);
  if (issue.code === 'invalid_value') {
    const choices = issue.values.map((value) => JSON.stringify(value)).join(', ');
    return issue.input === undefined ? `This is missing: one of ${choices}.` : `This is one of: ${choices}.`;
  }
  if (issue.code === 'too_small') return `This ${limited(issue.origin, 'at least', Number(issue.minimum))}.`;
  if (issue.code === 'too_big') return `This ${limited(issue.origin, 'at most', Number(issue.maximum))}.`;
  return undefined;
}

function wordsOfType(given: unknown, expected: string): string {
  return given === undefined ? 'This is missing.' : `This must be ${TYPES[expected] ?? expected}.`;
}

function limited(origin: string, how: string, limit: number): string {
  if (origin === 'string') return `has ${how} ${limit} characters`;
  if (origin === 'array') return `has ${how} ${limit} members`;
  return `is ${how} ${limit}`;
}
