// Turns the TypeScript into JavaScript under dist/, file by file (types are checked by `npm run check`). Each script that is run by npm
// does it first, also while the program runs from there, while another script does the same, and as a user who may only read: so what
// is as it should be is left alone, and the rest is changed whole.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build } from 'esbuild';

// The container image is built without the last two.
const folders = ['src', 'scripts', 'bench', 'e2e'].filter((folder) => existsSync(folder));
const sources = folders.flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(test|spec|d)\.ts$/.test(file))
    .map((file) => join(folder, file)),
);
const { outputFiles } = await build({
  ...{ entryPoints: sources, outdir: 'dist', outbase: '.', format: 'esm', platform: 'node', target: 'node20', sourcemap: 'linked' },
  write: false,
});
for (const { path, contents } of outputFiles) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents);
  renameSync(draft, path);
}
// What has no source any more.
const made = new Set(outputFiles.map(({ path }) => relative('dist', path)));
for (const file of readdirSync('dist', { recursive: true, encoding: 'utf8' }))
  if (/\.js(\.map)?$/.test(file) && !made.has(file)) rmSync(join('dist', file), { force: true });
