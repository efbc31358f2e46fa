/** Numbers on a grid, some for each place. */
export interface Field {
  at: Float32Array;
  wide: number;
  high: number;
  channels: number;
}

/** Every so-many-th place, as the mean of four around it. */
export function shrink({ at: from, wide: width, high: height, channels }: Field, by: number): Field {
  const [wide, high] = [Math.ceil(width / by), Math.ceil(height / by)];
  const at = new Float32Array(wide * high * channels);
  const [near, far] = [Math.floor(by * 0.25), Math.floor(by * 0.75)];
  for (let y = 0; y < high; y++) {
    const upper = Math.min(height - 1, y * by + near) * width;
    const lower = Math.min(height - 1, y * by + far) * width;
    for (let x = 0; x < wide; x++) {
      const left = Math.min(width - 1, x * by + near);
      const right = Math.min(width - 1, x * by + far);
      for (let channel = 0; channel < channels; channel++) {
        const sum =
          (from[(upper + left) * channels + channel] as number) +
          (from[(upper + right) * channels + channel] as number) +
          (from[(lower + left) * channels + channel] as number) +
          (from[(lower + right) * channels + channel] as number);
        at[(y * wide + x) * channels + channel] = sum / 4;
      }
    }
  }
  return { at, wide, high, channels };
}

/** Blurred by a box that reaches so far, twice or more. */
export function soften({ at, wide, high, channels }: Field, radius: number, times = 2): Field {
  let made = at;
  for (let time = 0; time < times; time++) {
    made = blurLines(made, { radius, channels, count: wide, step: channels, lines: high, stride: wide * channels });
    made = blurLines(made, { radius, channels, count: high, step: wide * channels, lines: wide, stride: channels });
  }
  return { at: made, wide, high, channels };
}

interface Lines {
  radius: number;
  channels: number;
  /** Places in a line, and how far one is from the next. */
  count: number;
  step: number;
  lines: number;
  stride: number;
}

/** The mean of those around, along each line; a running sum. */
function blurLines(from: Float32Array, { radius, channels, count, step, lines, stride }: Lines): Float32Array {
  const to = new Float32Array(from.length);
  const share = 1 / (2 * radius + 1);
  const last = count - 1;
  for (let line = 0; line < lines; line++) {
    for (let channel = 0; channel < channels; channel++) {
      const start = line * stride + channel;
      let sum = (from[start] as number) * radius;
      for (let place = 0; place <= radius; place++) sum += from[start + Math.min(last, place) * step] as number;
      for (let place = 0; place < count; place++) {
        to[start + place * step] = sum * share;
        const next = Math.min(last, place + radius + 1);
        const gone = Math.max(0, place - radius);
        sum += (from[start + next * step] as number) - (from[start + gone * step] as number);
      }
    }
  }
  return to;
}
