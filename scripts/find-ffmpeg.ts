// The ffmpeg of the tests. Run as a program, it installs one when there is none and it may, and prints its path.
import { execFileSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** @returns the path of the ffmpeg in FFMPEG_PATH or PATH, or undefined */
export function findFfmpeg(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [process.env.FFMPEG_PATH, ...folders.map((folder) => join(folder, 'ffmpeg'))].find((path) => path && existsSync(path));
}

function install(): void {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return;
  const apt = (...args: string[]) => execFileSync('apt-get', args, { stdio: ['ignore', 2, 2], timeout: 10 * 60_000 });
  try {
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'ffmpeg');
  } catch {
    // No network, or no such package: the tests say what they leave out.
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  if (!findFfmpeg()) install();
  const path = findFfmpeg();
  console.log(path ?? 'There is no ffmpeg, and none could be installed: its tests are left out.');
}
