import { sql } from 'kysely';
import { z } from 'zod';
import { type Actor, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Invalid } from '../../platform/errors.js';
import { Email, optional, required } from '../../platform/web/forms.js';
import { editInput } from '../settings/edit-input.js';
import { type Fields, type FormState, formState, mergeRow, type Row, type Texts, text } from '../settings/fields.js';
import type { Sheet } from '../settings/sheets.js';
import { type Mode, OCCASIONS, type OccasionName, type Template, unknownNames, type Words } from './templates.js';

/** `08:00:00` as a form has it. */
const time = (column: string) => ({ column, show: (value: unknown) => String(value).slice(0, 5) });

/** How messages are sent. */
export const MESSAGING: Sheet = {
  table: 'message_settings',
  event: 'message-settings.changed',
  fields: {
    language: text('language'),
    ...{ dayBegins: time('day_begins'), dayEnds: time('day_ends') },
    undoSeconds: text('undo_seconds'),
    replyTo: text('reply_to'),
    remindHours: text('remind_hours'),
    remindDeclinedDays: { column: 'remind_declined_days', show: (value) => (value === null ? '' : String(value)) },
  },
};

const whole = (least: number, most: number) =>
  z
    .string({ error: 'Please fill this in.' })
    .trim()
    .regex(/^\d{1,4}$/, 'Please write a whole number.')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `Please choose from ${least} to ${most}.`);
const Time = z
  .string({ error: 'Please fill this in.' })
  .trim()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'Please write a time such as 08:00.');
/** A tag of BCP 47, as far as messages need one: `de`, `pt-BR`. */
const Language = z
  .string({ error: 'Please fill this in.' })
  .trim()
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'Please write a language as en, de or pt-BR.')
  .max(35);

export const MESSAGING_INPUTS = {
  ...{ language: Language, dayBegins: Time, dayEnds: Time, undoSeconds: whole(0, 600) },
  replyTo: z.union([z.literal(''), Email], 'That is not an e-mail address.').default(''),
  ...{ remindHours: whole(1, 168), remindDeclinedDays: z.union([z.literal('').transform(() => null), whole(1, 730)]).default(null) },
};

/** @throws Invalid when the day ends before it begins */
export function checkDay(mine: Record<string, unknown>): void {
  if (String(mine.dayBegins) >= String(mine.dayEnds)) throw new Invalid({ dayEnds: 'The day has to end after it begins.' });
}

const OccasionInput = z.enum(Object.keys(OCCASIONS) as [OccasionName, ...OccasionName[]], 'That is not one of the choices.');

/** Which words are meant. */
export const Which = z.strictObject({
  occasion: OccasionInput.default('confirmed'),
  column: z.coerce.number().int().min(0).max(999_999_999_999).default(0),
  language: Language.optional(),
});

/** The words of an occasion in one language. The mode is the same in all of them. */
const TEMPLATE: Fields = { mode: text('mode'), subject: text('subject'), text: text('text'), shortText: text('short_text') };

const TEMPLATE_INPUTS = {
  ...{ occasion: OccasionInput, column: z.coerce.number().int().min(0).max(999_999_999_999).default(0), language: Language },
  mode: z.enum(['never', 'ask', 'always'], 'That is not one of the choices.'),
  subject: required('The subject', 200),
  text: required('The text', 5000),
  shortText: required('The short text', 600),
};
const Typed = z.object(TEMPLATE_INPUTS);
export const TemplateInput = editInput(TEMPLATE, TEMPLATE_INPUTS).transform(({ mine, original }) => ({
  ...{ mine: mine as z.output<typeof Typed>, original },
}));
/** What is being typed: nothing of it need be whole yet. */
export const PreviewInput = editInput(TEMPLATE, {
  ...{
    occasion: OccasionInput,
    column: z.string().max(20).default('0'),
    language: z.string().max(50).default(''),
    mode: z.string().max(10).default(''),
  },
  ...{ subject: optional('The subject', 200), text: optional('The text', 5000), shortText: optional('The short text', 600) },
}).transform(({ mine }) => mine as unknown as Words);

/** What the shop says on an occasion, in all languages. */
export async function listTemplates(db: Database, shop: number, occasion: OccasionName, column: number): Promise<Template[]> {
  const { rows } = await sql<Template>`
    select language, column_id as "column", mode, subject, text, short_text as "shortText" from message_templates
    where shop_id = ${shop} and occasion = ${occasion} and column_id = ${column} order by language`.execute(db);
  return rows;
}

