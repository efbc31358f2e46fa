/** What can be wrong with a request. One handler (`web/errors.ts`) turns these into a page, a fragment or JSON. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** It is not there, or it belongs to another shop: the two look the same from outside. */
export class NotFound extends RequestError {
  constructor(message = 'That is not here.') {
    super(404, message);
  }
}

export class Forbidden extends RequestError {
  constructor(message = 'Your role does not allow that.') {
    super(403, message);
  }
}

/** Something else has to be done first. A page leads to it; anything else is refused. */
export class ElsewhereFirst extends RequestError {
  /** @param to where it is done */
  constructor(
    message: string,
    readonly to: string,
  ) {
    super(403, message);
  }
}

/** The request was fine when it was typed, but what it is about has changed meanwhile, or a rule refuses it. */
export class Conflict extends RequestError {
  constructor(message: string) {
    super(409, message);
  }
}

export class TooMany extends RequestError {
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(429, message);
  }
}

/** Typed input that can't be used: a sentence per field (`''` is the form as a whole). */
export class Invalid extends RequestError {
  constructor(
    readonly fields: Record<string, string>,
    status = 422,
  ) {
    super(status, Object.values(fields)[0] ?? 'Something in the form is not right.');
  }
}

/** What was sent is saved, and what was to follow broke: whoever says that nothing was saved would lie. */
export class SavedAlready extends Error {
  constructor(cause: unknown) {
    super('It broke after the change was saved', { cause });
  }
}

/** For what follows a change whose viewer is known only then; of all others change() itself knows. @throws SavedAlready */
export async function afterSaving<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RequestError ? error : new SavedAlready(error);
  }
}
