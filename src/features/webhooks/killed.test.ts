import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from '../../config.js';
import { change } from '../../platform/database/change.js';
import { Worker } from '../../platform/jobs/worker.js';
import { Faults } from '../../platform/observe/faults.js';
import { openLog } from '../../platform/observe/log.js';
import type { Services } from '../../platform/services.js';
import { type TestDatabase, testDatabase } from '../../testing/database.js';
import { type Receiver, startReceiver } from '../../testing/receiver.js';
import { spawnServer, testEnvironment, until } from '../../testing/server.js';
import { makeShop } from '../../testing/shop.js';
import { listDeliveries } from './deliveries.js';
import { HookSecrets } from './secrets.js';
import { WEBHOOK_TASKS } from './tasks.js';
import { addHook } from './webhooks.js';

const ALLOWED = { WEBHOOKS_PRIVATE_NETWORKS: '127.0.0.0/8' };
let database: TestDatabase;
let receiver: Receiver;

beforeAll(async () => {
  database = await testDatabase();
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.close();
  await database.close();
});

test('a process that is killed while it sends leaves nothing unsent: the next one sends the same message again', async () => {
  const config = readConfig({ ...testEnvironment(database.url), ...ALLOWED });
  const shop = await makeShop(database.db);
  const input = { name: 'Books', url: `${receiver.url}/hook`, kinds: ['card.moved'], fullData: false };
  const { id } = await addHook(database.db, shop.staff.manager, new HookSecrets(config.sessionSecrets), input);
  const move = () => change(database.db, shop.staff.advisor, {}, async (tx) => tx.record('card.moved', null, { number: 1 }));
  const first = await spawnServer(database.url, ALLOWED);
  receiver.answer(() => {});
  try {
    await move();
    // It has come, and the answer is being waited for.
    await until(() => receiver.received.length === 1, 'the message', 30);
  } finally {
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
  }
  await move();

  receiver.answer(200);
  const log = openLog('silent');
  const services = { db: database.db, config, log, faults: new Faults(database.db, log) } as Services;
  const second = new Worker(database.url, WEBHOOK_TASKS, services, 300);
  await second.start();
  try {
    // What is done every minute.
    await WEBHOOK_TASKS.find(({ name }) => name === 'webhooks-look')?.run({}, services, { isLast: false });
    const log = async () => (await listDeliveries(database.db, shop.id, id, null)).rows;
    await until(async () => (await log()).filter(({ state }) => state === 'delivered').length === 2, 'both', 30);
    expect((await log()).map(({ attempts }) => attempts)).toEqual([1, 1]);
  } finally {
    await second.stop();
  }
  const [unanswered, ...later] = receiver.received.map(({ headers, body }) => ({ id: headers['webhook-id'], body }));
  expect(later).toHaveLength(2);
  expect(later).toContainEqual(unanswered);
  expect(new Set(later.map((one) => one.id)).size).toBe(2);
}, 90_000);
