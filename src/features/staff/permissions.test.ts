import { expect, test } from 'vitest';
import { can, PERMISSIONS, ROLES } from './permissions.js';

test('a manager may do everything, and every permission says what it is', () => {
  for (const [name, { roles, does }] of Object.entries(PERMISSIONS)) {
    expect(roles, name).toContain('manager');
    expect(does).toMatch(/^[A-Z].{8,}[^.]$/);
  }
});

test('a mechanic works, an advisor runs the desk, a manager runs the shop', () => {
  const allowed = (role: string) => Object.keys(PERMISSIONS).filter((permission) => can(role, permission));
  expect(allowed('mechanic')).toEqual([
    ...[
      'board.see',
      'board.move',
      'work-order.take',
      'work-order.block',
      'work-order.label',
      'work-order.print',
      'job.write-up',
      'media.add',
      'inspection.fill',
      'quality.check',
      'vehicle.see',
      'search',
      'appointment.see',
      'comment.write',
      'notice.read',
      'account.own',
    ],
  ]);
  const managers = [
    ...[
      'board.reopen',
      'invoice.unpost',
      'payment.refund',
      'board.override',
      'customer.merge',
      'billing.manage',
      'inspections.manage',
      ...['visits.manage', 'messages.manage', 'hours.manage', 'calendar-feeds.manage'],
      'data.import',
      'data.export',
    ],
    ...['comment.moderate', 'columns.manage', 'labels.manage', 'tv.manage', 'api-tokens.manage', 'webhooks.manage'],
    ...['activity.see', 'health.see', 'retention.manage', 'staff.manage'],
  ];
  expect(Object.keys(PERMISSIONS).filter((permission) => !can('advisor', permission))).toEqual(managers);
});

test('a role or permission that does not exist allows nothing', () => {
  for (const role of ['', 'owner', 'Manager', '__proto__', 'constructor']) expect(can(role, 'board.see')).toBe(false);
  for (const role of ROLES)
    for (const permission of ['', 'anyone', 'board', 'toString', '__proto__']) expect(can(role, permission)).toBe(false);
});
