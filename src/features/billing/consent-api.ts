import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { camelKeys, JsonId, Money, pageOf, showTime, Time } from '../../platform/web/api-fields.js';
import { asPage } from '../../platform/web/api-page.js';
import { Id, optional } from '../../platform/web/forms.js';
import { getWorkOrder } from '../work-orders/details.js';
import type { Authorization, Revision } from '../work-orders/whole.js';
import { METHOD_NAMES, recordConsent } from './authorizations.js';
import { consentFields } from './inputs.js';
import { readOffer } from './offer.js';
import { markAsSent } from './revisions.js';

const OfOrder = z.object({ number: Id });
const DECISIONS = ['approve', 'decline', 'defer'] as const;
const Decision = z.enum(DECISIONS, 'That is not one of the choices.');

const AuthorizationJson = z
  .strictObject({
    ...{ id: JsonId, at: Time, revision: z.int().meta({ description: 'Number of the revision that was shown.' }) },
    ...{ method: z.enum(Object.keys(METHOD_NAMES) as [keyof typeof METHOD_NAMES]), given_by: z.string(), phone: z.string() },
    note: z.string(),
    taken_by: z.string().nullable().meta({ description: 'Null: the customer gave it by their link.' }),
    decisions: z.array(z.strictObject({ job: JsonId, decision: Decision, reason: z.string(), amount: Money })),
    authorized: Money.meta({ description: 'All that was authorized from there on, tax included.' }),
  })
  .meta({ id: 'Authorization' });
const RevisionJson = z
  .strictObject({
    ...{ number: z.int(), at: Time, why: z.enum(['sent', 'approved', 'posted']), total: Money },
    made_by: z.string().nullable(),
  })
  .meta({ id: 'Revision' });
const OfferJson = z
  .strictObject({
    offer: z.string().meta({ description: 'Says what the customer was asked about; an answer carries it.' }),
    total: Money,
    jobs: z.array(
      z.strictObject({
        ...{ id: JsonId, name: z.string(), consent: z.enum(['proposed', 'approved', 'declined', 'deferred', 'revised']) },
        ...{ choice: z.int().nullable(), choice_name: z.string(), total: Money },
      }),
    ),
  })
  .meta({ id: 'Offer' });

const { method, givenBy, phone, note, offer } = consentFields;
const ConsentBody = z.strictObject({
  ...{ method, given_by: givenBy, phone, note, offer },
  shown_cents: z.int().meta({ description: 'What it came to when the customer was asked.' }),
  answers: z
    .array(z.strictObject({ job: JsonId, decision: Decision, reason: optional('The reason', 500) }))
    .max(100)
    .default([])
    .meta({ description: 'None: the customer agrees to the sum as it is now.' }),
});
const SentJson = z.strictObject({
  revision: z.int(),
  fresh: z.boolean().meta({ description: 'False when the last revision says exactly the same.' }),
});

const tag = 'Consent';

/** What customers were shown, and what they answered. */
export function consentOperations({ db }: Services): Operation[] {
  return [
    api(
      'get',
      '/work-orders/:number/authorizations',
      {
        ...{ id: 'listAuthorizations', tag, summary: 'What the customer has approved, declined or put off', may: 'price.see' },
        ...{ params: OfOrder, answer: pageOf(AuthorizationJson) },
        example: { params: { number: '1001' } },
      },
      async ({ viewer, params }) => {
        const { authorizations, currency } = await getWorkOrder(db, viewer.shop, params.number);
        return asPage(
          authorizations.map((one) => authorizationJson(one, currency, viewer)),
          null,
        );
      },
    ),
    api(
      'get',
      '/work-orders/:number/offer',
      {
        ...{ id: 'getOffer', tag, summary: 'What the customer is asked about, as it is now', may: 'consent.record' },
        ...{ params: OfOrder, answer: OfferJson },
        example: { params: { number: '1001' } },
      },
      async ({ viewer, params }) => {
        const { offer, snapshot, currency } = await readOffer(db, viewer.shop, params.number);
        const money = (cents: number) => ({ cents, currency });
        const jobs = snapshot.jobs.filter((job) => job.payType === 'customer');
        return {
          ...{ offer, total: money(snapshot.totals.totalCents) },
          jobs: jobs.map(({ id, name, consent, choice, choiceName, totalCents }) => ({
            ...{ id, name, consent, choice, choice_name: choiceName, total: money(totalCents) },
          })),
        };
      },
    ),
    api(
      'post',
      '/work-orders/:number/authorizations',
      {
        ...{ id: 'recordConsent', tag, summary: 'Writes down what a customer has approved, declined or put off', may: 'consent.record' },
        details:
          'First `GET …/offer`, then ask the customer, then this with the `offer` and the total that they were told. Never changed afterwards.',
        ...{ params: OfOrder, body: ConsentBody, answer: z.strictObject({ authorized: Money }), status: 201 },
        example: {
          params: { number: '1005' },
          body: {
            ...{ method: 'phone', given_by: 'Dana Whitfield', phone: '555 0142' },
            ...{ offer: '6a8d4b4cb529a396d2eab7ea2522f86996d2a7172138c8284d5a9ce41884a693', shown_cents: 0 },
            answers: [{ job: 5, decision: 'approve' }],
          },
        },
      },
      async ({ viewer, params, body }) => {
        const { result } = await recordConsent(db, viewer, params.number, camelKeys(body));
        return { authorized: { cents: result.authorizedCents, currency: result.currency } };
      },
    ),
    api(
      'get',
      '/work-orders/:number/revisions',
      {
        ...{ id: 'listRevisions', tag, summary: 'What was kept of the estimate as it was sent, approved or posted', may: 'price.see' },
        ...{ params: OfOrder, answer: pageOf(RevisionJson) },
        example: { params: { number: '1001' } },
      },
      async ({ viewer, params }) => {
        const { revisions, currency } = await getWorkOrder(db, viewer.shop, params.number);
        return asPage(
          revisions.map((one) => revisionJson(one, currency, viewer)),
          null,
        );
      },
    ),
    api(
      'post',
      '/work-orders/:number/revisions',
      {
        ...{ id: 'markAsSent', tag, summary: 'Keeps the estimate as it is now: it went to the customer', may: 'consent.record' },
        ...{ params: OfOrder, answer: SentJson, status: 201 },
        example: { params: { number: '1003' } },
      },
      async ({ viewer, params }) => (await markAsSent(db, viewer, params.number)).result,
    ),
  ];
}

function authorizationJson(one: Authorization, currency: string, viewer: ApiViewer): z.input<typeof AuthorizationJson> {
  const { id, revision, method, phone, note } = one;
  return {
    ...{ id, revision, method, phone, note, given_by: one.givenBy, taken_by: one.takenBy, at: showTime(new Date(one.at), viewer) },
    decisions: one.decisions.map(({ job, decision, reason, cents }) => ({ job, decision, reason, amount: { cents, currency } })),
    authorized: { cents: one.authorizedCents, currency },
  };
}

function revisionJson(
  { number, at, why, totalCents, madeBy }: Revision,
  currency: string,
  viewer: ApiViewer,
): z.input<typeof RevisionJson> {
  return { number, at: showTime(new Date(at), viewer), why, total: { cents: totalCents, currency }, made_by: madeBy };
}
