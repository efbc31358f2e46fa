import { recordConsent } from '../features/billing/authorizations.js';
import type { Answer } from '../features/billing/consent.js';
import type { TemplateContent } from '../features/inspections/content.js';
import { saveItem } from '../features/inspections/findings.js';
import { startInspection } from '../features/inspections/inspections.js';
import { proposeJob } from '../features/inspections/proposals.js';
import { insertTemplate } from '../features/inspections/templates.js';
import { change } from '../platform/database/change.js';
import type { Database } from '../platform/database/pool.js';
import type { Viewer } from '../platform/web/viewer.js';
import { addLine, consentForm } from './money.js';
import type { TestShop } from './shop.js';

/** Two things of safety, and one that is none. */
function brakesContent(pads = 'Front pads'): TemplateContent {
  const item = (key: string, name: string, safety: boolean) => ({
    ...{ key, name, safety, phrases: [], needs: { note: 'never' as const, photo: 'never' as const }, measure: null },
  });
  return {
    sections: [
      { key: 'brakes', name: 'Brakes', items: [item('pads', pads, true), item('tires', 'Tires', true), item('wipers', 'Wipers', false)] },
    ],
  };
}

export async function addBrakesTemplate(db: Database, shop: TestShop, pads?: string): Promise<number> {
  const template = { name: 'Brakes', vehicleType: 'car' as const, content: brakesContent(pads) };
  return (await change(db, shop.staff.manager, {}, (tx) => insertTemplate(tx, template))).result;
}

export interface Found {
  inspection: number;
  finding: number;
  job: number;
}

/** The mechanic finds something red, and the advisor proposes a job for it, with a line of $100. */
export async function findRed(
  db: Database,
  shop: TestShop,
  number: number,
  template: number,
  item: 'pads' | 'tires' | 'wipers' = 'pads',
  finder: Viewer = shop.staff.mechanic,
): Promise<Found> {
  const { inspection } = (await startInspection(db, finder, number, { template })).result;
  const { finding } = (await saveItem(db, finder, number, inspection, item, { color: 'red', note: 'Down to the metal' })).result;
  const { job } = (await proposeJob(db, shop.staff.advisor, number, finding)).result;
  await addLine(db, shop.staff.advisor, number, job, { cents: 10_000 });
  return { inspection, finding, job };
}

/** What the customer says about these jobs, in person. */
export async function answer(db: Database, viewer: Viewer, number: number, decision: Answer['decision'], ...jobs: number[]): Promise<void> {
  const answers = jobs.map((job): Answer => ({ job, decision, reason: '' }));
  await recordConsent(db, viewer, number, await consentForm(db, viewer, number, answers));
}
