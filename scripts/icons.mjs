// Makes public/icons/icons.svg, one file with every icon that the views name, out of the lucide set (ISC licence).
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const names = new Set();
for (const file of readdirSync('views', { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.eta')) continue;
  for (const [, name] of readFileSync(join('views', file), 'utf8').matchAll(/it\.icon\('([a-z0-9-]+)'\)/g)) names.add(name);
}
const symbols = [...names].sort().map((name) => {
  const svg = readFileSync(join('node_modules/lucide-static/icons', `${name}.svg`), 'utf8');
  const inner = svg
    .replace(/^[\s\S]*?<svg[\s\S]*?>/, '')
    .replace(/<\/svg>[\s\S]*$/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${inner}</symbol>`;
});
writeFileSync('public/icons/icons.svg', `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join('\n')}\n</svg>\n`);
