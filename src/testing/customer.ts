import { expect } from 'vitest';
import { makeLink } from '../features/approvals/links.js';
import { sendToCustomer } from '../features/approvals/sending.js';
import { LinkKeys } from '../features/approvals/tokens.js';
import type { Database } from '../platform/database/pool.js';
import type { Viewer } from '../platform/web/viewer.js';
import type { Client, Reply } from './client.js';
import { testEnvironment } from './server.js';

const keys = new LinkKeys([testEnvironment('').SESSION_SECRET as string]);
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

export interface Found {
  note: string;
  color?: 'green' | 'yellow' | 'red';
  /** Of the finding, and of its inspection. */
  released?: { finding: boolean; inspection: boolean };
  job?: number;
}

let templates = 0;

/** An inspection of front pads, where 1.5 mm are left: an unsafe one if it is red. @returns its finding */
export async function inspect(
  db: Database,
  viewer: Viewer,
  number: number,
  { note, color = 'red', released, job }: Found,
): Promise<number> {
  const order = await db
    .selectFrom('work_orders')
    .select('id')
    .where('shop_id', '=', viewer.shop)
    .where('number', '=', number)
    .executeTakeFirstOrThrow();
  const { finding = true, inspection = true } = released ?? {};
  const [place, at] = [{ shop_id: viewer.shop, work_order_id: order.id }, new Date()];
  const { id: template } = await db
    .insertInto('inspection_templates')
    .values({ shop_id: viewer.shop, name: `Check ${++templates}` })
    .returning('id')
    .executeTakeFirstOrThrow();
  const measure = { unit: 'mm', positions: ['LF'], bad: 'low', yellow: 400, red: 200 };
  const content = { sections: [{ key: 'brakes', name: 'Brakes', items: [{ key: 'pads', name: 'Front pads', safety: true, measure }] }] };
  await db
    .insertInto('inspection_template_versions')
    .values({ shop_id: viewer.shop, template_id: template, version: 1, at, content: JSON.stringify(content) })
    .execute();
  const made = await db
    .insertInto('inspections')
    .values({
      ...{ ...place, template_id: template, version: 1, started_by: viewer.staff, started_at: at },
      ...(inspection && { released_by: viewer.staff, released_at: at }),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const { id } = await db
    .insertInto('findings')
    .values({
      ...{ ...place, inspection_id: made.id, item: 'pads', color, reason: 'required', note, by: viewer.staff, at },
      ...{ measures: JSON.stringify([{ position: 'LF', value: 150 }]), released: finding, safety: true, job_id: job ?? null },
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
