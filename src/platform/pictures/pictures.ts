/** A photo that was read, judged by its bytes and made anew, upright and without anything about the camera or the place. */
export interface Photo {
  kind: 'photo';
  type: 'image/jpeg' | 'image/png' | 'image/webp' | 'image/avif' | 'image/heic';
  /** Upright. */
  width: number;
  height: number;
  /** What the camera's clock said, without a zone: `2026-11-23T11:42:07`. */
  takenAt: string | null;
  /** 64 bits, DCT; signed, as Postgres keeps it. Pictures that look the same differ in few bits. */
  perceptualHash: bigint;
  /** Temporary JPEG files: at most 400, 1600 and 2048 pixels long. */
  made: Record<'thumbnail' | 'screen' | 'customer', string>;
}

/** A video that was judged by its bytes. */
export interface Video {
  kind: 'video';
  type: 'video/mp4' | 'video/quicktime' | 'video/webm';
  width: number;
  height: number;
  /** Hundredths of a second; 0 when nobody could tell. */
  duration: number;
  /** Whether browsers play it as it is; if not, it is to be transcoded where ffmpeg is. */
  plays: boolean;
  /** Temporary files: a picture of it (where ffmpeg is), its picture small, and a copy without place or device for the customer. */
  made: { poster?: string; thumbnail?: string; customer?: string };
}

/**
 * An arrow (its point is at `to`), line or circle on a picture; places in ten-thousandths of its width and height, from the top left.
 * A circle fills the rectangle whose corners the two places are.
 */
export interface Mark {
  shape: 'arrow' | 'circle' | 'line';
  from: { x: number; y: number };
  to: { x: number; y: number };
}

/** What is done to pictures, in a process of its own: a hostile file can end that one, and nothing else. */
export interface Pictures {
  /** @throws Invalid with `files` and a sentence when it is no picture or video that can be taken */
  read(path: string): Promise<Photo | Video>;
  /** The same with marks drawn on it, at most fifty; its hash stays that of the photo without them. @param path of a photo */
  draw(path: string, marks: Mark[]): Promise<Photo>;
  /** An MP4 that every browser plays, without place or device. @returns a temporary path; null where ffmpeg is not */
  transcode(path: string): Promise<string | null>;
  close(): Promise<void>;
}
