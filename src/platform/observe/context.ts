import { AsyncLocalStorage } from 'node:async_hooks';

/** What every line of the log says while a request is answered. */
export interface RequestContext {
  /** The id of the request. */
  request: string;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `work`, and whatever it starts, as part of a request. */
export function within<Result>(context: RequestContext, work: () => Result): Result {
  return storage.run(context, work);
}

/** The request that this code runs for; undefined for what the program does by itself. */
export function currentContext(): RequestContext | undefined {
  return storage.getStore();
}
