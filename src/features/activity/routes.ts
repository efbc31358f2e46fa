import { z } from 'zod';
import { change } from '../../platform/database/change.js';
import type { Services } from '../../platform/services.js';
import { showFullDateTime } from '../../platform/time.js';
import { type Answer, done, page, stream } from '../../platform/web/answers.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { editInput } from '../settings/edit-input.js';
import { sheetForm } from '../settings/sheet-forms.js';
import { saveSheet } from '../settings/sheets.js';
import { ACCESS_KINDS, listPeople, readAccess, writeAccess } from './access.js';
import { askForVerification, readChainCheck } from './chain.js';
import { type Place, readLog, writeLog } from './log.js';
import { RETENTION } from './retention.js';
import { KINDS, readThing, toQuery } from './rules.js';
import { findThings, type NamedThing, nameThing } from './things.js';

/** What can't be read in an address is not asked for: somebody else's bookmark still opens. */
const whole = z
  .string()
  .regex(/^[1-9]\d{0,14}$/)
  .transform(Number)
  .nullable()
  .catch(null)
  .default(null);
const Day = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/)
  .catch('')
  .default('');
const kindOf = (kinds: object) =>
  z
    .enum(Object.keys(kinds) as [string, ...string[]])
    .catch('')
    .default('');
const ACCESS_FILTER = { person: whole, kind: kindOf(ACCESS_KINDS), from: Day, to: Day };
const About = z
  .string()
  .refine((about) => readThing(about) !== null)
  .catch('')
  .default('');
const Find = z.string().trim().max(100).catch('').default('');
const FILTER = { person: whole, order: whole, about: About, kind: kindOf(KINDS), from: Day, to: Day };
const PlaceInput = z
  .string()
  .regex(/^\d{1,15}\.\d{1,9}$/)
  .transform((text): Place => {
    const [version = 0, seq = 0] = text.split('.').map(Number);
    return { version, seq };
  })
  .nullable()
  .catch(null)
  .default(null);

const days = (least: number) =>
  z
    .string({ error: 'Please fill this in.' })
    .trim()
    .regex(/^\d{1,4}$/, 'Please write a number of days.')
    .transform(Number)
    .refine((given) => given >= least && given <= 3650, `Please choose from ${least} to 3,650 days.`);

/** Who did what and when; who came in and who was refused; how long the latter is kept. */
export function activityRoutes({ db }: Services): Route[] {
  const may = 'activity.see';
  return [
    get('/activity', { may, query: z.object({ ...FILTER, find: Find, before: PlaceInput }) }, async ({ viewer, query }) => {
      const { before, find, ...filter } = query;
      const found = find ? await findThings(db, viewer.shop, find) : [];
      // The only one that fits is meant.
      if (found.length === 1) return done(`/activity?${toQuery({ ...filter, about: (found[0] as NamedThing).about })}`);
      const about = readThing(filter.about);
      const [thing, log, people, check] = await Promise.all([
        about && nameThing(db, viewer.shop, about),
        readLog(db, viewer, filter, before),
        listPeople(db, viewer.shop),
        readChainCheck(db, viewer.shop),
      ]);
      const chain = check && { ...check, at: showFullDateTime(check.at, viewer.timeZone) };
      const shown = { ...filter, person: filter.person ?? '', order: filter.order ?? '' };
      return page('activity/log', {
        title: 'Activity',
        ...log,
        people,
        chain,
        kinds: KINDS,
        filter: shown,
        ...{ thing, find, found: found.map((one) => ({ ...one, query: toQuery({ ...filter, about: one.about }) })) },
        query: toQuery(filter),
        isFirst: !before,
      });
    }),
    post('/activity/exports', { may, body: z.strictObject(FILTER) }, async ({ viewer, body }) => {
      await change(db, viewer, {}, async (tx) => tx.record('data.exported', null, { what: 'activity', filter: toQuery(body) }));
      return csv('activity', writeLog(db, viewer, body));
    }),
    post('/activity/verifications', { may, body: z.strictObject({}) }, async ({ viewer }) => {
      await askForVerification(db, viewer.shop);
      return done('/activity', { flash: { text: 'The record is being verified. Look at this page again in a minute.' } });
    }),
    ...accessRoutes(db),
    ...retentionRoutes(db),
  ];
}

function accessRoutes(db: Services['db']): Route[] {
  const may = 'activity.see';
  return [
    get('/activity/access', { may, query: z.object({ ...ACCESS_FILTER, before: whole }) }, async ({ viewer, query }) => {
      const { before, ...filter } = query;
      const [access, people] = await Promise.all([readAccess(db, viewer, filter, before), listPeople(db, viewer.shop)]);
      return page('activity/access', {
        title: 'Sign-ins',
        ...access,
        people,
        kinds: ACCESS_KINDS,
        filter: { ...filter, person: filter.person ?? '' },
        query: toQuery(filter),
        isFirst: !before,
      });
    }),
    post('/activity/access/exports', { may, body: z.strictObject(ACCESS_FILTER) }, async ({ viewer, body }) => {
      await change(db, viewer, {}, async (tx) => tx.record('data.exported', null, { what: 'access', filter: toQuery(body) }));
      return csv('sign-ins', writeAccess(db, viewer, body));
    }),
  ];
}

function csv(name: string, lines: AsyncGenerator<string>): Answer {
  return stream(lines, {
    'Content-Type': 'text/csv; charset=utf-8; header=present',
    'Content-Disposition': `attachment; filename="${name}-${new Date().toISOString().slice(0, 10)}.csv"`,
  });
}

function retentionRoutes(db: Services['db']): Route[] {
  const may = 'retention.manage';
  const show = async (viewer: Viewer, refused: Refused | null): Promise<Answer> =>
    page('activity/retention', { title: 'How long records are kept', form: await sheetForm(db, viewer.shop, RETENTION, refused) });
  const body = editInput(RETENTION.fields, { accessDays: days(30), faultDays: days(7), deliveryDays: days(7) });
  return [
    get('/settings/retention', { may }, ({ viewer }) => show(viewer, null)),
    post(
      '/settings/retention',
      { may, body, form: ({ viewer }, refused) => show(viewer, refused) },
      async ({ viewer, body: { original, mine } }) => {
        await saveSheet(db, viewer, RETENTION, original, mine);
        return done('/settings/retention', { flash: { text: 'Saved.' } });
      },
    ),
  ];
}
