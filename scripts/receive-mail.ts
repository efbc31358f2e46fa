// `node dist/scripts/receive-mail.js <address of the hook>`, with a mail on its standard input: hands over what a customer answered, for a
// mail server, fetchmail or a filter. The secret of the hook is in MESSAGES_SECRET. Exit codes are those that mail servers know
// (sysexits.h): 75 asks them to come again, 65 and 77 say that it is no use.
import { randomUUID } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { readMail } from '../src/features/messages/received-mail.js';
import { ANYWHERE } from '../src/features/webhooks/rules.js';
import { sendMessage } from '../src/features/webhooks/sending.js';
import { StartError } from '../src/platform/start-error.js';
import { runScript } from './script-database.js';

const [TRY_AGAIN, NO_MAIL, NO_PERMISSION] = [75, 65, 77];

await runScript(async () => {
  const [address] = process.argv.slice(2);
  const secret = process.env.MESSAGES_SECRET;
  if (!address || !secret)
    throw new StartError('Say where to: MESSAGES_SECRET=whsec_… node dist/scripts/receive-mail.js https://…/hooks/messages/…');
  const data = await readMail(await buffer(process.stdin));
  if (data === null) return end(NO_MAIL, 'That is no mail that somebody has sent.');
  const body = JSON.stringify({ type: 'message.received', data });
  const { status, answer } = await sendMessage({ id: randomUUID(), url: address, body, secrets: [secret] }, ANYWHERE, { limit: 30_000 });
  if (status === null || status >= 500 || status === 429) return end(TRY_AGAIN, `ServiceFLOW can’t take it now: ${answer}`);
  if (status < 200 || status >= 300) end(status === 422 ? NO_MAIL : NO_PERMISSION, `ServiceFLOW did not take it (${status}): ${answer}`);
});

function end(code: number, words: string): void {
  console.error(words);
  process.exitCode = code;
}
