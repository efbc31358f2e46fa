import type { Request } from 'express';
import { z } from 'zod';
import type { WaitingRequests } from '../../platform/live/waiting.js';
import { waits } from '../../platform/observe/requests.js';
import type { Services } from '../../platform/services.js';
import { type ApiViewer, api, type Operation } from '../../platform/web/api.js';
import { JsonId, Person, showTime, Time } from '../../platform/web/api-fields.js';
import { KINDS } from '../webhooks/kinds.js';
import { type Feed, readFeed } from './events.js';

/** Below what proxies take for a connection that is dead. */
const LONGEST_WAIT = 50;

const EventJson = z
  .strictObject({
    version: z.int().meta({ description: 'Of the shop. Several events may share one: they happened together.' }),
    seq: z.int().meta({ description: 'Its place among those of the same version.' }),
    kind: z.string().meta({ description: 'What happened, to what: `card.moved`.' }),
    at: Time,
    actor: Person.nullable().meta({ description: 'Null: the customer, or the program itself.' }),
    work_order: JsonId.nullable().meta({ description: 'Number of the work order that it is about.' }),
    details: z
      .record(z.string(), z.unknown())
      .meta({ description: 'What it says, by its kind. New kinds and new fields may come with any version.' }),
  })
  .meta({ id: 'Event' });

const FeedJson = z.strictObject({
  items: z.array(EventJson),
  version: z.int().meta({ description: '`since` of the next call.' }),
  more: z.boolean().meta({ description: 'There is more already: call again at once.' }),
});

const ONLY_KINDS = 'Only these: given more than once, or with commas between them.';

const FeedQuery = z.strictObject({
  since: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .default(0)
    .meta({ description: 'The version that is known; 0 for all that ever happened.' }),
  kind: z
    .union([z.string(), z.array(z.string())])
    .transform((given) => [given].flat().flatMap((text) => text.split(',')))
    .pipe(z.array(z.enum([...KINDS.keys()], { error: ({ input }) => `There is no kind of event “${String(input).slice(0, 60)}”.` })))
    .optional()
    // The document does not see into the pipe.
    .meta({ type: 'array', items: { type: 'string', enum: [...KINDS.keys()] }, anyOf: undefined, description: ONLY_KINDS }),
  wait: z.coerce.number().int().min(0).max(LONGEST_WAIT).default(0).meta({ description: 'Seconds to wait for something to happen.' }),
});

/**
 * The feed of everything that happens in the shop.
 * @param again tells whom a request stands for now; refuses it when its token has ended
 */
export function eventOperations({ db }: Services, waiting: WaitingRequests, again: (request: Request) => Promise<ApiViewer>): Operation[] {
  return [
    api(
      'get',
      '/events',
      {
        ...{ id: 'listEvents', tag: 'Events', summary: 'What happened after a version, in order', may: 'board.see', query: FeedQuery },
        details:
          'With `wait` it answers as soon as something has happened, or with no items when the time is up. Versions are in the order of the changes and without gaps, so a reader that goes on from `version` misses nothing. What the role of the person does not see on the pages is left out.',
        answer: FeedJson,
        example: { query: { since: 0 } },
      },
      async ({ request, viewer, query }) => {
        if (query.wait > 0 && request.res) waits(request.res);
        const gone = new AbortController();
        request.res?.once('close', () => gone.abort());
        const until = Date.now() + query.wait * 1000;
        const only = query.kind && new Set<string>(query.kind);
        let asker = viewer;
        for (let since = query.since; ; ) {
          // Before it looks, so that nothing falls between.
          const { over, stop } = waiting.begin(asker.shop, since, until - Date.now(), gone.signal);
          try {
            const feed = await readFeed(db, asker.shop, asker.role, since, only);
            const isOver = Date.now() >= until || gone.signal.aborted || waiting.closed;
            if (feed.events.length > 0 || feed.more || isOver) return toJson(feed, asker);
            // There was something, but nothing that this role sees, or that was asked for.
            if (feed.version === since) await over;
            since = feed.version;
          } finally {
            stop();
          }
          // The token may have ended while it waited, or the person have got another role.
          asker = await again(request);
        }
      },
    ),
  ];
}

function toJson({ events, version, more }: Feed, viewer: ApiViewer): z.input<typeof FeedJson> {
  const items = events.map(({ at, workOrder, ...event }) => ({ ...event, at: showTime(at, viewer), work_order: workOrder }));
  return { items, version, more };
}
