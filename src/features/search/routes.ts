import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { done, page } from '../../platform/web/answers.js';
import { optional } from '../../platform/web/forms.js';
import { get, type Route } from '../../platform/web/routes.js';
import { can } from '../staff/permissions.js';
import { type Hit, search } from './find.js';
import { RANK } from './matches.js';
import { readSought } from './rules.js';

/** `go` comes with the form of the box, not with what is asked while one types: whoever knows the number wants the work order. */
const Query = z.object({ q: optional('The search', 100), go: z.string().optional() });

export function searchRoutes({ db }: Services): Route[] {
  return [
    get('/search', { may: 'search', query: Query }, async ({ viewer, query, htmx }) => {
      const sought = readSought(query.q);
      const hits = sought ? await search(db, { shop: viewer.shop, customers: can(viewer.role, 'customer.see') }, sought) : [];
      const only = query.go && !htmx ? onlyNumber(hits) : null;
      if (only) return done(`/work-orders/${only}`);
      return page('search/search', { title: 'Search', q: query.q, tooShort: !sought, hits }, 'search/found');
    }),
  ];
}

/** The number of the work order, when it alone is exactly what was asked for. */
function onlyNumber(hits: Hit[]): number | null {
  const exact = hits.filter((hit) => hit.rank <= RANK.unit && (hit.kind !== 'work-order' || hit.rank <= RANK.invoice));
  const [first] = exact;
  return exact.length === 1 && first?.kind === 'work-order' ? first.key : null;
}
