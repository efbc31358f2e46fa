import { type Actor, type Change, type Changed, change } from '../../platform/database/change.js';
import type { Database } from '../../platform/database/pool.js';
import { Conflict, NotFound } from '../../platform/errors.js';
import { EditConflict } from '../customers/edit.js';
import type { VehicleType } from '../vehicles/rules.js';
import { mergeEdits } from '../work-orders/merge.js';
import { itemsOf, keyFor, type Section, type TemplateContent, type TemplateItem } from './content.js';
import { type ItemFields, readItem, toItemFields } from './item-fields.js';
import { getTemplate, insertNextVersion, MOST_ITEMS, MOST_SECTIONS, renameTemplate, type TemplateRow } from './templates.js';

// Each change of a template is about one thing of it, by its key: two people who edit different things both have their way.

type Merged = { changes: Record<string, string>; conflicts: EditConflict['conflicts'] };

/** @throws EditConflict when both changed the same field */
function merged(original: Record<string, string>, mine: Record<string, string>, current: Record<string, string>): Merged['changes'] {
  const { changes, conflicts } = mergeEdits({ ...current, ...original }, mine, current);
  if (Object.keys(conflicts).length > 0) throw new EditConflict<Record<string, string>>(conflicts, current);
  return changes;
}

/** Saves what a template is called and what it is for, field by field. @throws EditConflict */
export async function editTemplate(
  db: Database,
  actor: Actor,
  id: number,
  original: Record<string, string>,
  mine: { name: string; vehicleType: string },
): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const template = await getTemplate(tx.db, tx.shop, id);
    const changes = merged(original, mine, { name: template.name, vehicleType: template.vehicleType });
    if (Object.keys(changes).length === 0) return;
    await renameTemplate(tx, template, changes as Partial<{ name: string; vehicleType: VehicleType }>);
  });
}

/** A change of what a template says: the content as it becomes, and what is told of it. */
type Edit = (template: TemplateRow, tx: Change) => { content: TemplateContent; told: Parameters<typeof insertNextVersion>[3] } | null;

async function revise(db: Database, actor: Actor, id: number, edit: Edit): Promise<void> {
  await change(db, actor, {}, async (tx) => {
    const template = await getTemplate(tx.db, tx.shop, id);
    const edited = edit(template, tx);
    if (edited) await insertNextVersion(tx, template, edited.content, edited.told);
  });
}

const withSections = (sections: Section[]): TemplateContent => ({ sections });
const inSection = (content: TemplateContent, key: string, edit: (section: Section) => Section): TemplateContent =>
  withSections(content.sections.map((section) => (section.key === key ? edit(section) : section)));

function getSection({ content }: TemplateRow, key: string): Section {
  const section = content.sections.find((one) => one.key === key);
  if (!section) throw new NotFound('That section is not in the template any more.');
  return section;
}

/** An item with the section that it stands in. @throws NotFound when somebody has removed it */
export function getItem({ content }: TemplateRow, key: string): { item: TemplateItem; section: Section } {
  for (const section of content.sections) {
    const item = section.items.find((one) => one.key === key);
    if (item) return { item, section };
  }
  throw new NotFound('That item is not in the template any more.');
}

/** Adds an empty section behind the others. @returns its key */
export function addSection(
  db: Database,
  actor: Actor,
  id: number,
  name: string,
  requestId?: string,
): Promise<Changed<{ section: string }>> {
  return change(db, actor, { requestId: requestId && `inspection-section/${id}/${requestId}` }, async (tx) => {
    const template = await getTemplate(tx.db, tx.shop, id);
    const { sections } = template.content;
    if (sections.length >= MOST_SECTIONS) throw new Conflict(`A template can have at most ${MOST_SECTIONS} sections.`);
    const key = keyFor(
      name,
      sections.map((section) => section.key),
    );
    await insertNextVersion(tx, template, withSections([...sections, { key, name, items: [] }]), { what: 'section added', section: name });
    return { section: key };
  });
}

/** @throws EditConflict when somebody else has renamed it meanwhile */
export function renameSection(db: Database, actor: Actor, id: number, key: string, original: Record<string, string>, name: string) {
  return revise(db, actor, id, (template) => {
    const section = getSection(template, key);
    merged(original, { name }, { name: section.name });
    const content = inSection(template.content, key, (one) => ({ ...one, name }));
    return { content, told: { what: 'section renamed', from: section.name, to: name } };
  });
}

