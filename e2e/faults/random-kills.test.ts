import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { untilAllShow } from '../../src/testing/faults/screens.js';
import { EIGHT, type StandingFleet, standFleet } from '../../src/testing/faults/stand-fleet.js';
import { TcpProxy } from '../../src/testing/faults/tcp-proxy.js';

/** At least, and at least so many kills: a slow machine takes long to start what was killed. */
const SECONDS = 60;
const KILLS = 4;

let stand: StandingFleet<TcpProxy>;

beforeAll(async () => {
  stand = await standFleet((fleet) => TcpProxy.open(...fleet.ports), EIGHT);
});
afterAll(() => stand.stop());

test('one of three processes is killed every few seconds, and lines are cut in between: nothing acknowledged is lost', async () => {
  const { database, shop, fleet, door, screens } = stand;
  await stand.openScreens(8);
  const work = stand.work({ perSecond: 30, kinds: ['move', 'comment', 'photo'], retryFor: 60 });
  let kills = 0;
  for (const end = Date.now() + SECONDS * 1000; Date.now() < end || kills < KILLS; kills++) {
    await sleep(1_000 + Math.random() * 3_000);
    const victim = Math.floor(Math.random() * 3);
    await fleet.end(victim, 'SIGKILL');
    if (Math.random() < 0.5) door.cut();
    await fleet.start(victim);
  }
  const ledger = await work.stop();
  console.log(`${kills} kills, ${ledger.length} writes, ${ledger.filter((entry) => entry.sent > 1).length} of them sent more than once`);
  expect(work.failed).toEqual([]);
  await untilAllShow(screens, database.db, shop.id, 30);
  expect(await stand.losses()).toEqual([]);
}, 400_000);
