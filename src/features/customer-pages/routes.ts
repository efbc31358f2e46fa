import type { Request } from 'express';
import { z } from 'zod';
import { change } from '../../platform/database/change.js';
import { NotFound } from '../../platform/errors.js';
import type { Services } from '../../platform/services.js';
import { showDate, showDateTime } from '../../platform/time.js';
import { mailtoOf, originOf, smsOf } from '../../platform/web/addresses.js';
import { done, page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, post, type Route } from '../../platform/web/routes.js';
import { makeAppointmentLink } from '../appointments/links.js';
import { VisitThrottle } from '../approvals/throttle.js';
import { LinkKeys } from '../approvals/tokens.js';
import { showInvoice } from '../printing/pages.js';
import { type FoundPage, findPage, makeCustomerPageLink, noteOpening, readOpenPages, revokeCustomerPages } from './links.js';
import { ownsAppointment, ownsInvoice, readOwn } from './reading.js';
import { headOf, showOwn } from './shown.js';

const OneToken = z.object({ token: z.string().max(64) });
const OnePage = z.object({ handle: z.string().max(64) });
const OneInvoice = OnePage.extend({ number: Id });
const OneAppointment = OnePage.extend({ appointment: Id });
const Sized = z.object({ size: z.enum(['letter', 'a4']).optional().catch(undefined) });
const Nothing = z.strictObject({});

/** The same for every link that opens nothing: a wrong one, an old one, one that was revoked. */
const NOTHING = 'This link opens nothing. Please open it again from the shop’s message, or ask the shop for a new one.';

/** A customer's own page. The token is exchanged for a cookie of this one page, so no address keeps it; no session is met. */
export function myRoutes(services: Services): Route[] {
  const { db, pool, config } = services;
  const keys = new LinkKeys(config.sessionSecrets, 'customer-page');
  const visits = new LinkKeys(config.sessionSecrets);
  const throttle = new VisitThrottle(pool);
  const isSecure = config.publicUrl?.startsWith('https:') ?? false;
  const cookieOf = (handle: string) => `${isSecure ? '__Secure-' : ''}my-${handle}`;

  const enter = async (request: Request, handle: string): Promise<FoundPage> => {
    request.res?.set('X-Robots-Tag', 'noindex, nofollow');
    const found = /^[\w-]{10,64}$/.test(handle) ? await findPage(db, { handle }) : null;
    const cookie = (request.headers.cookie ?? '').split(/;\s*/).find((pair) => pair.startsWith(`${cookieOf(handle)}=`));
    if (!found || !keys.knows(found, cookie?.slice(cookieOf(handle).length + 1))) throw new NotFound(NOTHING);
    return found;
  };

  return [
    get('/my/:token', { may: 'anyone', params: OneToken }, async ({ params, request }) => {
      request.res?.set('X-Robots-Tag', 'noindex, nofollow');
      const found = await findPage(db, { token: params.token });
      if (!found) {
        await throttle.wrong(request.ip ?? '');
        throw new NotFound(NOTHING);
      }
      const path = `/my/page/${found.handle}`;
      const options = { httpOnly: true, sameSite: 'lax', secure: isSecure, path, expires: found.expiresAt } as const;
      request.res?.cookie(cookieOf(found.handle), keys.cookie(found), options);
      return done(path);
    }),
    get('/my/page/:handle', { may: 'anyone', params: OnePage }, async ({ params, request }) => {
      const found = await enter(request, params.handle);
      const own = await readOwn(db, found);
      if (!own) throw new NotFound(NOTHING);
      await noteOpening(db, found);
      return page('my/page', showOwn(found, own, visits.token, new Date()));
    }),
    get('/my/page/:handle/invoices/:number', { may: 'anyone', params: OneInvoice, query: Sized }, async ({ params, query, request }) => {
      const found = await enter(request, params.handle);
      if (!(await ownsInvoice(db, found, params.number))) throw new NotFound('There is no such invoice of yours.');
      const answer = await showInvoice(services, found.shop, params.number, { query, back: headOf(found).base });
      return { ...answer, data: { ...answer.data, viewer: { shopName: found.shopName } } };
    }),
    post(
      '/my/page/:handle/appointments/:appointment/links',
      { may: 'anyone', params: OneAppointment, body: Nothing },
      async ({ params, request }) => {
        const found = await enter(request, params.handle);
        if (!(await ownsAppointment(db, found, params.appointment))) throw new NotFound('There is no such appointment of yours.');
        await throttle.sent(found.id);
        const { result } = await change(db, { shop: found.shop, staff: null }, {}, async (tx) => {
          tx.record('customer-page.appointment-opened', null, { customer: found.customer, appointment: params.appointment });
          return makeAppointmentLink(tx, params.appointment);
        });
        return done(result);
      },
    ),
  ];
}

/** The link to a customer's page, at the desk. */
export function customerPageRoutes({ db, config }: Services): Route[] {
  const OneCustomer = z.object({ customer: Id });
  const keys = new LinkKeys(config.sessionSecrets, 'customer-page');
  return [
    get('/customers/:customer/page', { may: 'link.make', params: OneCustomer }, async ({ viewer, params, request }) => {
      const pages = await readOpenPages(db, viewer.shop, params.customer, keys.token);
      const origin = originOf(config, request);
      const url = pages.shown && `${origin}/my/${pages.shown.token}`;
      return page('my/share', {
        ...{ title: `Page of ${pages.name}`, here: `/customers/${params.customer}`, pages, url },
        until: pages.shown && showDate(pages.shown.expiresAt, viewer.timeZone),
        opened: pages.lastOpenedAt && showDateTime(pages.lastOpenedAt, viewer.timeZone),
        ...(url ? waysOf(pages, url) : {}),
        onlyHere: /^https?:\/\/(localhost|127\.|\[::1\])/.test(origin),
      });
    }),
    post('/customers/:customer/pages', { may: 'link.make', params: OneCustomer, body: Nothing }, async ({ viewer, params }) => {
      await change(db, viewer, {}, (tx) => makeCustomerPageLink(tx, params.customer, keys.token).then(() => ({})));
      return done(`/customers/${params.customer}/page`);
    }),
    post('/customers/:customer/pages/revocations', { may: 'link.make', params: OneCustomer, body: Nothing }, async ({ viewer, params }) => {
      await readOpenPages(db, viewer.shop, params.customer, keys.token);
      await revokeCustomerPages(db, viewer, params.customer);
      return done(`/customers/${params.customer}/page`, { flash: { text: 'No link opens the page any more.' } });
    }),
  ];
}

/** What goes with the link, and the addresses that open a phone's own programs with it. */
function waysOf({ shopName, phone, email }: { shopName: string; phone: string; email: string }, url: string) {
  const text = `${shopName}: your vehicles, appointments and invoices are here: ${url}`;
  return {
    text,
    mailto: mailtoOf(email, `Your page at ${shopName}`, text),
    sms: smsOf(phone, text),
  };
}
