import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { projectPath } from '../platform/project.js';

/**
 * Runs killed-at-step.ts as a process of its own.
 * @param environment of the program; SHOP and CONTENT say what `what` is done with
 * @param step after which it is killed; 0: it goes to its end
 * @returns the signal that ended it, or how many steps it took
 */
export async function runToStep(environment: Record<string, string>, what: string, step: number): Promise<string> {
  const env = { PATH: process.env.PATH, NODE_NO_WARNINGS: '1', ...environment, WHAT: what, STEP: String(step) };
  const child = spawn(process.execPath, [projectPath('dist/src/testing/killed-at-step.js')], {
    ...{ cwd: projectPath(), env, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  const [said, [code, signal]] = await Promise.all([text(child.stdout as NonNullable<typeof child.stdout>), once(child, 'close')]);
  if (code !== 0 && !signal) throw new Error(`It ended with ${code}: ${said}`);
  return signal ?? said.trim();
}

/** @param said by runToStep() to its end */
export function stepsIn(said: string): number {
  return Number(/^(\d+) steps$/.exec(said)?.[1]);
}
