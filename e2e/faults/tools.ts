import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Whether this machine lets a fault be made; says why not where it does not, so that nobody takes a skipped test for a proof.
 * @param fault in words
 * @param command that succeeds where it can be made
 */
export function canMake(fault: string, command: string, ...args: string[]): boolean {
  const { status, error, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  if (status === 0) return true;
  console.log(`${fault}: not tried here (${error?.message ?? (stderr.trim() || `${command} ended with ${status}`)}).`);
  return false;
}

/** Debian's and Fedora's. */
const LIBRARY =
  [
    '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1',
    '/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1',
    '/usr/lib64/faketime/libfaketime.so.1',
  ].find(existsSync) ?? 'libfaketime.so.1';

/** Gives a process a clock of its own, together with FAKETIME or FAKETIME_TIMESTAMP_FILE; what it takes times with goes on as it does. */
export const WRONG_CLOCK = { LD_PRELOAD: LIBRARY, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' };

export function canMakeTime(): boolean {
  return canMake('A clock that is wrong', 'test', '-e', LIBRARY);
}
