import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type App, createApp } from './app.js';
import { type Config, readConfig } from './config.js';
import { noteChannels } from './features/messages/providers.js';
import { openEmbedded } from './platform/database/embedded.js';
import { migrate } from './platform/database/migrate.js';
import { type OpenDatabase, openDatabase } from './platform/database/pool.js';
import { openFileStore } from './platform/files/open.js';
import { Worker } from './platform/jobs/worker.js';
import { type Logger, openLog } from './platform/observe/log.js';
import { Timings } from './platform/observe/timings.js';
import { projectPath } from './platform/project.js';
import { StartError } from './platform/start-error.js';
import { REQUEST_TIMEOUT } from './platform/web/deadlines.js';

/** How long requests under way may take to finish when the program is told to stop. */
const DRAIN = 10_000;
/** Before that, for a proxy in front: it learns that this process leaves while it still answers, so that nothing is sent in vain. */
const FAREWELL = 1_000;
/** For the moment in which to stop listening: a turn of the event loop that has nothing to do takes a few thousandths. */
const QUIET = 0.05;
const LONGEST_WAIT = 1_000;

export interface RunningServer {
  url: string;
  app: App;
  stop(): Promise<void>;
}

/** Runs the program as the environment says; on SIGINT and SIGTERM: drain, and stop the database too. */
export async function startServer(env: NodeJS.ProcessEnv): Promise<RunningServer> {
  const config = readConfig(env);
  const log = openLog(config.logLevel);
  const starting = runServer(config, log);
  // From the first moment: a signal while it starts lets it finish starting, and stops it then.
  stopOnSignals(async () => (await starting).stop(), log);
  return starting;
}

/** database → migrate → listen, deaf to signals: a test runs several of these in one process. */
export async function runServer(config: Config, log: Logger): Promise<RunningServer> {
  const embedded = config.databaseUrl ? null : await openEmbedded(config.dataDir);
  let database: OpenDatabase | undefined;
  let app: App | undefined;
  let worker: Worker | undefined;
  try {
    const url = config.databaseUrl ?? (embedded?.url as string);
    await migrate(url, projectPath('migrations'));
    const timings = new Timings();
    database = openDatabase(
      url,
      config.databasePool,
      (error) => log.warn({ err: error }, 'a database connection was lost'),
      config.observe ? (text, ms) => timings.query(text, ms) : undefined,
    );
    await noteChannels(database.db, config);
    app = createApp(config, url, database, await openFileStore(config), log, timings);
    const server = await listen(config, app);
    await app.listener.start();
    await app.observing.start();
    worker = new Worker(url, app.tasks, app.services);
    await worker.start();
    const farewell = config.trustedProxies.length > 0 ? FAREWELL : 0;
    const stop = stopper(app, worker, server, database, farewell, () => embedded?.release() ?? Promise.resolve());
    const address = `http://localhost:${(server.address() as AddressInfo).port}`;
    log.info({ url: address, database: embedded ? 'embedded' : 'external' }, 'ServiceFLOW is running');
    return { url: address, app, stop };
  } catch (error) {
    // Its timers would keep the process alive.
    await app?.close();
    await worker?.stop();
    // The pool first: the embedded Postgres stops only when nobody is connected any more.
    await database?.close();
    await embedded?.release();
    throw error;
  }
}

async function listen(config: Config, app: App): Promise<Server> {
  const server = createServer(
    { headersTimeout: 10_000, requestTimeout: REQUEST_TIMEOUT, keepAliveTimeout: 65_000, connectionsCheckingInterval: 5_000 },
    (request, response) => {
      // Whoever keeps connections open gets no chance to use this one at the moment when it ends.
      if (app.services.leaving.now) response.setHeader('Connection', 'close');
      app.http(request, response);
    },
  );
  server.maxHeadersCount = 100;
  app.sockets.attach(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(new StartError(`Port ${config.port} is taken by another program: stop that one, or set PORT.`));
      else if (error.code === 'EACCES')
        reject(new StartError(`Port ${config.port} may not be used by this user: set PORT to one above 1023.`));
      else reject(new StartError(`HOST ${config.host} can't be listened on (${error.message}).`));
    });
    server.listen(config.port, config.host, resolve);
  });
  return server;
}

/**
 * Whoever has knocked and was not let in yet is turned away when the door closes: a proxy must not offer a form that it has sent to
 * another process. Newcomers are let in between two turns of the event loop, so the door closes right after a turn that took no time.
 */
async function quietMoment(): Promise<void> {
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
  for (const deadline = performance.now() + LONGEST_WAIT; performance.now() < deadline; ) {
    const start = performance.now();
    await nextTurn();
    if (performance.now() - start < QUIET) return;
  }
}

function stopper(
  app: App,
  worker: Worker,
  server: Server,
  database: OpenDatabase,
  farewell: number,
  release: () => Promise<void>,
): () => Promise<void> {
  let stopped: Promise<void> | undefined;
  const stop = async () => {
    app.services.leaving.now = true;
    // Even without a farewell: whoever knocked before this moment is let in first.
    await sleep(farewell);
    await quietMoment();
    const closed = new Promise((resolve) => server.close(resolve));
    await app.close();
    // A browser keeps its connection open after the answer it waited for.
    const idle = setInterval(() => server.closeIdleConnections(), 100);
    const cut = setTimeout(() => server.closeAllConnections(), DRAIN);
    await closed;
    clearInterval(idle);
    clearTimeout(cut);
    await worker.stop();
    await database.close();
    await release();
  };
  return () => {
    stopped ??= stop();
    return stopped;
  };
}

function stopOnSignals(stop: () => Promise<void>, log: Logger): void {
  let signals = 0;
  const onSignal = (signal: string) => {
    if (++signals > 1) process.exit(1);
    log.info({ signal }, 'stopping: finishing what is under way');
    const giveUp = setTimeout(() => process.exit(1), 25_000);
    giveUp.unref();
    stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'stopping failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  whenOrphaned(() => onSignal('end of npm'));
}

/** Under `npm start` a SIGTERM ends npm's shell, which does not pass it on: the program sees that its parent is gone. */
function whenOrphaned(tell: () => void): void {
  if (!process.env.npm_lifecycle_event) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    tell();
  }, 300);
  timer.unref();
}
