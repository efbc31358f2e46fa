import { StartError } from './platform/start-error.js';
import { startServer } from './server.js';

try {
  await startServer(process.env);
} catch (error) {
  // One sentence for whoever started it; the stack only when it is not something they can mend.
  console.error(error instanceof StartError ? `ServiceFLOW can't start: ${error.message}` : error);
  process.exit(1);
}
