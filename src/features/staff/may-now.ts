import { ElsewhereFirst } from '../../platform/errors.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { can } from './permissions.js';

/** Where a second factor is set up. */
export const SECOND_FACTOR_PAGE = '/account/second-factor';

/**
 * Whether somebody may use a route now: by the permission table, and not before the second factor that their shop asks for.
 * @throws ElsewhereFirst when there is none yet, for everything but one's own account
 */
export function mayNow(viewer: Viewer, permission: string): boolean {
  if (viewer.owesSecondFactor && permission !== 'account.own')
    throw new ElsewhereFirst('Your shop asks for a second factor at sign-in. Please set it up first.', SECOND_FACTOR_PAGE);
  return can(viewer.role, permission);
}
