import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type TestDatabase, testDatabase } from '../../src/testing/database.js';
import { Sweep, type Swept } from '../../src/testing/faults/sweep.js';

/** These leave a gap in the numbers of work orders, which is what they are for. */
const NOT_HERE = ['POST /settings/numbering', 'PUT /api/v1/settings/numbering'];

/** What makes no event, so that nothing joins this list by accident: the rest is seen to change the shop when nothing goes wrong. */
const WITHOUT_EVENT = [
  // Sessions and what belongs to them.
  ...['POST /sign-in', 'POST /sign-in/code', 'POST /sign-out'],
  // Files of an import that is not run yet; deliveries; what is looked up later.
  ...['POST /settings/import', 'POST /settings/import/:import/mappings', 'POST /settings/import/:import/removals'],
  ...['POST /settings/webhooks/:webhook/pings', 'POST /settings/webhooks/:webhook/deliveries/:delivery/redeliveries'],
  ...['POST /activity/verifications', 'POST /settings/messages/templates/previews'],
  // Refused: there is a shop already; no mail server is set; an authenticator app must have been shown first; its sample takes nothing back.
  ...['POST /setup', 'POST /account/second-factor', 'POST /staff/second-factors', 'POST /settings/inspection-starters'],
  'POST /settings/messages/tests',
];

/**
 * Killed after each step; the others of the pages around each commit and each file, for what was not committed nobody has seen. The
 * other operations of the API write by the same nouns.
 */
const EVERYWHERE =
  /\/(moves|work-orders|:handle\/answers|media|payments|authorizations|comments|board\/undos|sign-in|tokens|refresh|invitations\/:token|roles)$/;
/** FAULTS_ONLY='/(moves|book)' tries only those whose name it fits, as a regular expression. */
const ONLY = process.env.FAULTS_ONLY ? new RegExp(process.env.FAULTS_ONLY) : null;
const isAsked = (name: string) => ONLY?.test(name) ?? true;

describe.each(['pages', 'api'] as const)('every route of the %s that writes', (door) => {
  let database: TestDatabase;
  let sweep: Sweep;

  beforeAll(async () => {
    database = await testDatabase(8);
    sweep = await Sweep.prepare(database, door);
  });
  afterAll(async () => {
    await sweep.close();
    await database.close();
  });

  async function along(
    run: (write: Sweep['writes'][number]) => Promise<Swept>,
  ): Promise<{ wrong: string[]; faults: number; still: string[] }> {
    const all = { wrong: [] as string[], faults: 0, still: [] as string[] };
    for (const write of sweep.writes.filter(({ name }) => !NOT_HERE.includes(name) && isAsked(name))) {
      const { wrong, faults, writes } = await run(write);
      if (wrong.length > 0) console.log(wrong.join('\n'));
      all.wrong.push(...wrong);
      all.faults += faults;
      if (!writes) all.still.push(write.name);
    }
    return all;
  }

  test('whichever statement or file fails, before or after it took effect: all or nothing, and the answer does not lie', async () => {
    const { wrong, faults, still } = await along((write) => sweep.fail(write));
    console.log(`${faults} failures at ${sweep.writes.length} routes of the ${door}`);
    expect(wrong).toEqual([]);
    // Some examples of the API's document find nothing to do: they are for reading. The pages' routes of the same nouns write.
    if (door === 'api') expect(still.length, `${still}`).toBeLessThan(sweep.writes.length / 3);
    else expect(still.sort()).toEqual(WITHOUT_EVENT.filter(isAsked).sort());
    expect(faults).toBeGreaterThan(ONLY ? -1 : 1_000);
    expect(await sweep.findFileDamage()).toEqual([]);
  }, 1_500_000);

  test('wherever the process is killed: all or nothing, and what is sent again happens once', async () => {
    const { wrong, faults } = await along(async (write) => {
      const everywhere = EVERYWHERE.test(write.name);
      return everywhere || door === 'pages' ? sweep.kill(write, everywhere) : { wrong: [], faults: 0, writes: true };
    });
    console.log(`${faults} kills at the routes of the ${door}`);
    expect(wrong).toEqual([]);
    expect(faults).toBeGreaterThan(ONLY ? -1 : 30);
    expect(await sweep.findFileDamage()).toEqual([]);
  }, 1_500_000);
});
