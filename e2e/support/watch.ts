import type { BrowserContext, ConsoleMessage, Response } from 'playwright/test';

/** What a browser and htmx say when nobody answers: for tests that take the server or the line away. */
export const CONNECTION_LOST = [/console error: WebSocket connection to/, /net::ERR_/, /console error: htmx: htmx:(ws:)?error: /];

/** Collects whatever goes wrong in the browsers of one test, in any of its pages. */
export class Watch {
  readonly #seen: string[] = [];
  readonly #expected: RegExp[] = [];

  /** This test brings it about on purpose. */
  expect(...problems: RegExp[]): void {
    this.#expected.push(...problems);
  }

  /** What went wrong and was not expected. */
  get problems(): string[] {
    return this.#seen.filter((problem) => !this.#expected.some((expected) => expected.test(problem)));
  }

  async follow(context: BrowserContext): Promise<void> {
    context.on('console', (message) => this.#onConsole(message));
    context.on('weberror', (error) => this.#seen.push(`page error: ${error.error().stack ?? error.error().message}`));
    context.on('response', (response) => this.#onResponse(response));
    context.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? '';
      // A page that is left drops what it was still asking for.
      if (reason !== 'net::ERR_ABORTED') this.#seen.push(`failed request: ${request.method()} ${request.url()} ${reason}`);
    });
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) =>
        console.error(`content security policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`),
      );
    });
  }

  #onConsole(message: ConsoleMessage): void {
    if (!['error', 'warning'].includes(message.type())) return;
    // The same news as #onResponse and `requestfailed` bring, without the method and the status.
    if (/^Failed to load resource/.test(message.text())) return;
    this.#seen.push(`console ${message.type()}: ${message.text()}`);
  }

  #onResponse(response: Response): void {
    if (response.status() >= 400) this.#seen.push(`status ${response.status()}: ${response.request().method()} ${response.url()}`);
  }
}
