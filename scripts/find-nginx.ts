// The nginx that the tests of several processes run behind. Run as a program, it installs Debian's when there is none and that is
// possible, and says so when it is not: those tests are then skipped.
import { hasNginx, NGINX_PACKAGE } from '../src/testing/faults/nginx.js';
import { installPackages } from './install-packages.js';

const reason = hasNginx() ? undefined : installPackages([NGINX_PACKAGE]);
console.log(
  hasNginx() ? 'nginx is here: several processes are tested behind it.' : `nginx is not here (${reason}): the tests behind it are skipped.`,
);
