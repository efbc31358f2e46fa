import type { Snapshot, SnapshotJob } from '../billing/snapshots.js';
import { type Piece, passage, title } from './pieces.js';

export const PAPERS = ['estimate', 'repair-order', 'worksheet', 'invoice', 'tag'] as const;
export type PaperName = (typeof PAPERS)[number];

/** What a paper says, before it is spread over sheets. */
export interface Paper {
  /** At the top of each sheet: `Estimate, revision 2`. */
  title: string;
  /** What it is not yet, or since when it is: `Not posted yet`. */
  state: string;
  pieces: Piece[];
}

/** The texts of the law and of the shop, each with its own paragraph; the empty ones are left out. */
export function legalPieces(texts: string[]): Piece[] {
  return texts.filter((text) => text.trim()).flatMap((text) => passage('', text, { small: true }));
}

/** A heading and what follows, or nothing when nothing does. */
export function section(name: string, pieces: Piece[]): Piece[] {
  return pieces.length > 0 ? [title(name), ...pieces] : [];
}

/** What the vehicle came for, unless one of the jobs shown says it: an order starts with such a job. */
export function concernPieces(label: string, order: Snapshot, jobs: SnapshotJob[]): Piece[] {
  return order.concern && !jobs.some((job) => job.concern === order.concern) ? passage(label, order.concern) : [];
}

/** What a job came for; a short concern is its name already. */
export function concernOf(job: SnapshotJob): string {
  return job.concern === job.name ? '' : job.concern;
}
