import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../server.js';
import { untilAllShow } from './screens.js';
import { EIGHT, type StandingFleet, standFleet } from './stand-fleet.js';
import { TcpProxy } from './tcp-proxy.js';

let stand: StandingFleet<TcpProxy>;

beforeAll(async () => {
  stand = await standFleet((fleet) => TcpProxy.open(...fleet.ports), EIGHT);
}, 120_000);
afterAll(() => stand.stop());

test('one of three processes is killed under load: nothing acknowledged is lost, and every screen comes right', async () => {
  const { database, shop, fleet, screens } = stand;
  await stand.openScreens(12);
  const work = stand.work({ perSecond: 30, kinds: ['move', 'comment', 'photo'], retryFor: 30 });
  await until(() => work.acknowledged.length > 30, 'the first writes', 60);
  expect(await fleet.end(1, 'SIGKILL')).toBe('SIGKILL');
  const before = work.acknowledged.length;
  await until(() => work.acknowledged.length > before + 30, 'writes at the others', 60);
  await fleet.start(1);
  await sleep(1_000);
  await work.stop();
  // Sent again under its id, each came to a good end.
  expect(work.failed).toEqual([]);
  expect(screens.some((screen) => screen.codes.includes(1006))).toBe(true);
  await untilAllShow(screens, database.db, shop.id, 30);
  expect(await stand.losses()).toEqual([]);
}, 240_000);
