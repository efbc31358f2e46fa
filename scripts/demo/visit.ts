import type { FindingColor } from '../../src/features/inspections/content.js';
import type { Starter } from '../../src/features/inspections/starter-templates.js';
import type { PlannedJob, Work } from './jobs/index.js';
import type { PictureName } from './pictures/index.js';
import type { Kind } from './vehicles.js';

/** A picture with what somebody wrote under it. */
export type Captioned = readonly [picture: PictureName, caption: string];

/** What is said of an item of an inspection that is not simply good. */
export interface Look {
  /** Without it what was measured says. */
  color?: FindingColor;
  note?: string;
  /** By position; '' where it is measured once. In the item's own unit. */
  measures?: Record<string, number>;
  pictures?: Captioned[];
  /** The job that is proposed because of it, and what the customer says to it; or what that one is called that it came for. */
  job?: string | { work: Work; answer: PlannedJob['answer']; reason?: string };
}

/** What happens at a visit besides: shown, asked and proved. Times are days of work, as everywhere in the story. */
export interface Visit {
  kind: Kind;
  arrival?: Captioned[];
  inspection?: {
    found: Record<string, Look>;
    /** It is under way: the first item that nobody has looked at. Then, or when it is made after the estimate: when. */
    until?: string;
    at?: number;
  };
  link?: {
    opened?: number;
    /** Answers by the link: to these jobs, or to everything. */
    answered?: { at: number; only?: string[]; drawn: boolean };
    asked?: { at: number; about: string; text: string };
  };
  /** The customer knows that it is unsafe, and says so on the phone; somebody else lets the vehicle go. */
  acknowledged?: { at: number; note: string; released?: string };
  /** What the desk says to it. */
  remark?: string;
  /** Somebody else has looked at the work. */
  checked?: string;
}

/** The template that fits. */
export function templateFor(kind: Kind): Starter {
  if (kind === 'motorcycle') return 'motorcycle';
  if (kind === 'tractor' || kind === 'forklift') return 'machine';
  return kind === 'bus' || kind === 'truck' ? 'truck' : 'car';
}
