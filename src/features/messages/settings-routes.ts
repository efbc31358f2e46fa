import { z } from 'zod';
import { change } from '../../platform/database/change.js';
import { Conflict } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { originOf } from '../../platform/web/addresses.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { listColumns } from '../board/columns.js';
import { editInput } from '../settings/edit-input.js';
import { sheetForm } from '../settings/sheet-forms.js';
import { saveSheet } from '../settings/sheets.js';
import { InKeys } from './hook.js';
import { putInOutbox } from './outbox.js';
import {
  checkDay,
  listTemplates,
  MESSAGING,
  MESSAGING_INPUTS,
  MODES,
  PreviewInput,
  removeTemplate,
  saveTemplate,
  TemplateInput,
  templateForm,
  Which,
} from './settings.js';
import { fill, fillSubject, NAMES, type Name, OCCASIONS, type Words } from './templates.js';

const may = 'messages.manage';

/** What a preview says of a customer that there is not. */
const EXAMPLE: Record<Name, string> = {
  ...{ shop: '', phone: '555 0100', customer: 'Alex Morgan', vehicle: '2019 Toyota Corolla', number: '1042', stage: 'In Progress' },
  ...{ when: 'Tuesday, December 1, 9:00 AM', work: 'Brake fluid', link: 'https://…/c/…' },
};

/** How messages are sent, and what they say. */
export function messageSettingsRoutes(services: Services): Route[] {
  const { db, config } = services;
  const keys = new InKeys(config.sessionSecrets);

  const example = (viewer: Viewer, words: Words) => {
    const values = { ...EXAMPLE, shop: viewer.shopName };
    return { subject: fillSubject(words.subject, values), text: fill(words.text, values), shortText: fill(words.shortText, values) };
  };
  const show = async (viewer: Viewer, origin: string, refused: Refused | null): Promise<Answer> =>
    page('messages/settings', {
      ...{ title: 'Sending messages', form: await sheetForm(db, viewer.shop, MESSAGING, refused) },
      ...{ mailFrom: config.mail?.from ?? null, hasSms: config.sms !== undefined, hasPublicUrl: config.publicUrl !== undefined },
      ...{ hook: `${origin}/hooks/messages/${keys.token(viewer.shop)}`, secret: keys.secret(viewer.shop) },
    });
  const template = async (viewer: Viewer, asked: z.output<typeof Which>, refused: Refused | null): Promise<Answer> => {
    const { occasion, column } = asked;
    const [own, columns] = await Promise.all([listTemplates(db, viewer.shop, occasion, column), listColumns(db, viewer.shop)]);
    const language = asked.language ?? own[0]?.language ?? 'en';
    const { names } = OCCASIONS[occasion];
    const form = { ...templateForm(occasion, own, language, refused?.values ?? null), errors: refused?.fields ?? {} };
    const { subject = '', text = '', shortText = '' } = form.values;
    return page('messages/templates', {
      ...{ title: 'What messages say', occasion, column, language, columns, modes: MODES, form },
      ...{ occasions: Object.entries(OCCASIONS).map(([name, one]) => [name, one.title]), languages: own.map((one) => one.language) },
      ...{ names: names.map((name) => [name, NAMES[name]]) },
      preview: example(viewer, { subject, text, shortText }),
    });
  };
  const at = ({ occasion, column, language }: { occasion: string; column: number; language?: string | undefined }) =>
    `/settings/messages/templates?occasion=${occasion}${column ? `&column=${column}` : ''}${language ? `&language=${language}` : ''}`;

  return [
    get('/settings/messages', { may }, ({ viewer, request }) => show(viewer, originOf(config, request), null)),
    post(
      '/settings/messages',
      {
        ...{ may, body: editInput(MESSAGING.fields, MESSAGING_INPUTS) },
        form: ({ viewer, request }, refused) => show(viewer, originOf(config, request), refused),
      },
      async ({ viewer, body }) => {
        checkDay(body.mine);
        await saveSheet(db, viewer, MESSAGING, body.original, body.mine);
        return done('/settings/messages', { flash: { text: 'Saved.' } });
      },
    ),
    post('/settings/messages/tests', { may, body: z.strictObject({}) }, async ({ viewer }) => {
      if (!config.mail) throw new Conflict('Nothing sends mail here yet: SMTP_URL and MAIL_FROM are not set.');
      const person = await db.selectFrom('staff').select('email').where('id', '=', viewer.staff).executeTakeFirstOrThrow();
      await change(db, viewer, {}, (tx) =>
        putInOutbox(tx, {
          ...{ occasion: '', onceKey: null, customer: null, name: viewer.name, channel: 'mail', address: person.email, isSentHere: true },
          ...{
            subject: `Mail of ${viewer.shopName} works ✓`,
            text: `Hello ${viewer.name},\n\nthis is how mail of ${viewer.shopName} arrives.`,
          },
          ...{ timeZone: '', atOnce: true },
        }),
      );
      return done('/messages', { flash: { text: `A test is on its way to ${person.email}. How it went stands here in a moment.` } });
    }),
    get('/settings/messages/templates', { may, query: Which }, ({ viewer, query }) => template(viewer, query, null)),
    post(
      '/settings/messages/templates',
      {
        ...{ may, body: TemplateInput },
        form: ({ viewer }, refused) => {
          const { occasion, column, language } = refused.values;
          const asked = Which.safeParse({ occasion, column: column ?? 0, language });
          return template(viewer, asked.data ?? { occasion: 'confirmed', column: 0 }, refused);
        },
      },
      async ({ viewer, body }) => {
        await saveTemplate(db, viewer, body.original, body.mine);
        return done(at(body.mine), { flash: { text: 'Saved. It is said so from now on.' } });
      },
    ),
    post('/settings/messages/templates/previews', { may, body: PreviewInput }, ({ viewer, body }) => {
      const html = { preview: example(viewer, body) };
      return { kind: 'page', view: 'messages/preview', data: html, fragment: 'messages/preview' };
    }),
    post('/settings/messages/templates/removals', { may, body: Which.required({ language: true }) }, async ({ viewer, body }) => {
      await removeTemplate(db, viewer, { ...body, language: body.language });
      return done(at({ ...body, language: undefined }), { flash: { text: 'The program’s own words are said again.' } });
    }),
  ];
}
