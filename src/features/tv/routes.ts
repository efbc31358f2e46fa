import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { showDateTime } from '../../platform/time.js';
import { originOf } from '../../platform/web/addresses.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id, required } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { listTvLinks, makeTvLink, revokeTvLink, type Variant } from './links.js';

const VARIANTS: Record<Variant, string> = {
  floor: 'Shop floor: number, vehicle, mechanic, promised time',
  lobby: 'Lobby: first name and stage only',
};
const LinkInput = z.strictObject({
  name: required('The name', 60),
  variant: z.enum(['floor', 'lobby'], 'Please choose what it shows.'),
});
const OneLink = z.object({ link: Id });
const Nothing = z.strictObject({});

/** The manager's page of the wall TVs. */
export function tvRoutes({ db, config }: Services): Route[] {
  const list = async (viewer: Viewer, refused: Refused | null, made: { name: string; url: string } | null = null): Promise<Answer> => {
    const links = await listTvLinks(db, viewer.shop);
    return page('tv/settings', {
      title: 'Wall TVs',
      links: links.map((link) => ({
        ...link,
        shows: VARIANTS[link.variant].split(':', 1)[0],
        created: showDateTime(link.createdAt, viewer.timeZone),
        revoked: link.revokedAt && showDateTime(link.revokedAt, viewer.timeZone),
      })),
      variants: VARIANTS,
      values: refused?.values ?? {},
      errors: refused?.fields ?? {},
      made,
    });
  };

  return [
    get('/settings/tv', { may: 'tv.manage' }, ({ viewer }) => list(viewer, null)),
    post(
      '/settings/tv',
      { may: 'tv.manage', body: LinkInput, form: ({ viewer }, refused) => list(viewer, refused) },
      async ({ viewer, body, request }) => {
        const token = await makeTvLink(db, viewer, body);
        const origin = originOf(config, request);
        // Shown once: only the hash of the token is kept.
        return list(viewer, null, { name: body.name, url: `${origin}/tv/${token}` });
      },
    ),
    post(
      '/settings/tv/:link/revocations',
      { may: 'tv.manage', params: OneLink, body: Nothing, form: ({ viewer }, refused) => list(viewer, refused) },
      async ({ viewer, params }) => {
        await revokeTvLink(db, viewer, params.link);
        return done('/settings/tv', { flash: { text: 'The link is revoked. Screens that show it go dark.' } });
      },
    ),
  ];
}
