/** What a message can name; each stands in a text as `{vehicle}`. */
export const NAMES = {
  shop: 'The shop’s name',
  phone: 'The shop’s phone number',
  customer: 'The customer’s name',
  vehicle: 'The vehicle',
  number: 'The number of the work order',
  stage: 'The column that the card came to',
  when: 'Day and time of the appointment, or of the promise',
  work: 'What was declined, or is due',
  link: 'The address of the customer’s page',
} as const;
export type Name = keyof typeof NAMES;

export interface Words {
  /** Of a mail. */
  subject: string;
  text: string;
  /** As a text message. */
  shortText: string;
}

interface Occasion {
  /** When it is said. */
  title: string;
  names: readonly Name[];
  /** What is said where the shop has no words of its own, in English. */
  words: Words;
  /** Whether it goes by itself, is shown first, or not at all, in a new shop. */
  mode: Mode;
  topic: 'service' | 'marketing';
}
/** never: not at all; ask: shown, and sent when somebody says so; always: by itself. */
export type Mode = 'never' | 'ask' | 'always';

const ALWAYS: readonly Name[] = ['shop', 'phone', 'customer', 'vehicle'];
const occasion = (title: string, names: Name[], mode: Mode, topic: Occasion['topic'], words: Words): Occasion => ({
  ...{ title, names: [...ALWAYS, ...names], mode, topic, words },
});

/** Every occasion on which a customer can be told something. */
export const OCCASIONS = {
  requested: occasion('Somebody asked for an appointment', ['when', 'link'], 'always', 'service', {
    subject: 'Your request for {when}',
    text: 'Hello {customer},\n\nthank you. You asked to bring your {vehicle} on {when}. We will confirm it soon.\n\nChange or cancel it: {link}\n\n{shop}, {phone}',
    shortText: '{shop}: you asked for {when} with your {vehicle}. We will confirm it soon. {link}',
  }),
  confirmed: occasion('An appointment is confirmed', ['when', 'link'], 'always', 'service', {
    subject: 'Your appointment on {when}',
    text: 'Hello {customer},\n\nwe expect you with your {vehicle} on {when}.\n\nChange or cancel it: {link}\n\n{shop}, {phone}',
    shortText: '{shop}: we expect you on {when} with your {vehicle}. {link}',
  }),
  changed: occasion('An appointment has another time', ['when', 'link'], 'always', 'service', {
    subject: 'Your appointment is now on {when}',
    text: 'Hello {customer},\n\nyour appointment with your {vehicle} is now on {when}.\n\nChange or cancel it: {link}\n\n{shop}, {phone}',
    shortText: '{shop}: your appointment is now on {when}. {link}',
  }),
  cancelled: occasion('An appointment is cancelled', ['when'], 'always', 'service', {
    subject: 'Your appointment on {when} is cancelled',
    text: 'Hello {customer},\n\nyour appointment on {when} is cancelled. Call us for another one: {phone}\n\n{shop}',
    shortText: '{shop}: your appointment on {when} is cancelled. {phone}',
  }),
  reminder: occasion('The day before an appointment', ['when', 'link'], 'always', 'service', {
    subject: 'Tomorrow: {when}',
    text: 'Hello {customer},\n\nwe expect you with your {vehicle} on {when}.\n\nChange or cancel it: {link}\n\n{shop}, {phone}',
    shortText: '{shop}: see you on {when} with your {vehicle}. {link}',
  }),
  estimate: occasion('An estimate is ready', ['number', 'link'], 'ask', 'service', {
    subject: 'Your {vehicle}: what we found',
    text: 'Hello {customer},\n\nhere you see what we found on your {vehicle}, with pictures and prices, and can answer:\n{link}\n\n{shop}, {phone}',
    shortText: '{shop}: what we found on your {vehicle}, to look at and answer: {link}',
  }),
  // Most moves are of no interest to the customer: the shop chooses the columns of which they hear.
  stage: occasion('A card came to a column', ['number', 'stage', 'link'], 'never', 'service', {
    subject: 'Your {vehicle}: {stage}',
    text: 'Hello {customer},\n\nyour {vehicle} is now at “{stage}”. Where it is at any time: {link}\n\n{shop}, {phone}',
    shortText: '{shop}: your {vehicle} is now at “{stage}”. {link}',
  }),
  ready: occasion('A vehicle is ready', ['number', 'link'], 'ask', 'service', {
    subject: 'Your {vehicle} is ready',
    text: 'Hello {customer},\n\nyour {vehicle} is ready to be picked up. What was done: {link}\n\n{shop}, {phone}',
    shortText: '{shop}: your {vehicle} is ready. {link}',
  }),
  declined: occasion('Work that was declined', ['work', 'link'], 'ask', 'marketing', {
    subject: 'Your {vehicle}: {work}',
    text: 'Hello {customer},\n\nat your last visit you put this off: {work}. Shall we do it? {link}\n\n{shop}, {phone}',
    shortText: '{shop}: you put this off for your {vehicle}: {work}. Shall we do it? {link}',
  }),
  due: occasion('A service is due', ['work', 'link'], 'ask', 'marketing', {
    subject: 'Your {vehicle}: {work}',
    text: 'Hello {customer},\n\nthis is due for your {vehicle}: {work}. Choose a time: {link}\n\n{shop}, {phone}',
    shortText: '{shop}: due for your {vehicle}: {work}. {link}',
  }),
} as const satisfies Record<string, Occasion>;
export type OccasionName = keyof typeof OCCASIONS;

