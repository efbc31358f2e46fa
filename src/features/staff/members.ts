import { sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { hashChosen } from './passwords.js';
import type { Role } from './permissions.js';

export interface Member {
  id: number;
  name: string;
  email: string;
  role: Role;
  disabled: boolean;
  /** False until they have chosen a password. */
  active: boolean;
  secondFactor: boolean;
}

/** Everybody of the shop, by name; the disabled last. */
export async function listMembers(db: Database, shop: number): Promise<Member[]> {
  return db
    .selectFrom('memberships as m')
    .innerJoin('staff as s', 's.id', 'm.staff_id')
    .leftJoin('second_factors as f', 'f.staff_id', 'm.staff_id')
    .select((eb) => [
      's.id',
      's.name',
      's.email',
      'm.role',
      eb('m.disabled_at', 'is not', null).as('disabled'),
      eb('s.password_hash', 'is not', null).as('active'),
      eb('f.staff_id', 'is not', null).as('secondFactor'),
    ])
    .where('m.shop_id', '=', shop)
    .orderBy('disabled')
    .orderBy('s.name')
    .execute() as Promise<Member[]>;
}

/** @throws Conflict when the shop would be left without a manager */
export async function changeRole(db: Database, actor: Actor, staff: number, role: Role): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const member = await getMember(tx, staff);
    if (member.role === role) return;
    if (member.role === 'manager') await refuseLastManager(tx, staff);
    await tx.db.updateTable('memberships').set({ role }).where('shop_id', '=', tx.shop).where('staff_id', '=', staff).execute();
    tx.record('staff.role-changed', null, { staff, from: member.role, to: role });
  });
}

/** Disabling ends every session of the person at once. @throws Conflict for the last manager */
export async function setDisabled(db: Database, actor: Actor, staff: number, disabled: boolean): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const member = await getMember(tx, staff);
    if ((member.disabled_at !== null) === disabled) return;
    if (disabled && member.role === 'manager') await refuseLastManager(tx, staff);
    await tx.db
      .updateTable('memberships')
      .set({ disabled_at: disabled ? tx.now : null })
      .where('shop_id', '=', tx.shop)
      .where('staff_id', '=', staff)
      .execute();
    if (disabled) await endSessions(tx, staff, null, 'disabled');
    tx.record(disabled ? 'staff.disabled' : 'staff.enabled', null, { staff });
  });
}

/** Sets a new password and ends all other sessions of the person. */
export async function changePassword(db: Database, actor: Actor & { staff: number }, password: string, keepSession: string): Promise<void> {
  const { name, email } = await db.selectFrom('staff').select(['name', 'email']).where('id', '=', actor.staff).executeTakeFirstOrThrow();
  const hash = await hashChosen(password, [name, email]);
  await change(db, actor, {}, async (tx) => {
    await tx.db.updateTable('staff').set({ password_hash: hash }).where('id', '=', actor.staff).execute();
    await endSessions(tx, actor.staff, keepSession, 'password');
    tx.record('staff.password-changed', null, { staff: actor.staff });
  });
}

/** @throws NotFound for somebody of another shop */
export async function getMember(tx: Change, staff: number): Promise<{ role: Role; disabled_at: Date | null }> {
  const member = await tx.db
    .selectFrom('memberships')
    .select(['role', 'disabled_at'])
    .where('shop_id', '=', tx.shop)
    .where('staff_id', '=', staff)
    .executeTakeFirst();
  if (!member) throw new NotFound();
  return member;
}

async function refuseLastManager(tx: Change, staff: number): Promise<void> {
  const other = await tx.db
    .selectFrom('memberships as m')
    .innerJoin('staff as s', 's.id', 'm.staff_id')
    .select('m.staff_id')
    .where('m.shop_id', '=', tx.shop)
    .where('m.role', '=', 'manager')
    .where('m.disabled_at', 'is', null)
    .where('m.staff_id', '<>', staff)
    .where('s.password_hash', 'is not', null)
    .executeTakeFirst();
  if (!other) throw new Conflict('This is the last manager. Make somebody else a manager first.');
}

/** Ends a person's sessions, those that still await a code and those of programs among them, but for the one with the id `keep`. */
export async function endSessions(tx: Change, staff: number, keep: string | null, why: 'disabled' | 'password' | 'ended'): Promise<void> {
  const whose = sql<boolean>`sess -> 'passport' ->> 'user' = ${String(staff)}`;
  const half = sql<boolean>`sess -> 'half' is not null and sess -> 'half' ->> 'staff' = ${String(staff)}`;
  await tx.db
    .deleteFrom('session')
    .where((eb) => eb.or([whose, half]))
    .$if(keep !== null, (query) => query.where('sid', '<>', keep ?? ''))
    .execute();
  await sql`update api_sign_ins set ended_at = ${tx.now}, ended_why = ${why} where staff_id = ${staff} and ended_at is null`.execute(tx.db);
}
