// `npm run verify-log`: whether everything that happened and was agreed to in each shop still stands in the database as it was written.
import { verifyConsents } from '../src/features/evidence/verify-consents.js';
import { listShops, verifyEvents } from '../src/platform/database/verify-events.js';
import { StartError } from '../src/platform/start-error.js';
import { openScriptDatabase, runScript } from './script-database.js';

const NO_SUCH_TABLE = '42P01';

await runScript(async () => {
  const { db, close } = await openScriptDatabase(process.env, false);
  try {
    const shops = await listShops(db).catch((error) => {
      if (error.code === NO_SUCH_TABLE) return [];
      throw error;
    });
    if (shops.length === 0) throw new StartError('There is no shop in this database yet.');
    for (const { id } of shops) {
      const { name, events, wrong } = await verifyEvents(db, id);
      if (wrong === null) console.log(`${events} events of ${name} are as they were written.`);
      else console.error(`The log of ${name} was tampered with: ${wrong}. The ${events} events before are as they were written.`);
      const other = wrong === null ? await verifyConsents(db, id) : null;
      if (other !== null) console.error(`What customers of ${name} have agreed to was tampered with: ${other}.`);
      if (wrong !== null || other !== null) process.exitCode = 1;
    }
  } finally {
    await close();
  }
});
