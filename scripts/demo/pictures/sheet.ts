/** How a shape looks: its color, and what it is made of. */
export interface Paint {
  /** CSS color of the shape in even light. */
  color: string;
  /** How high it stands, 0 to 255; of a tube, how high its crest is. */
  relief?: number;
  /** 0 dull to 255 like a mirror. */
  gloss?: number;
  /** How much of it is dirty, 0 to 255. */
  grime?: number;
  opacity?: number;
}

/** What a picture is drawn on: one layer for colors, one for what things are made of (red height, green gloss, blue grime). */
export class Sheet {
  #color = '';
  #matter = '';
  #defs = '';
  #names = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {}

  /** @param shape an SVG tag without its brackets and fill: `circle cx="5" cy="5" r="2"` */
  put(shape: string, paint: Paint): this {
    return this.both(shape, `fill="${paint.color}"`, `fill="${matter(paint)}"`, paint.opacity);
  }

  /** A line, as wide as that. @param path as in SVG */
  stroke(path: string, width: number, paint: Paint, more = ''): this {
    const line = `path d="${path}" fill="none" stroke-width="${width}" ${more}`;
    return this.both(line, `stroke="${paint.color}"`, `stroke="${matter(paint)}"`, paint.opacity);
  }

  /** Only its color: print, shadow, light. */
  tint(shape: string, color: string, opacity = 1): this {
    this.#color += `<${shape} fill="${color}" opacity="${opacity}"/>`;
    return this;
  }

  /** Something round and long, as a hose: its profile is half a circle, from `foot` up to the relief of its paint. */
  tube(path: string, width: number, paint: Paint, foot = 60): this {
    this.stroke(path, width, { ...paint, relief: foot });
    const rings = Math.max(6, Math.min(26, Math.round(width / 7)));
    for (let ring = 1; ring < rings; ring++) {
      const share = 1 - ring / rings;
      const relief = foot + ((paint.relief ?? 160) - foot) * Math.sqrt(1 - share * share);
      this.#matter += `<path d="${path}" fill="none" stroke-width="${width * share}" stroke="${matter({ ...paint, relief })}" stroke-linejoin="round"/>`;
    }
    return this;
  }

  /** A ball or a rounded head. */
  dome(x: number, y: number, radius: number, paint: Paint, foot = 60): this {
    for (let ring = 0; ring < 10; ring++) {
      const share = 1 - ring / 10;
      const relief = foot + ((paint.relief ?? 160) - foot) * Math.sqrt(1 - share * share);
      this.put(`circle cx="${x}" cy="${y}" r="${radius * share}"`, { ...paint, relief });
    }
    return this;
  }

  /** A film on what is there, which keeps its form: oil, water, dust. */
  coat(shape: string, color: string, opacity: number, { gloss = 0, grime = 0 }): this {
    this.#color += `<${shape} fill="${color}" opacity="${opacity}"/>`;
    this.#matter += `<${shape} fill="rgb(0,${gloss},${grime})" style="mix-blend-mode:lighten"/>`;
    return this;
  }

  /** A gradient for the colors. @param stops color by place, 0 to 1 @param more attributes as x2, y2 @returns what to use as color */
  gradient(stops: [number, string][], more = 'x2="0" y2="1"', kind: 'linear' | 'radial' = 'linear'): string {
    const name = `g${this.#names++}`;
    const marks = stops.map(([at, color]) => `<stop offset="${at}" stop-color="${color}"/>`).join('');
    this.#defs += `<${kind}Gradient id="${name}" ${more}>${marks}</${kind}Gradient>`;
    return `url(#${name})`;
  }

  /** Everything that `draw` puts is turned or moved, or out of focus. @param blur in units of the sheet */
  group(transform: string, draw: (sheet: Sheet) => void, blur = 0): this {
    const inner = new Sheet(this.width, this.height);
    inner.#names = this.#names + 1000;
    draw(inner);
    this.#names = inner.#names;
    this.#defs += inner.#defs;
    let filter = '';
    if (blur > 0) {
      const name = `b${this.#names++}`;
      this.#defs += `<filter id="${name}" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="${blur}"/></filter>`;
      filter = ` filter="url(#${name})"`;
    }
    this.#color += `<g transform="${transform}"${filter}>${inner.#color}</g>`;
    this.#matter += `<g transform="${transform}"${filter}>${inner.#matter}</g>`;
    return this;
  }

  /** The two layers as SVG files. */
  layers(): { color: Buffer; matter: Buffer } {
    return { color: this.#file(this.#color), matter: this.#file(this.#matter) };
  }

  both(shape: string, color: string, made: string, opacity = 1): this {
    const see = opacity < 1 ? ` opacity="${opacity}"` : '';
    this.#color += `<${shape} ${color}${see}/>`;
    this.#matter += `<${shape} ${made}${see}/>`;
    return this;
  }

  #file(content: string): Buffer {
    const { width, height } = this;
    return Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"><defs>${this.#defs}</defs>${content}</svg>`,
    );
  }
}

function matter({ relief = 60, gloss = 30, grime = 0 }: Paint): string {
  return `rgb(${Math.round(relief)},${gloss},${grime})`;
}
