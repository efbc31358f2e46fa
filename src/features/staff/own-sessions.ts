import { type RawBuilder, sql } from 'kysely';
import { type Actor, type Change, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import { deviceName } from './devices.js';
import { getMember } from './members.js';

/** Where somebody is signed in: a browser, or a program by the API. */
export interface SignedIn {
  /** Names it in a form. The id of a session itself opens it, so no page ever holds one. */
  mark: string;
  device: string;
  program: boolean;
  since: Date;
  /** Of a browser written once an hour. */
  seen: Date;
  /** The one that asks. */
  here: boolean;
}

type Person = Actor & { staff: number };

const SESSION_MARK = sql<string>`encode(sha256(convert_to(sid, 'UTF8')), 'hex')`;
const PROGRAM_MARK = sql<string>`encode(sha256(convert_to('program ' || shop_id || ' ' || id, 'UTF8')), 'hex')`;
const isOf = (staff: number) => sql<boolean>`sess -> 'passport' ->> 'user' = ${String(staff)}`;

/** Everything by which a person is signed in, in any shop: this first, then what was used last. @param sid of the one that asks */
export async function listSessions(db: Database, staff: number, sid: string): Promise<SignedIn[]> {
  const { rows } = await sql<Omit<SignedIn, 'device'> & { agent: string }>`
    select ${SESSION_MARK} as mark, coalesce(sess ->> 'agent', '') as agent, false as program, sid = ${sid} as here,
      to_timestamp((sess ->> 'signedInAt')::float8 / 1000) as since, to_timestamp((sess ->> 'seenAt')::float8 / 1000) as seen
    from session where ${isOf(staff)} and expire > now()
    union all
    select ${PROGRAM_MARK}, agent, true, false, created_at, renewed_at
    from api_sign_ins where staff_id = ${staff} and ended_at is null and expires_at > now()
    order by here desc, seen desc, mark limit 100`.execute(db);
  return rows.map(({ agent, ...row }) => ({ ...row, device: deviceName(agent) }));
}

/** Ends one of one's own. @throws NotFound when it is not one of them, or not any more */
export async function endOneSession(db: Database, person: Person, mark: string): Promise<void> {
  const ended = await recordEnded(db, person, person.staff, async () => {
    const session = sql`delete from session where ${isOf(person.staff)} and ${SESSION_MARK} = ${mark}`;
    const program = sql`${END_PROGRAMS} where staff_id = ${person.staff} and ended_at is null and ${PROGRAM_MARK} = ${mark}`;
    return [session, program];
  });
  if (ended === 0) throw new NotFound('That one has ended already.');
}

/** Ends all of one's own but this one. @returns how many */
export function endOtherSessions(db: Database, person: Person, sid: string): Promise<number> {
  return recordEnded(db, person, person.staff, async () => {
    const sessions = sql`delete from session where ${isOf(person.staff)} and sid <> ${sid}`;
    const programs = sql`${END_PROGRAMS} where staff_id = ${person.staff} and ended_at is null`;
    return [sessions, programs];
  });
}

/** Ends what a member has open in this shop, and nothing elsewhere. @returns how many @throws NotFound for somebody of another shop */
export function endMemberSessions(db: Database, actor: Actor, staff: number): Promise<number> {
  return recordEnded(db, actor, staff, async (tx) => {
    await getMember(tx, staff);
    const sessions = sql`delete from session where ${isOf(staff)} and sess ->> 'shop' = ${String(tx.shop)}`;
    const programs = sql`${END_PROGRAMS} where shop_id = ${tx.shop} and staff_id = ${staff} and ended_at is null`;
    return [sessions, programs];
  });
}

const END_PROGRAMS = sql`update api_sign_ins set ended_at = now(), ended_why = 'ended'`;

/** Runs them, and records who ended how many of whose, if any. */
async function recordEnded(
  db: Database,
  actor: Actor,
  staff: number,
  statements: (tx: Change) => Promise<RawBuilder<unknown>[]>,
): Promise<number> {
  const { result } = await change(db, actor, {}, async (tx) => {
    let ended = 0;
    for (const statement of await statements(tx)) ended += Number((await statement.execute(tx.db)).numAffectedRows ?? 0);
    if (ended > 0) tx.record('staff.sessions-ended', null, { staff, ended });
    return ended;
  });
  return result;
}
