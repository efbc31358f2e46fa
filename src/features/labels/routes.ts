import { z } from 'zod';
import type { Services } from '../../platform/services.js';
import { type Answer, done, page } from '../../platform/web/answers.js';
import { Id } from '../../platform/web/forms.js';
import { get, post, type Refused, type Route } from '../../platform/web/routes.js';
import type { Viewer } from '../../platform/web/viewer.js';
import { COLORS } from '../board/columns.js';
import { LabelInput } from './inputs.js';
import { addLabel, changeLabel, listLabels, removeLabel } from './labels.js';

const One = z.object({ label: Id });

export function labelRoutes({ db }: Services): Route[] {
  const list = async (viewer: Viewer, refused: Refused | null, at: number | null): Promise<Answer> =>
    page('labels/labels', {
      title: 'Labels',
      labels: await listLabels(db, viewer.shop),
      colors: COLORS,
      at,
      values: refused?.values ?? {},
      errors: refused?.fields ?? {},
    });
  const again = ({ viewer, params }: { viewer: Viewer; params: { label: number } }, refused: Refused) =>
    list(viewer, refused, params.label);
  return [
    get('/settings/labels', { may: 'labels.manage' }, ({ viewer }) => list(viewer, null, null)),
    post(
      '/settings/labels',
      { may: 'labels.manage', body: LabelInput, form: ({ viewer }, refused) => list(viewer, refused, null) },
      async ({ viewer, body }) => {
        await addLabel(db, viewer, body);
        return done('/settings/labels', { flash: { text: `The label “${body.name}” is here.` } });
      },
    ),
    post(
      '/settings/labels/:label',
      { may: 'labels.manage', params: One, body: LabelInput, form: again },
      async ({ viewer, params, body }) => {
        await changeLabel(db, viewer, params.label, body);
        return done('/settings/labels', { flash: { text: 'Saved.' } });
      },
    ),
    post(
      '/settings/labels/:label/removals',
      { may: 'labels.manage', params: One, body: z.strictObject({}), form: again },
      async ({ viewer, params }) => {
        await removeLabel(db, viewer, params.label);
        return done('/settings/labels', { flash: { text: 'The label is gone.' } });
      },
    ),
  ];
}
