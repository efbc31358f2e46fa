import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../config.js';
import { change } from '../../platform/database/change.js';
import { Worker } from '../../platform/jobs/worker.js';
import { Faults } from '../../platform/observe/faults.js';
import { openLog } from '../../platform/observe/log.js';
import type { Services } from '../../platform/services.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { type MailServer, startMailServer } from '../../testing/mail-server.js';
import { spawnServer, testEnvironment, until } from '../../testing/server.js';
import { makeShop } from '../../testing/shop.js';
import { writeMessage } from './outbox.js';
import { MESSAGE_TASKS } from './tasks.js';

let database: TestDatabase;
let mail: MailServer;

beforeAll(async () => {
  database = await testDatabase();
  mail = await startMailServer();
});
afterAll(async () => {
  await mail.close();
  await database.close();
});

test('a process that is killed between sending and noting it loses nothing: at most one mail comes twice, and it is marked', async () => {
  const environment = { SMTP_URL: mail.url, MAIL_FROM: 'service@shop.test' };
  const shop = await makeShop(database.db);
  const set = { day_begins: '00:00', day_ends: '24:00', undo_seconds: 0 };
  await database.db.updateTable('message_settings').set(set).where('shop_id', '=', shop.id).execute();
  const to = { customer: null, name: 'Dana', mail: 'dana@home.test', phone: '', language: '', timeZone: '' };
  const first = await spawnServer(database.url, environment);
  let answer = () => {};
  mail.beforeAnswer(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  try {
    await change(database.db, shop.staff.advisor, {}, async (tx) => {
      for (const vehicle of ['Car 1', 'Car 2', 'Car 3'])
        await writeMessage(tx, { occasion: 'ready', onceKey: vehicle, to, values: { vehicle }, evenIfAsked: true });
    });
    // The server has it, and its answer is being waited for.
    await until(() => mail.received.length === 1, 'the first mail', 30);
  } finally {
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
  }
  answer();
  mail.beforeAnswer(async () => {});

  const log = openLog('silent');
  const config = readConfig({ ...testEnvironment(database.url), ...environment });
  const services = { db: database.db, config, log, faults: new Faults(database.db, log) } as Services;
  const second = new Worker(database.url, MESSAGE_TASKS, services, 300);
  await second.start();
  const messages = () =>
    database.db.selectFrom('messages').select(['state', 'may_be_twice']).where('shop_id', '=', shop.id).orderBy('id').execute();
  try {
    // The one that the dead process was sending is looked for every minute, at the latest.
    await MESSAGE_TASKS.find(({ name }) => name === 'messages-look')?.run({}, services, { isLast: false });
    await until(async () => (await messages()).every(({ state }) => state === 'sent'), 'all of them', 30);
  } finally {
    await second.stop();
  }
  expect((await messages()).map((message) => message.may_be_twice)).toEqual([true, false, false]);
  expect(mail.received.map(({ mail: got }) => got.subject)).toEqual([1, 1, 2, 3].map((car) => `Your Car ${car} is ready`));
  expect(mail.received[1]?.mail.messageId).toBe(mail.received[0]?.mail.messageId);
  expect(new Set(mail.received.map(({ mail: got }) => got.messageId)).size).toBe(3);
}, 90_000);
