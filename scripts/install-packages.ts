import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const TIMEOUT = 120_000;

/** Installs packages of Debian, where that is possible. @returns why it was not; undefined when they are there */
export function installPackages(packages: string[]): string | undefined {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return 'only root can install it, on Debian';
  try {
    const options = {
      stdio: ['ignore', 2, 2] as ['ignore', 2, 2],
      timeout: TIMEOUT,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    execFileSync('apt-get', ['-qq', 'update'], options);
    execFileSync('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...packages], options);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