/** Moves a section one place up or down, with its items. */
export function shiftSection(db: Database, actor: Actor, id: number, key: string, direction: 'up' | 'down'): Promise<void> {
  return revise(db, actor, id, (template) => {
    const section = getSection(template, key);
    const content = withSections(shifted(template.content.sections, section, direction));
    return { content, told: { what: `section moved ${direction}`, section: section.name } };
  });
}

/** Takes a section out with its items. */
export function removeSection(db: Database, actor: Actor, id: number, key: string): Promise<void> {
  return revise(db, actor, id, (template) => {
    const section = getSection(template, key);
    const content = withSections(template.content.sections.filter((one) => one.key !== key));
    return { content, told: { what: 'section removed', section: section.name, items: section.items.map((item) => item.name) } };
  });
}

function shifted<Thing>(things: Thing[], one: Thing, direction: 'up' | 'down'): Thing[] {
  const at = things.indexOf(one);
  const to = at + (direction === 'up' ? -1 : 1);
  if (to < 0 || to >= things.length) return things;
  const others = things.filter((other) => other !== one);
  return [...others.slice(0, to), one, ...others.slice(to)];
}

/** Adds an item at the end of a section; what it asks for is said on its own page. @returns its key */
export function addItem(
  db: Database,
  actor: Actor,
  id: number,
  input: { section: string; name: string },
  requestId?: string,
): Promise<Changed<{ item: string }>> {
  return change(db, actor, { requestId: requestId && `inspection-item/${id}/${requestId}` }, async (tx) => {
    const template = await getTemplate(tx.db, tx.shop, id);
    getSection(template, input.section);
    const items = itemsOf(template.content);
    if (items.length >= MOST_ITEMS) throw new Conflict(`A template can have at most ${MOST_ITEMS} items.`);
    const key = keyFor(
      input.name,
      items.map((item) => item.key),
    );
    const item: TemplateItem = {
      key,
      name: input.name,
      safety: false,
      measure: null,
      needs: { note: 'never', photo: 'never' },
      phrases: [],
    };
    const content = inSection(template.content, input.section, (section) => ({ ...section, items: [...section.items, item] }));
    await insertNextVersion(tx, template, content, { what: 'item added', item: input.name });
    return { item: key };
  });
}

/**
 * Saves the form of an item, field by field.
 * @throws EditConflict when both changed the same field; NotFound when somebody has removed the item; Invalid
 */
export function editItem(db: Database, actor: Actor, id: number, key: string, original: Record<string, string>, mine: ItemFields) {
  return revise(db, actor, id, (template) => {
    const { item, section } = getItem(template, key);
    // What can't be used is said of what was typed, before it is told apart from what others have written.
    readItem(key, mine);
    const current = toItemFields(item);
    const changes = merged(original, mine, current);
    const changed = readItem(key, { ...current, ...changes });
    const content = inSection(template.content, section.key, (one) => ({
      ...one,
      items: one.items.map((other) => (other.key === key ? changed : other)),
    }));
    const from = Object.fromEntries(Object.keys(changes).map((field) => [field, current[field as keyof ItemFields]]));
    return { content, told: { what: 'item changed', item: item.name, from, to: changes } };
  });
}

/** Moves an item one place up or down; at the end of its section, into the next one. */
export function shiftItem(db: Database, actor: Actor, id: number, key: string, direction: 'up' | 'down'): Promise<void> {
  return revise(db, actor, id, (template) => {
    const { item, section } = getItem(template, key);
    const told = { what: `item moved ${direction}`, item: item.name };
    const within = shifted(section.items, item, direction);
    if (within !== section.items) return { content: inSection(template.content, section.key, (one) => ({ ...one, items: within })), told };
    const { sections } = template.content;
    const into = sections[sections.indexOf(section) + (direction === 'up' ? -1 : 1)];
    if (!into) return null;
    const left = inSection(template.content, section.key, (one) => ({ ...one, items: one.items.filter((other) => other !== item) }));
    const content = inSection(left, into.key, (one) => ({
      ...one,
      items: direction === 'up' ? [...one.items, item] : [item, ...one.items],
    }));
    return { content, told };
  });
}

/** Takes an item out; inspections that were made with it keep it. */
export function removeItem(db: Database, actor: Actor, id: number, key: string): Promise<void> {
  return revise(db, actor, id, (template) => {
    const { item, section } = getItem(template, key);
    const content = inSection(template.content, section.key, (one) => ({ ...one, items: one.items.filter((other) => other !== item) }));
    return { content, told: { what: 'item removed', item: item.name } };
  });
}
