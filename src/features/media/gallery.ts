import { showDateTime } from '../../platform/time.js';
import type { Medium } from './of-order.js';
import { groupMedia, type MediaGroup, showDuration } from './rules.js';

/** A picture as the page of its work order shows it. */
export interface Shown extends Medium {
  /** For whoever does not see it. */
  alt: string;
  /** The small picture of it; null for a video of which none could be made. */
  thumbnail: boolean;
  added: { iso: string; text: string };
  /** When the camera says it was taken. */
  taken: { iso: string; text: string } | null;
  /** `0:42`; '' for a photo, and when nobody could tell. */
  length: string;
}

/** The pictures of a work order in their groups, in the order in which one goes through them. */
export function toGallery(order: {
  timeZone: string;
  jobs: { id: number; name: string }[];
  visit: { media: Medium[] };
}): MediaGroup<Shown>[] {
  return groupMedia(order.visit.media, order.jobs).map(({ name, items }) => ({
    name,
    items: items.map((medium) => toShown(medium, name, order.timeZone)),
  }));
}

function toShown(medium: Medium, group: string, timeZone: string): Shown {
  const time = (iso: string) => ({ iso: new Date(iso).toISOString(), text: showDateTime(new Date(iso), timeZone) });
  const what = medium.kind === 'video' ? 'Video' : medium.drawnOn ? 'Photo with marks' : 'Photo';
  return {
    ...medium,
    alt: medium.caption || (group ? `${what}, ${group}` : what),
    thumbnail: medium.uses.includes('thumbnail'),
    added: time(medium.addedAt),
    taken: medium.takenAt ? time(medium.takenAt) : null,
    length: medium.duration > 0 ? showDuration(medium.duration) : '',
  };
}
