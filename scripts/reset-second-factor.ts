// `npm run reset-second-factor -- manager@example.com`: the last resort of a manager who lost phone and recovery codes, and has no
// other manager to ask. Whoever may run it on the server may do anything anyway; it is written down like any other reset.
import { resetAnywhere } from '../src/features/staff/second-factor-changes.js';
import { StartError } from '../src/platform/start-error.js';
import { openScriptDatabase, runScript } from './script-database.js';

await runScript(async () => {
  const [email, ...more] = process.argv.slice(2);
  if (!email || more.length > 0) throw new StartError('Say whose: npm run reset-second-factor -- manager@example.com');
  const { db, close } = await openScriptDatabase(process.env, false);
  try {
    const name = await resetAnywhere({ db }, email);
    if (name === null) throw new StartError(`Nobody with the e-mail address ${email} has a second factor.`);
    console.log(`The second factor of ${name} is gone, and they are signed out everywhere. The password alone signs them in.`);
  } finally {
    await close();
  }
});
