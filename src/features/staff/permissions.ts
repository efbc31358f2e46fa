export const ROLES = ['mechanic', 'advisor', 'manager'] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_NAMES: Record<Role, string> = { mechanic: 'Mechanic', advisor: 'Advisor', manager: 'Manager' };

const EVERYBODY: readonly Role[] = ROLES;
const DESK: readonly Role[] = ['advisor', 'manager'];
const MANAGER: readonly Role[] = ['manager'];

/**
 * The one table of who may do what. Routes, buttons and the page /permissions read it; `anyone` (signed in or not) is
 * the only other thing a route may declare.
 */
export const PERMISSIONS = {
  'board.see': { roles: EVERYBODY, does: 'See the board and every work order' },
  'board.move': { roles: EVERYBODY, does: 'Move cards, and take back one’s own last move' },
  'board.reopen': { roles: MANAGER, does: 'Move a card out of a finished column, with a reason' },
  'work-order.create': { roles: DESK, does: 'Open a work order' },
  'work-order.edit': { roles: DESK, does: 'Change what a work order says, and who it is for' },
  'work-order.assign': { roles: DESK, does: 'Say who works on it and who looks after it' },
  'work-order.take': { roles: EVERYBODY, does: 'Take a work order that nobody works on' },
  'work-order.block': { roles: EVERYBODY, does: 'Mark a work order as blocked, and free it again' },
  'work-order.label': { roles: EVERYBODY, does: 'Put labels on a work order' },
  'work-order.hand-over': { roles: DESK, does: 'Hand a finished vehicle over, which takes its card off the board' },
  'work-order.print': { roles: EVERYBODY, does: 'Print a work order' },
  'job.write-up': { roles: EVERYBODY, does: 'Write cause and correction of a job, and say how far it is' },
  'job.edit': { roles: DESK, does: 'Add, change and remove jobs and their lines' },
  'media.add': { roles: EVERYBODY, does: 'Add photos and video to a work order, caption them and draw on them' },
  'media.release': { roles: DESK, does: 'Choose which pictures a customer sees, and take the originals out' },
  'media.remove': { roles: DESK, does: 'Remove a picture' },
  'inspection.fill': { roles: EVERYBODY, does: 'Inspect a vehicle, and propose jobs for what is found' },
  'inspection.release': { roles: DESK, does: 'Release what was found to the customer' },
  'quality.check': { roles: EVERYBODY, does: 'Check somebody else’s work before the vehicle is ready' },
  'link.make': { roles: DESK, does: 'Make a customer’s link, and revoke it' },
  'question.answer': { roles: DESK, does: 'Answer what a customer asks' },
  'message.see': { roles: DESK, does: 'See messages to customers and from them' },
  'message.write': { roles: DESK, does: 'Write to customers, take messages back, and say who answers what came in' },
  'hold.acknowledge': { roles: DESK, does: 'Write down that a customer knows of an unsafe vehicle' },
  'hold.release': { roles: DESK, does: 'Release a held vehicle, as the second person' },
  'evidence.take': { roles: DESK, does: 'Take a work order out with all that proves it' },
  'price.see': { roles: DESK, does: 'See prices and sums' },
  'cost.see': { roles: DESK, does: 'See what parts cost the shop, and the margin' },
  'discount.give': { roles: DESK, does: 'Give a discount, up to the limit of one’s role' },
  'consent.record': { roles: DESK, does: 'Write down what a customer has approved or declined' },
  'invoice.make': { roles: DESK, does: 'Make an invoice of a work order, and post it' },
  'invoice.unpost': { roles: MANAGER, does: 'Open a posted invoice again, with a reason' },
  'payment.take': { roles: DESK, does: 'Take payments' },
  'payment.refund': { roles: MANAGER, does: 'Give money back' },
  'till.close': { roles: DESK, does: 'Count and close the till' },
  'board.override': { roles: MANAGER, does: 'Move a card against a rule of the board, with a reason' },
  'customer.see': { roles: DESK, does: 'See customers, what they owe, and their statements' },
  'customer.edit': { roles: DESK, does: 'Add and change customers and vehicles' },
  'customer.merge': { roles: MANAGER, does: 'Put duplicates together, and take that back' },
  'vehicle.see': { roles: EVERYBODY, does: 'See vehicles and what was done on them' },
  search: { roles: EVERYBODY, does: 'Search for work orders, vehicles and customers' },
  'billing.manage': { roles: MANAGER, does: 'Set rates, taxes, fees, prices, texts and the law that applies' },
  'inspections.manage': { roles: MANAGER, does: 'Make and change inspection templates' },
  'visits.manage': { roles: MANAGER, does: 'Set what a visit needs, and what a customer’s page says' },
  'messages.manage': { roles: MANAGER, does: 'Set what customers are told, and when' },
  'hours.manage': { roles: MANAGER, does: 'Set opening hours, bays, and what can be booked' },
  'calendar-feeds.manage': { roles: MANAGER, does: 'Make and revoke addresses by which other calendars read this one' },
  'data.import': { roles: MANAGER, does: 'Read customers, vehicles and parts in from a file' },
  'data.export': { roles: MANAGER, does: 'Take everything out as files' },
  'appointment.see': { roles: EVERYBODY, does: 'See the calendar and every appointment' },
  'appointment.change': { roles: DESK, does: 'Book, move, confirm and cancel appointments, and check vehicles in' },
  'comment.write': { roles: EVERYBODY, does: 'Comment, and change or delete one’s own comments' },
  'comment.moderate': { roles: MANAGER, does: 'Delete anybody’s comment' },
  'notice.read': { roles: EVERYBODY, does: 'See what one was told, and mark it as read' },
  'columns.manage': { roles: MANAGER, does: 'Add, change, reorder and remove columns of the board' },
  'labels.manage': { roles: MANAGER, does: 'Add, change and remove labels' },
  'tv.manage': { roles: MANAGER, does: 'Make and revoke links for wall TVs' },
  'api-tokens.manage': { roles: MANAGER, does: 'Make and revoke tokens that let other programs in' },
  'webhooks.manage': { roles: MANAGER, does: 'Tell other programs what happens in the shop, by webhooks' },
  'activity.see': { roles: MANAGER, does: 'See who did what and when, and who was refused' },
  'health.see': { roles: MANAGER, does: 'See how the program runs, what went wrong, and what to do' },
  'retention.manage': { roles: MANAGER, does: 'Set how long sign-ins and faults are kept' },
  'staff.manage': {
    roles: MANAGER,
    does: 'Invite and disable people, change their roles, end their sessions, and say who needs a second factor',
  },
  'account.own': { roles: EVERYBODY, does: 'Change one’s own password and second factor, end one’s sessions, and see this table' },
} as const satisfies Record<string, { roles: readonly Role[]; does: string }>;

export type Permission = keyof typeof PERMISSIONS;

/** Whether a role has a permission; an unknown role or permission never does. */
export function can(role: string, permission: string): boolean {
  if (!Object.hasOwn(PERMISSIONS, permission)) return false;
  const { roles }: { roles: readonly string[] } = PERMISSIONS[permission as Permission];
  return roles.includes(role);
}
