import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { RequestHandler } from 'express';

interface Asset {
  type: string;
  body: Buffer;
  gzip: Buffer;
  brotli: Buffer;
}

export interface Assets {
  /** The address of a bundle or file, e.g. `url('app.css')`; it changes with the content. */
  url(name: string): string;
  /** Changes when any asset changes: a screen that runs for weeks reloads on it. */
  revision: string;
  serve: RequestHandler;
}

const TYPES: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

/** The bundles that are the only one of a page, or its first: they begin with the colours. */
const COLORED = new Set(['app', 'visit']);
/** The same of scripts: they begin with what tells of an error in any of them. */
const TELLING = new Set(['app', 'tv', 'visit']);

const require = createRequire(import.meta.url);
const VENDOR = ['htmx.org/dist/htmx.min.js', 'htmx.org/dist/ext/hx-ws.min.js', 'sortablejs/Sortable.min.js'];

/**
 * Reads public/ once. Stylesheets and scripts are joined file by file into a few bundles (few requests on a slow
 * line); a script is a module without imports or exports, so a block around each keeps their names apart.
 */
export function loadAssets(folder: string): Assets {
  const assets = new Map<string, Asset>();
  const urls = new Map<string, string>();
  const add = (name: string, content: string) => {
    const body = Buffer.from(content);
    const url = `/assets/${createHash('sha256').update(body).digest('hex').slice(0, 12)}/${name}`;
    urls.set(name, url);
    assets.set(url, {
      type: TYPES[name.split('.').pop() ?? ''] ?? 'application/octet-stream',
      body,
      gzip: gzipSync(body, { level: 9 }),
      brotli: brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }),
    });
  };
  const colors = readFileSync(join(folder, 'css', 'colors.css'), 'utf8');
  const faults = readFileSync(join(folder, 'js', 'faults.js'), 'utf8');
  for (const { name, parts } of bundles(folder, 'css'))
    add(`${name}.css`, (COLORED.has(name) ? [colors, ...parts] : parts).map(slim).join('\n'));
  for (const { name, parts } of bundles(folder, 'js'))
    add(`${name}.js`, (TELLING.has(name) ? [faults, ...parts] : parts).map((part) => `{\n${slim(part)}\n}`).join('\n'));
  for (const file of readdirSync(join(folder, 'icons'))) add(file, readFileSync(join(folder, 'icons', file), 'utf8'));
  add(
    'vendor.js',
    VENDOR.map((file) => readFileSync(require.resolve(file), 'utf8').replace(/^\/\/# sourceMappingURL.*$/m, '')).join(';\n'),
  );
  const revision = createHash('sha256')
    .update([...urls.values()].join())
    .digest('hex')
    .slice(0, 12);
  return { revision, serve: serveFrom(assets), url: (name) => known(urls, name) };
}

/** Comments that have lines of their own, and indentation, are for those who read the source, not for a slow line. No text of a script has lines. */
function slim(source: string): string {
  return source
    .replace(/^\s*\/\/.*\n/gm, '')
    .replace(/^\s*\/\*[\s\S]*?\*\/\s*\n/gm, '')
    .replace(/^[ \t]+/gm, '');
}

function known(urls: Map<string, string>, name: string): string {
  const url = urls.get(name);
  if (!url) throw new Error(`There is no asset ${name}.`);
  return url;
}

/** Each folder of public/css and of public/js is one bundle, its files in the order of their names. */
function bundles(folder: string, kind: 'css' | 'js'): { name: string; parts: string[] }[] {
  const root = join(folder, kind);
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => ({
      name: basename(entry.name),
      parts: readdirSync(join(root, entry.name))
        .sort()
        .map((file) => readFileSync(join(root, entry.name, file), 'utf8')),
    }));
}

function serveFrom(assets: Map<string, Asset>): RequestHandler {
  return (request, response, next) => {
    const asset = assets.get(request.path);
    if (!asset) return next();
    response.set({ 'Content-Type': asset.type, 'Cache-Control': 'public, max-age=31536000, immutable', Vary: 'Accept-Encoding' });
    const encoding = request.acceptsEncodings('br', 'gzip', 'identity');
    if (encoding === 'br') response.set('Content-Encoding', 'br').end(asset.brotli);
    else if (encoding === 'gzip') response.set('Content-Encoding', 'gzip').end(asset.gzip);
    else response.end(asset.body);
  };
}
