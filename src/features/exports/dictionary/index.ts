import { APPOINTMENT_TABLES } from './appointments.js';
import { CUSTOMER_TABLES } from './customers.js';
import { MESSAGE_TABLES } from './messages.js';
import { SETTINGS_TABLES } from './settings.js';
import type { ShopTable } from './table.js';
import { VISIT_TABLES } from './visits.js';
import { WORK_TABLES } from './work.js';

/**
 * Every table of a shop that an archive has, with a sentence for each of its columns. A test compares it with the catalog: a
 * new column has to be described here, or withheld with a reason, and a new table left out with one.
 */
export const SHOP_TABLES: Record<string, ShopTable> = {
  ...SETTINGS_TABLES,
  ...CUSTOMER_TABLES,
  ...WORK_TABLES,
  ...VISIT_TABLES,
  ...APPOINTMENT_TABLES,
  ...MESSAGE_TABLES,
};

/** Tables of a shop that no archive has, and why. */
export const LEFT_OUT: Record<string, string> = {
  invitations: 'Links that set a password.',
  imports: 'Files on their way in, kept for a day.',
  webhooks: 'They hold secrets, and a copy of the shop must not tell other programs what the shop tells them.',
  webhook_deliveries: 'What was sent by them.',
  api_sign_ins: 'Who is signed in by a program.',
  api_refresh_tokens: 'What keeps them signed in.',
  api_tokens: 'Tokens of programs: they open this installation only.',
  api_requests: 'Answers of the last day, for programs that ask twice.',
  calendar_feeds: 'Addresses of the calendar: they open this installation only.',
  customer_pages: 'Links that open a customer’s page.',
  notices: 'What somebody has not read yet.',
  chain_checks: 'When the record was last verified: verified anew elsewhere.',
};
