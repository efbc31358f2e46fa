// The object storage that the tests of files run against, besides the disk. Run as a program, it installs one when there is none
// and that is possible, and says so when it is not: those tests are then skipped.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hasS3Server, PACKAGES } from '../src/testing/s3-server.js';

const TIMEOUT = 120_000;

function install(): string | undefined {
  if (!existsSync('/usr/bin/apt-get') || process.getuid?.() !== 0) return 'only root can install one, on Debian';
  try {
    const options = {
      stdio: ['ignore', 2, 2] as ['ignore', 2, 2],
      timeout: TIMEOUT,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    };
    execFileSync('apt-get', ['-qq', 'update'], options);
    execFileSync('apt-get', ['-qq', 'install', '-y', '--no-install-recommends', ...PACKAGES], options);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const reason = hasS3Server() ? undefined : install();
console.log(
  hasS3Server()
    ? 'OpenStack Swift is here: files are tested on object storage, too.'
    : `OpenStack Swift is not here (${reason}): the tests of files on object storage are skipped.`,
);
