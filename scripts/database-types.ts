// `npm run database:types`: writes the types of all rows, out of the migrations; with --verify it only compares.
import { startTestPostgres, TEMPLATE } from '../src/testing/global-setup.js';
import { generateTypes } from './generate-types.js';
import { runScript } from './script-database.js';

await runScript(async () => {
  const verify = process.argv.includes('--verify');
  const postgres = await startTestPostgres();
  try {
    const url = new URL(postgres.url);
    url.pathname = `/${TEMPLATE}`;
    generateTypes(url.href, verify);
    console.log(`src/platform/database/schema.ts is ${verify ? 'what the migrations say' : 'written'}.`);
  } finally {
    await postgres.stop();
  }
});
