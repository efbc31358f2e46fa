// The program, for tests: told by the process that started it, it kills itself (SIGKILL) after the n-th step of what it does next.
import { syncBuiltinESMExports } from 'node:module';
import zlib from 'node:zlib';
import { arm, disarm, installFailpoints } from './failpoints.js';

// A fifth of the time it takes to start goes into packing scripts and stylesheets that nobody asks this process for.
zlib.brotliCompressSync = zlib.gzipSync = () => Buffer.alloc(0);
syncBuiltinESMExports();
await installFailpoints();
process.on('message', (at: number) => {
  if (at > 0) arm(at, 'kill');
  else disarm();
  process.send?.('ready');
});
await import('../../main.js');
