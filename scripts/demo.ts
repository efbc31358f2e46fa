// `npm run demo`: a shop at work, in a folder of its own, to look around in.
import { LinkKeys } from '../src/features/approvals/tokens.js';
import { migrate } from '../src/platform/database/migrate.js';
import { projectPath } from '../src/platform/project.js';
import { StartError } from '../src/platform/start-error.js';
import { startServer } from '../src/server.js';
import { findCustomerToken, loadDemo, TV_TOKEN } from './demo/load.js';
import { withMeans } from './demo/means.js';
import { PASSWORD, SHOP, STAFF } from './demo/people.js';
import { openScriptDatabase, runScript } from './script-database.js';

// Its passwords are known to everybody, so it is for this machine alone unless HOST says otherwise.
const env = {
  ...process.env,
  HOST: process.env.HOST || '127.0.0.1',
  DATA_DIR: process.env.DATA_DIR || './data/demo',
  LOG_LEVEL: process.env.LOG_LEVEL || 'warn',
};

await runScript(async () => {
  const database = await openScriptDatabase(env, true);
  try {
    await migrate(database.url, projectPath('migrations'));
    const loaded = await withMeans(database.config, (means) => loadDemo(database.db, new Date(), means));
    console.log(loaded ? `${SHOP.name} is loaded.` : `${SHOP.name} is there already, as it was left.`);
    const { url } = await startServer(env).catch((error) => {
      if (error instanceof StartError)
        throw new StartError(
          `The demo shop is ready, but its server can't start. ${error.message} If that one is the demo, it is running already.`,
        );
      throw error;
    });
    console.log(welcome(url, await findCustomerToken(database.db, new LinkKeys(database.config.sessionSecrets).token)));
  } finally {
    await database.close();
  }
});

/** @param customer the token of a link; null: one that was loaded long ago has none that works */
function welcome(url: string, customer: string | null): string {
  const signIns = STAFF.filter((person) => person.signsIn).map((person) => `  ${person.email.padEnd(22)}${person.name}`);
  return [
    '',
    `  ${url}`,
    '',
    ...signIns,
    `  password for each:    ${PASSWORD}`,
    '',
    `  wall TV: ${url}/tv/${TV_TOKEN}`,
    ...(customer ? [`  customer's link: ${url}/c/${customer}`] : []),
    '  For phones and TVs in your network: HOST=0.0.0.0 npm run demo',
    '  Ctrl-C stops it.',
    '',
  ].join('\n');
}