/** What leads to a link: the clause before it, up to its colon. */
const LED_TO = /(?<=^|[.?!] )[^.?!:{}\n]*:[ \n]?\{link\}/gm;
const PLACE = /\{([^{}\n]{1,40})\}/g;

/** What a text names that this occasion does not know: `{vehcile}`. */
export function unknownNames(text: string, names: readonly Name[]): string[] {
  return [...text.matchAll(PLACE)].map(([, name]) => name as string).filter((name) => !(names as readonly string[]).includes(name));
}

/** A template as a shop has it. */
export interface Template extends Words {
  language: string;
  column: number;
  mode: Mode;
}

/**
 * The words for somebody, and whether they go by themselves. Of a card that came to a column: what is said of that column, else
 * what is said of any. The mode is the same in all languages, so that a language without words surprises nobody.
 * @param languages that they understand, best first, as tags of BCP 47; the program's own words are English
 */
export function chooseWords(
  occasion: OccasionName,
  templates: readonly Template[],
  column: number,
  languages: readonly string[],
): Words & { mode: Mode } {
  const ofColumn = templates.filter((template) => template.column === column);
  const ours = ofColumn.length > 0 ? ofColumn : templates.filter((template) => template.column === 0);
  const { words, mode } = OCCASIONS[occasion];
  return { ...(wordsIn(ours, languages) ?? words), mode: ours[0]?.mode ?? mode };
}

function wordsIn(templates: readonly Template[], languages: readonly string[]): Words | null {
  // What is said in de-AT is said in de where there is nothing of its own (BCP 47, RFC 4647 3.4).
  const wanted = languages.flatMap((language) => [language, language.split('-')[0] as string]);
  for (const language of wanted) {
    const found = templates.find((template) => template.language === language);
    if (found) return { subject: found.subject, text: found.text, shortText: found.shortText };
    if (language === 'en') return null;
  }
  return null;
}

/**
 * A text with what it names. What is filled in is not looked through again: a customer called {link} stays that.
 * @param values of each name; what is empty leaves nothing, and no line of its own; without a link nothing is said of it (`Change it: {link}`)
 */
export function fill(text: string, values: Partial<Record<Name, string>>): string {
  return (values.link ? text : text.replace(LED_TO, '').replace(/\n{3,}/g, '\n\n'))
    .split('\n')
    .flatMap((line) => {
      const filled = line.replace(PLACE, (whole, name: string) =>
        Object.hasOwn(NAMES, name) ? oneLine(values[name as Name] ?? '') : whole,
      );
      return filled.trim() === '' && line.trim() !== '' ? [] : [filled];
    })
    .join('\n');
}

/** A subject in one line, as a mail's head has it (RFC 5322, 2.2: no line ends). */
export function fillSubject(text: string, values: Partial<Record<Name, string>>): string {
  return oneLine(fill(oneLine(text), values)).slice(0, 200);
}

function oneLine(text: string): string {
  return text.replace(/\s+/gu, ' ').trim();
}
