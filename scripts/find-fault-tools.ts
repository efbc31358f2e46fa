// What makes faults that the program itself can't: an error of the disk, a clock that is wrong. Run as a program, it installs Debian's
// where they are missing and that is possible, and says so when it is not: those tests are then skipped, and say so, too.
import { spawnSync } from 'node:child_process';
import { installPackages } from './install-packages.js';

const missing = ['strace', 'faketime'].filter((tool) => spawnSync('which', [tool]).status !== 0);
const reason = missing.length > 0 ? installPackages(missing) : undefined;
console.log(
  reason ? `Not here: ${missing.join(', ')} (${reason}). The faults that take them are not tried.` : 'strace and faketime are here.',
);