/** What is said on an occasion in a language, as the form has it: the shop's own words, else the program's. */
function rowOf(occasion: OccasionName, own: Template[], saved: Template | undefined): Row {
  const words: Words = saved ?? OCCASIONS[occasion].words;
  const mode = own[0]?.mode ?? OCCASIONS[occasion].mode;
  return { mode, subject: words.subject, text: words.text, short_text: words.shortText };
}

/** Words in a language that has none yet are nobody else's, whatever language the form showed when it was opened. */
function isCompared(name: string, saved: Template | undefined): boolean {
  return saved !== undefined || name === 'mode';
}

/** The form of an occasion's words: opened, or, with what was typed, come back. */
export function templateForm(
  occasion: OccasionName,
  own: Template[],
  language: string,
  typed: Record<string, unknown> | null,
): FormState & { isOwn: boolean } {
  const saved = own.find((one) => one.language === language);
  const row = rowOf(occasion, own, saved);
  const others = Object.keys(TEMPLATE).filter((name) => !isCompared(name, saved));
  const kept = typed && Object.fromEntries(Object.entries(typed).filter(([name]) => !others.some((one) => name === `original.${one}`)));
  return { ...formState(TEMPLATE, row, kept), isOwn: saved !== undefined };
}

/**
 * Says something else on an occasion from now on. The mode is the same in all languages.
 * @param original what the form showed when it was opened
 * @throws Invalid with a sentence for each field that names what the occasion does not know; Conflict when somebody else changed the
 * same field meanwhile
 */
export async function saveTemplate(db: Database, actor: Actor, original: Texts, mine: z.output<typeof Typed>): Promise<void> {
  const { occasion, language } = mine;
  refuseUnknown(occasion, mine);
  await change(db, actor, {}, async (tx) => {
    const column = occasion === 'stage' || occasion === 'ready' ? mine.column : 0;
    const { rows } = await sql`select from columns where shop_id = ${tx.shop} and id = ${column} and position is not null`.execute(tx.db);
    if (column !== 0 && rows.length === 0) throw new Invalid({ column: 'That column is not on the board any more.' });
    const own = await listTemplates(tx.db, tx.shop, occasion, column);
    const saved = own.find((one) => one.language === language);
    const compared = Object.fromEntries(Object.entries(original).filter(([name]) => isCompared(name, saved)));
    const now = rowOf(occasion, own, saved);
    const edit = mergeRow(TEMPLATE, now, compared, mine);
    if (saved && !edit) return;
    const words = { ...now, ...edit?.set };
    const mode = String(words.mode);
    await sql`insert into message_templates (shop_id, occasion, column_id, language, mode, subject, text, short_text)
      values (${tx.shop}, ${occasion}, ${column}, ${language}, ${mode}, ${words.subject}, ${words.text}, ${words.short_text})
      on conflict (shop_id, occasion, column_id, language) do update
      set subject = excluded.subject, text = excluded.text, short_text = excluded.short_text`.execute(tx.db);
    await sql`update message_templates set mode = ${mode} where shop_id = ${tx.shop} and occasion = ${occasion} and column_id = ${column}`.execute(
      tx.db,
    );
    tx.record('message-template.changed', null, { occasion, column, language, mode });
  });
}

/** The program's own words again. */
export async function removeTemplate(
  db: Database,
  actor: Actor,
  which: { occasion: OccasionName; column: number; language: string },
): Promise<void> {
  const { occasion, column, language } = which;
  await change(db, actor, {}, async (tx) => {
    const { numAffectedRows } = await sql`delete from message_templates
      where shop_id = ${tx.shop} and occasion = ${occasion} and column_id = ${column} and language = ${language}`.execute(tx.db);
    if (numAffectedRows) tx.record('message-template.removed', null, { occasion, column, language });
  });
}

function refuseUnknown(occasion: OccasionName, words: Words): void {
  const { names } = OCCASIONS[occasion];
  const wrong: Record<string, string> = {};
  for (const field of ['subject', 'text', 'shortText'] as const) {
    const [unknown] = unknownNames(words[field], names);
    if (unknown !== undefined)
      wrong[field] = `{${unknown}} is not known here. What can be named: ${names.map((name) => `{${name}}`).join(' ')}`;
  }
  if (Object.keys(wrong).length > 0) throw new Invalid(wrong);
}

export const MODES: [Mode, string][] = [
  ['never', 'Never'],
  ['ask', 'Ask me: I see it first'],
  ['always', 'Always, by itself'],
];
