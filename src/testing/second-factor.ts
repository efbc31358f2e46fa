import { sql } from 'kysely';
import { sealSecret } from '../features/staff/second-factor.js';
import { codeAt, hashRecoveryCode, newRecoveryCodes, newSecret } from '../features/staff/second-factor-codes.js';
import type { Database } from '../platform/database/pool.js';
import type { Secrets } from '../platform/secrets.js';
import { testEnvironment } from './server.js';

/** The authenticator app of somebody, with their recovery codes. */
export interface TestApp {
  secret: Buffer;
  recovery: string[];
  /** The code of a step: 0 is the present one, by the database's clock. */
  code(step?: number): Promise<string>;
}

/** Gives a person a second factor, as if they had set it up long ago. */
export async function giveSecondFactor(
  db: Database,
  staff: number,
  secrets: Secrets = [testEnvironment('').SESSION_SECRET as string],
): Promise<TestApp> {
  const secret = newSecret();
  const recovery = newRecoveryCodes();
  const sealed = sealSecret({ sessionSecrets: secrets }, staff, secret);
  await db.insertInto('second_factors').values({ staff_id: staff, secret: sealed, last_step: 0 }).execute();
  await db
    .insertInto('recovery_codes')
    .values(recovery.map((code) => ({ staff_id: staff, code_hash: hashRecoveryCode(code) })))
    .execute();
  return appOf(db, secret, recovery);
}

/** An app that was given this secret. */
export function appOf(db: Database, secret: Buffer, recovery: string[] = []): TestApp {
  const code = async (step = 0) => {
    const { rows } = await sql<{ seconds: number }>`select extract(epoch from now())::float8 as seconds`.execute(db);
    return codeAt(secret, (rows[0]?.seconds as number) + 30 * step);
  };
  return { secret, recovery, code };
}

/** A six-digit code that is none of the app's around now. */
export async function wrongCode(app: TestApp): Promise<string> {
  const right = await Promise.all([-2, -1, 0, 1, 2].map((step) => app.code(step)));
  return ['000001', '000002', '000003', '000004', '000005', '000006'].find((code) => !right.includes(code)) as string;
}
