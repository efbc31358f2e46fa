import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import pg from 'pg';

/** What becomes of a step: it fails before it took effect, or after, as if nobody had heard of it; or the process is killed after it. */
export type Way = 'before' | 'after' | 'kill';

let count = 0;
let target = 0;
let way: Way = 'before';
let broken: string | undefined;
let seen: string[] = [];

/** From now on the `at`-th step goes wrong: a statement, or something that is done to a file. */
export function arm(at: number, how: Way): void {
  [count, target, way, broken, seen] = [0, at, how, undefined, []];
}

/** @returns all steps of what `work` does, undisturbed */
export async function stepsOf(work: () => Promise<unknown>): Promise<string[]> {
  arm(Number.POSITIVE_INFINITY, 'before');
  await work();
  disarm();
  return seen;
}

/** @returns what was broken; undefined when it never came to that */
export function disarm(): string | undefined {
  target = 0;
  return broken;
}

/** @returns true when this is the step that goes wrong */
function isDue(what: string): boolean {
  if (target === 0) return false;
  seen.push(what);
  if (++count !== target) return false;
  broken = what;
  return true;
}

const lostConnection = () => new Error('Connection terminated unexpectedly');
const brokenDisk = () => Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });

// biome-ignore lint/suspicious/noExplicitAny: whatever function it is that is wrapped.
type Any = any;

/** Wraps a function that returns a promise. */
function guardPromise(call: Any, what: string, fault: () => Error): Any {
  return async function (this: unknown, ...args: unknown[]) {
    if (!isDue(what)) return call.apply(this, args);
    if (way === 'before') throw fault();
    const result = await call.apply(this, args);
    if (way === 'kill') process.kill(process.pid, 'SIGKILL');
    // What was opened would stay open: nobody knows of it.
    if (what === 'open') await (result as FileHandle).close();
    throw fault();
  };
}

/** Wraps a function that takes a callback as its last argument. */
function guardCallback(call: Any, what: string, fault: () => Error): Any {
  return function (this: unknown, ...args: unknown[]) {
    const callback = args.at(-1) as (error: Error | null, ...results: unknown[]) => void;
    if (typeof callback !== 'function' || !isDue(what)) return call.apply(this, args);
    if (way === 'before') return void setImmediate(callback, fault());
    return call.call(this, ...args.slice(0, -1), (error: Error | null, result: unknown) => {
      if (way === 'kill') process.kill(process.pid, 'SIGKILL');
      if (what === 'open' && !error) fs.closeSync(result as number);
      callback(fault());
    });
  };
}

/** The statements of the pool, and what is done to files, become steps that can go wrong. Once a process. */
export async function installFailpoints(): Promise<void> {
  breakStatements();
  const handle = await promises.open(import.meta.filename);
  const handles = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ['chmod', 'utimes', 'sync', 'datasync', 'writeFile', 'write', 'read', 'stat'])
    handles[name] = guardPromise(handles[name], name, brokenDisk);
  const byPromise = promises as Any;
  for (const name of ['mkdir', 'open', 'rename', 'rm', 'unlink', 'link', 'copyFile', 'writeFile', 'readFile', 'stat', 'readdir'])
    byPromise[name] = guardPromise(byPromise[name], name, brokenDisk);
  // Of streams.
  const byCallback = fs as Any;
  for (const name of ['open', 'read', 'write', 'writev']) byCallback[name] = guardCallback(byCallback[name], name, brokenDisk);
  syncBuiltinESMExports();
}

function breakStatements(): void {
  const prototype = pg.Client.prototype as Any;
  const { query } = prototype;
  const textOf = (given: unknown) => (typeof given === 'string' ? given : String((given as { text?: string }).text));
  prototype.query = function (this: Any, ...args: Any[]) {
    while (args.at(-1) === undefined) args.pop();
    // Those of the listener and of background work are no part of a request; a stream (COPY) is no promise.
    if (this.connectionParameters.application_name !== 'serviceflow' || 'submit' in Object(args[0])) return query.apply(this, args);
    const guarded = typeof args.at(-1) === 'function' ? guardCallback : guardPromise;
    return guarded(query, textOf(args[0]), lostConnection).apply(this, args);
  };
}
