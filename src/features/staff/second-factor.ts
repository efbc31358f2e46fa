import { type Kysely, sql } from 'kysely';
import type { DB } from '../../platform/database/schema.js';
import { TooMany } from '../../platform/errors.js';
import { deriveKeys, seal, unseal } from '../../platform/secrets.js';
import type { Services } from '../../platform/services.js';
import { hashRecoveryCode, stepOf } from './second-factor-codes.js';

/** Of what is wrong in a day, from where this person never signed in. Three of a million codes are right at a time. */
const WRONG_A_DAY = 30;

type Means = Pick<Services, 'db' | 'config'>;

/**
 * Whether somebody whose password is right may come in. A code works once: it, and every one before it, is refused afterwards,
 * in whichever process they arrive. Call it only after the password; the caller slows down who tries too often from one place.
 * @param code six digits of the app, or a recovery code; undefined or empty when none was given
 * @param knownDevice whether this browser signed in as this person before: it is not held up by what others try
 * @throws TooMany when codes were guessed from elsewhere all day; a recovery code still works then
 */
export async function checkSecondFactor(
  { db, config }: Means,
  staff: number,
  code: string | null | undefined,
  knownDevice = false,
): Promise<'not needed' | 'right' | 'missing' | 'wrong'> {
  if (!(await hasSecondFactor(db, staff))) return 'not needed';
  const typed = (code ?? '').replace(/\s/g, '');
  if (typed === '') return 'missing';
  if (!/^\d{6}$/.test(typed)) return (await useRecoveryCode(db, staff, typed)) ? 'right' : 'wrong';
  return (await useCode({ db, config }, staff, typed, knownDevice)) ? 'right' : 'wrong';
}

export async function hasSecondFactor(db: Kysely<DB>, staff: number): Promise<boolean> {
  return Boolean(await db.selectFrom('second_factors').select('staff_id').where('staff_id', '=', staff).executeTakeFirst());
}

async function useCode({ db, config }: Means, staff: number, code: string, knownDevice: boolean): Promise<boolean> {
  // Counted before it is looked at, so that tries in parallel count too.
  const counted = knownDevice ? 0 : 1;
  const { rows } = await sql<{ secret: Buffer; wrong: number; seconds: number; left: number }>`
    update second_factors
    set wrong_codes = case when wrong_on = current_date then wrong_codes else 0 end + ${counted}, wrong_on = current_date
    where staff_id = ${staff}
    returning secret, wrong_codes as wrong, extract(epoch from now())::float8 as seconds,
      ceil(extract(epoch from current_date + 1 - now()::timestamp))::int as left`.execute(db);
  const [factor] = rows;
  if (!factor) return false;
  if (!knownDevice && factor.wrong > WRONG_A_DAY)
    throw new TooMany('Too many wrong codes today. Use a recovery code, or a device on which you signed in before.', factor.left);
  const secret = openSecret(config, staff, factor.secret);
  const step = secret && stepOf(secret, code, factor.seconds);
  if (!step) return false;
  const taken = await sql`
    update second_factors set last_step = ${step}, wrong_codes = greatest(wrong_codes - ${counted}, 0)
    where staff_id = ${staff} and last_step < ${step}`.execute(db);
  return taken.numAffectedRows === 1n;
}

async function useRecoveryCode(db: Kysely<DB>, staff: number, code: string): Promise<boolean> {
  const used = await db
    .updateTable('recovery_codes')
    .set({ used_at: sql`now()` })
    .where('staff_id', '=', staff)
    .where('code_hash', '=', hashRecoveryCode(code))
    .where('used_at', 'is', null)
    .executeTakeFirst();
  return used.numUpdatedRows === 1n;
}

const PURPOSE = 'second-factor';

/** The secret as it is stored, and as the form holds it that sets it up: only for this person. */
export function sealSecret(config: Pick<Means['config'], 'sessionSecrets'>, staff: number, secret: Buffer): Buffer {
  return seal(deriveKeys(config.sessionSecrets, PURPOSE)[0], secret, `staff ${staff}`);
}

/** @returns null when it was sealed with a secret that the server does not have any more: then recovery codes are the way in */
export function openSecret(config: Pick<Means['config'], 'sessionSecrets'>, staff: number, sealed: Buffer): Buffer | null {
  return unseal(deriveKeys(config.sessionSecrets, PURPOSE), sealed, `staff ${staff}`);
}
