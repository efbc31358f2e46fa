import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Eta } from 'eta';
import { escapeHtml } from './html.js';

export interface Views {
  /** @param name path under views/ without its ending, e.g. `board/card` */
  render(name: string, data: object): string;
}

/**
 * Compiles every view once. A view names another one as `@board/card`, in include() and in layout().
 * @throws Error at the first view that does not compile, so that the program does not start with it.
 */
export function loadViews(folder: string, helpers: object): Views {
  const eta = new Eta({ cache: true, escapeFunction: escapeHtml, autoTrim: [false, 'nl'] });
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.eta'))
    .map((file) => file.slice(0, -'.eta'.length).replaceAll('\\', '/'));
  for (const name of names) {
    try {
      eta.loadTemplate(`@${name}`, readFileSync(join(folder, `${name}.eta`), 'utf8'));
    } catch (error) {
      throw new Error(`views/${name}.eta does not compile: ${(error as Error).message}`);
    }
  }
  return { render: (name, data) => eta.render(`@${name}`, { ...helpers, ...data }) };
}
