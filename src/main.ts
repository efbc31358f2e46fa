import { setFlagsFromString } from 'node:v8';
import { StartError } from './platform/start-error.js';
import { startServer } from './server.js';

// V8 lets the heap of a busy server grow to several times what lives in it before it collects. Most shops run this on a
// small machine beside other things: it collects sooner, which cost no measurable speed (bench/). The room for young objects has to
// be limited before Node starts: see "start" in package.json; without that it works as well, in about 20 MB more.
setFlagsFromString('--heap-growing-percent=20');

try {
  await startServer(process.env);
} catch (error) {
  // One sentence for whoever started it; the stack only when it is not something they can mend.
  console.error(error instanceof StartError ? `ServiceFLOW can't start: ${error.message}` : error);
  process.exit(1);
}
