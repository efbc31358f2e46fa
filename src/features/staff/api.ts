import { z } from 'zod';
import type { Database } from '../../platform/database/pool.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, pageOf } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id } from '../../platform/web/forms.js';
import { InviteInput, RoleInput } from './inputs.js';
import { inviteMember } from './invitations.js';
import { changeRole, listMembers, type Member, setDisabled } from './members.js';
import { ROLES } from './permissions.js';

const One = z.object({ staff: Id });
const MemberJson = z
  .strictObject({
    ...{ id: JsonId, name: z.string(), email: z.string(), role: z.enum(ROLES), disabled: z.boolean() },
    active: z.boolean().meta({ description: 'False until they have chosen a password.' }),
    second_factor: z.boolean(),
  })
  .meta({ id: 'Member' });

async function read(db: Database, viewer: ApiViewer, { staff }: z.output<typeof One>) {
  const member = (await listMembers(db, viewer.shop)).find(({ id }) => id === staff);
  if (!member) throw new NotFound();
  return toJson(member);
}

const one = { tag: 'Staff', may: 'staff.manage', params: One, answer: MemberJson } as const;

/** The people of the shop. */
export function staffOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/staff',
      {
        ...{ id: 'listStaff', tag: 'Staff', summary: 'Everybody of the shop, by name; the disabled last', may: 'staff.manage' },
        ...{ answer: pageOf(MemberJson), example: {} },
      },
      async ({ viewer }) => asPage((await listMembers(db, viewer.shop)).map(toJson), null),
    ),
    api(
      'post',
      '/staff',
      {
        ...{ id: 'inviteMember', tag: 'Staff', summary: 'Adds a person to the shop', may: 'staff.manage', body: InviteInput },
        details: 'The link by which they choose a password is a secret: a manager makes it on the page “Staff”, where it is shown once.',
        ...{ answer: MemberJson, status: 201 },
        example: { body: { name: 'Sam Rivera', email: 'sam@example.com', role: 'mechanic' } },
      },
      async ({ viewer, body }) => read(db, viewer, await inviteMember(db, viewer, body)),
    ),
    api(
      'get',
      '/staff/:staff',
      { ...one, id: 'getMember', summary: 'One person', example: { params: { staff: '1' } } },
      ({ viewer, params }) => read(db, viewer, params),
    ),
    api(
      'put',
      '/staff/:staff/role',
      {
        ...{ ...one, id: 'changeRole', summary: 'Changes the role of a person', match: read, body: RoleInput },
        example: { params: { staff: '2' }, body: { role: 'advisor' } },
      },
      async ({ viewer, params, body }) => {
        await changeRole(db, viewer, params.staff, body.role);
        return read(db, viewer, params);
      },
    ),
    api(
      'put',
      '/staff/:staff/disablement',
      {
        ...{ ...one, id: 'disableMember', summary: 'They can’t sign in any more, from this moment', match: read },
        example: { params: { staff: '2' } },
      },
      async ({ viewer, params }) => {
        await setDisabled(db, viewer, params.staff, true);
        return read(db, viewer, params);
      },
    ),
    api(
      'delete',
      '/staff/:staff/disablement',
      {
        ...{ ...one, id: 'enableMember', summary: 'They can sign in again', match: read },
        example: { params: { staff: '2' } },
      },
      async ({ viewer, params }) => {
        await setDisabled(db, viewer, params.staff, false);
        return read(db, viewer, params);
      },
    ),
  ];
}

function toJson({ id, name, email, role, disabled, active, secondFactor }: Member): z.input<typeof MemberJson> {
  return { id, name, email, role, disabled: Boolean(disabled), active: Boolean(active), second_factor: Boolean(secondFactor) };
}
