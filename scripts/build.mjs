// Turns the TypeScript into JavaScript under dist/, file by file (types are checked by `npm run check`).
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

// The container image is built without the last two.
const folders = ['src', 'scripts', 'bench', 'e2e'].filter((folder) => existsSync(folder));
const sources = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(test|spec|d)\.ts$|^testing\//.test(file))
    .map((file) => join(folder, file)),
);
rmSync('dist', { recursive: true, force: true });
await build({ entryPoints: sources, outdir: 'dist', outbase: '.', format: 'esm', platform: 'node', target: 'node20', sourcemap: 'linked' });
