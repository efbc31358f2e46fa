import type { Request } from 'express';
import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { originOf } from '../../platform/web/addresses.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { InviteInput, RoleInput } from './inputs.js';
import { inviteMember, renewInvitation } from './invitations.js';
import { changeRole, listMembers, setDisabled } from './members.js';
import { endMemberSessions } from './own-sessions.js';
import { PERMISSIONS, ROLE_NAMES } from './permissions.js';
import { ASKED, askForSecondFactor, resetSecondFactor, whoIsAsked } from './second-factor-changes.js';

const OneMember = z.object({ staff: Id });
const Nothing = z.strictObject({});
const AskedInput = z.strictObject({ asked: z.enum(ASKED, 'Please choose who.') });

/** People of the shop, and the page that shows the permission table. */
export function staffRoutes({ db, config }: Services): Route[] {
  const list = async (viewer: Viewer, refused: Refused | null, link: { name: string; url: string } | null = null): Promise<Answer> =>
    page('staff/staff', {
      title: 'Staff',
      members: await listMembers(db, viewer.shop),
      roles: ROLE_NAMES,
      asked: await whoIsAsked(db, viewer.shop),
      values: refused?.values ?? {},
      errors: refused?.fields ?? {},
      link,
    });
  const again = ({ viewer }: { viewer: Viewer }, refused: Refused) => list(viewer, refused);
  /** The link is shown once, to the manager, to hand over: only its hash is kept. */
  const showLink = async (viewer: Viewer, staff: number, token: string, request: Request): Promise<Answer> => {
    const member = (await listMembers(db, viewer.shop)).find((one) => one.id === staff);
    return list(viewer, null, { name: member?.name ?? '', url: `${originOf(config, request)}/invitations/${token}` });
  };

  return [
    get('/staff', { may: 'staff.manage' }, ({ viewer }) => list(viewer, null)),
    post('/staff', { may: 'staff.manage', body: InviteInput, form: again }, async ({ viewer, body, request }) => {
      const invited = await inviteMember(db, viewer, body);
      if (!invited.token)
        return done('/staff', { flash: { text: `${body.name} signs in as they do at the other shop that they belong to.` } });
      return showLink(viewer, invited.staff, invited.token, request);
    }),
    post(
      '/staff/:staff/links',
      { may: 'staff.manage', params: OneMember, body: Nothing, form: again },
      async ({ viewer, params, request }) => showLink(viewer, params.staff, await renewInvitation(db, viewer, params.staff), request),
    ),
    post(
      '/staff/:staff/roles',
      { may: 'staff.manage', params: OneMember, body: RoleInput, form: again },
      async ({ viewer, params, body }) => {
        await changeRole(db, viewer, params.staff, body.role);
        return done('/staff', { flash: { text: 'The role is changed.' } });
      },
    ),
    post(
      '/staff/:staff/disablements',
      { may: 'staff.manage', params: OneMember, body: Nothing, form: again },
      async ({ viewer, params }) => {
        await setDisabled(db, viewer, params.staff, true);
        return done('/staff', { flash: { text: 'They can’t sign in any more.' } });
      },
    ),
    post(
      '/staff/:staff/enablements',
      { may: 'staff.manage', params: OneMember, body: Nothing, form: again },
      async ({ viewer, params }) => {
        await setDisabled(db, viewer, params.staff, false);
        return done('/staff', { flash: { text: 'They can sign in again.' } });
      },
    ),
    post(
      '/staff/:staff/session-endings',
      { may: 'staff.manage', params: OneMember, body: Nothing, form: again },
      async ({ viewer, params }) => {
        const ended = await endMemberSessions(db, viewer, params.staff);
        return done('/staff', { flash: { text: ended > 0 ? 'They are signed out everywhere.' : 'They were signed in nowhere.' } });
      },
    ),
    post(
      '/staff/:staff/second-factor-resets',
      { may: 'staff.manage', params: OneMember, body: Nothing, form: again },
      async ({ viewer, params }) => {
        await resetSecondFactor({ db }, viewer, params.staff);
        return done('/staff', { flash: { text: 'Their second factor is gone, and they are signed out. The password signs them in.' } });
      },
    ),
    post('/staff/second-factors', { may: 'staff.manage', body: AskedInput, form: again }, async ({ viewer, body }) => {
      await askForSecondFactor({ db }, viewer, body.asked);
      return done('/staff', { flash: { text: 'Saved. Who is asked for a second factor sets it up before anything else opens.' } });
    }),
    get('/permissions', { may: 'account.own' }, () =>
      page('staff/permissions', { title: 'Who may do what', permissions: Object.values(PERMISSIONS), roles: ROLE_NAMES }),
    ),
  ];
}
