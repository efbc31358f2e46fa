// The browser of the tests and screenshots. Run as a program, it installs one when there is none, and prints its path.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { projectPath } from '../src/platform/project.js';
import { StartError } from '../src/platform/start-error.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/**
 * Looks for CHROMIUM_PATH, then Playwright's own Chromium, then one that the system brings.
 * @returns its path, or undefined when there is none
 * @throws StartError when CHROMIUM_PATH names none
 */
export async function findBrowser(): Promise<string | undefined> {
  const given = process.env.CHROMIUM_PATH;
  if (given && !isProgram(given)) throw new StartError(`CHROMIUM_PATH names no program that can be run: ${given}.`);
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)].filter(Boolean);
  const candidates = [given, ownPath(), ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name)))];
  return candidates.find((path) => path && isProgram(path));
}

/** Where Playwright keeps its own Chromium, installed or not; undefined where it has none for this system. */
function ownPath(): string | undefined {
  try {
    return chromium.executablePath();
  } catch {
    return undefined;
  }
}

/** Whether it runs: a stub that only points to an app store, or one whose libraries are missing, does not. */
function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    execFileSync(path, ['--version'], { stdio: 'ignore', timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

/** Tries Playwright's download, then the distribution's package. What they print goes to standard error. */
function install(): void {
  const playwright = projectPath('node_modules', '.bin', 'playwright');
  if (run(playwright, ['install', '--with-deps', 'chromium']) && isProgram(ownPath() ?? '')) return;
  // Where the system's packages can't be installed, its libraries may be there all the same.
  const root = process.getuid?.() === 0;
  if (!existsSync('/usr/bin/apt-get') || !(root || run('sudo', ['-n', 'true']))) {
    run(playwright, ['install', 'chromium']);
    return;
  }
  const apt = (...args: string[]) => (root ? run('apt-get', args) : run('sudo', ['-n', 'apt-get', ...args]));
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'chromium');
}

function run(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: ['ignore', 2, 2], timeout: 10 * 60_000 });
    return true;
  } catch {
    return false;
  }
}

async function main(): Promise<void> {
  if (!(await findBrowser())) install();
  const path = await findBrowser();
  if (!path)
    throw new StartError('There is no Chromium, and none could be installed: install one, or set CHROMIUM_PATH to one that is there.');
  console.log(path);
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await main().catch((error) => {
    console.error(error instanceof StartError ? error.message : error);
    process.exit(1);
  });
}
