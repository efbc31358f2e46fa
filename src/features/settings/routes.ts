import type { Services } from '../../platform/services.js';
import type { Route } from '../../platform/web/routes.js';
import { CANNED_JOBS } from './canned-lines.js';
import { FEES } from './fees.js';
import { lawRoutes } from './law-routes.js';
import { numberingRoutes } from './numbering-routes.js';
import { paperRoutes } from './paper-routes.js';
import { MOST_BANDS, PRICES, previewPrices } from './prices.js';
import { RATES } from './rates.js';
import { shelfRoutes } from './shelf-routes.js';
import { taxRoutes } from './tax-routes.js';

/** Everything that a shop sets for its money: what it charges, what the law adds, and what its paper says. */
export function settingsRoutes(services: Services): Route[] {
  return [
    ...shelfRoutes(services, RATES),
    ...shelfRoutes(services, { ...PRICES, more: async () => ({ mostBands: MOST_BANDS, preview: previewPrices }) }),
    ...taxRoutes(services),
    ...shelfRoutes(services, FEES),
    ...shelfRoutes(services, CANNED_JOBS),
    ...lawRoutes(services),
    ...paperRoutes(services),
    ...numberingRoutes(services),
  ];
}
