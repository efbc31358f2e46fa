import type { BlockList } from 'node:net';
import { z } from 'zod';
import { required, Tick } from '../../platform/web/forms.js';
import { ALL, KINDS } from './kinds.js';
import { refuseUrl } from './rules.js';
import type { HookInput } from './webhooks.js';

const PREFIX = 'kind.';

/**
 * The form of a webhook: a tick for each kind of event.
 * @param allowed private networks that may be told
 */
export function hookInput(allowed: BlockList, allowsHttp: boolean) {
  const ticks = Object.fromEntries([...KINDS.keys()].map((kind) => [`${PREFIX}${kind}`, Tick]));
  return z
    .strictObject({
      ...ticks,
      name: required('The name', 60),
      url: required('The address', 2_000).superRefine((url, context) => {
        const wrong = refuseUrl(url, allowed, allowsHttp);
        if (wrong) context.addIssue({ code: 'custom', message: wrong });
      }),
      everything: Tick,
      fullData: Tick,
    })
    .transform((form, context): HookInput => {
      const chosen = [...KINDS.keys()].filter((kind) => (form as Record<string, unknown>)[`${PREFIX}${kind}`]);
      const kinds = form.everything ? [ALL] : chosen;
      if (kinds.length === 0)
        context.addIssue({ code: 'custom', path: ['everything'], message: 'Please choose at least one kind of event.' });
      return { name: form.name, url: form.url, kinds, fullData: form.fullData };
    });
}

/** What the form shows of a webhook. */
export function valuesOf(hook: HookInput): Record<string, string> {
  const ticked = hook.kinds.map((kind): [string, string] => [kind === ALL ? 'everything' : `${PREFIX}${kind}`, 'on']);
  return { name: hook.name, url: hook.url, ...Object.fromEntries(ticked), ...(hook.fullData && { fullData: 'on' }) };
}
