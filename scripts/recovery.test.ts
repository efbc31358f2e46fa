// Follows docs/recovery.md to the letter, in a folder that has nothing but the program.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, readFileSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { projectPath } from '../src/platform/project.js';
import { back, diskStore, fillShops, temporaryFolder } from '../src/testing/backup.js';
import { Client } from '../src/testing/client.js';
import { type TestDatabase, testDatabase } from '../src/testing/database.js';
import type { TestShop } from '../src/testing/shop.js';

const page = readFileSync(projectPath('docs', 'recovery.md'), 'utf8');
/** The commands of the page, with what it says they are for; the first, which gets the program, is done by copying it. */
const steps = [...page.matchAll(/^```sh ?(\w*)\n([\s\S]+?)\n```$/gm)].map(([, purpose = '', commands = '']) => ({ purpose, commands }));
const machine = temporaryFolder();
const usb = temporaryFolder();
const PASSPHRASE = 'the words on your paper';
let database: TestDatabase;
let shop: TestShop;
let archive: string;

beforeAll(async () => {
  database = await testDatabase(2);
  const store = await diskStore(join(usb.path, 'old-machine'));
  shop = await fillShops(database.db, store);
  const at = new Date();
  const message = {
    direction: 'out',
    channel: 'mail',
    state: 'waiting',
    name: 'Dana',
    address: 'dana@example.test',
    text: 'Hello',
  } as const;
  await database.db
    .insertInto('messages')
    .values({ ...message, shop_id: shop.id, due_at: at, written_at: at })
    .execute();
  archive = (await back(database.url, store, { folder: join(usb.path, 'backups'), passphrase: PASSPHRASE })).path;
  // The embedded Postgres is not run by root, and has to get there.
  chmodSync(machine.path, 0o711);
  for (const part of ['src', 'scripts', 'migrations', 'views', 'public', 'package.json'])
    cpSync(projectPath(part), join(machine.path, part), { recursive: true });
  symlinkSync(realpathSync(projectPath('node_modules')), join(machine.path, 'node_modules'));
});
afterAll(async () => {
  await database.close();
  machine.remove();
  usb.remove();
});

/** What was exported stays for what comes after, as in a terminal. */
const exported: string[] = [];

/** Types the commands of a step, with the paths for which those on the page stand. */
function type(commands: string): ChildProcess {
  const here = commands
    .replaceAll('/media/usb/backups/serviceflow-midtown-motors-20261123-091205Z.zip', archive)
    .replaceAll('/media/usb/backups', join(usb.path, 'backups'));
  expect(here).not.toContain('/media');
  if (here.startsWith('export ')) exported.push(here);
  const env = { PATH: process.env.PATH, HOME: machine.path, PORT: '0', HOST: '127.0.0.1' };
  return spawn('bash', ['-ec', [...exported, here].join('\n')], { cwd: machine.path, env, stdio: 'pipe', detached: true });
}

async function finish(child: ChildProcess, answer = ''): Promise<{ code: number; out: string; err: string }> {
  // What asks nothing may have ended already.
  child.stdin?.on('error', () => {}).end(answer);
  const [out, err, [code]] = await Promise.all([text(child.stdout as never), text(child.stderr as never), once(child, 'close')]);
  return { code, out, err };
}

function commandsFor(purpose: string): string[] {
  return steps.filter((step) => step.purpose === purpose).map(({ commands }) => commands);
}

/** Until it is told to stop. */
async function whileItRuns(commands: string, work: (url: string) => Promise<void>): Promise<void> {
  const child = type(commands);
  const said: string[] = [];
  child.stderr?.on('data', (chunk) => said.push(String(chunk)));
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', (chunk) => {
      said.push(String(chunk));
      const found = /"url":"(http:[^"]+)"/.exec(said.join(''));
      if (found) resolve(found[1] as string);
    });
    child.once('close', () => reject(new Error(`It did not start: ${said.join('')}`)));
  });
  try {
    await work(url);
  } finally {
    process.kill(-(child.pid as number), 'SIGTERM');
    await once(child, 'close');
  }
}

test('the page is complete', () => {
  expect(steps.map(({ purpose }) => purpose)).toEqual(['', 'restore', 'sealed', 'restore', 'start', 'backup', 'undo']);
  expect(page.split('\n').length).toBeLessThan(90);
});

test('whoever follows it has their shop again', async () => {
  const [look = '', restore = ''] = commandsFor('restore');
  expect((await finish(type(look))).err).toContain('is sealed with a passphrase: set BACKUP_PASSPHRASE');
  expect(await finish(type(commandsFor('sealed')[0] ?? ''))).toMatchObject({ code: 0 });
  const looked = await finish(type(look));
  expect(looked).toMatchObject({ code: 0 });
  expect(looked.out).toMatch(/of first, second, made [\s\S]*7 work orders[\s\S]*Everything in it is as it was written/);

  expect(await finish(type(restore), 'first\n')).toMatchObject({ code: 0, out: expect.stringContaining('Restored.') });
  const secret = () => readFileSync(join(machine.path, 'data', 'secrets', 'session-secret'), 'utf8');
  expect(secret()).toBe('a secret that only tests ever use, long enough');
  await whileItRuns(commandsFor('start')[0] ?? '', async (url) => {
    const client = await new Client(url).signInAs(shop, 'manager');
    expect((await client.get('/board')).text).toContain('Vehicle 5');
    expect((await client.get('/messages?view=by-hand')).text).toContain('may have gone out since');
    client.close();
    const again = await finish(type(commandsFor('backup')[0] ?? ''));
    expect(again).toMatchObject({ code: 0 });
    expect(again.out.trim().split('\n').at(-1)).toMatch(/\/backups\/serviceflow-first-\d{8}-\d{6}Z\.zip$/);
  });
  expect(await finish(type(commandsFor('undo')[0] ?? ''))).toMatchObject({ code: 0, out: expect.stringContaining('is back') });
  expect(secret()).not.toBe('a secret that only tests ever use, long enough');
}, 300_000);
