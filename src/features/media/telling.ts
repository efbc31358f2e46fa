// biome-ignore lint/suspicious/noExplicitAny: each kind of event has its own data; the sentences below know them.
type Data = any;

const counted = (count: number, one: string) => (count === 1 ? `a ${one}` : `${count} ${one}s`);

function added({ photos, videos }: { photos: number; videos: number }): string {
  return [photos && counted(photos, 'photo'), videos && counted(videos, 'video')].filter(Boolean).join(' and ');
}

/** What the events of photos and videos say, as the rest of a sentence that begins with who did it. */
export const MEDIA_SENTENCES: Record<string, (data: Data) => string> = {
  'media.added': (data) => `added ${added(data)}${data.arrival ? ' of the arrival' : ''}`,
  'media.drawn': () => 'drew on a photo',
  'media.edited': (data) => `changed ${data.fields.join(' and ')} of a ${data.kind}`,
  'media.moved': (data) => `moved a ${data.kind} ${data.direction}`,
  'media.released': (data) => `showed a ${data.kind} to the customer`,
  'media.withdrawn': (data) => `took a ${data.kind} back from the customer`,
  'media.removed': (data) => `removed a ${data.kind}`,
  'media.returned': (data) => `brought a ${data.kind} back`,
  'media.playable': () => 'made a video playable',
  'media.unplayable': () => 'could not make a video playable',
};
