import type { Services } from '../../platform/services.js';
import { openSecret, sealSecret } from './second-factor.js';

/**
 * Encrypts every second factor anew with the first secret, so that nothing hangs on the older ones any more.
 * @returns how many there are, and how many nobody can open: their secret is gone already, and only a recovery code or a reset helps
 */
export async function sealAnew({ db, config }: Pick<Services, 'db' | 'config'>): Promise<{ sealed: number; lost: number }> {
  const factors = await db.selectFrom('second_factors').select(['staff_id', 'secret']).execute();
  let lost = 0;
  for (const { staff_id: staff, secret } of factors) {
    const plain = openSecret(config, staff, secret);
    if (!plain) lost++;
    // Only what was read: somebody may set up another one meanwhile.
    else
      await db
        .updateTable('second_factors')
        .set({ secret: sealSecret(config, staff, plain) })
        .where('staff_id', '=', staff)
        .where('secret', '=', secret)
        .execute();
  }
  return { sealed: factors.length - lost, lost };
}
