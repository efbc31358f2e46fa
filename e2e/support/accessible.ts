import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';

/**
 * What axe finds wrong with a page, a line each: rule, element, what to do. Looks when the style sheets are there: a page
 * shows its text before that, in colours and sizes that are not its own.
 */
export async function violations(page: Page, rules?: string[]): Promise<string[]> {
  await page.waitForLoadState('load');
  const axe = new AxeBuilder({ page });
  if (rules) axe.withRules(rules);
  // There are no frames, so it need not open a page of its own to join their results.
  const result = await axe.setLegacyMode().analyze();
  return result.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id} ${node.target} ${node.failureSummary}`));
}
