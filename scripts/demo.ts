// `npm run demo`: a shop at work, in a folder of its own, to look around in.
import { findLink } from '../src/features/approvals/links.js';
import { migrate } from '../src/platform/database/migrate.js';
import { projectPath } from '../src/platform/project.js';
import { StartError } from '../src/platform/start-error.js';
import { startServer } from '../src/server.js';
import { CUSTOMER_TOKEN, loadDemo, TV_TOKEN } from './demo/load.js';
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
    // One that was loaded long ago has a link that does not work any more.
    const link = await findLink(database.db, { token: CUSTOMER_TOKEN });
    console.log(welcome(url, link?.state === 'open'));
  } finally {
    await database.close();
  }
});

function welcome(url: string, hasLink: boolean): string {
  const signIns = STAFF.filter((person) => person.signsIn).map((person) => `  ${person.email.padEnd(22)}${person.name}`);
  return [
    '',
    `  ${url}`,
    '',
    ...signIns,
    `  password for each:    ${PASSWORD}`,
    '',
    `  wall TV: ${url}/tv/${TV_TOKEN}`,
    ...(hasLink ? [`  customer's link: ${url}/c/${CUSTOMER_TOKEN}`] : []),
    '  For phones and TVs in your network: HOST=0.0.0.0 npm run demo',
    '  Ctrl-C stops it.',
    '',
  ].join('\n');
}
