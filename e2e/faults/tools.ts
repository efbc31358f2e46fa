import { spawnSync } from 'node:child_process';

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
