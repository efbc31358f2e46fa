import { showDate, showPromise } from '../../platform/time.js';
import type { TokenOf } from '../approvals/tokens.js';
import { showMoney } from '../billing/amounts.js';
import type { FoundPage } from './links.js';
import type { OwnData, OwnVisit } from './reading.js';

const STAGES = {
  estimate: 'We are looking at it',
  active: 'We are working on it',
  waiting: 'Waiting, for parts or for you',
  done: 'Ready for you',
} as const;

/** What every page of the link begins with. */
export function headOf(page: FoundPage) {
  const { shopName, phone, address } = page;
  return { title: 'Your page', base: `/my/page/${page.handle}`, shopName, phone, call: phone.replace(/[^\d+]/g, ''), address };
}

/** The page in words. @param tokenOf of the visits' own links */
export function showOwn(page: FoundPage, own: OwnData, tokenOf: TokenOf, now: Date) {
  const { timeZone } = page;
  const door = own.booking.slug ? `/book/${own.booking.slug}` : '/book';
  const book = (wish: Record<string, string>) =>
    own.booking.isOnline ? `${door}?${new URLSearchParams({ ...wish, step: 'what' })}` : null;
  const visit = (one: OwnVisit) => ({
    ...{ number: one.number, vehicle: one.vehicle, date: showDate(new Date(one.at), timeZone) },
    stage: STAGES[one.meaning],
    promised: one.promisedAt && showPromise(new Date(one.promisedAt), now, timeZone),
    ended: one.handedOverAt && showDate(new Date(one.handedOverAt), timeZone),
    link: one.link && `/c/${tokenOf(page.shop, one.link.handle, one.link.hash)}`,
    ...(isInvoiced(one)
      ? {
          total: showMoney(one.totalCents, one.currency),
          due: one.totalCents > one.paidCents ? showMoney(one.totalCents - one.paidCents, one.currency) : null,
        }
      : { total: null, due: null }),
  });
  return {
    ...headOf(page),
    name: own.name,
    here: own.visits.filter(({ isOnBoard }) => isOnBoard).map(visit),
    earlier: own.visits.filter(({ isOnBoard }) => !isOnBoard).map(visit),
    vehicles: own.vehicles.map((vehicle) => ({ ...vehicle, book: book({ vehicle: vehicle.description, plate: vehicle.plate }) })),
    appointments: own.appointments.map((one) => ({ ...one, when: showPromise(new Date(one.at), now, timeZone) })),
    left: own.left.map((job) => ({
      ...{ id: job.id, name: job.name, vehicle: job.vehicle, said: job.consent === 'declined' ? 'declined' : 'put off' },
      ...{ on: showDate(new Date(job.at), timeZone), book: book({ concern: job.name, vehicle: job.vehicle, plate: job.plate }) },
    })),
    book: book({}),
  };
}

/** What a customer gets to see as an invoice. */
function isInvoiced({ document }: OwnVisit): boolean {
  return document === 'invoice' || document === 'posted';
}
