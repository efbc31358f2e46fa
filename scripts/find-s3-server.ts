// The object storage that the tests of files run against, besides the disk. Run as a program, it installs one when there is none
// and that is possible, and says so when it is not: those tests are then skipped.
import { hasS3Server, PACKAGES } from '../src/testing/s3-server.js';
import { installPackages } from './install-packages.js';

const reason = hasS3Server() ? undefined : installPackages(PACKAGES);
console.log(
  hasS3Server()
    ? 'OpenStack Swift is here: files are tested on object storage, too.'
    : `OpenStack Swift is not here (${reason}): the tests of files on object storage are skipped.`,
);
