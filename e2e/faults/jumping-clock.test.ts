import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { addJob } from '../../src/platform/jobs/jobs.js';
import { ApiClient } from '../../src/testing/api.js';
import { Client } from '../../src/testing/client.js';
import { testDatabase } from '../../src/testing/database.js';
import { findFileDamage, findLosses, openStoreOf } from '../../src/testing/faults/check.js';
import { Load } from '../../src/testing/faults/load.js';
import { Screen, untilAllShow } from '../../src/testing/faults/screens.js';
import { spawnServer, until } from '../../src/testing/server.js';
import { makeShop, openOrders, PASSWORD } from '../../src/testing/shop.js';
import { canMakeTime, WRONG_CLOCK } from './tools.js';

const HOUR = 3_600_000;
const DONE = /files that nothing refers to were removed/g;

describe.skipIf(!canMakeTime())('a clock that jumps', () => {
  test('three hours ahead, then behind, then right again, while people work: sessions, tokens, background work and the order of changes hold', async () => {
    const database = await testDatabase();
    const { db } = database;
    const shop = await makeShop(db);
    const numbers = await openOrders(db, shop.staff.advisor, 4);
    const dataDir = join(process.env.TEST_FOLDER as string, 'jumping');
    const clock = join(process.env.TEST_FOLDER as string, 'jumping-clock');
    writeFileSync(clock, '+0');
    const server = await spawnServer(database.url, {
      ...{ DATA_DIR: dataDir, ...WRONG_CLOCK, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1' },
    });
    const clients: Client[] = [];
    for (const _ of numbers) clients.push(await new Client(server.url).signInAs(shop, 'advisor'));
    const [client] = clients as [Client];
    /** How many hours its clock is ahead of ours. */
    const ahead = async () => Math.round((Date.parse(String((await client.get('/livez')).headers.date)) - Date.now()) / HOUR);
    const promises = async () => (await sql`select number, promised_at from work_orders order by 1`.execute(db)).rows;
    const promised = await promises();
    const program = new ApiClient(client, null);
    const signedIn = await program.send('post', '/tokens', { body: { email: shop.email('advisor'), password: PASSWORD } });
    expect(signedIn.status).toBe(201);
    let { access_token: access, refresh_token: refresh } = signedIn.json;
    const screens: Screen[] = [];
    for (const one of clients) screens.push(await Screen.open(one));
    const load = new Load(clients, shop, numbers, { perSecond: 10, kinds: ['move', 'comment', 'photo'], retryFor: 60 });
    const jobs = () => server.output.join('').match(DONE)?.length ?? 0;
    try {
      for (const hours of [3, -3, 0]) {
        writeFileSync(clock, `${hours < 0 ? '' : '+'}${hours}h`);
        await until(async () => (await ahead()) === hours, 'its clock to jump', 30);
        const [had, done] = [load.acknowledged.length, jobs()];
        await until(() => load.acknowledged.length > had + 15, 'writes', 60);
        await addJob(db, 'sweep-files', {});
        await until(() => jobs() > done, 'background work', 60);
        // What was good for ten minutes may be over for this clock: then it is made anew without a password, as programs do.
        if ((await new ApiClient(client, access).get('/board')).status !== 200) {
          const renewed = await program.send('post', '/tokens/refresh', { body: { refresh_token: refresh } });
          expect(renewed.status, `${hours} hours`).toBe(200);
          ({ access_token: access, refresh_token: refresh } = renewed.json);
        }
        expect((await new ApiClient(client, access).get('/board')).status, `${hours} hours`).toBe(200);
      }
      const ledger = await load.stop();
      // Nobody was signed out, and nothing was refused.
      expect(load.failed).toEqual([]);
      await untilAllShow(screens, db, shop.id, 30);
      expect(await findLosses(db, shop.id, ledger)).toEqual([]);
      const { rows } = await sql<{ back: boolean; off: boolean }>`
        select coalesce(bool_or(at < before), false) as back, bool_or(abs(extract(epoch from now() - at)) > 1800) as off
        from (select at, lag(at) over (order by version, seq) as before from events where shop_id = ${shop.id}) e`.execute(db);
      expect(rows).toEqual([{ back: false, off: false }]);
      expect(await promises()).toEqual(promised);
      expect(await findFileDamage(db, await openStoreOf(database.url, dataDir), dataDir)).toEqual([]);
    } finally {
      await load.stop();
      for (const screen of screens) screen.close();
      for (const one of clients) one.close();
      await server.end('SIGKILL');
      await database.close();
    }
  }, 300_000);
});
