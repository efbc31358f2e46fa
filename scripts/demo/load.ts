import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql, type Transaction } from 'kysely';
import { askForVerification } from '../../src/features/activity/chain.js';
import { getSharing } from '../../src/features/approvals/sharing.js';
import type { TokenOf } from '../../src/features/approvals/tokens.js';
import { listColumns } from '../../src/features/board/columns.js';
import { addLabel, listLabels } from '../../src/features/labels/labels.js';
import { beginShop, insertShop, SETUP_LOCK } from '../../src/features/shops/setup.js';
import { inviteMember } from '../../src/features/staff/invitations.js';
import { setDisabled } from '../../src/features/staff/members.js';
import { hashPassword } from '../../src/features/staff/passwords.js';
import { makeTvLink } from '../../src/features/tv/links.js';
import { change } from '../../src/platform/database/change.js';
import { type History, loadHistory } from '../../src/platform/database/history.js';
import type { Database } from '../../src/platform/database/pool.js';
import type { DB } from '../../src/platform/database/schema.js';
import { StartError } from '../../src/platform/start-error.js';
import type { Viewer } from '../../src/platform/web/viewer.js';
import { Appointments, addHoliday, setUpBooking } from './appointments.js';
import { Books } from './books.js';
import { Darkroom } from './darkroom.js';
import type { PlannedJob } from './jobs/index.js';
import type { Means } from './means.js';
import { fillOutbox } from './outbox.js';
import { FORMER, LABELS, PASSWORD, type Person, SHOP, STAFF } from './people.js';
import { Register } from './register.js';
import { Replay } from './replay.js';
import { setUpBilling, setUpVisits } from './settings.js';
import { ShopClock } from './shop-clock.js';
import { FORMER_LEFT, STORY_DAYS, tellStory } from './story.js';
import { Workshop } from './workshop.js';

/** The demo's wall: an address that everybody may know, as with the sign-ins. */
export const TV_TOKEN = 'demo-wall';
/** The order of the story whose estimate waits for its answer: its customer's link is the one to try. */
const WAITING = 1326;

/**
 * Loads the demo shop into an empty database, all of it or nothing.
 * @param now the moment at which the story arrives; everything but the times is the same in each run
 * @returns false when it was there already: then nothing is touched
 * @throws StartError when the database holds a real shop
 */
export async function loadDemo(db: Database, now: Date, means: Means): Promise<boolean> {
  const passwords = { known: await hashPassword(PASSWORD), nobodys: await hashPassword(randomBytes(32).toString('base64url')) };
  for (;;) {
    const loaded = await db.transaction().execute((trx) => loadUnlessBusy(trx, now, passwords, means));
    if (loaded) await askForVerification(db, (await demoShop(db)).id);
    if (loaded !== null) return loaded;
    await sleep(250);
  }
}

/**
 * The token of a customer's link to try.
 * @returns null when it has expired since the demo was loaded, or was revoked
 */
export async function findCustomerToken(db: Database, tokenOf: TokenOf): Promise<string | null> {
  const shop = await demoShop(db);
  const { link } = await getSharing(db, shop.id, WAITING, tokenOf);
  return link?.token ?? null;
}

function demoShop(db: Database): Promise<{ id: number }> {
  return db.selectFrom('shops').select('id').where('is_demo', '=', true).executeTakeFirstOrThrow();
}

/** @returns null while somebody else is loading it, or setting up a shop */
async function loadUnlessBusy(trx: Transaction<DB>, now: Date, passwords: Passwords, means: Means): Promise<boolean | null> {
  const { rows } = await sql<{ free: boolean }>`select pg_try_advisory_xact_lock(${SETUP_LOCK}::bigint) as free`.execute(trx);
  if (!rows[0]?.free) return null;
  const shops = await trx.selectFrom('shops').select(['name', 'is_demo']).execute();
  const real = shops.find((shop) => !shop.is_demo);
  if (real) throw new StartError(`This database holds a real shop, ${real.name}: the demo needs a DATA_DIR or DATABASE_URL of its own.`);
  if (shops.length > 0) return false;
  await loadShop(trx, now, passwords, means);
  return true;
}

interface Passwords {
  known: string;
  nobodys: string;
}

