// The program, for tests: told by the process that started it, it kills itself (SIGKILL) after the n-th step of what it does next.
import { arm, disarm, installFailpoints } from './failpoints.js';

await installFailpoints();
process.on('message', (at: number) => {
  if (at > 0) arm(at, 'kill');
  else disarm();
  process.send?.('ready');
});
await import('../../main.js');
