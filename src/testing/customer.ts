import { expect } from 'vitest';
import { makeLink } from '../features/approvals/links.js';
import { sendToCustomer } from '../features/approvals/sending.js';
import { LinkKeys } from '../features/approvals/tokens.js';
import type { Database } from '../platform/database/pool.js';
import type { Viewer } from '../platform/web/viewer.js';
import type { Client, Reply } from './client.js';
import { testEnvironment } from './server.js';

const keys = new LinkKeys(testEnvironment('').SESSION_SECRET as string);
export const tokenOf = keys.token;

/** The estimate as it stands is sent to the customer. */
export function send(db: Database, viewer: Viewer, number: number) {
  return sendToCustomer(db, viewer, number, tokenOf);
}

type Choices = Record<string, string>;

/** A customer's phone that has opened the link of a work order. */
export class Phone {
  private constructor(
    readonly client: Client,
    /** Address of its page. */
    readonly base: string,
  ) {}

  static async open(db: Database, viewer: Viewer, number: number, client: Client): Promise<Phone> {
    const made = await makeLink(db, viewer, number, tokenOf);
    const reply = await client.get(`/c/${made.token}`);
    expect(reply.status).toBe(303);
    return new Phone(client, reply.headers.location as string);
  }

  get(path = ''): Promise<Reply> {
    return this.client.get(this.base + path);
  }

  /** What the page that is signed would send with these choices. */
  async reviewed(choices: Choices, more: Choices = {}): Promise<Choices> {
    const { text } = await this.get(`/answer?${new URLSearchParams(choices)}`);
    const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? '';
    const fields = { requestId: hidden('requestId'), revision: hidden('revision'), mark: hidden('mark') };
    return { ...fields, ...choices, name: 'Dana Whitfield', strokes: '', agreed: 'on', ...more };
  }

  async answer(choices: Choices, more: Choices = {}): Promise<Reply> {
    return this.client.post(`${this.base}/answers`, await this.reviewed(choices, more));
  }
}
