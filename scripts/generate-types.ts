import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { projectPath } from '../src/platform/project.js';
import { StartError } from '../src/platform/start-error.js';

/** What the schema says by a check, and the generator can't read there. */
const COLUMNS = {
  'memberships.role': '"mechanic" | "advisor" | "manager"',
  'columns.meaning': '"estimate" | "active" | "waiting" | "done"',
  'work_orders.blocked_reason': '"parts" | "approval" | "sublet" | "tool" | "other" | null',
  'tv_links.variant': '"floor" | "lobby"',
  'customers.kind': 'Generated<"person" | "company">',
  'vehicles.kind': 'Generated<"road" | "equipment">',
  'meters.unit': '"mi" | "km" | "h"',
  'meter_readings.moment': '"in" | "out"',
  'work_orders.document': 'Generated<"estimate" | "repair-order" | "invoice" | "posted">',
  'jobs.pay_type': 'Generated<"customer" | "warranty" | "internal" | "comeback">',
  'jobs.progress': 'Generated<"pending" | "in-progress" | "on-hold" | "complete">',
  'jobs.consent': 'Generated<"proposed" | "approved" | "declined" | "deferred" | "revised">',
  'lines.kind': '"labor" | "part" | "tire" | "sublet" | "fee" | "core" | "discount"',
  'lines.condition': '"new" | "used" | "rebuilt" | "reconditioned" | "oem-crash" | "non-oem" | null',
  'lines.tax_override': '"taxed" | "untaxed" | null',
  'lines.core_state': '"owed" | "received" | "not-returnable" | "returned" | "credited" | null',
  'price_matrices.kind': '"part" | "tire"',
  'price_matrices.basis': '"multiplier" | "margin"',
  'jurisdictions.threshold': 'Generated<"none" | "percent" | "greater" | "lesser">',
  'billing_settings.supplies_base': 'Generated<"none" | "labor" | "part" | "both">',
  'billing_settings.paper': 'Generated<"letter" | "a4">',
  'payments.kind': '"deposit" | "payment" | "refund"',
  'payments.method': '"cash" | "card" | "check" | "transfer" | "other"',
  'authorizations.method': '"in-person" | "phone" | "email" | "text" | "link"',
  'vehicles.type': 'Generated<"" | "car" | "truck" | "motorcycle" | "bicycle" | "trailer" | "machine">',
  'inspection_templates.vehicle_type': 'Generated<"" | "car" | "truck" | "motorcycle" | "bicycle" | "trailer" | "machine">',
  'findings.color': '"green" | "yellow" | "red" | "na" | null',
  'findings.reason': '"required" | "suggested" | null',
  'media.kind': '"photo" | "video"',
  'media.state': 'Generated<"ready" | "waiting" | "failed">',
  'media_files.use': '"original" | "thumbnail" | "screen" | "customer" | "poster" | "playable"',
  'work_orders.customer_state': '"sent" | "opened" | "asked" | "answered" | null',
  'holds.acknowledged_how': '"in-person" | "phone" | "email" | "text" | "link" | null',
  'holds.ended_why': '"released" | "approved" | "withdrawn" | null',
  'estimate_revisions.why': '"sent" | "approved" | "posted"',
  'merges.kind': '"customer" | "vehicle"',
  'appointments.state': '"requested" | "confirmed" | "arrived" | "no-show" | "cancelled"',
  'appointments.kind': '"waiting" | "drop-off" | "after-hours" | "ride"',
  'customers.preferred_channel': 'Generated<"" | "mail" | "sms">',
  'message_channels.channel': '"mail" | "sms"',
  'message_consents.channel': '"mail" | "sms"',
  'message_consents.topic': '"service" | "marketing"',
  'message_templates.mode': 'Generated<"never" | "ask" | "always">',
  'messages.channel': '"mail" | "sms"',
  'messages.direction': '"out" | "in"',
  'messages.state': '"waiting" | "sending" | "sent" | "failed" | "withdrawn" | "by-hand" | "received"',
  'messages.waits_for': '"undo" | "night" | "retry" | null',
  'notices.kind': '"mention" | "message" | "assigned" | "booking"',
  'webhooks.off_why': '"by-hand" | "gone" | "failing" | null',
  'webhook_deliveries.state': 'Generated<"waiting" | "delivered" | "failed">',
};

const OPTIONS = [
  '--dialect=postgres',
  '--exclude-pattern={public.migrations,graphile_worker.*}',
  // As src/platform/database/pool.ts reads them.
  `--type-mapping=${JSON.stringify({ int8: 'number' })}`,
  `--overrides=${JSON.stringify({ columns: COLUMNS })}`,
];

/**
 * Writes the types of all rows to src/platform/database/schema.ts.
 * @param url of a migrated database
 * @param verify only compare
 * @throws StartError when they differ
 */
export function generateTypes(url: string, verify: boolean): void {
  const program = createRequire(import.meta.url).resolve('kysely-codegen/dist/cli/bin.js');
  const file = projectPath('src', 'platform', 'database', 'schema.ts');
  const args = [program, ...OPTIONS, `--out-file=${file}`, '--url=env(DATABASE_URL)', ...(verify ? ['--verify'] : [])];
  try {
    // The address holds a password: by the environment, where no list of processes shows it.
    execFileSync(process.execPath, args, {
      env: { ...process.env, DATABASE_URL: url },
      stdio: ['ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const said = `${stdout}${stderr}`.trim();
    if (!verify) throw new Error(`The types could not be written: ${said}`);
    throw new StartError(`src/platform/database/schema.ts is not what the migrations say: run "npm run database:types".\n${said}`);
  }
}
