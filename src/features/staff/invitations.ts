import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { hashToken, newToken } from '../../platform/tokens.js';
import { endSessions, getMember } from './members.js';
import { hashChosen } from './passwords.js';
import type { Role } from './permissions.js';

const INVITATION_DAYS = 7;

export interface Invited {
  staff: number;
  /** Null when the person is known from another shop: they sign in as they do there. */
  token: string | null;
}

/**
 * Adds a person to the shop, by e-mail. `token` is for the link that lets them choose a password; only its hash is kept.
 * @throws Conflict when they belong to the shop already
 */
export async function inviteMember(db: Database, actor: Actor, input: { name: string; email: string; role: Role }): Promise<Invited> {
  // Not in the result of the change, which is kept with its events when the request has an id.
  const token = newToken();
  const { result } = await change(db, actor, {}, async (tx) => {
    const staff = await findOrAddPerson(tx, input);
    const member = await tx.db
      .selectFrom('memberships')
      .select('staff_id')
      .where('shop_id', '=', tx.shop)
      .where('staff_id', '=', staff.id)
      .executeTakeFirst();
    if (member) throw new Conflict('Somebody with that e-mail address belongs to the shop already.');
    await tx.db.insertInto('memberships').values({ shop_id: tx.shop, staff_id: staff.id, role: input.role, created_at: tx.now }).execute();
    tx.record('staff.invited', null, { staff: staff.id, role: input.role });
    const getsLink = !staff.active && (await isFirstShop(tx, staff.id));
    if (getsLink) await addInvitation(tx, staff.id, token);
    return { staff: staff.id, getsLink };
  });
  return { staff: result.staff, token: result.getsLink ? token : null };
}

/** A new link for somebody who lost theirs, or forgot the password. @returns the token */
export async function renewInvitation(db: Database, actor: Actor, staff: number): Promise<string> {
  const token = newToken();
  await change(db, actor, {}, async (tx) => {
    await refuseForeignAccount(tx, staff);
    tx.record('staff.link-made', null, { staff });
    await addInvitation(tx, staff, token);
  });
  return token;
}

/** The same for whoever has the machine, who may reach into every shop on it. @returns the token */
export async function inviteFromMachine(db: Database, shop: number, staff: number): Promise<string> {
  const token = newToken();
  await change(db, { shop, staff: null }, {}, async (tx) => {
    await getMember(tx, staff);
    tx.record('staff.link-made', null, { staff });
    await addInvitation(tx, staff, token);
  });
  return token;
}

/** The person an unused, unexpired invitation is for. */
export async function findInvitation(
  db: Database,
  token: string,
): Promise<{ shop: number; staff: number; name: string; email: string; shopName: string } | null> {
  const row = await db
    .selectFrom('invitations as i')
    .innerJoin('staff as s', 's.id', 'i.staff_id')
    .innerJoin('shops', 'shops.id', 'i.shop_id')
    .select(['i.shop_id as shop', 'i.staff_id as staff', 's.name', 's.email', 'shops.name as shopName'])
    .where('i.token_hash', '=', hashToken(token))
    .where('i.used_at', 'is', null)
    .where((eb) => eb('i.expires_at', '>', eb.fn<Date>('now')))
    .executeTakeFirst();
  return row ?? null;
}

/** The invited person chooses a password; the link is used up. @throws NotFound when it is not valid any more */
export async function acceptInvitation(
  db: Database,
  token: string,
  password: string,
): Promise<{ shop: number; staff: number; email: string }> {
  const invitation = await findInvitation(db, token);
  if (!invitation) throw new NotFound('This link is used up or too old. Ask your manager for a new one.');
  const hash = await hashChosen(password, [invitation.name, invitation.email]);
  await change(db, { shop: invitation.shop, staff: invitation.staff }, {}, async (tx) => {
    const used = await tx.db
      .updateTable('invitations')
      .set({ used_at: tx.now })
      .where('shop_id', '=', tx.shop)
      .where('token_hash', '=', hashToken(token))
      .where('used_at', 'is', null)
      .executeTakeFirst();
    if (used.numUpdatedRows === 0n) throw new NotFound('This link is used up. Ask your manager for a new one.');
    await tx.db.updateTable('staff').set({ password_hash: hash }).where('id', '=', invitation.staff).execute();
    await endSessions(tx, invitation.staff, null, 'password');
    tx.record('staff.password-changed', null, { staff: invitation.staff });
  });
  return invitation;
}

/** An earlier link of the person stops working. */
async function addInvitation(tx: Change, staff: number, token: string): Promise<void> {
  const expires = new Date(tx.now.getTime() + INVITATION_DAYS * 24 * 60 * 60 * 1000);
  await tx.db
    .updateTable('invitations')
    .set({ used_at: tx.now })
    .where('shop_id', '=', tx.shop)
    .where('staff_id', '=', staff)
    .where('used_at', 'is', null)
    .execute();
  await tx.db
    .insertInto('invitations')
    .values({ shop_id: tx.shop, staff_id: staff, token_hash: hashToken(token), created_at: tx.now, expires_at: expires })
    .execute();
}

async function findOrAddPerson(tx: Change, input: { name: string; email: string }): Promise<{ id: number; active: boolean }> {
  const email = input.email.toLowerCase();
  const person = await tx.db
    .selectFrom('staff')
    .select((eb) => ['id', eb('password_hash', 'is not', null).as('active')])
    .where((eb) => eb(eb.fn<string>('lower', ['email']), '=', email))
    .executeTakeFirst();
  if (person) return { id: person.id, active: Boolean(person.active) };
  const added = await tx.db.insertInto('staff').values({ email, name: input.name }).returning('id').executeTakeFirstOrThrow();
  return { id: added.id, active: false };
}

/** Whoever has no password yet gets their link from the shop that they belonged to first: it is the one that knows them. */
async function refuseForeignAccount(tx: Change, staff: number): Promise<void> {
  const { hasPassword } = await tx.db
    .selectFrom('staff')
    .select((eb) => eb('password_hash', 'is not', null).as('hasPassword'))
    .where('id', '=', staff)
    .executeTakeFirstOrThrow(() => new NotFound('That person is not here.'));
  if (hasPassword) return refuseForeignPerson(tx, staff, 'This person belongs to another shop too, and keeps the password they have.');
  await getMember(tx, staff);
  if (!(await isFirstShop(tx, staff))) throw new Conflict('This person belonged to another shop before, which gives them their link.');
}

async function isFirstShop(tx: Change, staff: number): Promise<boolean> {
  const first = await tx.db
    .selectFrom('memberships')
    .select('shop_id')
    .where('staff_id', '=', staff)
    .orderBy('created_at')
    .orderBy('shop_id')
    .executeTakeFirst();
  return first?.shop_id === tx.shop;
}

/**
 * Whoever sets a password holds the account: a manager of one shop must not reach into another.
 * @throws NotFound for somebody of another shop alone; Conflict with the sentence for somebody of both
 */
export async function refuseForeignPerson(tx: Change, staff: number, sentence: string): Promise<void> {
  await getMember(tx, staff);
  const elsewhere = await tx.db
    .selectFrom('memberships')
    .select('shop_id')
    .where('staff_id', '=', staff)
    .where('shop_id', '<>', tx.shop)
    .executeTakeFirst();
  if (elsewhere) throw new Conflict(sentence);
}
