import { type Kysely, sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { DB } from '../../platform/database/schema.js';
import { Conflict, Invalid } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { refuseForeignPerson } from './invitations.js';
import { endSessions } from './members.js';
import { hasSecondFactor, openSecret, sealSecret } from './second-factor.js';
import { hashRecoveryCode, newRecoveryCodes, stepOf } from './second-factor-codes.js';

type Means = Pick<Services, 'db' | 'config'>;
type Person = Actor & { staff: number };

/** Whom a shop asks for a second factor. */
export const ASKED = ['nobody', 'managers', 'everybody'] as const;
export type Asked = (typeof ASKED)[number];

/**
 * Turns the second factor on. The first code proves that the app has the secret, and counts as used.
 * @param sealed the secret, as the form that showed it holds it
 * @returns the recovery codes, which are shown now and never again
 * @throws Invalid when the code is not the app's; Conflict when it is on already
 */
export async function turnOn({ db, config }: Means, person: Person, sealed: Buffer, code: string): Promise<string[]> {
  const secret = openSecret(config, person.staff, sealed);
  if (!secret) throw new Conflict('This page is too old. Please open it again, and scan the new code.');
  const codes = newRecoveryCodes();
  await change(db, person, {}, async (tx) => {
    if (await hasSecondFactor(tx.db, person.staff)) throw new Conflict('A second factor is turned on already.');
    const step = stepOf(secret, code.replace(/\s/g, ''), tx.now.getTime() / 1000);
    if (!step) throw new Invalid({ code: 'That is not the code of the app. Is the clock of the phone right?' });
    await tx.db
      .insertInto('second_factors')
      // Sealed anew: the form may be older than the first secret of now.
      .values({ staff_id: person.staff, secret: sealSecret(config, person.staff, secret), last_step: step })
      .execute();
    await addRecoveryCodes(tx, person.staff, codes);
    tx.record('staff.second-factor-on', null, { staff: person.staff });
  });
  return codes;
}

/** @returns new recovery codes; the old ones stop working. @throws Conflict when there is no second factor */
export async function renewRecoveryCodes({ db }: Pick<Means, 'db'>, person: Person): Promise<string[]> {
  const codes = newRecoveryCodes();
  await change(db, person, {}, async (tx) => {
    if (!(await hasSecondFactor(tx.db, person.staff))) throw new Conflict('There is no second factor turned on.');
    await tx.db.deleteFrom('recovery_codes').where('staff_id', '=', person.staff).execute();
    await addRecoveryCodes(tx, person.staff, codes);
    tx.record('staff.recovery-codes-renewed', null, { staff: person.staff });
  });
  return codes;
}

/** Takes one's own away, with its recovery codes. */
export async function turnOff({ db }: Pick<Means, 'db'>, person: Person): Promise<void> {
  await change(db, person, {}, async (tx) => {
    if (await remove(tx, person.staff)) tx.record('staff.second-factor-off', null, { staff: person.staff });
  });
}

/**
 * Takes a member's away who lost phone and recovery codes, and ends their sessions: who has the phone may be in one.
 * @throws NotFound for somebody of another shop; Conflict for oneself, and for who belongs to another shop too
 */
export async function resetSecondFactor({ db }: Pick<Means, 'db'>, actor: Actor, staff: number): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    await refuseForeignPerson(tx, staff, 'This person belongs to another shop too: nobody here can take their second factor away.');
    if (staff === actor.staff) throw new Conflict('Your own you turn off on the page of your account.');
    if (!(await remove(tx, staff))) return;
    await endSessions(tx, staff, null, 'ended');
    tx.record('staff.second-factor-reset', null, { staff });
  });
}

/**
 * Takes anybody's away, for the script of a manager who has nobody to ask. Each of their shops has it in its log.
 * @returns their name, or null when there is none with that address
 */
export async function resetAnywhere({ db }: Pick<Means, 'db'>, email: string): Promise<string | null> {
  const rows = await db
    .selectFrom('staff as s')
    .innerJoin('second_factors as f', 'f.staff_id', 's.id')
    .innerJoin('memberships as m', 'm.staff_id', 's.id')
    .select(['s.id', 's.name', 'm.shop_id as shop'])
    .where((eb) => eb(eb.fn<string>('lower', ['s.email']), '=', email.toLowerCase()))
    .execute();
  for (const { id, shop } of rows) {
    await change(db, { shop, staff: null }, {}, async (tx) => {
      await remove(tx, id);
      await endSessions(tx, id, null, 'ended');
      tx.record('staff.second-factor-reset', null, { staff: id });
    });
  }
  return rows[0]?.name ?? null;
}

/** Says whom the shop asks. @throws Conflict when whoever says it would be asked, and has none */
export async function askForSecondFactor({ db }: Pick<Means, 'db'>, actor: Person, asked: Asked): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    if (asked !== 'nobody' && !(await hasSecondFactor(tx.db, actor.staff)))
      throw new Conflict('Turn on your own second factor first, so that you don’t lock yourself out.');
    const from = await whoIsAsked(tx.db, tx.shop);
    if (from === asked) return;
    await tx.db.updateTable('shops').set({ second_factor: asked }).where('id', '=', tx.shop).execute();
    tx.record('shop.second-factor-asked', null, { from, to: asked });
  });
}

/** Whom the shop asks for a second factor now. */
export async function whoIsAsked(db: Kysely<DB>, shop: number): Promise<Asked> {
  const { second_factor } = await db.selectFrom('shops').select('second_factor').where('id', '=', shop).executeTakeFirstOrThrow();
  return second_factor as Asked;
}

/** What the own account page says. `left` are the recovery codes that were not used. */
export async function secondFactorState(
  { db }: Pick<Means, 'db'>,
  person: Person,
): Promise<{ on: boolean; since: Date | null; left: number; asked: Asked }> {
  const { rows } = await sql<{ since: Date | null; left: number; asked: Asked }>`
    select f.turned_on_at as since, shops.second_factor as asked,
      (select count(*) from recovery_codes r where r.staff_id = f.staff_id and r.used_at is null)::int as left
    from shops left join second_factors f on f.staff_id = ${person.staff}
    where shops.id = ${person.shop}`.execute(db);
  const { since, left, asked } = rows[0] ?? { since: null, left: 0, asked: 'nobody' };
  return { on: since !== null, since, left, asked };
}

async function addRecoveryCodes(tx: Change, staff: number, codes: string[]): Promise<void> {
  await tx.db
    .insertInto('recovery_codes')
    .values(codes.map((code) => ({ staff_id: staff, code_hash: hashRecoveryCode(code) })))
    .execute();
}

/** @returns whether there was one */
async function remove(tx: Change, staff: number): Promise<boolean> {
  const removed = await tx.db.deleteFrom('second_factors').where('staff_id', '=', staff).executeTakeFirst();
  return removed.numDeletedRows > 0n;
}
