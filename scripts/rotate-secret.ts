// `npm run rotate-secret`: puts a new secret in front of the old ones, which are still believed. With `-- --forget`, weeks later: what
// is encrypted with the old ones is encrypted anew, and they are forgotten.

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fchownSync, fsyncSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '../src/config.js';
import { sealAnew } from '../src/features/staff/secret-rotation.js';
import { sealHooksAnew } from '../src/features/webhooks/secrets.js';
import { StartError } from '../src/platform/start-error.js';
import { openScriptDatabase, runScript } from './script-database.js';

await runScript(async () => {
  const [argument, ...more] = process.argv.slice(2);
  if (more.length > 0 || (argument !== undefined && argument !== '--forget'))
    throw new StartError('npm run rotate-secret puts a new secret in front; npm run rotate-secret -- --forget drops the old ones.');
  if (argument === '--forget') await forget();
  else add();
});

/** Where the program keeps the secret that it made for itself; null when it is given from outside. */
function ownFile(): string | null {
  if (process.env.SESSION_SECRET || process.env.SESSION_SECRET_FILE) return null;
  const folder = process.env.DATA_DIR || './data';
  const file = join(folder, 'secrets', 'session-secret');
  if (!existsSync(file)) throw new StartError(`There is no secret in ${folder} yet: set DATA_DIR to the one that is meant.`);
  return file;
}

function add(): void {
  const file = ownFile();
  if (!file)
    throw new StartError(
      'The secret comes from SESSION_SECRET or SESSION_SECRET_FILE: put a new line in front of it there. See docs/security.md.',
    );
  const { sessionSecrets } = readConfig(process.env);
  writeSecrets(file, [randomBytes(32).toString('base64url'), ...sessionSecrets]);
  console.log(`There are ${sessionSecrets.length + 1} secrets now, a new one in front. Restart the program: nobody is signed out.`);
  console.log('In 30 days, when no session is left that an old one signed: npm run rotate-secret -- --forget');
}

async function forget(): Promise<void> {
  const file = ownFile();
  const { db, config, close } = await openScriptDatabase(process.env, false);
  try {
    const [factors, hooks] = [await sealAnew({ db, config }), await sealHooksAnew(db, config.sessionSecrets)];
    const lost = factors.lost + hooks.lost;
    console.log(
      `Encrypted with the first secret: ${factors.sealed} second factors, ${hooks.sealed} webhooks${lost > 0 ? `; ${lost} can’t be opened by any` : ''}.`,
    );
  } finally {
    await close();
  }
  if (!file) return console.log('Now take the old ones out of SESSION_SECRET, and restart the program.');
  writeSecrets(file, [config.sessionSecrets[0]]);
  console.log('The old secrets are forgotten. Restart the program.');
}

/** Whole or not at all: forced to the disk under another name, then renamed. Whoever runs this, it stays the file of the one who runs the program. */
function writeSecrets(file: string, secrets: string[]): void {
  const draft = `${file}.new`;
  const { uid, gid } = statSync(file);
  const opened = openSync(draft, 'w', 0o600);
  try {
    writeSync(opened, `${secrets.join('\n')}\n`);
    fchownSync(opened, uid, gid);
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
  renameSync(draft, file);
}