async function loadShop(trx: Transaction<DB>, now: Date, passwords: Passwords, means: Means): Promise<void> {
  const [owner] = STAFF as [Person];
  const input = { shopName: SHOP.name, timeZone: SHOP.timeZone, name: owner.name, email: owner.email };
  const { shop, staff } = await insertShop(trx, input, passwords.known);
  await sql`update shops set is_demo = true where id = ${shop}`.execute(trx);
  const clock = new ShopClock(now, SHOP.timeZone);
  await loadHistory(trx, shop, async (history) => {
    history.setTime(clock.at(-STORY_DAYS));
    await change(history.db, { shop, staff }, {}, (tx) => beginShop(tx, input));
    const people = await hire(history, viewerFor(owner, shop, staff), passwords);
    for (const label of LABELS) await addLabel(history.db, { shop, staff }, { ...label });
    await makeTvLink(history.db, { shop, staff }, { name: 'Above the parts counter', variant: 'floor' }, TV_TOKEN);
    const manager = people.get(owner.email) as Viewer;
    const rates = await setUpBilling(history.db, manager);
    const story = tellStory();
    const books = new Books(history, manager);
    const register = new Register(history.db, rates, books);
    await register.addCompanies(manager, story.companies);
    const columns = await listColumns(trx, shop);
    await setUpVisits(history.db, manager, columns);
    await setUpBooking(history.db, manager);
    await addHoliday(history.db, manager, clock);
    const jobs = new Map<PlannedJob, number>();
    const darkroom = new Darkroom(await means.album(), means.files, means.pictures);
    const workshop = new Workshop(history, darkroom, jobs, means.tokenOf);
    const replay = new Replay(history, clock, people, columns, await listLabels(trx, shop), register, books, workshop, jobs);
    const former = people.get(FORMER.email) as Viewer;
    await replay.run(story.tickets, [
      { at: FORMER_LEFT, run: () => setDisabled(history.db, { shop, staff }, former.staff, true) },
      ...story.sales.map((sale) => ({ at: sale.at, run: () => register.sell(manager, sale) })),
      ...books.asides(),
      ...new Appointments(history, clock, people, (ticket) => replay.orderOf(ticket)).asides(story.tickets),
    ]);
    await fillOutbox(history.db, shop, clock);
  });
  await datePeople(trx, shop);
}

/** Everybody but the owner is invited and has chosen a password. @returns all by e-mail address */
async function hire(history: History, owner: Viewer, passwords: Passwords): Promise<Map<string, Viewer>> {
  const people = new Map([[(STAFF[0] as Person).email, owner]]);
  for (const person of [...STAFF.slice(1), FORMER]) {
    const { staff } = await inviteMember(history.db, owner, person);
    people.set(person.email, viewerFor(person, owner.shop, staff));
    await change(history.db, { shop: owner.shop, staff }, {}, async (tx) => {
      const hash = person.signsIn ? passwords.known : passwords.nobodys;
      await tx.db.updateTable('staff').set({ password_hash: hash }).where('id', '=', staff).execute();
      await tx.db
        .updateTable('invitations')
        .set({ used_at: tx.now })
        .where('shop_id', '=', tx.shop)
        .where('staff_id', '=', staff)
        .execute();
      tx.record('staff.password-changed', null, { staff });
    });
  }
  return people;
}

/** The rows that stand outside the history begin with it. */
async function datePeople(trx: Transaction<DB>, shop: number): Promise<void> {
  const { at } = await trx.selectFrom('events').select('at').where('shop_id', '=', shop).orderBy('version').executeTakeFirstOrThrow();
  await trx.updateTable('shops').set({ created_at: at }).where('id', '=', shop).execute();
  await trx.updateTable('memberships').set({ created_at: at }).where('shop_id', '=', shop).execute();
  await sql`update staff set created_at = ${at} from memberships m where m.shop_id = ${shop} and m.staff_id = staff.id`.execute(trx);
}

function viewerFor(person: Person, shop: number, staff: number): Viewer {
  return {
    shop,
    staff,
    name: person.name,
    role: person.role,
    shopName: SHOP.name,
    timeZone: SHOP.timeZone,
    version: 0,
    owesSecondFactor: false,
  };
}
