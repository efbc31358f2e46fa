import { rm, stat } from 'node:fs/promises';
import { Invalid } from '../errors.js';
import { noRoom } from '../files/keep.js';
import type { Logger } from '../observe/log.js';
import { type Limits, PictureProcess } from './child.js';
import { Ffmpeg } from './ffmpeg.js';
import { kindOfFile } from './kinds.js';
import type { Mark, Photo, Pictures, Video } from './pictures.js';
import { CONVERTED_NOT, NO_PHOTO, tooLarge, UNREADABLE } from './refused.js';

interface Options {
  /** A path for a new temporary file; see FileStore. */
  temporary: () => string;
  log: Logger;
  maxPhotoBytes: number;
  maxVideoBytes: number;
  /** The program that makes posters of videos and converts them; undefined: the `ffmpeg` in PATH, if there is one. */
  ffmpegPath: string | undefined;
  limits?: Partial<Limits>;
}

const SECONDS = 20;
const CONVERT_SECONDS = 15 * 60;

/** What is done to pictures; see pictures.ts. No process is started before the first of them. */
export function openPictures(options: Options): OpenPictures {
  return new OpenPictures(options);
}

class OpenPictures implements Pictures {
  readonly #process: PictureProcess;
  #ffmpeg: Ffmpeg | null | undefined;

  constructor(private readonly options: Options) {
    this.#process = new PictureProcess(options.log, options.limits);
  }

  /** The process that works now; for tests, which end it. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  async read(path: string): Promise<Photo | Video> {
    const read = await this.#read(path, []);
    return read.kind === 'video' ? this.#withPoster(path, await this.#withCopy(path, read)) : read;
  }

  async draw(path: string, marks: Mark[]): Promise<Photo> {
    const read = await this.#read(path, marks);
    if (read.kind === 'photo') return read;
    await remove(Object.values(read.made));
    throw new Invalid({ files: NO_PHOTO });
  }

  async transcode(path: string): Promise<string | null> {
    const ffmpeg = this.#findFfmpeg();
    const kind = await kindOfFile(path);
    if (!ffmpeg || !kind?.startsWith('video/')) return null;
    const to = this.options.temporary();
    const type = kind as Video['type'];
    if (await ffmpeg.run({ type, from: path, args: CONVERT, to, seconds: CONVERT_SECONDS })) return to;
    await remove([to]);
    throw new Invalid({ files: CONVERTED_NOT });
  }

  async close(): Promise<void> {
    this.#ffmpeg?.close();
    await this.#process.close();
  }

  /** @throws Invalid; nothing that was made is left then */
  async #read(path: string, marks: Mark[]): Promise<Photo | Video> {
    const { temporary, log, maxPhotoBytes, maxVideoBytes } = this.options;
    const { size } = await stat(path);
    const largest = Math.max(maxPhotoBytes, maxVideoBytes);
    if (size > largest) throw new Invalid({ files: tooLarge('file', largest) });
    const made = { thumbnail: temporary(), screen: temporary(), customer: temporary() };
    const answer = await this.#process.run({ path, made, marks, maxBytes: maxPhotoBytes, maxVideoBytes }, size);
    const used: string[] = answer && 'read' in answer ? Object.values(answer.read.made) : [];
    await remove(Object.values(made).filter((file) => !used.includes(file)));
    if (answer && 'read' in answer) return answer.read;
    if (answer && 'failed' in answer) {
      log.error({ error: answer.failed }, 'a picture could not be read');
      // The library and Node say it in words of their own.
      if (/ENOSPC|EDQUOT|No space left|quota exceeded/i.test(answer.failed)) throw noRoom('files');
    }
    throw new Invalid({ files: answer && 'refused' in answer ? answer.refused : UNREADABLE });
  }

  /** What is in fragments is put together again, so that a copy of it can be made, and its length be told. */
  async #withCopy(path: string, video: Video): Promise<Video> {
    const ffmpeg = video.made.customer || !video.plays ? null : this.#findFfmpeg();
    if (!ffmpeg) return video;
    const whole = this.options.temporary();
    try {
      if (!(await ffmpeg.run({ type: video.type, from: path, args: PUT_TOGETHER, to: whole, seconds: SECONDS }))) return video;
      const { duration, made } = (await this.#read(whole, [])) as Video;
      return { ...video, duration, made };
    } catch (error) {
      this.options.log.warn({ err: error }, 'a video has no copy for the customer');
      return video;
    } finally {
      await remove([whole]);
    }
  }

  /** A frame from its first second, made into the sizes of a photo. A video without one is taken as well. */
  async #withPoster(path: string, video: Video): Promise<Video> {
    const ffmpeg = this.#findFfmpeg();
    if (!ffmpeg) return video;
    const frame = this.options.temporary();
    const start = String(Math.min(1, video.duration / 200));
    const args = [
      '-map',
      '0:v:0',
      '-ss',
      start,
      '-frames:v',
      '1',
      '-an',
      '-q:v',
      '3',
      '-map_metadata',
      '-1',
      '-c:v',
      'mjpeg',
      '-f',
      'image2',
    ];
    try {
      if (!(await ffmpeg.run({ type: video.type, from: path, args, to: frame, seconds: SECONDS }))) return video;
      const { made } = (await this.#read(frame, [])) as Photo;
      await remove([made.customer]);
      return { ...video, made: { ...video.made, poster: made.screen, thumbnail: made.thumbnail } };
    } catch (error) {
      this.options.log.warn({ err: error }, 'a video has no poster');
      return video;
    } finally {
      await remove([frame]);
    }
  }

  /** Looked for with the first video. */
  #findFfmpeg(): Ffmpeg | null {
    if (this.#ffmpeg === undefined) this.#ffmpeg = Ffmpeg.find(this.options.ffmpegPath, this.options.log);
    return this.#ffmpeg;
  }
}

const NOTHING_ELSE = ['-map', '0:v:0', '-map', '0:a:0?', '-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact'];
const PUT_TOGETHER = [...NOTHING_ELSE, '-c', 'copy', '-f', 'mp4'];

/** What every browser of today plays, from its first bytes on, at a size for a phone. */
const CONVERT = [
  ...NOTHING_ELSE,
  ...['-vf', "scale='min(1280,iw)':'min(1280,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2", '-pix_fmt', 'yuv420p'],
  ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '24', '-bsf:v', 'filter_units=remove_types=6'],
  ...['-c:a', 'aac', '-b:a', '128k', '-ac', '2', '-movflags', '+faststart', '-f', 'mp4'],
];

async function remove(paths: string[]): Promise<void> {
  await Promise.all(paths.map((path) => rm(path, { force: true })));
}
