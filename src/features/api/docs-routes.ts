import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { z } from 'zod';
import { NotFound } from '../../platform/errors.js';
import { bytes, page } from '../../platform/web/answers.js';
import { get, type Route } from '../../platform/web/routes.js';

const require = createRequire(import.meta.url);
const KEPT = { 'Cache-Control': 'public, max-age=86400' };
const IMAGE = /url\("(data:(?:[^"\\]|\\.)*)"\)|url\((data:[^)"]*)\)/g;

interface File {
  type: string;
  body: Buffer;
}

/** The page of the API's document: Swagger UI, from here. It holds no data, so anybody may see it. */
export function docsRoutes(): Route[] {
  let files: Map<string, File> | undefined;
  return [
    get('/api/docs', { may: 'anyone' }, () => page('api/docs', { title: 'The API' })),
    get('/api/docs/:file', { may: 'anyone', params: z.object({ file: z.string().max(100) }) }, ({ params }) => {
      files ??= readSwaggerUi();
      const file = files.get(params.file);
      if (!file) throw new NotFound('There is no such page.');
      return bytes(file.body, { ...KEPT, 'Content-Type': file.type });
    }),
  ];
}

/** Its script and stylesheet. The pictures in the stylesheet become files: our policy lets no page show what stands in an address. */
function readSwaggerUi(): Map<string, File> {
  const read = (name: string) =>
    readFileSync(require.resolve(`swagger-ui-dist/${name}`), 'utf8').replace(/\/[/*]# sourceMappingURL=.*$/m, '');
  const files = new Map<string, File>();
  const add = (name: string, type: string, body: Buffer) => files.set(name, { type, body });
  const styles = read('swagger-ui.css').replace(IMAGE, (_, quoted: string | undefined, bare: string | undefined) => {
    const { type, extension, body } = readDataUrl((quoted ?? bare ?? '').replace(/\\(.)/g, '$1'));
    const name = `image-${files.size}.${extension}`;
    add(name, type, body);
    return `url(/api/docs/${name})`;
  });
  add('swagger-ui.css', 'text/css; charset=utf-8', Buffer.from(styles));
  add('swagger-ui-bundle.js', 'text/javascript; charset=utf-8', Buffer.from(read('swagger-ui-bundle.js')));
  return files;
}

/** RFC 2397. */
function readDataUrl(url: string): { type: string; extension: string; body: Buffer } {
  const [, type = '', coding, data = ''] = /^data:(image\/[\w+]+)(?:;charset=[\w-]+)?(;base64)?,(.*)$/s.exec(url) ?? [];
  const extension = (type.split('/')[1] ?? '').split('+', 1)[0] as string;
  return { type, extension, body: coding ? Buffer.from(data, 'base64') : Buffer.from(data) };
}
