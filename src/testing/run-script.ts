import { execFile } from 'node:child_process';
import { projectPath } from '../platform/project.js';

export interface Ran {
  code: number;
  out: string;
  err: string;
}

/**
 * Runs a script as a person would.
 * @param name below scripts/
 * @param input what is typed when it asks
 */
export function runScript(name: string, args: string[], environment: Record<string, string>, input = ''): Promise<Ran> {
  const env = { PATH: process.env.PATH, ...environment };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [projectPath('dist', 'scripts', `${name}.js`), ...args],
      { env, cwd: projectPath() },
      (error, out, err) => resolve({ code: Number(error?.code ?? 0), out, err }),
    );
    // What asks nothing may have ended already.
    child.stdin?.on('error', () => {}).end(input);
  });
}
