import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { type Answer, page } from '../../platform/web/answers.js';
import type { Refused } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { METHODS } from '../billing/authorizations.js';
import { isOwnWork } from './checks.js';
import { listOpenHolds } from './holds.js';
import { refuseRelease, wordsOf } from './rules.js';

interface Head {
  number: number;
  vehicle: string;
  customer: string;
  left: boolean;
}

async function getHead(db: Database, shop: number, number: number): Promise<Head> {
  const { rows } = await sql<Head>`
    select w.number, v.description as vehicle, c.name as customer, w.handed_over_at is not null as left
    from work_orders w
    join vehicles v on v.shop_id = w.shop_id and v.id = w.vehicle_id
    join customers c on c.shop_id = w.shop_id and c.id = w.customer_id
    where w.shop_id = ${shop} and w.number = ${number}`.execute(db);
  if (!rows[0]) throw new NotFound('That work order is not here.');
  return rows[0];
}

const typed = (refused: Refused | null) => ({
  requestId: String(refused?.values.requestId ?? randomUUID()),
  errors: refused?.fields ?? {},
});

/** The form on which somebody writes down that the customer knows what is unsafe; it shows what is so now. */
export async function acknowledgementForm(db: Database, viewer: Viewer, number: number, refused: Refused | null): Promise<Answer> {
  const head = await getHead(db, viewer.shop, number);
  const holds = (await listOpenHolds(db, viewer.shop, number)).filter((hold) => !hold.acknowledged);
  const data = {
    ...{ ...head, ...typed(refused), title: `Unsafe: WO-${number}`, methods: Object.entries(METHODS), holds },
    words: wordsOf(holds.map(({ name }) => name)),
    values: { givenBy: head.customer, ...refused?.values },
  };
  return page('safety/acknowledgement', data, 'safety/acknowledgement-form');
}

/** The form on which a second person lets a held vehicle go; what they may not release says why. */
export async function releaseForm(db: Database, viewer: Viewer, number: number, refused: Refused | null): Promise<Answer> {
  const head = await getHead(db, viewer.shop, number);
  const holds = await listOpenHolds(db, viewer.shop, number);
  const judged = holds.map((hold) => ({ ...hold, wrong: refuseRelease({ staff: viewer.staff, ...hold }) }));
  const data = {
    ...{ ...head, ...typed(refused), title: `Release WO-${number}` },
    mine: judged.filter(({ wrong }) => wrong === null),
    others: judged.filter(({ wrong }) => wrong !== null),
    values: refused?.values ?? {},
  };
  return page('safety/release', data, 'safety/release-form');
}

/** The form on which somebody who did not do the work says whether it is good. */
export async function checkForm(db: Database, viewer: Viewer, number: number, refused: Refused | null): Promise<Answer> {
  const head = await getHead(db, viewer.shop, number);
  const data = {
    ...{ ...head, ...typed(refused), title: `Check the work on WO-${number}`, values: refused?.values ?? {} },
    isOwn: await isOwnWork(db, viewer.shop, number, viewer.staff),
  };
  return page('safety/check', data, 'safety/check-form');
}
