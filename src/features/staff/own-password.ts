import { Invalid } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { isRightPassword } from './passwords.js';
import type { SignInThrottle } from './throttle.js';

/** Asks for the password once more, before something that whoever found an open screen must not do. */
export type ConfirmPassword = (viewer: Viewer, address: string, password: string, field: string) => Promise<void>;

/** @returns throws Invalid, for that field, when the password is not this person's; TooMany when it was wrong too often */
export function confirmBy({ db }: Pick<Services, 'db'>, throttle: SignInThrottle): ConfirmPassword {
  return async (viewer, address, password, field) => {
    const { password_hash } = await db.selectFrom('staff').select('password_hash').where('id', '=', viewer.staff).executeTakeFirstOrThrow();
    const what = `password of ${viewer.staff}`;
    await throttle.count(what, address, undefined);
    if (!(await isRightPassword(password_hash, password))) throw new Invalid({ [field]: 'That is not your password now.' });
    await throttle.forget(what, address, undefined);
  };
}
