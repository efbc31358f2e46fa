import { sql, type Transaction } from 'kysely';
import type { DB } from '../../../platform/database/schema.js';
import { refuse, type ShopArchive } from './archive.js';

export interface Person {
  /** Number here. */
  id: number;
  name: string;
  email: string;
  role: string;
  /** False: they need a link to choose a password. */
  active: boolean;
}

/**
 * The people of an archive: who has the same e-mail address here is the same person and keeps their password; the others are added
 * without one. In an empty installation they keep their numbers. Fills `staged_people`.
 */
export async function bringPeople(trx: Transaction<DB>, archive: ShopArchive): Promise<Person[]> {
  const { rows } = await sql<{ any: boolean }>`select exists (select from staff) as any`.execute(trx);
  const keep = !rows[0]?.any;
  const roles = new Map<number, string>();
  for await (const line of archive.lines('memberships')) {
    const { staff_id, role } = JSON.parse(line) as { staff_id: number; role: string };
    roles.set(staff_id, role);
  }
  const people: Person[] = [];
  for await (const line of archive.lines('staff')) {
    const person = JSON.parse(line) as { id: number; email: string; name: string; created_at: string };
    const known = await trx
      .selectFrom('staff')
      .select((eb) => ['id', 'name', 'email', eb('password_hash', 'is not', null).as('active')])
      .where((eb) => eb(eb.fn<string>('lower', ['email']), '=', person.email.toLowerCase()))
      .executeTakeFirst();
    const found = known ?? { ...(await addPerson(trx, person, keep)), active: false };
    if (people.some(({ id }) => id === found.id)) throw refuse(`two people have the address ${person.email}`);
    await sql`insert into staged_people (there, here) values (${person.id}, ${found.id})`.execute(trx);
    people.push({ ...found, active: Boolean(found.active), role: roles.get(person.id) ?? '' });
  }
  if (keep) await sql`select setval(pg_get_serial_sequence('staff', 'id'), greatest((select max(id) from staff), 1))`.execute(trx);
  return people;
}

async function addPerson(trx: Transaction<DB>, person: { id: number; email: string; name: string; created_at: string }, keep: boolean) {
  const id = keep ? sql`${person.id}::bigint` : sql`nextval(pg_get_serial_sequence('staff', 'id'))`;
  const { rows } = await sql<{ id: number; name: string; email: string }>`
    insert into staff (id, email, name, created_at) overriding system value values (${id}, ${person.email}, ${person.name}, ${person.created_at})
    returning id, name, email`.execute(trx);
  return rows[0] as (typeof rows)[number];
}
